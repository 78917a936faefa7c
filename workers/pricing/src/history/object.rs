//! `PriceHistory`: one object an event. Takes observations in once each, scores and announces confirmed moves. What
//! its alarm does is in flush.rs.
#![expect(missing_docs, reason = "the durable_object macro makes public methods without any")]

use chrono::{DateTime, Utc};
use contract::internal::{BestPrice, BestQuote};
use contract::objects::{
    AppendObservations, Appended, CurrentOffer, HeldHistory, HistoryVersion, ReadHistory, ReadMoves,
};
use contract::queues::PriceChange;
use edge::clock::Clock;
use edge::failure::{Failure, Result};
use edge::log::Log;
use edge::{Call, Vars, queue, reply, serve_object};
use prices::score::{Scored, cheapest};
use prices::{CurrentQuote, Level, Market, Observation, Price};
use serde_json::json;
use worker::{DurableObject, Env, Request, Response, State, durable_object};

use crate::config::Config;
use crate::deals::scoring::{self, Standing, confirmed_price, deal};
use crate::history::listing::{Announcement, Listing, Taken, market_now, observation};
use crate::history::lows::Low;
use crate::history::store::HistoryStore;

/// What a queue's message says of one event, written out again: what the sender left out for being unknown is in it too.
const MAX_COMMAND_BYTES: usize = 2 * queue::MAX_MESSAGE_BYTES;
/// An import's rows of one event, as JSON: a table of 6 MB (routes/import.rs) is less than twice as much.
const MAX_IMPORT_BYTES: usize = 12_000_000;
/// One event's history. All state is in SQLite and R2; the fields are handles.
#[durable_object(alarm)]
pub struct PriceHistory {
    pub(super) state: State,
    pub(super) env: Env,
    pub(super) store: HistoryStore,
}

// The runtime runs an object on one thread, and its fields hold no state that a panic could leave half-changed.
impl std::panic::UnwindSafe for PriceHistory {}
impl std::panic::RefUnwindSafe for PriceHistory {}

impl DurableObject for PriceHistory {
    fn new(state: State, env: Env) -> Self {
        let store = HistoryStore::open(state.storage().sql());
        Self { state, env, store }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        serve_object("pricing.history", request, |mut call: Call, log| async move {
            match call.path() {
                "/append" => {
                    let batch = call.json_within(MAX_COMMAND_BYTES).await?;
                    reply::json(&self.append(&batch, &log).await?)
                }
                "/backfill" => {
                    let batch = call.json_within(MAX_COMMAND_BYTES).await?;
                    reply::json(&self.backfill(&batch).await?)
                }
                "/moves" => {
                    let ReadMoves { limit } = call.json().await?;
                    // Nothing else tells an event without moves from an id that stands for none.
                    if self.store.meta()?.event_id().is_none() {
                        return Err(Failure::not_found("There is no price history for this event id."));
                    }
                    reply::json(&self.store.moves(limit)?)
                }
                "/import" => {
                    let batch = call.json_within(MAX_IMPORT_BYTES).await?;
                    reply::json(&self.import(&batch, &log).await?)
                }
                "/mend" => reply::json(&self.give_up_damaged(&log).await?),
                "/version" => reply::json(&HistoryVersion { version: self.store.meta()?.version }),
                "/read" => {
                    let asked: Option<ReadHistory> = call.json().await?;
                    reply::json(&self.read(asked.unwrap_or_default())?)
                }
                "/best" => reply::json(&self.best()?),
                _ => Err(edge::serve::no_such_path()),
            }
        })
        .await
    }

    async fn alarm(&self) -> worker::Result<Response> {
        let log = Log::of_alarm("pricing.history");
        if let Err(failure) = self.settle(&log).await {
            log.error("alarm_failed", json!({ "cause": failure.cause }));
        }
        Response::empty()
    }
}

