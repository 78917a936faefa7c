//! Tables `billing_clock`, `billing_customers` and `subscriptions`.
//!
//! Deliveries run at the same time and in any order, and Stripe's objects carry no version. Two ticks of one clock put
//! them in order. The first is taken *before* Stripe is asked: an answer asked for later replaces one asked for earlier,
//! and whoever asked after the last change saw it, so the last state wins. The second is taken in the transaction that
//! writes the state and reads all of the person's subscriptions: it is the version of what auth is told.

use contract::ids::UserId;
use edge::d1::{self, int, optional_int, optional_text, text};
use edge::{Failure, Result};
use serde::Deserialize;
use worker::D1Database;

use crate::stripe::event::Claim;
use crate::stripe::subscription::{Kept, StripeSubscription};

const NEXT_TICK: &str = "UPDATE billing_clock SET tick = tick + 1 WHERE id = 1 RETURNING tick";

#[derive(Deserialize)]
struct TickRow {
    tick: i64,
}

/// The next tick.
pub async fn tick(db: &D1Database) -> Result<i64> {
    let row: Option<TickRow> = d1::first(db, NEXT_TICK, &[]).await?;
    row.map(|row| row.tick).ok_or_else(no_clock)
}

/// Notes whose customer somebody is; the first word counts.
pub async fn claim(db: &D1Database, claim: &Claim) -> Result<()> {
    d1::run(
        db,
        "INSERT INTO billing_customers (customer_id, user_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        &[text(&claim.customer_id), text(claim.user_id.as_str())],
    )
    .await
    .map(drop)
}

/// What auth is to be told.
pub struct Standing {
    /// The person.
    pub user_id: UserId,
    /// All their subscriptions, at one moment.
    pub subscriptions: Vec<Kept>,
    /// Later readings have higher ones.
    pub version: i64,
}

#[derive(Deserialize)]
struct OwnerRow {
    user_id: Option<String>,
}

/// Keeps a subscription as Stripe showed it when asked at `asked_at_tick`, unless a later answer is there; answers how its
/// person stands now, or nothing while nobody knows whose it is. One transaction.
pub async fn save(
    db: &D1Database,
    subscription: &StripeSubscription,
    customer_id: &str,
    asked_at_tick: i64,
) -> Result<Option<Standing>> {
    let id = text(&subscription.id);
    let user_id = subscription.user_id();
    let results = db
        .batch(vec![
            d1::statement(
                db,
                "INSERT INTO subscriptions (id, customer_id, status, current_period_start_ms, current_period_end_ms,
                                            cancel_at_period_end, asked_at_tick)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (id) DO UPDATE SET status = excluded.status,
                   current_period_start_ms = excluded.current_period_start_ms,
                   current_period_end_ms = excluded.current_period_end_ms,
                   cancel_at_period_end = excluded.cancel_at_period_end, asked_at_tick = excluded.asked_at_tick
                 WHERE excluded.asked_at_tick > subscriptions.asked_at_tick",
                &[
                    id.clone(),
                    text(customer_id),
                    text(&subscription.status),
                    optional_int(subscription.period_start_ms())?,
                    optional_int(subscription.period_end_ms())?,
                    int(i64::from(subscription.cancel_at_period_end))?,
                    int(asked_at_tick)?,
                ],
            )?,
            // Apart from the state, because whose it is may come to light in an event that is older than the state.
            d1::statement(
                db,
                "INSERT INTO billing_customers (customer_id, user_id) SELECT ?1, ?2 WHERE ?2 IS NOT NULL
                 ON CONFLICT DO NOTHING",
                &[text(customer_id), optional_text(user_id.as_ref().map(UserId::as_str))],
            )?,
            d1::statement(
                db,
                "UPDATE subscriptions SET user_id = COALESCE(?2,
                   (SELECT user_id FROM billing_customers WHERE customer_id = subscriptions.customer_id))
                 WHERE id = ?1 AND user_id IS NULL",
                &[id.clone(), optional_text(user_id.as_ref().map(UserId::as_str))],
            )?,
            d1::statement(db, NEXT_TICK, &[])?,
            d1::statement(db, "SELECT user_id FROM subscriptions WHERE id = ?1", std::slice::from_ref(&id))?,
            d1::statement(
                db,
                "SELECT status, current_period_start_ms, current_period_end_ms, cancel_at_period_end FROM subscriptions
                 WHERE user_id = (SELECT user_id FROM subscriptions WHERE id = ?1)",
                &[id],
            )?,
        ])
        .await?;
    let [_, _, _, tick, owner, subscriptions] = results.as_slice() else {
        return Err(Failure::internal("D1 answered fewer results than statements"));
    };
    let version = tick.results::<TickRow>()?.first().map(|row| row.tick).ok_or_else(no_clock)?;
    let Some(user_id) = owner.results::<OwnerRow>()?.into_iter().find_map(|row| row.user_id) else {
        return Ok(None);
    };
    let user_id = user_id.parse().map_err(|_| Failure::internal("a stored id is not of its form"))?;
    Ok(Some(Standing { user_id, subscriptions: subscriptions.results()?, version }))
}

/// A person's subscriptions.
pub async fn subscriptions(db: &D1Database, user_id: &UserId) -> Result<Vec<Kept>> {
    d1::rows(
        db,
        "SELECT status, current_period_start_ms, current_period_end_ms, cancel_at_period_end FROM subscriptions
         WHERE user_id = ?1",
        &[text(user_id.as_str())],
    )
    .await
}

#[derive(Deserialize)]
struct CustomerRow {
    customer_id: String,
}

/// Stripe's customer of a person, the one who bought last if there are several.
pub async fn customer(db: &D1Database, user_id: &UserId) -> Result<Option<String>> {
    let row: Option<CustomerRow> = d1::first(
        db,
        "SELECT c.customer_id FROM billing_customers c LEFT JOIN subscriptions s ON s.customer_id = c.customer_id
         WHERE c.user_id = ?1 ORDER BY s.current_period_end_ms DESC, c.customer_id LIMIT 1",
        &[text(user_id.as_str())],
    )
    .await?;
    Ok(row.map(|row| row.customer_id))
}

fn no_clock() -> Failure {
    Failure::internal("billing_clock has no row")
}
