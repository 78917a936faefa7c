//! `EventInventory`: one object an event, holding what every market offers for it now.
#![expect(missing_docs, reason = "the durable_object macro makes public methods without any")]

use contract::catalog::EventCard;
use contract::objects::{Applied, ApplyPoll, BelievedQuote, HeldOffer, Inventory, PolledOffer};
use contract::queues::ObservedOffer;
use edge::failure::{Failure, Result};
use edge::json::{decode, encode};
use edge::{Call, reply, serve_object, sql};
use serde::Deserialize;
use worker::{DurableObject, Env, Request, Response, SqlStorage, State, durable_object};

use crate::inventory::{Effect, Held, Quote, observe};

/// One event's offers. All state is in SQLite; the fields are handles.
#[durable_object(fetch)]
pub struct EventInventory {
    sql: SqlStorage,
}

// The runtime runs an object on one thread, and its fields hold no state that a panic could leave half-changed.
impl std::panic::UnwindSafe for EventInventory {}
impl std::panic::RefUnwindSafe for EventInventory {}

impl DurableObject for EventInventory {
    fn new(state: State, _env: Env) -> Self {
        let sql = state.storage().sql();
        // A constructor cannot answer an error; a table that is not there fails the first statement that needs it.
        let _ = sql::run(&sql, TABLES, Vec::new());
        Self { sql }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        serve_object("aggregator.inventory", request, |mut call: Call, _log| async move {
            match call.path() {
                "/apply" => {
                    reply::json(&self.apply(&call.json_within(edge::queue::MAX_MESSAGE_BYTES).await?)?)
                }
                "/read" => reply::json(&self.read()?),
                _ => Err(edge::serve::no_such_path()),
            }
        })
        .await
    }
}

const TABLES: &str = "
  CREATE TABLE IF NOT EXISTS offers (
     market TEXT NOT NULL, source_event_id TEXT NOT NULL,
     held TEXT NOT NULL,             -- JSON of inventory::Held
     url TEXT, confidence INTEGER NOT NULL,
     PRIMARY KEY (market, source_event_id)) STRICT, WITHOUT ROWID;
   CREATE TABLE IF NOT EXISTS pending (
     market TEXT NOT NULL, source_event_id TEXT NOT NULL, seq INTEGER NOT NULL,
     change TEXT NOT NULL,           -- JSON of queues::ObservedOffer, until the planner acknowledges it
     PRIMARY KEY (market, source_event_id, seq)) STRICT, WITHOUT ROWID;";

#[derive(Deserialize)]
struct HeldRow {
    held: String,
}

#[derive(Deserialize)]
struct ChangeRow {
    change: String,
}

#[derive(Deserialize)]
struct OfferRow {
    market: String,
    source_event_id: String,
    held: String,
    url: Option<String>,
    confidence: u16,
}

impl EventInventory {
    /// Applies one poll. Nothing is awaited between the writes, so they are one transaction.
    fn apply(&self, poll: &ApplyPoll) -> Result<Applied> {
        let mut applied = Applied::default();
        for offer in &poll.offers {
            let held = self.observe(poll, offer)?;
            if held.sights >= 2 {
                applied.settled.push(offer.source_event_id.clone());
            }
            applied.believed.push(BelievedQuote {
                source_event_id: offer.source_event_id.clone(),
                price: held.quote.price,
                checked_at: held.checked_at,
            });
            applied.changes.append(&mut self.pending(poll, offer)?);
        }
        Ok(applied)
    }

    fn observe(&self, poll: &ApplyPoll, offer: &PolledOffer) -> Result<Held> {
        let key = || vec![sql::text(poll.market.as_str()), sql::text(&offer.source_event_id)];
        let row: Option<HeldRow> =
            sql::first(&self.sql, "SELECT held FROM offers WHERE market = ? AND source_event_id = ?", key())?;
        let before = row.map(|row| decode::<Held>(&row.held)).transpose()?;
        let quote = Quote { price: offer.price, listings: offer.listings, tickets: offer.tickets };
        let (held, effect) = observe(before.as_ref(), quote, poll.observed_at);
        if effect == Effect::Outdated {
            return Ok(held);
        }
        let mut values = key();
        values.extend([
            sql::text(encode(&held)?),
            offer.url.clone().map_or(worker::SqlStorageValue::Null, sql::text),
            sql::int(i64::from(offer.match_confidence_permille))?,
        ]);
        sql::run(
            &self.sql,
            "INSERT INTO offers (market, source_event_id, held, url, confidence) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET held = excluded.held, url = excluded.url, confidence = excluded.confidence",
            values,
        )?;
        if let Effect::Changed { confirms } = effect {
            let mut values = key();
            values.push(sql::int(i64::try_from(held.seq).unwrap_or(i64::MAX))?);
            values.push(sql::text(encode(&change(&poll.event, offer, &held, confirms))?));
            sql::run(
                &self.sql,
                "INSERT INTO pending (market, source_event_id, seq, change) VALUES (?, ?, ?, ?)",
                values,
            )?;
        }
        Ok(held)
    }

    /// Forgets what the planner has passed on; answers the rest, oldest first.
    fn pending(&self, poll: &ApplyPoll, offer: &PolledOffer) -> Result<Vec<ObservedOffer>> {
        let key = || vec![sql::text(poll.market.as_str()), sql::text(&offer.source_event_id)];
        let mut acknowledged = key();
        acknowledged.push(sql::int(i64::try_from(offer.acknowledged_seq).unwrap_or(i64::MAX))?);
        sql::run(
            &self.sql,
            "DELETE FROM pending WHERE market = ? AND source_event_id = ? AND seq <= ?",
            acknowledged,
        )?;
        let rows: Vec<ChangeRow> = sql::rows(
            &self.sql,
            "SELECT change FROM pending WHERE market = ? AND source_event_id = ? ORDER BY seq",
            key(),
        )?;
        rows.iter().map(|row| decode(&row.change)).collect()
    }

    fn read(&self) -> Result<Inventory> {
        let rows: Vec<OfferRow> = sql::rows(
            &self.sql,
            "SELECT market, source_event_id, held, url, confidence FROM offers",
            Vec::new(),
        )?;
        let offers = rows
            .into_iter()
            .map(|row| {
                let held: Held = decode(&row.held)?;
                Ok(HeldOffer {
                    market: row
                        .market
                        .parse()
                        .map_err(|_| Failure::internal("a stored market is unknown"))?,
                    source_event_id: row.source_event_id,
                    price: held.quote.price,
                    listings: held.quote.listings,
                    tickets: held.quote.tickets,
                    url: row.url,
                    since: held.since,
                    checked_at: held.checked_at,
                    match_confidence_permille: row.confidence,
                    unconfirmed: None,
                    stock: None,
                })
            })
            .collect::<Result<_>>()?;
        Ok(Inventory { offers })
    }
}

fn change(event: &EventCard, offer: &PolledOffer, held: &Held, confirms: bool) -> ObservedOffer {
    ObservedOffer {
        event: event.clone(),
        source_event_id: offer.source_event_id.clone(),
        seq: held.seq,
        observed_at: held.checked_at,
        price: offer.price,
        listings: offer.listings,
        tickets: offer.tickets,
        confirms,
        url: offer.url.clone(),
    }
}
