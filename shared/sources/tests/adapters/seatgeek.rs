//! SeatGeek v2: one test a quirk, on bodies of our own in the provider's shape.

use crate::support::*;
use prices::{AbsentReason, FeeBasis};
use sources::{Adapter, Area, Cursor, EventKind, EventStatus, FailureKind};

fn one(stats: &str, more: &str) -> String {
    format!(
        r#"{{"meta":{{"total":1,"took":7,"page":1,"per_page":100}},"in_hand":{{}},"events":[{{"id":4702186,
        "title":"Herons at Falcons","type":"nba","status":"normal","conditional":false,
        "datetime_local":"2026-12-08T19:30:00","datetime_utc":"2026-12-09T03:30:00",
        "date_tbd":false,"time_tbd":false,"datetime_tbd":false,
        "performers":[{{"id":1,"name":"Falcons","home_team":true}},{{"id":2,"name":"Herons","away_team":true}}],
        "taxonomies":[{{"name":"sports"}},{{"name":"basketball"}}],
        "venue":{{"id":16,"name":"River Arena","city":"Portland","state":"OR","country":"US",
        "timezone":"America/Los_Angeles","location":{{"lat":45.53,"lon":-122.66}}}},
        "url":"https://seatgeek.com/e/4702186","stats":{stats}{more}}}]}}"#
    )
}

const PRICED: &str =
    r#"{"lowest_price":49,"lowest_sg_base_price":35,"listing_count":32,"visible_listing_count":16}"#;

#[test]
fn an_event_is_read_whole_and_its_lowest_price_is_all_in() {
    let event = only_event(&seatgeek(), &one(PRICED, ""));
    assert_eq!(
        (event.id.as_str(), event.status, event.kind),
        ("4702186", EventStatus::Onsale, EventKind::Main)
    );
    // No suffix, and still UTC.
    assert_eq!(event.start.utc.unwrap().to_rfc3339(), "2026-12-09T03:30:00+00:00");
    assert!(event.performers[0].home && !event.performers[1].home);
    assert_eq!(event.genre.as_deref(), Some("sports"));
    assert_eq!(quoted(&event), Some((4_900, FeeBasis::AllIn)));
    assert_eq!(event.quote.listings, Some(32));
    assert_eq!(event.quote.before_fees.map(|money| money.amount_minor), Some(3_500));
}

