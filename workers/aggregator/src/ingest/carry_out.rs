//! From what a poll says of each listing to what is known: apply it to the events' inventories, pass on what changed,
//! show it in lists, remember it. In this order, so that a death in between loses nothing.

use std::collections::{BTreeMap, BTreeSet};

use contract::ids::EventId;
use contract::objects::{Applied, ApplyPoll, PolledOffer};
use contract::queues::{ObservationBatch, ObservedOffer};
use edge::failure::Result;
use edge::json::encode;
use edge::object::Objects;
use edge::queue;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use prices::fees::ratio_of;
use prices::{FeeBasis, Price};
use sources::{Listing, Quote};

use crate::fee_store::{self, Fees};
use crate::ingest::{Ingest, fingerprint};
use crate::linking::listings::{self, QuoteRow};
use crate::planner::attention;
use crate::planner::store::Known;

/// An unchanged, confirmed quote is still applied this often, so that its freshness is known (market time).
const HEARTBEAT_MS: i64 = 15 * 60 * 1_000;
/// Objects asked at once. Calls to objects do not count among the six connections.
const APPLY_AT_ONCE: usize = 16;
/// Offers in one queue message: 60 × about 900 bytes stays under half of the 128 KB a message may hold.
const OFFERS_PER_MESSAGE: usize = 60;

/// A listing with what a poll says of it.
pub struct Plan<'a> {
    /// What is remembered of it.
    known: Known,
    /// What it asks.
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
    /// What a poll says of `known`, nothing done about it yet.
    pub fn new(
        known: Known,
        quote: Quote,
        url: Option<&'a str>,
        seats: Option<&'a [Listing]>,
    ) -> Result<Self> {
        let fingerprint = fingerprint(&encode(&(quote, seats))?);
        Ok(Self { known, quote, url, seats, borne_out: false, fingerprint, believed: None })
    }

    /// Several polls have borne it out already: it is believed at once.
    pub fn borne_out(self) -> Self {
        Self { borne_out: true, ..self }
    }
}

impl Ingest<'_> {
    /// Carries out what a poll says of many listings; answers how many changes were passed on.
    pub async fn carry_out(&self, plans: Vec<Plan<'_>>) -> Result<u32> {
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
