//! What a subscription at Stripe means for a person's plan.

use contract::ids::UserId;
use identity::Plan;
use serde::Deserialize;

use super::Reference;

/// Days of grace: a renewal is charged about an hour after the period's end and tried again for days; nobody should lose
/// what they pay for because a card was slow, or because a message to us was.
const GRACE_MS: i64 = 3 * 24 * 60 * 60 * 1000;

/// A subscription, as Stripe shows it.
#[derive(Debug, Deserialize)]
pub struct StripeSubscription {
    /// Stripe's id.
    pub id: String,
    /// Stripe's word.
    pub status: String,
    customer: Reference,
    #[serde(default)]
    pub cancel_at_period_end: bool,
    #[serde(default)]
    metadata: Metadata,
    // Before API version 2025-03-31 the period stood here, since then with each item; we read both, so that the version
    // the account is set to does not matter.
    current_period_start: Option<i64>,
    current_period_end: Option<i64>,
    #[serde(default)]
    items: Items,
}

#[derive(Debug, Default, Deserialize)]
struct Metadata {
    user_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Items {
    #[serde(default)]
    data: Vec<Item>,
}

#[derive(Debug, Deserialize)]
struct Item {
    current_period_start: Option<i64>,
    current_period_end: Option<i64>,
}

impl StripeSubscription {
    /// Who pays.
    pub fn customer_id(&self) -> Option<&str> {
        self.customer.id()
    }

    /// For whom, as we told Stripe at checkout.
    pub fn user_id(&self) -> Option<UserId> {
        self.metadata.user_id.as_deref()?.parse().ok()
    }

    /// When the current period began, epoch milliseconds.
    pub fn period_start_ms(&self) -> Option<i64> {
        let items = self.items.data.iter().filter_map(|item| item.current_period_start);
        self.current_period_start.or_else(|| items.min()).map(|seconds| seconds.saturating_mul(1000))
    }

    /// When it ends.
    pub fn period_end_ms(&self) -> Option<i64> {
        let items = self.items.data.iter().filter_map(|item| item.current_period_end);
        self.current_period_end.or_else(|| items.max()).map(|seconds| seconds.saturating_mul(1000))
    }
}

/// A subscription, as we keep it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Kept {
    /// Stripe's word.
    pub status: String,
    /// When the current period began, epoch milliseconds.
    pub current_period_start_ms: Option<i64>,
    /// When it ends.
    pub current_period_end_ms: Option<i64>,
    /// 1: it ends then and is not renewed.
    pub cancel_at_period_end: i64,
}

impl Kept {
    /// Until when this subscription gives the premium plan, if it does.
    ///
    /// `active` and `trialing` are paid for to the period's end. `past_due` means that the period which has begun is *not*
    /// paid, so its grace counts from the beginning. Everything else (`canceled`, `unpaid`, `incomplete`,
    /// `incomplete_expired`, `paused`, a word we do not know) gives nothing.
    pub fn premium_until_ms(&self) -> Option<i64> {
        let paid_to_ms = match self.status.as_str() {
            "active" | "trialing" => self.current_period_end_ms,
            "past_due" => self.current_period_start_ms,
            _ => None,
        };
        paid_to_ms.map(|ms| ms.saturating_add(GRACE_MS))
    }
}

/// What all of a person's subscriptions together give: the plan, and until when.
pub fn entitlement(subscriptions: &[Kept]) -> (Plan, Option<i64>) {
    match subscriptions.iter().filter_map(Kept::premium_until_ms).max() {
        Some(until_ms) => (Plan::Premium, Some(until_ms)),
        None => (Plan::Free, None),
    }
}

/// The subscription to show: the one that gives most, else the one that ended last.
pub fn foremost(subscriptions: &[Kept]) -> Option<&Kept> {
    subscriptions.iter().max_by_key(|kept| (kept.premium_until_ms(), kept.current_period_end_ms))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "test arithmetic on small constants")]
    use super::*;

    const DAY: i64 = 24 * 60 * 60 * 1000;

    fn kept(status: &str) -> Kept {
        Kept {
            status: status.to_owned(),
            current_period_start_ms: Some(100 * DAY),
            current_period_end_ms: Some(130 * DAY),
            cancel_at_period_end: 0,
        }
    }

    #[test]
    fn a_paid_period_gives_premium_to_its_end_and_three_days() {
        for status in ["active", "trialing"] {
            assert_eq!(entitlement(&[kept(status)]), (Plan::Premium, Some(133 * DAY)), "{status}");
        }
    }

    #[test]
    fn an_unpaid_period_gives_three_days_not_a_month() {
        assert_eq!(entitlement(&[kept("past_due")]), (Plan::Premium, Some(103 * DAY)));
    }

    #[test]
    fn everything_else_gives_nothing() {
        for status in ["canceled", "unpaid", "incomplete", "incomplete_expired", "paused", "", "news"] {
            assert_eq!(entitlement(&[kept(status)]), (Plan::Free, None), "{status}");
        }
        assert_eq!(entitlement(&[]), (Plan::Free, None));
    }

    #[test]
    fn an_old_subscription_that_ended_does_not_end_a_new_one() {
        assert_eq!(entitlement(&[kept("canceled"), kept("active")]), (Plan::Premium, Some(133 * DAY)));
        assert_eq!(foremost(&[kept("canceled"), kept("active")]), Some(&kept("active")));
    }

    #[test]
    fn the_period_is_read_from_either_place() {
        let old = r#"{"id":"sub_1","status":"active","customer":"cus_1","current_period_start":1,"current_period_end":2}"#;
        let new = r#"{"id":"sub_1","status":"active","customer":{"id":"cus_1"},"metadata":{"user_id":"nobody"},
            "items":{"data":[{"current_period_start":1,"current_period_end":2}]}}"#;
        for text in [old, new] {
            let subscription: StripeSubscription = serde_json::from_str(text).unwrap();
            assert_eq!(
                (subscription.period_start_ms(), subscription.period_end_ms()),
                (Some(1000), Some(2000))
            );
            assert_eq!(subscription.customer_id(), Some("cus_1"));
            assert_eq!(subscription.user_id(), None);
        }
    }
}