#[test]
fn one_event_is_read_by_its_id() {
    let adapter = seatgeek();
    let asked = adapter.event("4702186", false).unwrap();
    assert!(adapter.request(&asked, None, now()).url.contains("/2/events/4702186?client_id="));
    let list = one(PRICED, "");
    let body = list.split_once(r#""events":["#).unwrap().1.strip_suffix("]}").unwrap();
    assert_eq!(page(adapter.read(&asked, &json(200, body), now())).events.len(), 1);
    assert_eq!(reasons(&page(adapter.read(&asked, &json(404, "{}"), now()))), ["not_found"]);
    let refused = r#"{"errors":[{"code":40307}],"status":403}"#;
    assert_eq!(failure(adapter.read(&asked, &json(200, refused), now())).code, "malformed");
    assert_eq!(failure(adapter.read(&asked, &json(403, refused), now())).kind, FailureKind::Unauthorized);
}

#[test]
fn hidden_statistics_are_restricted_and_empty_ones_unknown() {
    let event = |stats: &str| only_event(&seatgeek(), &one(stats, ""));
    for hidden in ["{}", "null", r#"{"average_price":null}"#] {
        assert_eq!(absent(&event(hidden)), Some(AbsentReason::Restricted), "{hidden}");
    }
    let nothing = r#"{"lowest_price":null,"lowest_sg_base_price":null,"listing_count":null}"#;
    assert_eq!(absent(&event(nothing)), Some(AbsentReason::Unknown));
    assert_eq!(absent(&event(r#"{"lowest_price":null,"listing_count":0}"#)), Some(AbsentReason::SoldOut));
    assert_eq!(absent(&event(r#"{"lowest_price":0,"listing_count":3}"#)), Some(AbsentReason::Unknown));
    assert_eq!(
        quoted(&event(r#"{"lowest_price":null,"lowest_sg_base_price":35.5}"#)),
        Some((3_550, FeeBasis::BeforeFees))
    );
}

#[test]
fn no_listings_beside_a_price_means_unknown() {
    let event =
        only_event(&seatgeek(), &one(r#"{"lowest_price":49,"listing_count":0,"ticket_count":0}"#, ""));
    assert_eq!((event.quote.listings, event.quote.tickets), (None, None));
}

#[test]
fn half_past_three_with_an_open_time_is_no_time() {
    let body = one(PRICED, "")
        .replace("2026-12-08T19:30:00", "2026-12-08T03:30:00")
        .replace(r#""time_tbd":false,"datetime"#, r#""time_tbd":true,"datetime"#);
    let start = only_event(&seatgeek(), &body).start;
    assert!(start.time_tbd && !start.date_tbd && start.utc.is_none());
    assert_eq!(start.local.unwrap().date().to_string(), "2026-12-08");
    let open = one(PRICED, "").replace(r#""datetime_tbd":false"#, r#""datetime_tbd":true"#);
    let start = only_event(&seatgeek(), &open).start;
    assert!(start.time_tbd && start.date_tbd);
}

#[test]
fn if_necessary_games_are_contingent_and_parking_is_an_add_on() {
    let contingent = one(PRICED, "").replace(r#""conditional":false"#, r#""conditional":true"#);
    assert_eq!(only_event(&seatgeek(), &contingent).status, EventStatus::Contingent);
    let parking = one(PRICED, "").replace(r#""type":"nba""#, r#""type":"parking""#);
    assert_eq!(only_event(&seatgeek(), &parking).kind, EventKind::AddOn);
}

#[test]
fn paging_ends_at_the_true_total() {
    let at = |page: u32, total: u32, per_page: u32| {
        let meta = format!(r#""total":{total},"took":7,"page":{page},"per_page":{per_page}"#);
        let body = one(PRICED, "").replace(r#""total":1,"took":7,"page":1,"per_page":100"#, &meta);
        page_next(&body, page)
    };
    assert_eq!(at(1, 101, 100), Some(Cursor::Page { scope: 0, page: 2 }));
    assert_eq!(at(2, 101, 100), None);
    assert_eq!(at(1, 100, 100), None);
    // A server that gives less than we asked for still ends where its own numbers say.
    assert_eq!(at(10, 101, 10), Some(Cursor::Page { scope: 0, page: 11 }));
}

fn page_next(body: &str, number: u32) -> Option<Cursor> {
    page(seatgeek().read(&Cursor::Page { scope: 0, page: number }, &json(200, body), now())).next
}

#[test]
fn an_empty_page_is_believed_only_past_the_end() {
    let empty = |total: u32, took: u32| {
        format!(r#"{{"meta":{{"total":{total},"took":{took},"page":3,"per_page":100}},"events":[]}}"#)
    };
    let read_third =
        |body: &str| seatgeek().read(&Cursor::Page { scope: 0, page: 3 }, &json(200, body), now());
    assert_eq!(page(read_third(&empty(150, 12))).next, None);
    assert_eq!(page(read_third(&empty(0, 12))).next, None);
    for suspect in [empty(0, 0), empty(250, 12)] {
        let failure = failure(read_third(&suspect));
        assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::Unavailable, "suspect_empty"));
    }
}

#[test]
fn challenge_pages_are_not_mistaken_for_data() {
    let html = "<!doctype html><title>Are you human?</title>";
    for (status, content_type, body) in [
        (200, Some("text/html; charset=utf-8"), html),
        (200, Some("application/json"), html),
        (200, None, html),
        (403, Some("text/html"), html),
        (406, Some("text/plain"), "no"),
    ] {
        let answer = sources::Answer { content_type, ..json(status, body) };
        let failure = failure(read(&seatgeek(), &answer));
        assert_eq!(
            (failure.kind, failure.code.as_str()),
            (FailureKind::Unavailable, "challenge"),
            "{status}"
        );
    }
    assert_eq!(failure(read(&seatgeek(), &json(200, ""))).code, "empty");
    assert_eq!(failure(read(&seatgeek(), &json(200, "{}"))).code, "malformed");
}

#[test]
fn a_refused_client_is_unauthorized_also_inside_a_success() {
    let body = r#"{"errors":[{"code":40307,"message":"Client is required"}],"message":"Client is required","status":403,"meta":{"status":403}}"#;
    for status in [403, 200] {
        let failure = failure(read(&seatgeek(), &json(status, body)));
        assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::Unauthorized, "40307"), "{status}");
    }
}

#[test]
fn a_request_goes_to_the_sandbox_or_the_real_host_with_or_without_the_version() {
    let request = seatgeek().request(&Cursor::Page { scope: 0, page: 2 }, None, now());
    assert!(request.url.starts_with("http://localhost:8790/seatgeek/2/events?"), "{}", request.url);
    for part in ["venue.country=US", "per_page=100", "page=2", "client_id=s3cretK3y"] {
        assert!(request.url.contains(part), "{part} in {}", request.url);
    }
    let mut config = sources::seatgeek::Config::new("https://api.seatgeek.com/2", KEY).unwrap();
    config.area = Area::Near { latitude: 45.53, longitude: -122.66, km: 80 };
    let request =
        sources::seatgeek::SeatGeek::new(config).request(&Cursor::Page { scope: 0, page: 1 }, None, now());
    assert!(request.url.starts_with("https://api.seatgeek.com/2/events?lat=45.53&lon=-122.66&range=49mi"));
}
