//! `EventInventory`: one object an event, holding what every market offers for it now.
#![expect(missing_docs, reason = "the durable_object macro makes public methods without any")]

use contract::catalog::EventCard;
use contract::objects::{
    Applied, ApplyPoll, BelievedQuote, HeldOffer, Inventory, PolledOffer, ReadInventory,
};
use contract::offers::UnconfirmedQuote;
use contract::queues::ObservedOffer;
use edge::failure::{Failure, Result};
use edge::json::{decode, encode};
use edge::{Call, reply, serve_object, sql};
use prices::{Market, Price};
use serde::Deserialize;
use worker::{DurableObject, Env, Request, Response, SqlStorage, State, durable_object};

use crate::inventory::confirm::Sight;
use crate::inventory::stock::Stock;
use crate::inventory::{self, Effect, Held, Outcome, Poll, Quote};

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
                "/apply" => reply::json(&self.apply(&mut call.json_within(MAX_POLL_BYTES).await?)?),
                "/read" => {
                    let asked: Option<ReadInventory> = call.json().await?;
                    reply::json(&self.read(&asked.unwrap_or_default())?)
                }
                _ => Err(edge::serve::no_such_path()),
            }
        })
        .await
    }
}

/// A poll may tell thousands of listings of about 150 bytes.
const MAX_POLL_BYTES: usize = 4 * 1024 * 1024;

const TABLES: &str = "
  CREATE TABLE IF NOT EXISTS offers (
     market TEXT NOT NULL, source_event_id TEXT NOT NULL,
     held TEXT NOT NULL,             -- JSON of inventory::Held
     url TEXT, confidence INTEGER NOT NULL,
     PRIMARY KEY (market, source_event_id)) STRICT, WITHOUT ROWID;
   CREATE TABLE IF NOT EXISTS stocks (
     market TEXT NOT NULL, source_event_id TEXT NOT NULL,
     stock TEXT NOT NULL,            -- JSON of stock::Stock
     PRIMARY KEY (market, source_event_id)) STRICT, WITHOUT ROWID;";

#[derive(Deserialize)]
struct OfferRow {
    market: String,
    source_event_id: String,
    held: String,
    url: Option<String>,
    confidence: u16,
    #[serde(default)]
    stock: Option<String>,
}

#[derive(Deserialize)]
struct StockRow {
    stock: String,
}

/// A market listing on the shelf.
struct Shelved {
    market: Market,
    source_event_id: String,
    held: Held,
}

impl EventInventory {
    /// Applies one poll: one read and one write a market listing, whatever it tells, and one each more for its single
    /// listings. Nothing is awaited between the writes, so they are one transaction.
    fn apply(&self, poll: &mut ApplyPoll) -> Result<Applied> {
        let mut held_now = self.shelf()?;
        let mut applied = Applied::default();
        for offer in &mut poll.offers {
            let place = held_now
                .iter()
                .position(|one| one.market == poll.market && one.source_event_id == offer.source_event_id);
            let before = place.and_then(|place| held_now.get(place)).map(|one| &one.held);
            let stored = match &offer.seats {
                Some(_) => self.stock(poll.market, &offer.source_event_id)?,
                None => Stock::default(),
            };
            let others = others(&held_now, poll.market, &offer.price);
            let seats = offer.seats.take();
            let sight = Sight {
                quote: Quote { price: offer.price, listings: offer.listings, tickets: offer.tickets },
                at: poll.observed_at,
                others: &others,
                borne_out: offer.borne_out,
            };
            let Outcome { mut held, stock, effect } =
                inventory::apply(before, move || stored, Poll { sight, seats });
            let waiting = held.pending.len();
            held.pending.retain(|change| change.seq > offer.acknowledged_seq);
            if let Effect::Changed { confirms } = effect {
                held.pending.push(change(&poll.event, offer, &held, confirms));
            }
            if effect != Effect::Outdated || held.pending.len() != waiting {
                self.write(poll.market, offer, &held, stock.as_ref())?;
            }
            if offer.borne_out && held.quote.price.money().is_none() {
                self.clear_stock(poll.market, &offer.source_event_id)?;
            }
            // A poll that was overtaken settles nothing: what it said may be true again when it says so next time.
            let settled = held.is_settled() && stock.as_ref().is_none_or(Stock::is_settled);
            if settled && effect != Effect::Outdated {
                applied.settled.push(offer.source_event_id.clone());
            }
            applied.changes.extend(held.pending.iter().cloned());
            let belief = held.belief();
            applied.believed.push(BelievedQuote {
                source_event_id: offer.source_event_id.clone(),
                price: belief.quote.price,
                checked_at: belief.checked_at,
            });
            let shelved =
                Shelved { market: poll.market, source_event_id: offer.source_event_id.clone(), held };
            match place.and_then(|place| held_now.get_mut(place)) {
                Some(place) => *place = shelved,
                None => held_now.push(shelved),
            }
        }
        Ok(applied)
    }

