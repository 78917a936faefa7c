//! Pairs of prices with and without fees, and the models made of them, in D1.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use contract::fees::{SourceFees, VenueFees};
use contract::ids::VenueId;
use edge::clock::from_ms;
use edge::d1;
use edge::failure::Result;
use edge::json::{decode, encode};
use prices::fees::{BuyerFee, FeeModel, Histogram, buyer_fee, convert, learn, learn_venue};
use prices::{AllIn, Market, NoAllIn, Price};
use serde::Deserialize;
use worker::Env;

/// Fees change: pairs older than this (market time) teach nothing any more.
const KEEP_PAIRS: TimeDelta = TimeDelta::days(90);
/// Models are made anew at most this often (market time).
const LEARN_EVERY: TimeDelta = TimeDelta::minutes(10);
/// Stands for the source as a whole where a venue would be named.
const WHOLE_SOURCE: &str = "";

/// Models by market, for one venue or for a page's listings.
#[derive(Default)]
pub struct Fees {
    by_key: HashMap<(Market, String), FeeModel>,
}

impl Fees {
    /// What `price` of `market` comes to; `key` is what the models were read for.
    pub fn all_in(&self, market: Market, key: &str, price: &Price) -> std::result::Result<AllIn, NoAllIn> {
        convert(price, buyer_fee(market), self.model(market, key))
    }

    /// What is learned of `market`'s fees for `key`, else of the market as a whole.
    pub fn model(&self, market: Market, key: &str) -> Option<&FeeModel> {
        self.by_key
            .get(&(market, key.to_owned()))
            .or_else(|| self.by_key.get(&(market, WHOLE_SOURCE.to_owned())))
    }
}

#[derive(Deserialize)]
struct ModelRow {
    market: String,
    key: String,
    model: String,
}

fn fees(rows: Vec<ModelRow>) -> Result<Fees> {
    let by_key = rows
        .into_iter()
        .filter_map(|row| Some(((row.market.parse().ok()?, row.key), row.model)))
        .map(|(key, model)| Ok((key, decode(&model)?)))
        .collect::<Result<_>>()?;
    Ok(Fees { by_key })
}

/// The models of every source at `venue`; look them up with [`Fees::all_in`] under the venue's id.
pub async fn at_venue(env: &Env, venue: &VenueId) -> Result<Fees> {
    let rows = d1::rows(
        &d1::database(env)?,
        "SELECT market, venue_id AS key, model FROM fee_models WHERE venue_id IN ('', ?)",
        &[d1::text(venue.as_str())],
    )
    .await?;
    fees(rows)
}

/// The models for some listings of `market`; look them up under the listing's id.
pub async fn for_listings(env: &Env, market: Market, ids: &[&str]) -> Result<Fees> {
    if ids.is_empty() {
        return Ok(Fees::default());
    }
    let rows = d1::rows(
        &d1::database(env)?,
        "SELECT m.market, '' AS key, m.model FROM fee_models m WHERE m.market = ?1 AND m.venue_id = ''
         UNION ALL
         SELECT m.market, l.source_event_id AS key, m.model
         FROM json_each(?2) i
         JOIN event_links l ON l.market = ?1 AND l.source_event_id = i.value
         JOIN events e ON e.id = l.event_id
         JOIN fee_models m ON m.market = ?1 AND m.venue_id = e.venue_id",
        &[d1::text(market.as_str()), d1::text(encode(&ids)?)],
    )
    .await?;
    fees(rows)
}

/// Keeps the newest pair of each listing: `pairs` are ids with ratios.
pub async fn write_pairs(
    env: &Env,
    market: Market,
    pairs: &[(&str, u32)],
    seen_at: DateTime<Utc>,
) -> Result<()> {
    if pairs.is_empty() {
        return Ok(());
    }
    d1::run(
        &d1::database(env)?,
        "INSERT INTO fee_pairs (market, source_event_id, venue_id, ratio, seen_at_ms)
         SELECT l.market, l.source_event_id, e.venue_id, p.value ->> 1, ?3
         FROM json_each(?2) p
         JOIN event_links l ON l.market = ?1 AND l.source_event_id = p.value ->> 0
         JOIN events e ON e.id = l.event_id
         WHERE true
         ON CONFLICT DO UPDATE SET venue_id = excluded.venue_id, ratio = excluded.ratio,
           seen_at_ms = excluded.seen_at_ms",
        &[d1::text(market.as_str()), d1::text(encode(&pairs)?), d1::int(seen_at.timestamp_millis())?],
    )
    .await?;
    Ok(())
}

#[derive(Deserialize)]
struct DueRow {
    market: String,
}

#[derive(Deserialize)]
struct CountedRow {
    venue_id: String,
    ratio: u32,
    count: u32,
    newest_ms: i64,
}

