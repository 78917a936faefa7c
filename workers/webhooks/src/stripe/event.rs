//! What a Stripe event is about. Its picture of the object is not believed: events come twice and in any order, so only
//! the name of the subscription is taken from it, and the subscription itself is fetched.

use contract::ids::UserId;
use serde::Deserialize;

use super::Reference;

/// An event as it arrives; fields we do not use are left out.
#[derive(Debug, Deserialize)]
pub struct Event {
    /// Stripe's id of it.
    pub id: String,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: String,
    data: Data,
}

#[derive(Debug, Deserialize)]
struct Data {
    object: Object,
}

#[derive(Debug, Deserialize)]
struct Object {
    id: Option<String>,
    client_reference_id: Option<String>,
    customer: Option<Reference>,
    subscription: Option<Reference>,
    parent: Option<Parent>,
}

/// Where an invoice names its subscription since API version 2025-03-31.
#[derive(Debug, Deserialize)]
struct Parent {
    subscription_details: Option<SubscriptionDetails>,
}

#[derive(Debug, Deserialize)]
struct SubscriptionDetails {
    subscription: Option<Reference>,
}

/// Who pays for whom: said once, when the checkout is completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Stripe's customer.
    pub customer_id: String,
    /// Our person.
    pub user_id: UserId,
}

impl Event {
    /// The subscription whose state may have changed.
    pub fn subscription_id(&self) -> Option<&str> {
        let object = &self.data.object;
        if self.kind.starts_with("customer.subscription.") {
            return object.id.as_deref().filter(|id| super::is_id(id));
        }
        if self.kind.starts_with("checkout.session.") || self.kind.starts_with("invoice.") {
            let in_parent = || object.parent.as_ref()?.subscription_details.as_ref()?.subscription.as_ref();
            return object.subscription.as_ref().or_else(in_parent).and_then(Reference::id);
        }
        None
    }

    /// What a completed checkout says of its customer.
    pub fn claim(&self) -> Option<Claim> {
        if self.kind != "checkout.session.completed" {
            return None;
        }
        let object = &self.data.object;
        Some(Claim {
            customer_id: object.customer.as_ref()?.id()?.to_owned(),
            user_id: object.client_reference_id.as_deref()?.parse().ok()?,
        })
    }

    /// The id of the object the event is about.
    pub fn object_id(&self) -> Option<&str> {
        self.data.object.id.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &str, object: &str) -> Event {
        serde_json::from_str(&format!(
            r#"{{"id":"evt_1","object":"event","type":"{kind}","data":{{"object":{object}}}}}"#
        ))
        .unwrap()
    }

    #[test]
    fn each_kind_names_its_subscription_in_its_own_place() {
        for (kind, object) in [
            ("customer.subscription.updated", r#"{"id":"sub_1","object":"subscription","customer":"cus_1"}"#),
            ("checkout.session.completed", r#"{"id":"cs_1","subscription":"sub_1"}"#),
            (
                "checkout.session.completed",
                r#"{"id":"cs_1","subscription":{"id":"sub_1","object":"subscription"}}"#,
            ),
            ("invoice.paid", r#"{"id":"in_1","subscription":"sub_1"}"#),
            (
                "invoice.payment_failed",
                r#"{"id":"in_1","parent":{"type":"subscription_details","subscription_details":{"subscription":"sub_1"}}}"#,
            ),
        ] {
            assert_eq!(event(kind, object).subscription_id(), Some("sub_1"), "{kind} {object}");
        }
    }

    #[test]
    fn what_concerns_no_subscription_names_none() {
        for (kind, object) in [
            ("payment_intent.succeeded", r#"{"id":"pi_1","subscription":"sub_1"}"#),
            ("checkout.session.completed", r#"{"id":"cs_1","mode":"payment","subscription":null}"#),
            ("invoice.paid", r#"{"id":"in_1","parent":null}"#),
            ("balance.available", "{}"),
        ] {
            assert_eq!(event(kind, object).subscription_id(), None, "{kind}");
        }
    }

    #[test]
    fn an_id_that_would_leave_its_place_in_a_url_is_none() {
        for id in ["../customers/cus_1", "sub_1?expand=x", "", "sub 1"] {
            let object = format!(r#"{{"id":"{id}"}}"#);
            assert_eq!(event("customer.subscription.deleted", &object).subscription_id(), None, "{id}");
        }
    }

    #[test]
    fn only_a_completed_checkout_says_who_pays() {
        let user = UserId::from_bytes([1; 16]);
        let object = format!(r#"{{"id":"cs_1","customer":"cus_1","client_reference_id":"{user}"}}"#);
        let claim = Claim { customer_id: "cus_1".to_owned(), user_id: user };
        assert_eq!(event("checkout.session.completed", &object).claim(), Some(claim));
        assert_eq!(event("checkout.session.expired", &object).claim(), None);
        let stranger = r#"{"id":"cs_1","customer":"cus_1","client_reference_id":"somebody"}"#;
        assert_eq!(event("checkout.session.completed", stranger).claim(), None);
    }
}