    fn shelf(&self) -> Result<Vec<Shelved>> {
        let rows: Vec<OfferRow> = sql::rows(
            &self.sql,
            "SELECT market, source_event_id, held, url, confidence FROM offers",
            Vec::new(),
        )?;
        rows.into_iter()
            .map(|row| {
                Ok(Shelved {
                    market: market(&row.market)?,
                    held: decode(&row.held)?,
                    source_event_id: row.source_event_id,
                })
            })
            .collect()
    }

    fn stock(&self, market: Market, source_event_id: &str) -> Result<Stock> {
        let row: Option<StockRow> = sql::first(
            &self.sql,
            "SELECT stock FROM stocks WHERE market = ? AND source_event_id = ?",
            vec![sql::text(market.as_str()), sql::text(source_event_id)],
        )?;
        row.map_or_else(|| Ok(Stock::default()), |row| decode(&row.stock))
    }

    fn write(&self, market: Market, offer: &PolledOffer, held: &Held, stock: Option<&Stock>) -> Result<()> {
        let key = || vec![sql::text(market.as_str()), sql::text(&offer.source_event_id)];
        let mut values = key();
        values.extend([
            sql::text(encode(held)?),
            offer.url.clone().map_or(worker::SqlStorageValue::Null, sql::text),
            sql::int(i64::from(offer.match_confidence_permille))?,
        ]);
        sql::run(
            &self.sql,
            "INSERT INTO offers (market, source_event_id, held, url, confidence) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET held = excluded.held, url = coalesce(excluded.url, offers.url),
               confidence = excluded.confidence",
            values,
        )?;
        let Some(stock) = stock else { return Ok(()) };
        let mut values = key();
        values.push(sql::text(encode(stock)?));
        sql::run(
            &self.sql,
            "INSERT INTO stocks (market, source_event_id, stock) VALUES (?, ?, ?)
             ON CONFLICT DO UPDATE SET stock = excluded.stock",
            values,
        )
    }

    /// What is gone sells no seats either.
    fn clear_stock(&self, market: Market, source_event_id: &str) -> Result<()> {
        sql::run(
            &self.sql,
            "DELETE FROM stocks WHERE market = ? AND source_event_id = ?",
            vec![sql::text(market.as_str()), sql::text(source_event_id)],
        )
    }

    fn read(&self, asked: &ReadInventory) -> Result<Inventory> {
        let rows: Vec<OfferRow> = sql::rows(
            &self.sql,
            "SELECT o.market, o.source_event_id, o.held, o.url, o.confidence, s.stock FROM offers o
             LEFT JOIN stocks s ON s.market = o.market AND s.source_event_id = o.source_event_id",
            Vec::new(),
        )?;
        let limit = asked.listings.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
        let mut offers = Vec::with_capacity(rows.len());
        for row in rows {
            let market = market(&row.market)?;
            if asked.market.is_some_and(|asked| asked != market) {
                continue;
            }
            let belief = decode::<Held>(&row.held)?.belief();
            let on_sale = belief.quote.price.money().is_some();
            let stock = row.stock.as_deref().filter(|_| on_sale).map(decode::<Stock>).transpose()?;
            offers.push(HeldOffer {
                market,
                source_event_id: row.source_event_id,
                price: belief.quote.price,
                listings: belief.quote.listings,
                tickets: belief.quote.tickets,
                url: row.url,
                since: belief.since,
                checked_at: belief.checked_at,
                match_confidence_permille: row.confidence,
                unconfirmed: belief
                    .doubt
                    .map(|doubt| UnconfirmedQuote { price: doubt.quote.price, seen_at: doubt.seen_at }),
                stock: stock.map(|stock| stock.select(asked.seats, limit)),
            });
        }
        Ok(Inventory { offers })
    }
}

fn market(stored: &str) -> Result<Market> {
    stored.parse().map_err(|_| Failure::internal("a stored market is unknown"))
}

/// What other markets are believed to ask, in the currency of `price`, ascending.
fn others(shelf: &[Shelved], market: Market, price: &Price) -> Vec<i64> {
    let Some(money) = price.money() else { return Vec::new() };
    let mut amounts: Vec<i64> = shelf
        .iter()
        .filter(|one| one.market != market)
        .filter_map(|one| one.held.belief().quote.price.money())
        .filter(|other| other.currency == money.currency)
        .map(|other| other.amount_minor)
        .collect();
    amounts.sort_unstable();
    amounts
}

fn change(event: &EventCard, offer: &PolledOffer, held: &Held, confirms: bool) -> ObservedOffer {
    ObservedOffer {
        event: event.clone(),
        source_event_id: offer.source_event_id.clone(),
        seq: held.seq,
        observed_at: held.checked_at,
        price: held.quote.price,
        listings: held.quote.listings,
        tickets: held.quote.tickets,
        confirms,
        url: offer.url.clone(),
        // Told when it is passed on: the inventory knows no fees.
        fees: None,
    }
}
