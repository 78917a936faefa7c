//! One page of a source, all the way: link what is new, apply what changed, pass on what came of it, remember.
//!
//! Here is what a page says of each listing; what is done about it is in `carry_out`.

mod carry_out;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use edge::clock::Clock;
use edge::failure::Result;
use edge::log::Log;
use prices::Market;
use sources::{Offers, Page, Quote, SourceEvent};
use worker::Env;

use crate::ingest::carry_out::Plan;
use crate::linking::linker;
use crate::linking::merge_store;
use crate::planner::asking::Asker;
use crate::planner::store::{Known, PlannerStore};

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
    async fn page(&self, events: &[SourceEvent]) -> Result<u32> {
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
            .map(|known| Ok(Plan::new(known, quote, None, None)?.borne_out()))
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
