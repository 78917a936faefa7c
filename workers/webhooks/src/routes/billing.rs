//! `GET /v1/billing`, `POST /v1/billing/checkout`, `POST /v1/billing/portal`.

use contract::billing::{Billing, Redirect};
use contract::ids::UserId;
use contract::problem::Code;
use edge::clock::from_ms;
use edge::{Call, Clock, Failure, Result, guard, reply};
use identity::Plan;
use worker::Response;

use crate::app::{App, now_s};
use crate::store_d1::billing;
use crate::stripe::api::{Checkout, Stripe};
use crate::stripe::subscription::{entitlement, foremost};

/// The longest key of its own that a client may send; with our prefix it stays below Stripe's 255.
const MAX_KEY_BYTES: usize = 100;

/// The person's plan and the subscription behind it.
pub async fn billing(app: &App<'_>, call: &Call) -> Result<Response> {
    let person = guard::signed_in(call, app.env).await?;
    let subscriptions = billing::subscriptions(&app.db, &person.user_id).await?;
    let shown = foremost(&subscriptions);
    reply::json(&Billing {
        plan: person.entitlements.plan,
        status: shown.map(|kept| kept.status.clone()),
        current_period_end: shown.and_then(|kept| kept.current_period_end_ms).map(from_ms),
        cancel_at_period_end: shown.is_some_and(|kept| kept.cancel_at_period_end != 0),
    })
}

/// Begins a subscription at Stripe, unless the person has one.
pub async fn checkout(app: &App<'_>, call: &Call) -> Result<Response> {
    let person = guard::signed_in(call, app.env).await?;
    let (plan, until_ms) = entitlement(&billing::subscriptions(&app.db, &person.user_id).await?);
    if plan.in_force(until_ms, Clock::wall_ms()) != Plan::Free {
        return Err(Failure::new(
            Code::Conflict,
            "You have a subscription already. Change or end it in the portal.",
        ));
    }
    let customer_id = billing::customer(&app.db, &person.user_id).await?;
    let key =
        idempotency_key(call.header("idempotency-key").as_deref(), &person.user_id, customer_id.as_deref())?;
    let url = Stripe::new(&app.config)
        .checkout(&Checkout {
            user_id: person.user_id.as_str(),
            customer_id: customer_id.as_deref(),
            idempotency_key: &key,
        })
        .await?;
    reply::json(&Redirect { url })
}

/// Opens Stripe's page to change or end the subscription.
pub async fn portal(app: &App<'_>, call: &Call) -> Result<Response> {
    let person = guard::signed_in(call, app.env).await?;
    let customer_id = billing::customer(&app.db, &person.user_id)
        .await?
        .ok_or_else(|| Failure::not_found("You have no subscription yet."))?;
    reply::json(&Redirect { url: Stripe::new(&app.config).portal(&customer_id).await? })
}

/// The key under which Stripe makes one checkout of several identical requests: the client's own, or the minute, which
/// covers a double click. The person is part of it, so that nobody gets another's page, and so is the customer, because
/// Stripe refuses a key with other parameters.
fn idempotency_key(sent: Option<&str>, user_id: &UserId, customer_id: Option<&str>) -> Result<String> {
    let own = match sent {
        Some(key) if key.len() <= MAX_KEY_BYTES && key.bytes().all(|byte| byte.is_ascii_graphic()) => {
            key.to_owned()
        }
        Some(_) => {
            let detail =
                format!("The header Idempotency-Key may hold {MAX_KEY_BYTES} visible ASCII characters.");
            return Err(Failure::new(Code::InvalidParameter, detail));
        }
        None => now_s().div_euclid(60).to_string(),
    };
    Ok(format!("checkout/{user_id}/{}/{own}", customer_id.unwrap_or("new")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_people_never_share_a_key() {
        let (ann, bob) = (UserId::from_bytes([1; 16]), UserId::from_bytes([2; 16]));
        let key = |user: &UserId, customer| idempotency_key(Some("k"), user, customer).unwrap();
        assert_eq!(key(&ann, None), key(&ann, None));
        assert_ne!(key(&ann, None), key(&bob, None));
        assert_ne!(key(&ann, None), key(&ann, Some("cus_1")));
    }

    #[test]
    fn a_key_that_stripe_would_refuse_is_refused_here() {
        let ann = UserId::from_bytes([1; 16]);
        for key in ["x".repeat(101), "a b".to_owned(), "é".to_owned()] {
            assert_eq!(
                idempotency_key(Some(&key), &ann, None).unwrap_err().code,
                Code::InvalidParameter,
                "{key}"
            );
        }
    }
}