impl PriceHistory {
    /// Takes a batch in. What was taken before is skipped by its number, so a repeated message changes nothing and
    /// answers the same deal.
    async fn append(&self, batch: &AppendObservations, log: &Log) -> Result<Appended> {
        let mut items: Vec<_> = batch.items.iter().collect();
        items.sort_by_key(|item| item.seq);
        let mut meta = self.store.meta()?;
        let mut listings = self.store.listings(&meta)?;
        let confirmed_before: Vec<Price> = listings.iter().map(confirmed_price).collect();
        let (mut observations, mut confirmed, mut late) = (Vec::new(), Vec::new(), false);
        for item in items {
            let index = position(&mut listings, batch.market, item);
            let lows_before = meta.lows.with(&listings);
            let Some(listing) = listings.get_mut(index) else { continue };
            let level_before = listing.detector.lowest();
            let (seen, moved) = match listing.take(item) {
                Taken::Repeat => continue,
                // What else the market offered then is not known any more: it counts for itself.
                Taken::Late => {
                    late = true;
                    (observation(item), None)
                }
                Taken::New(moved) => {
                    meta.card = Some(item.event.clone());
                    (market_now(&listings, batch.market, &observation(item)), moved)
                }
            };
            let low = listings.get(index).and_then(|listing| listing.detector.lowest());
            // A market that states its prices otherwise begins anew; the event does not.
            let left = level_before.filter(|before| low.is_none_or(|low| low.unit() != before.unit()));
            if let Some(level) = left {
                meta.lows.note(Low { market: batch.market, level });
            }
            observations.push((batch.market, seen));
            confirmed.extend(moved.map(|moved| (item, moved, lows_before)));
        }
        let now = latest(&listings);
        let stands = listings.iter().map(confirmed_price).eq(confirmed_before);
        let compared = batch.comparable.is_some() && batch.comparable != meta.comparable;
        if compared {
            meta.comparable.clone_from(&batch.comparable);
        }
        let rescore = late || !stands || compared || !meta.is_scored_lately(now);
        let mut level = None;
        if rescore {
            let (courses, standing) = (self.courses_with(&observations)?, Standing::of(&listings));
            let scored =
                scoring::score(meta.card.as_ref(), &standing, &courses, meta.comparable.as_ref(), now);
            meta.deal_place = scored.as_ref().map(|scored| scored.place);
            meta.deal = deal(meta.card.clone(), &listings, scored);
            level = scoring::event_level(meta.deal.as_ref(), &standing, &courses, now);
            meta.scored_at = Some(now);
        } else {
            let before = meta.deal.take().zip(meta.deal_place);
            let scored = before.map(|(deal, place)| Scored { score: deal.score, place });
            meta.deal = deal(meta.card.clone(), &listings, scored);
        }
        let new = u32::try_from(observations.len()).unwrap_or(u32::MAX);
        // A repeat may be here because the deal could not be written: then it is told again.
        let unchanged = new > 0 && !rescore && meta.is_told_lately();
        if !unchanged {
            meta.told_at = meta.deal.as_ref().map(|deal| deal.observed_at);
        }
        let best = first(&listings, &Standing::of(&listings), now).map(|(_, level)| level.money);
        let fees = Standing::of(&listings).fees;
        let announcements: Vec<PriceChange> = confirmed
            .into_iter()
            .filter_map(|(offer, mut moved, lows_before)| {
                let level = Level { money: moved.new, basis: moved.basis };
                moved.lowest_ever &= lows_before.are_above(Low { market: batch.market, level }, &fees);
                // Too small to be told, but for being a low.
                if moved.within_band && !moved.lowest_ever {
                    return None;
                }
                let announcement = Announcement {
                    event_id: &batch.event_id,
                    offer,
                    moved,
                    best,
                    score: meta.deal.as_ref().map(|deal| deal.score.value),
                };
                Some(announcement.message(batch.market, batch))
            })
            .collect();
        meta.announcing |= !announcements.is_empty();
        let revision = meta.next_revision(Clock::wall_ms());
        let appended = Appended { deal: meta.deal.clone(), new, unchanged, level, revision };
        // Nothing is awaited between these writes: they are one transaction.
        self.store.append(&mut meta, listings, &observations, &announcements)?;

        if new > 0 {
            self.flush_later().await?;
        }
        if !announcements.is_empty() {
            log.info("moves", json!({ "event_id": batch.event_id, "count": announcements.len() }));
        }
        if meta.announcing {
            self.announce().await?;
        }
        Ok(appended)
    }

