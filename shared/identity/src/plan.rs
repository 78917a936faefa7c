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

    /// Reads the stable name; an unknown one is no plan.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Free, Self::Premium].into_iter().find(|plan| plan.as_str() == name)
    }

    /// The plan in force at `now_ms` for somebody who has this one until `valid_until_ms` (`None`: until told
    /// otherwise). The clock decides, so a message of its end that never came gives nothing away.
    #[must_use]
    pub fn in_force(self, valid_until_ms: Option<i64>, now_ms: i64) -> Self {
        if valid_until_ms.is_some_and(|until| now_ms >= until) { Self::Free } else { self }
    }

    /// What the plan allows.
    pub const fn entitlements(self) -> Entitlements {
        match self {
            Self::Free => Entitlements { plan: self, max_alerts: 5, sms: false },
            Self::Premium => Entitlements { plan: self, max_alerts: 100, sms: true },
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paid_plan_ends_by_the_clock() {
        assert_eq!(Plan::Premium.in_force(Some(10), 9), Plan::Premium);
        assert_eq!(Plan::Premium.in_force(Some(10), 10), Plan::Free);
        assert_eq!(Plan::Premium.in_force(None, i64::MAX), Plan::Premium);
    }

    #[test]
    fn stored_names_read_back() {
        for plan in [Plan::Free, Plan::Premium] {
            assert_eq!(Plan::parse(plan.as_str()), Some(plan));
        }
        assert_eq!(Plan::parse("gold"), None);
    }
}
