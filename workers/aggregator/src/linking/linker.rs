//! Which event a listing is: looked up in the catalogue, linked, or created.

use std::collections::HashMap;

use catalog::place::{is_one_building, performer_key, venue_filing_blocks, venue_key, venue_lookup_blocks};
use catalog::{Decision, EventFacts, Verdict, assign, best_match, filing_keys, judge, lookup_keys};
use chrono::{DateTime, TimeDelta, Utc};
use contract::catalog::EventCard;
use contract::ids::{EventId, PerformerId, VenueId};
use contract::problem::Code;
use edge::failure::{Failure, Result};
use edge::json::encode;
use edge::log::Log;
use edge::random;
use prices::Market;
use serde_json::json;
use sources::{EventKind, SourceEvent};
use worker::Env;

use crate::linking::catalog_store::{CatalogStore, CatalogWrite, Wanted};
use crate::linking::merge_store;
use crate::linking::review_store::{OpenReview, ReviewRow};
use crate::linking::rows::{BillingRow, EventRow, LinkRow, PerformerRow, VenueBlock, VenueName, VenueRow};
use crate::search::index;

/// Another planner may link at the same moment; its write makes ours fail and read again. Five sources are all there
/// are, so the sixth attempt cannot lose to a first writer each time.
const ATTEMPTS: usize = 6;

/// A market listing and the event it is.
pub struct Link {
    /// The market's id.
    pub source_event_id: String,
    /// The event.
    pub card: EventCard,
    /// How sure, thousandths.
    pub confidence_permille: u16,
    /// What the market said, as [`facts_json`] writes it.
    pub facts: String,
}

/// What a market says of the event itself, without its quote: when this changes, the listing is linked again.
pub fn facts_json(event: &SourceEvent) -> String {
    let absent = prices::Price::absent(prices::AbsentReason::Unknown);
    let quote = sources::Quote::of(absent);
    // Member by member: cloning the whole would clone thousands of listings to drop them.
    let facts = SourceEvent {
        market: event.market,
        id: event.id.clone(),
        former_ids: event.former_ids.clone(),
        name: event.name.clone(),
        performers: event.performers.clone(),
        venue: event.venue.clone(),
        start: event.start,
        status: event.status,
        kind: event.kind,
        genre: event.genre.clone(),
        url: event.url.clone(),
        foreign_ids: event.foreign_ids.clone(),
        quote,
        listings: None,
    };
    encode(&facts).unwrap_or_default()
}

/// Links `events` of one market. All or nothing: the catalogue is written in one transaction.
pub async fn link(env: &Env, log: &Log, at: DateTime<Utc>, events: &[&SourceEvent]) -> Result<Vec<Link>> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let store = CatalogStore::open(env)?;
    for _ in 0..ATTEMPTS {
        let mut draft = Draft::read(&store, at, events).await?;
        draft.assign(events);
        let links = events.iter().map(|event| draft.place(event)).collect::<Result<Vec<_>>>()?;
        if store.write(draft.version, &draft.write).await? {
            for (review, decision) in &draft.cleared {
                merge_store::clear(env, log.request_id(), review, *decision).await?;
            }
            let created = draft.write.new_events.len();
            log.info(
                "linked",
                json!({ "listings": links.len(), "created": created, "doubtful": draft.doubtful }),
            );
            // What cannot be indexed now stays noted and is made up for by the next page or by cron.
            if (created > 0 || !draft.write.updated_events.is_empty())
                && let Err(failure) = index::refresh(env, 1).await
            {
                log.warn("search_index_late", json!({ "cause": failure.cause }));
            }
            return Ok(links);
        }
    }
    Err(Failure::new(Code::Conflict, "The catalogue was busy.")
        .because("lost the race for the catalogue six times"))
}

/// The part of the catalogue these listings could belong to, and what is to be written.
struct Draft {
    at: DateTime<Utc>,
    version: i64,
    /// Events by id, those read and those created here.
    events: HashMap<EventId, EventRow>,
    /// Event ids by block.
    blocks: HashMap<String, Vec<EventId>>,
    /// The event of a listing that is linked already.
    linked: HashMap<String, EventId>,
    venues: HashMap<String, VenueId>,
    venues_near: Vec<(VenueId, EventFacts)>,
    performers: HashMap<String, PerformerId>,
    open_reviews: Vec<OpenReview>,
    /// Doubts that what the markets say now puts an end to.
    cleared: Vec<(OpenReview, Decision)>,
    /// The event of a listing that is new, found by comparing the whole page with the catalogue at once.
    assigned: HashMap<String, (EventId, Verdict)>,
    write: CatalogWrite,
    doubtful: usize,
}