    /// Everything that is here, with what is not written yet.
    fn courses_with(&self, observations: &[(Market, Observation)]) -> Result<prices::Courses> {
        let mut courses = self.store.courses()?;
        for (market, seen) in observations {
            courses.entry(*market).or_default().push(*seen);
        }
        for course in courses.values_mut() {
            course.sort_by_key(|seen| seen.at);
        }
        Ok(courses)
    }

    /// Hands what waits to the queue. Dying in between means sending it again: the id is the same, so it counts once.
    pub(super) async fn announce(&self) -> Result<()> {
        loop {
            let waiting = self.store.announcements()?;
            if let Err(failure) = queue::send_all(&self.env, "PRICE_CHANGES", &waiting).await {
                self.retry_later().await?;
                return Err(failure);
            }
            if !self.store.announced(&waiting)? {
                return Ok(());
            }
        }
    }

    fn read(&self, asked: ReadHistory) -> Result<HeldHistory> {
        let meta = self.store.meta()?;
        let standing = Standing::of(&self.store.listings(&meta)?);
        let offer = |quote: CurrentQuote| CurrentOffer {
            market: quote.market,
            price: quote.price,
            seen_at: quote.seen_at,
        };
        // What was written before there were versions has none.
        let unchanged = meta.version > 0 && asked.known == Some(meta.version);
        Ok(HeldHistory {
            courses: prices::Courses::new(),
            rows: if unchanged { Vec::new() } else { self.store.bodies()? },
            segments: if unchanged { Vec::new() } else { self.store.cold_keys()? },
            unchanged,
            version: meta.version,
            current: standing.current.into_iter().map(offer).collect(),
            starts_at: meta.card.as_ref().and_then(|card| card.starts_at),
            fees: standing.fees,
            comparable: meta.comparable,
            card: meta.card,
        })
    }

    /// The quote that deals would rank, so that nobody is told of two best prices.
    fn best(&self) -> Result<BestPrice> {
        let meta = self.store.meta()?;
        let listings = self.store.listings(&meta)?;
        let card = meta.card.ok_or_else(|| Failure::not_found("There is no price of this event yet."))?;
        let now = Config::read(&Vars::new(&self.env))?.clock.market();
        let standing = Standing::of(&listings);
        let first = first(&listings, &standing, now);
        let lowest = meta.lows.with(&listings).lowest(first.map(|(_, level)| level.unit()));
        let best = first.map(|(listing, level)| BestQuote {
            market: listing.market,
            price: level.money,
            basis: Some(level.basis),
            url: listing.url.clone(),
            observed_at: listing.latest.at,
        });
        Ok(BestPrice { event_id: card.id, best, lowest_ever: lowest.map(|level| level.money) })
    }
}

/// The listing that is ranked first at `now`, with its level. Deals, alerts and whoever asks for the best price are told of this
/// one alike.
fn first<'a>(
    listings: &'a [Listing],
    standing: &Standing,
    now: DateTime<Utc>,
) -> Option<(&'a Listing, Level)> {
    let listing = listings.get(cheapest(now, &standing.current, &standing.fees)?)?;
    Some((listing, listing.standing()?))
}

/// The listing `item` speaks of; a new one is put at the end.
fn position(listings: &mut Vec<Listing>, market: Market, item: &contract::queues::ObservedOffer) -> usize {
    let found = listings
        .iter()
        .position(|listing| listing.market == market && listing.source_event_id == item.source_event_id);
    found.unwrap_or_else(|| {
        listings.push(Listing::new(market, item));
        listings.len().saturating_sub(1)
    })
}

fn latest(listings: &[Listing]) -> DateTime<Utc> {
    listings.iter().map(|listing| listing.latest.at).max().unwrap_or_default()
}
