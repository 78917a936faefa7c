//! What an answer is, told by its fields, and how the adapter is asked to read it.

use chrono::{DateTime, TimeDelta, Utc};
use prices::Market;
use serde_json::{Value, json};
use sources::{Adapter, Cursor, Page};

use super::partner;
use super::provider::Provider;

/// What is done with an answer.
pub enum Shape<'a> {
    /// An adapter reads it, in one step or several.
    Asked(Vec<Step<'a>>),
    /// It was read here: no adapter asks for such answers.
    Page(Page),
    /// It is about something else than events and their prices.
    Document,
    /// It is of no shape we know.
    Strange,
}

/// One reading of an answer.
pub struct Step<'a> {
    /// Who reads.
    pub adapter: &'a dyn Adapter,
    /// As the answer to what.
    pub cursor: Cursor,
    /// The body, where it is not the whole answer.
    pub body: Option<String>,
    /// Whether a refusal is what was recorded.
    pub may_refuse: bool,
    /// Whether the answer describes the events it tells prices of.
    pub describes: bool,
}

impl<'a> Shape<'a> {
    /// The shape of `value`, which is `None` for an answer that is no JSON.
    pub fn of(provider: &'a Provider, status: u16, value: Option<&Value>, now: DateTime<Utc>) -> Self {
        let (Some(market), Some(adapter)) = (provider.market, provider.adapter()) else {
            return Self::Document;
        };
        let walk = |body: Option<String>, may_refuse| {
            Self::Asked(vec![Step {
                adapter,
                cursor: midway(market, now),
                body,
                may_refuse,
                describes: true,
            }])
        };
        let has = |pointer: &str| value.is_some_and(|value| value.pointer(pointer).is_some());
        let any = |names: &[&str]| names.iter().any(|name| has(name));
        let refused = status != 200 || any(&["/errors", "/error", "/fault"]);
        let Some(value) = value.filter(|_| !refused) else {
            // Half a body, recorded as a success, is damage; what came with another status was refused.
            return walk(None, refused);
        };
        let event = |id: &Value| Cursor::Event { id: plain(id) };
        let one = |cursor| {
            Self::Asked(vec![Step { adapter, cursor, body: None, may_refuse: false, describes: true }])
        };
        match market {
            Market::Ticketmaster => ticketmaster(provider, adapter, value, now),
            Market::SeatGeek | Market::Feed if any(&["/events", "/offers"]) => walk(None, false),
            Market::SeatGeek if has("/id") && has("/datetime_utc") => one(event(&value["id"])),
            Market::SeatGeek if any(&["/venues", "/performers", "/taxonomies", "/genres"]) => Self::Document,
            Market::StubHub if has("/openapi") => Self::Document,
            Market::StubHub if any(&["/_embedded/items", "/total_items"]) => walk(None, false),
            Market::StubHub if has("/id") && has("/start_date") => one(event(&value["id"])),
            Market::StubHub if has("/topic") => Self::Document,
            Market::Eventbrite if has("/events") => walk(None, false),
            Market::Eventbrite if has("/id") && has("/start") => one(event(&value["id"])),
            Market::Eventbrite if has("/ticket_classes") => {
                let id = value.pointer("/ticket_classes/0/event_id").map_or_else(String::new, plain);
                let body = json!({
                    "id": id, "name": { "text": "an event that is not described" }, "status": "live",
                    "ticket_classes": value["ticket_classes"],
                });
                let cursor = Cursor::Event { id };
                Self::Asked(vec![Step {
                    adapter,
                    cursor,
                    body: Some(body.to_string()),
                    may_refuse: false,
                    describes: false,
                }])
            }
            // Organisations, an organiser, a venue.
            Market::Eventbrite if any(&["/organizations", "/num_future_events", "/address", "/venues"]) => {
                Self::Document
            }
            Market::TicketEvolution if any(&["/ticket_groups", "/listings"]) => {
                one(Cursor::Event { id: "unnamed".to_owned() })
            }
            Market::TicketEvolution if has("/events/0/deleted_at") => {
                one(Cursor::Window { scope: 1, from: now, until: now, page: MIDWAY })
            }
            Market::TicketEvolution if has("/events") => walk(None, false),
            Market::TicketEvolution if has("/occurs_at") => {
                walk(Some(json!({ "total_entries": 1, "events": [value] }).to_string()), false)
            }
            Market::TicketEvolution
                if any(&["/results", "/categories", "/venues", "/performers", "/brokerages", "/offices"]) =>
            {
                Self::Document
            }
            _ => Self::Strange,
        }
    }
}

fn ticketmaster<'a>(
    provider: &'a Provider,
    adapter: &'a dyn Adapter,
    value: &Value,
    now: DateTime<Utc>,
) -> Shape<'a> {
    let has = |pointer: &str| value.pointer(pointer).is_some();
    let step = |adapter, cursor| Step { adapter, cursor, body: None, may_refuse: false, describes: true };
    if let Value::Array(statuses) = value {
        let ids = statuses.iter().map(|one| one.get("eventId").map(plain));
        return match (provider.partner(), ids.collect::<Option<Vec<_>>>()) {
            (Some(partner), Some(ids)) => {
                Shape::Asked(ids.into_iter().map(|id| step(partner, Cursor::Event { id })).collect())
            }
            _ => Shape::Strange,
        };
    }
    if let (true, Some(partner)) =
        (has("/offers/0/attributes") || has("/metadata/eventMapping"), provider.partner())
    {
        let token = value.pointer("/metadata/eventMapping/id").map_or_else(|| "unnamed".to_owned(), plain);
        return Shape::Asked(vec![step(partner, Cursor::Continuation { scope: 0, token })]);
    }
    if has("/picks") {
        return Shape::Page(partner::top_picks(value));
    }
    if has("/events") && has("/pagination") {
        return Shape::Page(partner::international(value));
    }
    if let (Some(id), true) = (value.get("id"), has("/dates")) {
        return Shape::Asked(vec![step(adapter, Cursor::Event { id: plain(id) })]);
    }
    if ["/_embedded/venues", "/_embedded/attractions", "/_embedded/classifications"]
        .iter()
        .any(|name| has(name))
    {
        return Shape::Document;
    }
    if has("/page") {
        return Shape::Asked(vec![step(adapter, midway(Market::Ticketmaster, now))]);
    }
    Shape::Strange
}

/// A page far into a walk.
const MIDWAY: u32 = 1_000_000;

/// Far into a walk, so that an empty page is an end and not a suspicion; for Ticketmaster in a narrow window, so that a
/// page that counts more than can be paged to is read and not asked again in parts.
fn midway(market: Market, now: DateTime<Utc>) -> Cursor {
    match market {
        Market::Ticketmaster => {
            let until = now.checked_add_signed(TimeDelta::hours(3)).unwrap_or(now);
            Cursor::Window { scope: 0, from: now, until, page: 0 }
        }
        Market::Feed => Cursor::Page { scope: 0, page: 1 },
        _ => Cursor::Page { scope: 0, page: MIDWAY },
    }
}

/// An id sent as number or text.
fn plain(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}