impl Draft {
    async fn read(store: &CatalogStore, at: DateTime<Utc>, events: &[&SourceEvent]) -> Result<Self> {
        let mut wanted = Wanted::default();
        for event in events {
            let facts = EventFacts::from(*event);
            wanted.ids.extend(std::iter::once(&event.id).chain(&event.former_ids).cloned());
            wanted.blocks.extend(lookup_keys(&facts));
            wanted.venue_keys.insert(venue_key(&facts));
            wanted.venue_blocks.extend(venue_lookup_blocks(&facts));
            wanted.performer_keys.extend(facts.performers.iter().map(|name| performer_key(name)));
        }
        let market = events.first().map_or(Market::Feed, |event| event.market);
        let found = store.read(market, &wanted).await?;
        Ok(Self {
            at,
            version: found.version,
            events: found.events.into_iter().map(|row| (row.id.clone(), row)).collect(),
            blocks: found.blocks,
            linked: found.linked,
            venues: found.venues,
            venues_near: found.venues_near,
            performers: found.performers,
            open_reviews: found.open_reviews,
            cleared: Vec::new(),
            assigned: HashMap::new(),
            write: CatalogWrite::default(),
            doubtful: 0,
        })
    }

    /// Compares all new listings of the page with the catalogue at once: who is surely paired is out of the game for the
    /// others, which tells games of a series apart. An event that has a listing of this market already is left out.
    fn assign(&mut self, events: &[&SourceEvent]) {
        let new: Vec<&SourceEvent> =
            events.iter().copied().filter(|event| self.known_link(event).is_none()).collect();
        let left: Vec<EventFacts> = new.iter().map(|event| EventFacts::from(*event)).collect();
        let Some(market) = new.first().map(|event| event.market) else { return };
        let open: Vec<&EventRow> = self.events.values().filter(|row| !row.is_listed_by(market)).collect();
        let right: Vec<EventFacts> = open.iter().map(|row| row.facts()).collect();
        let index: HashMap<&EventId, usize> = open.iter().zip(0..).map(|(row, at)| (&row.id, at)).collect();
        let pairs: Vec<(usize, usize)> = left
            .iter()
            .zip(0..)
            .flat_map(|(facts, at)| lookup_keys(facts).into_iter().map(move |key| (at, key)))
            .flat_map(|(at, key)| self.blocks.get(&key).into_iter().flatten().map(move |id| (at, id)))
            .filter_map(|(at, id)| Some((at, *index.get(id)?)))
            .collect();
        self.assigned = assign(&left, &right, &pairs)
            .into_iter()
            .filter(|pairing| pairing.verdict.decision == Decision::Same)
            .filter_map(|pairing| {
                let listing = new.get(pairing.left)?.id.clone();
                Some((listing, (open.get(pairing.right)?.id.clone(), pairing.verdict)))
            })
            .collect();
    }

    /// Finds or makes the event of one listing.
    fn place(&mut self, event: &SourceEvent) -> Result<Link> {
        let facts = EventFacts::from(event);
        let (id, confidence_permille, reasons) = match self.known_link(event) {
            Some(id) => {
                self.look_again(&id, &facts);
                (id, 1_000, json!(["linked_before"]))
            }
            None => match self.assigned.remove(&event.id).or_else(|| self.best(&facts)) {
                Some((id, verdict)) if verdict.decision == Decision::Same => {
                    (id, verdict.confidence_permille, json!(verdict.reasons))
                }
                // Doubtful pairs stay apart: a wrong merge would mix two prices, a missed one only lists twice.
                other => {
                    let id = self.create(event, &facts)?;
                    if let Some((other, verdict)) = other {
                        self.doubtful = self.doubtful.saturating_add(1);
                        self.write.reviews.push(ReviewRow::new(&other, &id, event, &verdict)?);
                    }
                    (id, 1_000, json!(["first_listing"]))
                }
            },
        };
        self.follow_the_lead(&id, event)?;
        let row =
            self.events.get(&id).ok_or_else(|| Failure::internal("a linked event is not in the draft"))?;
        let facts = facts_json(event);
        self.write.links.push(LinkRow {
            market: event.market,
            source_event_id: event.id.clone(),
            event_id: id,
            confidence_permille,
            reasons: reasons.to_string(),
            facts: facts.clone(),
            checked_at_ms: self.at.timestamp_millis(),
        });
        Ok(Link { source_event_id: event.id.clone(), card: row.card(), confidence_permille, facts })
    }

    /// What a market says now may put an end to a doubt about its event, either way.
    fn look_again(&mut self, id: &EventId, facts: &EventFacts) {
        for review in self.open_reviews.iter().filter(|review| review.event == *id) {
            let Some(other) = self.events.get(&review.other) else { continue };
            let verdict = judge(facts, &other.facts());
            let decided = self.cleared.iter().any(|(cleared, _)| cleared.id == review.id);
            if verdict.decision != Decision::Doubtful && !decided {
                self.cleared.push((review.clone(), verdict.decision));
            }
        }
    }

