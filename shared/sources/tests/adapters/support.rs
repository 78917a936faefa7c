//! What the adapter tests share: adapters under the local sandbox's bases, answers, and readings taken apart.

use chrono::{DateTime, Utc};
use prices::{AbsentReason, FeeBasis, Price};
use sources::{Adapter, Answer, Cursor, Failure, Page, Reading, SourceEvent};

/// The key that every adapter here is configured with; no failure may ever carry it.
pub const KEY: &str = "s3cretK3y";
/// Where the sandbox serves the providers.
pub const SANDBOX: &str = "http://localhost:8790";

pub fn ticketmaster() -> sources::ticketmaster::Ticketmaster {
    let config = sources::ticketmaster::Config::new(&format!("{SANDBOX}/ticketmaster"), KEY).unwrap();
    sources::ticketmaster::Ticketmaster::new(config)
}

/// Ticketmaster with a key that is approved for more.
pub fn partner() -> sources::ticketmaster::Ticketmaster {
    let mut config = sources::ticketmaster::Config::new(&format!("{SANDBOX}/ticketmaster"), KEY).unwrap();
    config.partner = true;
    sources::ticketmaster::Ticketmaster::new(config)
}

pub fn seatgeek() -> sources::seatgeek::SeatGeek {
    let config = sources::seatgeek::Config::new(&format!("{SANDBOX}/seatgeek"), KEY).unwrap();
    sources::seatgeek::SeatGeek::new(config)
}

pub fn stubhub() -> sources::stubhub::StubHub {
    let (base, token) = (format!("{SANDBOX}/stubhub"), format!("{SANDBOX}/stubhub/oauth2/token"));
    sources::stubhub::StubHub::new(sources::stubhub::Config::new(&base, &token, "client", KEY).unwrap())
}

pub fn eventbrite() -> sources::eventbrite::Eventbrite {
    watching(sources::eventbrite::Watched { organizations: "11, 22", ..Default::default() })
}

pub fn watching(watched: sources::eventbrite::Watched<'_>) -> sources::eventbrite::Eventbrite {
    let config = sources::eventbrite::Config::new(&format!("{SANDBOX}/eventbrite"), KEY, watched).unwrap();
    sources::eventbrite::Eventbrite::new(config)
}

pub fn ticketevolution() -> sources::ticketevolution::TicketEvolution {
    let base = format!("{SANDBOX}/ticketevolution");
    let config = sources::ticketevolution::Config::new(&base, "token", KEY).unwrap();
    sources::ticketevolution::TicketEvolution::new(config)
}

pub fn feed() -> sources::feed::Feed {
    let config = sources::feed::Config::new(&format!("{SANDBOX}/feed/offers.json"), Some(KEY)).unwrap();
    sources::feed::Feed::new(config)
}

pub fn every_adapter() -> Vec<Box<dyn Adapter>> {
    vec![
        Box::new(ticketmaster()),
        Box::new(partner()),
        Box::new(seatgeek()),
        Box::new(stubhub()),
        Box::new(eventbrite()),
        Box::new(ticketevolution()),
        Box::new(feed()),
    ]
}

/// Market time of the tests, before every event in them.
pub fn now() -> DateTime<Utc> {
    "2026-11-21T05:00:00Z".parse().unwrap()
}

pub fn json(status: u16, body: &str) -> Answer<'_> {
    Answer {
        status,
        content_type: Some("application/json"),
        retry_after: None,
        rate_limit: (None, None),
        body,
    }
}

/// The first page of events, past any token.
pub fn first_page(adapter: &dyn Adapter) -> Cursor {
    adapter.start(true)
}

pub fn read(adapter: &dyn Adapter, answer: &Answer<'_>) -> Reading {
    adapter.read(&first_page(adapter), answer, now())
}

pub fn page(reading: Reading) -> Page {
    match reading {
        Reading::Page(page) => page,
        other => panic!("expected a page, got {other:?}"),
    }
}

pub fn failure(reading: Reading) -> Failure {
    match reading {
        Reading::Failed(failure) => failure,
        other => panic!("expected a failure, got {other:?}"),
    }
}

/// The only event of a successful answer.
pub fn only_event(adapter: &dyn Adapter, body: &str) -> SourceEvent {
    let page = page(read(adapter, &json(200, body)));
    assert_eq!((page.events.len(), page.rejected.len()), (1, 0), "{page:?}");
    page.events.into_iter().next().unwrap()
}

/// The reasons of the entries that were rejected.
pub fn reasons(page: &Page) -> Vec<&str> {
    page.rejected.iter().map(|rejected| rejected.reason.as_str()).collect()
}

/// A price as amount and basis, for short assertions.
pub fn quoted(event: &SourceEvent) -> Option<(i64, FeeBasis)> {
    Some((event.quote.price.money()?.amount_minor, event.quote.price.basis()?))
}

/// The reason for which a price is absent.
pub fn absent(event: &SourceEvent) -> Option<AbsentReason> {
    match event.quote.price {
        Price::Absent { reason } => Some(reason),
        Price::Quoted { .. } => None,
    }
}

/// The value of a header, by lower-case name.
pub fn header<'a>(request: &'a sources::Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(present, _)| *present == name).map(|(_, value)| value.as_str())
}
