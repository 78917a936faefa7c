//! What a person has paid for, and what that allows.

use serde::{Deserialize, Serialize};

/// What a person has subscribed to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Plan {
    /// Costs nothing.
    #[default]
    Free,
    /// Paid by subscription.
    Premium,
}

impl Plan {
    /// The stable name used in storage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Premium => "premium",
        }
    }

    /// What the plan allows.
    pub const fn entitlements(self) -> Entitlements {
        match self {
            Self::Free => Entitlements {
                plan: self,
                max_alerts: 5,
                sms: false,
            },
            Self::Premium => Entitlements {
                plan: self,
                max_alerts: 100,
                sms: true,
            },
        }
    }
}

/// What a plan allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Entitlements {
    /// The plan in force.
    pub plan: Plan,
    /// Alerts that may be armed at once.
    pub max_alerts: u32,
    /// Whether alerts may go out as text messages.
    pub sms: bool,
}
