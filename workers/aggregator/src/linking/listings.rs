//! The market listings of events: which there are, and what they cost now.

use contract::ids::EventId;
use edge::d1;
use edge::failure::Result;
use edge::json::encode;
use prices::{AbsentReason, AllIn, Currency, FeeBasis, Market, Price};
use serde::{Deserialize, Serialize};
use sources::ForeignId;
use worker::Env;

use crate::planner::store::Known;

#[derive(Deserialize)]
struct ListingRow {
    market: String,
    source_event_id: String,
}

/// The listings of an event by their markets' own ids, at most so many; one of a market this build does not know is left out.
pub async fn of_event(env: &Env, id: &EventId, most: i64) -> Result<Vec<ForeignId>> {
    let rows: Vec<ListingRow> = d1::rows(
        &d1::database(env)?,
        "SELECT market, source_event_id FROM event_links WHERE event_id = ? ORDER BY market, source_event_id LIMIT ?",
        &[d1::text(id.as_str()), d1::int(most)?],
    )
    .await?;
    let known =
        |row: ListingRow| Some(ForeignId { market: row.market.parse().ok()?, id: row.source_event_id });
    Ok(rows.into_iter().filter_map(known).collect())
}

/// A listing's quote now.
#[derive(Clone, Debug, Serialize)]
pub struct QuoteRow {
    market: Market,
    source_event_id: String,
    amount_minor: Option<i64>,
    currency: Option<Currency>,
    basis: Option<FeeBasis>,
    absent_reason: Option<AbsentReason>,
    all_in_minor: Option<i64>,
    all_in: Option<AllIn>,
    checked_at_ms: i64,
}

impl QuoteRow {
    /// The price of a known listing, and what it comes to.
    pub fn new(
        market: Market,
        known: &Known,
        price: Price,
        all_in: Option<AllIn>,
        checked_at_ms: i64,
    ) -> Self {
        let (money, absent_reason) = match price {
            Price::Quoted { money, .. } => (Some(money), None),
            Price::Absent { reason } => (None, Some(reason)),
        };
        Self {
            market,
            source_event_id: known.source_event_id.clone(),
            amount_minor: money.map(|money| money.amount_minor),
            currency: money.map(|money| money.currency),
            basis: price.basis(),
            absent_reason,
            all_in_minor: all_in.map(|all_in| all_in.amount_minor),
            all_in,
            checked_at_ms,
        }
    }
}

/// Writes what listings cost now, so that lists need no object. One statement, whatever the number.
pub async fn write_quotes(env: &Env, quotes: &[QuoteRow]) -> Result<()> {
    if quotes.is_empty() {
        return Ok(());
    }
    d1::run(
        &d1::database(env)?,
        "UPDATE event_links SET amount_minor = q.value ->> 'amount_minor', currency = q.value ->> 'currency',
           basis = q.value ->> 'basis', absent_reason = q.value ->> 'absent_reason',
           all_in_minor = q.value ->> 'all_in_minor', all_in = q.value ->> 'all_in',
           checked_at_ms = q.value ->> 'checked_at_ms'
         FROM json_each(?) AS q
         WHERE event_links.market = q.value ->> 'market'
           AND event_links.source_event_id = q.value ->> 'source_event_id'",
        &[d1::text(encode(&quotes)?)],
    )
    .await?;
    Ok(())
}
