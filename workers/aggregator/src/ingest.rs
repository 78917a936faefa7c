//! One page of a source, all the way: link what is new, apply what changed, pass on what came of it, remember.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use contract::ids::EventId;
use contract::objects::{Applied, ApplyPoll, PolledOffer};
use contract::queues::{ObservationBatch, ObservedOffer};
use edge::clock::Clock;
use edge::failure::Result;
use edge::json::encode;
use edge::log::Log;
use edge::object::Objects;
use edge::queue;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use prices::fees::ratio_of;
use prices::{FeeBasis, Market, Price};
use sources::{Listing, Offers, Page, Quote, SourceEvent};
use worker::Env;

use crate::fee_store::{self, Fees};
use crate::linking::linker;
use crate::linking::listings::{self, QuoteRow};
use crate::linking::merge_store;
use crate::planner::asking::Asker;
use crate::planner::attention;
use crate::planner::store::{Known, PlannerStore};

/// An unchanged, confirmed quote is still applied this often, so that its freshness is known (market time).
const HEARTBEAT_MS: i64 = 15 * 60 * 1_000;
/// Objects asked at once. Calls to objects do not count among the six connections.
const APPLY_AT_ONCE: usize = 16;
/// Offers in one queue message: 60 × about 900 bytes stays under half of the 128 KB a message may hold.
const OFFERS_PER_MESSAGE: usize = 60;

/// One poll's page, and where it came from.
pub struct Ingest<'a> {
    /// Bindings.
    pub env: &'a Env,
    /// The planner's memory.
    pub store: &'a PlannerStore,
    /// The log of this walk; its request id travels on.
    pub log: &'a Log,
    /// The market.
    pub market: Market,
    /// The walk's number.
    pub walk: i64,
    /// Market time of the poll.
    pub at: DateTime<Utc>,
    /// Wall clock when the answer arrived, epoch milliseconds.
    pub seen_at_ms: i64,
}

/// A listing with what a poll says of it.
struct Plan<'a> {
    known: Known,
    quote: Quote,
    /// Where to buy, where the poll says.
    url: Option<&'a str>,
    /// Every single listing, where the poll tells them.
    seats: Option<&'a [Listing]>,
    /// Several polls bear it out already.
    borne_out: bool,
    /// What of it would be a change, as one number.
    fingerprint: String,
    /// What the inventory believes after the poll.
    believed: Option<Price>,
}

impl<'a> Plan<'a> {
    fn new(known: Known, quote: Quote, url: Option<&'a str>, seats: Option<&'a [Listing]>) -> Result<Self> {
        let fingerprint = fingerprint(&encode(&(quote, seats))?);
        Ok(Self { known, quote, url, seats, borne_out: false, fingerprint, believed: None })
    }
}

impl<'a> Ingest<'a> {
    /// Takes in what `asker` was answered just now, in or beside the walk `walk`.
    pub fn now(asker: &'a Asker<'a>, walk: i64, log: &'a Log) -> Self {
        let seen_at_ms = Clock::wall_ms();
        Self {
            env: asker.env,
            store: asker.store,
            log,
            market: asker.market(),
            walk,
            at: asker.clock.market_at(seen_at_ms),
            seen_at_ms,
        }
    }
}

