//! Public bodies of billing.

use chrono::{DateTime, Utc};
use identity::Plan;
use serde::{Deserialize, Serialize};

/// `GET /v1/billing`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Billing {
    /// The plan in force.
    pub plan: Plan,
    /// Stripe's word for the subscription's state (`active`, `past_due`, `canceled`), where there is one.
    pub status: Option<String>,
    /// Until when it is paid.
    pub current_period_end: Option<DateTime<Utc>>,
    /// Whether it ends then.
    pub cancel_at_period_end: bool,
}

/// `POST /v1/billing/checkout`, `POST /v1/billing/portal`: where to send the browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Redirect {
    /// Stripe's page.
    pub url: String,
}