/// Makes the models anew of every market that has new pairs; answers which.
pub async fn learn_due(env: &Env, now: DateTime<Utc>) -> Result<Vec<Market>> {
    let due: Vec<DueRow> = d1::rows(
        &d1::database(env)?,
        "SELECT m.value AS market FROM json_each(?1) m
         LEFT JOIN fee_models s ON s.market = m.value AND s.venue_id = ''
         WHERE (SELECT max(p.seen_at_ms) FROM fee_pairs p WHERE p.market = m.value) > coalesce(s.computed_at_ms, 0)
           AND coalesce(s.computed_at_ms, 0) < ?2",
        &[
            d1::text(encode(&Market::ALL)?),
            d1::int(now.checked_sub_signed(LEARN_EVERY).unwrap_or(now).timestamp_millis())?,
        ],
    )
    .await?;
    let due: Vec<Market> = due.iter().filter_map(|row| row.market.parse().ok()).collect();
    for market in &due {
        learn_market(env, *market, now).await?;
    }
    Ok(due)
}

async fn learn_market(env: &Env, market: Market, now: DateTime<Utc>) -> Result<()> {
    let db = d1::database(env)?;
    let since = d1::int(now.checked_sub_signed(KEEP_PAIRS).unwrap_or(now).timestamp_millis())?;
    let counted: Vec<CountedRow> = d1::rows(
        &db,
        "SELECT venue_id, ratio, count(*) AS count, max(seen_at_ms) AS newest_ms FROM fee_pairs
         WHERE market = ? AND seen_at_ms >= ? GROUP BY venue_id, ratio",
        &[d1::text(market.as_str()), since.clone()],
    )
    .await?;
    let mut source = Histogram::default();
    let mut venues: HashMap<String, Histogram> = HashMap::new();
    for row in counted {
        let day = from_ms(row.newest_ms).date_naive();
        source.add(row.ratio, row.count, day);
        venues.entry(row.venue_id).or_default().add(row.ratio, row.count, day);
    }
    let Some(model) = learn(&source) else { return Ok(()) };
    let mut models = vec![(WHOLE_SOURCE.to_owned(), model)];
    models.extend(venues.into_iter().filter_map(|(id, seen)| Some((id, learn_venue(&seen, &model)?))));
    let rows: Vec<_> = models.iter().map(|(venue, model)| (venue, model, model.count)).collect();
    let results = db
        .batch(vec![
            d1::statement(
                &db,
                "DELETE FROM fee_pairs WHERE market = ? AND seen_at_ms < ?",
                &[d1::text(market.as_str()), since],
            )?,
            d1::statement(&db, "DELETE FROM fee_models WHERE market = ?", &[d1::text(market.as_str())])?,
            d1::statement(
                &db,
                "INSERT INTO fee_models (market, venue_id, model, count, computed_at_ms)
                 SELECT ?1, value ->> 0, value -> 1, value ->> 2, ?3 FROM json_each(?2)",
                &[d1::text(market.as_str()), d1::text(encode(&rows)?), d1::int(now.timestamp_millis())?],
            )?,
        ])
        .await?;
    results.iter().try_for_each(|result| d1::changes(result).map(drop))
}

#[derive(Deserialize)]
struct VenueRow {
    venue_id: String,
    name: Option<String>,
    model: String,
    computed_at_ms: i64,
}

#[derive(Deserialize)]
struct CountRow {
    count: u32,
}

/// What is known of a source's fees, for its readers.
pub async fn of_source(env: &Env, market: Market) -> Result<SourceFees> {
    let db = d1::database(env)?;
    let rows: Vec<VenueRow> = d1::rows(
        &db,
        "SELECT m.venue_id, v.name, m.model, m.computed_at_ms FROM fee_models m
         LEFT JOIN venues v ON v.id = m.venue_id
         WHERE m.market = ? AND (m.venue_id = '' OR v.id IS NOT NULL)
         ORDER BY m.venue_id <> '', m.count DESC, m.venue_id LIMIT 201",
        &[d1::text(market.as_str())],
    )
    .await?;
    let pairs: Option<CountRow> = d1::first(
        &db,
        "SELECT count(*) AS count FROM fee_pairs WHERE market = ?",
        &[d1::text(market.as_str())],
    )
    .await?;
    let mut known = SourceFees {
        market,
        buyer_fee: match buyer_fee(market) {
            BuyerFee::None => contract::fees::BuyerFee::None,
            BuyerFee::Learned => contract::fees::BuyerFee::Learned,
            BuyerFee::AssumedIncluded => contract::fees::BuyerFee::AssumedIncluded,
        },
        model: None,
        venues: Vec::new(),
        pairs: pairs.map_or(0, |row| row.count),
        computed_at: rows.first().map(|row| from_ms(row.computed_at_ms)),
    };
    for row in rows {
        let model: FeeModel = decode(&row.model)?;
        match (row.venue_id.parse(), row.name) {
            (Ok(venue_id), Some(name)) => known.venues.push(VenueFees { venue_id, name, model }),
            _ => known.model = Some(model),
        }
    }
    Ok(known)
}