impl Ingest<'_> {
    /// Takes in a page: its events, what is on sale for events that are known already, and events that have become
    /// another one. Answers how many changes were passed on.
    pub async fn take(&self, page: &Page) -> Result<u32> {
        let changes = self.page(&page.events).await?;
        let more = self.offers(&page.offers).await?;
        let merged = self.merged(&page.events).await?;
        Ok(changes.saturating_add(more).saturating_add(merged))
    }

    /// Listings whose market has merged them into another that stands on this page: they are on sale there.
    async fn merged(&self, events: &[SourceEvent]) -> Result<u32> {
        let former: Vec<&str> = events
            .iter()
            .flat_map(|event| event.former_ids.iter().filter(|former| **former != event.id))
            .map(String::as_str)
            .collect();
        if former.is_empty() {
            return Ok(0);
        }
        let listings = self.store.known(&former)?;
        if listings.is_empty() {
            return Ok(0);
        }
        let ids: Vec<String> = listings.iter().map(|known| known.source_event_id.clone()).collect();
        let changes = self.gone(listings).await?;
        self.store.forget(&ids)?;
        Ok(changes)
    }

    /// Takes in what is on sale for events that are known; others are left until the walk has seen them.
    async fn offers(&self, offers: &[Offers]) -> Result<u32> {
        if offers.is_empty() {
            return Ok(0);
        }
        let ids: Vec<&str> = offers.iter().map(|offers| offers.id.as_str()).collect();
        let mut known: HashMap<String, Known> =
            self.store.known(&ids)?.into_iter().map(|known| (known.source_event_id.clone(), known)).collect();
        let plans = offers
            .iter()
            .filter_map(|offers| {
                let mut known = known.remove(&offers.id)?;
                (known.walk, known.missed) = (self.walk.max(known.walk), 0);
                Some(Plan::new(known, offers.quote, None, offers.listings.as_deref()))
            })
            .collect::<Result<_>>()?;
        self.carry_out(plans).await
    }

    /// Takes in `events`; answers how many changes were passed on.
    pub async fn page(&self, events: &[SourceEvent]) -> Result<u32> {
        self.follow_moves().await?;
        let ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
        let mut known: HashMap<String, Known> =
            self.store.known(&ids)?.into_iter().map(|known| (known.source_event_id.clone(), known)).collect();
        let new_or_changed: Vec<&SourceEvent> = events
            .iter()
            .filter(|event| {
                let facts = || fingerprint(&linker::facts_json(event));
                known.get(&event.id).is_none_or(|known| known.facts != facts())
            })
            .collect();
        for link in linker::link(self.env, self.log, self.at, &new_or_changed).await? {
            let before = known.remove(&link.source_event_id);
            known.insert(link.source_event_id.clone(), self.known_after_link(before, link));
        }
        let plans = events
            .iter()
            .filter_map(|event| {
                let mut known = known.remove(&event.id)?;
                (known.walk, known.missed) = (self.walk, 0);
                Some(Plan::new(known, event.quote, event.url.as_deref(), event.listings.as_deref()))
            })
            .collect::<Result<_>>()?;
        self.carry_out(plans).await
    }

    /// Follows listings that were merged or split off since the last page: they leave the event they were in, and their
    /// next sight is linked anew, which finds the event they belong to now.
    async fn follow_moves(&self) -> Result<()> {
        let moves = merge_store::moves_after(self.env, self.market, self.store.followed()?).await?;
        let Some(last) = moves.last() else { return Ok(()) };
        let ids: Vec<&str> = moves.iter().map(|moved| moved.source_event_id.as_str()).collect();
        let left = self.store.known(&ids)?;
        // Twice, because a price that vanishes is believed at its second sight.
        self.gone(left.clone()).await?;
        let ids: Vec<String> = left.iter().map(|known| known.source_event_id.clone()).collect();
        let id_texts: Vec<&str> = ids.iter().map(String::as_str).collect();
        self.gone(self.store.known(&id_texts)?).await?;
        self.log.info("moves_followed", serde_json::json!({ "market": self.market, "listings": ids.len() }));
        self.store.follow(last.number, &ids)
    }

    /// Takes out listings that are confirmed gone: their price is absent from now on.
    pub async fn gone(&self, listings: Vec<Known>) -> Result<u32> {
        let price = prices::Price::absent(prices::AbsentReason::NotOnSale);
        let quote = Quote::of(price);
        let plans = listings
            .into_iter()
            .map(|known| Ok(Plan { borne_out: true, ..Plan::new(known, quote, None, None)? }))
            .collect::<Result<_>>()?;
        self.carry_out(plans).await
    }

    fn known_after_link(&self, before: Option<Known>, link: linker::Link) -> Known {
        let version = before.as_ref().map_or(0, |before| before.version);
        let same_event = before.filter(|before| before.event_id == link.card.id);
        let (acknowledged_seq, applied_ms) =
            same_event.map_or((0, 0), |before| (before.acknowledged_seq, before.applied_ms));
        Known {
            source_event_id: link.source_event_id,
            event_id: link.card.id.clone(),
            confidence_permille: link.confidence_permille,
            card: link.card,
            facts: fingerprint(&link.facts),
            // Empty equals no quote, so that the listing is applied now whatever its quote.
            quote: String::new(),
            settled: false,
            acknowledged_seq,
            walk: self.walk,
            missed: 0,
            applied_ms,
            pair: None,
            version,
        }
    }

    async fn carry_out(&self, plans: Vec<Plan<'_>>) -> Result<u32> {
        let now_ms = self.at.timestamp_millis();
        let mut remembered = Vec::with_capacity(plans.len());
        let mut due: BTreeMap<String, Vec<Plan<'_>>> = BTreeMap::new();
        for plan in plans {
            let unchanged = plan.known.settled && plan.known.quote == plan.fingerprint;
            if unchanged && now_ms.saturating_sub(plan.known.applied_ms) < HEARTBEAT_MS {
                remembered.push(plan.known);
            } else {
                due.entry(plan.known.event_id.as_str().to_owned()).or_default().push(plan);
            }
        }
        let objects = Objects::new(self.env, "EVENT_INVENTORY", self.log.request_id())?;
        let applied: Vec<(Vec<Plan<'_>>, Applied)> = stream::iter(due.into_values())
            .map(|plans| self.apply(&objects, plans))
            .buffer_unordered(APPLY_AT_ONCE)
            .try_collect()
            .await?;
        let fees = self.fees(&applied).await?;
        let changes: Vec<ObservedOffer> = applied
            .iter()
            .flat_map(|(_, applied)| &applied.changes)
            .map(|change| {
                let unsaid = change.price.basis().is_some_and(needs_a_model);
                let model = fees.model(self.market, &change.source_event_id).filter(|_| unsaid);
                ObservedOffer { fees: model.copied(), ..change.clone() }
            })
            .collect();
        self.pass_on(&changes).await?;
        let passed_on = u64::try_from(changes.len()).unwrap_or(0);
        self.store.with_pulse(|pulse| pulse.passed_on = pulse.passed_on.saturating_add(passed_on))?;
        self.note_moves(&changes).await;

        // Only now are the changes acknowledged: had we died before, the objects would answer them again.
        let mut settled = Vec::new();
        for (plans, applied) in applied {
            for plan in plans {
                settled.push(acknowledge(plan, &applied, now_ms));
            }
        }
        self.learn_from(&mut settled).await?;
        self.show(&mut settled, &fees).await?;
        remembered.extend(settled.into_iter().map(|plan| plan.known));
        self.store.remember(&remembered)?;
        Ok(u32::try_from(changes.len()).unwrap_or(u32::MAX))
    }

    async fn apply<'p>(&self, objects: &Objects, plans: Vec<Plan<'p>>) -> Result<(Vec<Plan<'p>>, Applied)> {
        let Some(first) = plans.first() else { return Ok((plans, Applied::default())) };
        let poll = ApplyPoll {
            market: self.market,
            observed_at: self.at,
            event: first.known.card.clone(),
            offers: plans.iter().map(polled).collect(),
        };
        let applied = objects.call(poll.event.id.as_str(), "/apply", &poll).await?;
        Ok((plans, applied))
    }

    /// Keeps new pairs of prices with and without fees.
    async fn learn_from(&self, plans: &mut [Plan<'_>]) -> Result<()> {
        let mut pairs = Vec::new();
        for plan in plans {
            let all_in =
                plan.quote.price.money().filter(|_| plan.quote.price.basis() == Some(FeeBasis::AllIn));
            let pair =
                all_in.zip(plan.quote.before_fees).and_then(|(all_in, before)| ratio_of(before, all_in));
            if let Some(ratio) = pair.filter(|_| pair != plan.known.pair) {
                plan.known.pair = pair;
                pairs.push((plan.known.source_event_id.as_str(), ratio));
            }
        }
        fee_store::write_pairs(self.env, self.market, &pairs, self.at).await
    }

    /// What is known of the fees of listings whose price does not include them, as seen or as believed.
    async fn fees(&self, applied: &[(Vec<Plan<'_>>, Applied)]) -> Result<Fees> {
        let seen = applied.iter().flat_map(|(_, applied)| {
            let changes = applied.changes.iter().map(|change| (&change.source_event_id, change.price));
            changes.chain(applied.believed.iter().map(|belief| (&belief.source_event_id, belief.price)))
        });
        let ids: BTreeSet<&str> = seen
            .filter(|(_, price)| price.basis().is_some_and(needs_a_model))
            .map(|(id, _)| id.as_str())
            .collect();
        fee_store::for_listings(self.env, self.market, &ids.into_iter().collect::<Vec<_>>()).await
    }

    /// Writes what lists show: the believed price and what it comes to all-in, where either is new.
    async fn show(&self, plans: &mut [Plan<'_>], fees: &Fees) -> Result<()> {
        let now_ms = self.at.timestamp_millis();
        let rows: Vec<QuoteRow> = plans
            .iter()
            .filter_map(|plan| {
                let price = plan.believed?;
                let all_in = fees.all_in(self.market, &plan.known.source_event_id, &price).ok();
                Some(QuoteRow::new(self.market, &plan.known, price, all_in, now_ms))
            })
            .collect();
        listings::write_quotes(self.env, &rows).await
    }

    /// Notes events with a price that was not there before: they are worth another look soon. Beside the work: the price
    /// is passed on whether or not this can be written down.
    async fn note_moves(&self, changes: &[ObservedOffer]) {
        let is_move = |change: &&ObservedOffer| !change.confirms && change.seq > 1;
        let moved: Vec<&EventId> = changes.iter().filter(is_move).map(|change| &change.event.id).collect();
        if let Err(failure) = attention::moved(self.env, &moved, self.at.timestamp_millis()).await {
            self.log.warn("moves_not_noted", serde_json::json!({ "cause": failure.cause }));
        }
    }

    async fn pass_on(&self, changes: &[ObservedOffer]) -> Result<()> {
        let batches: Vec<ObservationBatch> = changes
            .chunks(OFFERS_PER_MESSAGE)
            .map(|items| ObservationBatch {
                request_id: self.log.request_id().clone(),
                seen_at_ms: self.seen_at_ms,
                market: self.market,
                items: items.to_vec(),
                backfilled: false,
            })
            .collect();
        queue::send_all(self.env, "OBSERVATIONS", &batches).await
    }
}

fn polled(plan: &Plan<'_>) -> PolledOffer {
    PolledOffer {
        source_event_id: plan.known.source_event_id.clone(),
        price: plan.quote.price,
        listings: plan.quote.listings,
        tickets: plan.quote.tickets,
        url: plan.url.map(str::to_owned),
        match_confidence_permille: plan.known.confidence_permille,
        acknowledged_seq: plan.known.acknowledged_seq,
        seats: plan.seats.map(<[Listing]>::to_vec),
        borne_out: plan.borne_out,
    }
}

fn acknowledge<'a>(plan: Plan<'a>, applied: &Applied, now_ms: i64) -> Plan<'a> {
    let mut known = plan.known;
    let own = applied.changes.iter().filter(|change| change.source_event_id == known.source_event_id);
    known.acknowledged_seq = own.map(|change| change.seq).fold(known.acknowledged_seq, u64::max);
    known.settled = applied.settled.contains(&known.source_event_id);
    known.quote.clone_from(&plan.fingerprint);
    known.applied_ms = now_ms;
    let believed = applied.believed.iter().find(|one| one.source_event_id == known.source_event_id);
    Plan { believed: believed.map(|one| one.price), known, ..plan }
}

/// Whether an all-in price can only be told by a fee model.
fn needs_a_model(basis: FeeBasis) -> bool {
    basis != FeeBasis::AllIn
}

/// A text as 64 bits (FNV-1a), to tell whether it is the one seen before without keeping it.
fn fingerprint(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_stored_and_must_not_change() {
        assert_eq!(fingerprint(""), "cbf29ce484222325");
        assert_eq!(fingerprint("foobar"), "85944171f73967e8");
    }
}