    fn known_link(&self, event: &SourceEvent) -> Option<EventId> {
        std::iter::once(&event.id).chain(&event.former_ids).find_map(|id| self.linked.get(id)).cloned()
    }

    /// The best of all candidates, those created on this page and those this market lists already included: a market may
    /// list an event twice.
    fn best(&self, facts: &EventFacts) -> Option<(EventId, Verdict)> {
        let mut ids: Vec<&EventId> =
            lookup_keys(facts).iter().filter_map(|block| self.blocks.get(block)).flatten().collect();
        ids.sort_unstable();
        ids.dedup();
        let candidates: Vec<EventFacts> =
            ids.iter().filter_map(|id| self.events.get(*id)).map(EventRow::facts).collect();
        let (index, verdict) = best_match(facts, &candidates)?;
        Some(((*ids.get(index)?).clone(), verdict))
    }

    fn create(&mut self, event: &SourceEvent, facts: &EventFacts) -> Result<EventId> {
        let venue_id = self.venue(event, facts)?;
        let row = EventRow::new(random::id()?, venue_id, event, self.at);
        let blocks = filing_keys(facts);
        for block in &blocks {
            self.blocks.entry(block.clone()).or_default().push(row.id.clone());
        }
        let id = row.id.clone();
        self.bill(&row)?;
        self.write.new_blocks.extend(blocks.into_iter().map(|block| (block, id.clone())));
        self.write.new_events.push(row.clone());
        self.events.insert(id.clone(), row);
        Ok(id)
    }

    /// The venue under this name; a new name for a known place becomes one more name of it.
    fn venue(&mut self, event: &SourceEvent, facts: &EventFacts) -> Result<VenueId> {
        let key = venue_key(facts);
        if let Some(id) = self.venues.get(&key) {
            return Ok(id.clone());
        }
        let known = self.venues_near.iter().find(|(_, venue)| is_one_building(venue, facts));
        let id = if let Some(id) = known.map(|(id, _)| id.clone()) {
            self.write.venue_names.push(VenueName { name_key: key.clone(), venue_id: id.clone() });
            id
        } else {
            let id: VenueId = random::id()?;
            self.write.new_venues.push(VenueRow::new(id.clone(), key.clone(), &event.venue, self.at));
            self.venues_near.push((id.clone(), facts.clone()));
            id
        };
        let blocks = venue_filing_blocks(facts).into_iter();
        self.write.venue_blocks.extend(blocks.map(|block| VenueBlock { block, venue_id: id.clone() }));
        self.venues.insert(key, id.clone());
        Ok(id)
    }

    /// Says who plays, by performers that are one under all their names.
    fn bill(&mut self, row: &EventRow) -> Result<()> {
        for (billing, name) in row.performers().iter().enumerate() {
            let name_key = performer_key(name);
            let performer_id = if let Some(id) = self.performers.get(&name_key) {
                id.clone()
            } else {
                let id: PerformerId = random::id()?;
                let created_at_ms = self.at.timestamp_millis();
                self.performers.insert(name_key.clone(), id.clone());
                let row = PerformerRow { id: id.clone(), name_key, name: name.clone(), created_at_ms };
                self.write.new_performers.push(row);
                id
            };
            self.write.billings.push(BillingRow { event_id: row.id.clone(), performer_id, billing });
        }
        Ok(())
    }

    /// Name, time and status follow the market that listed the event first, so that two markets that disagree do not
    /// make them flicker.
    fn follow_the_lead(&mut self, id: &EventId, event: &SourceEvent) -> Result<()> {
        let Some(row) = self.events.get_mut(id) else { return Ok(()) };
        if row.lead_market == event.market && row.update_from(event, self.at) {
            let row = row.clone();
            self.write.billings.retain(|billing| billing.event_id != row.id);
            self.bill(&row)?;
            self.write.updated_events.push(row);
            let blocks = filing_keys(&EventFacts::from(event));
            self.write.new_blocks.extend(blocks.into_iter().map(|block| (block, id.clone())));
        }
        Ok(())
    }
}

/// When an event is put in a list if its start is not known: by its local date, else a year ahead.
pub fn sort_at(event: &SourceEvent, now: DateTime<Utc>) -> DateTime<Utc> {
    let by_local = event.start.local.map(|local| local.and_utc());
    let unknown = now.checked_add_signed(TimeDelta::days(365)).unwrap_or(now);
    event.start.utc.or(by_local).filter(|_| !event.start.date_tbd).unwrap_or(unknown)
}

/// Whether the listing is something sold beside an event.
pub fn is_add_on(event: &SourceEvent) -> bool {
    event.kind == EventKind::AddOn
}
