//! Eventbrite v3: one test a quirk, on bodies of our own in the provider's shape.

use crate::support::*;
use prices::{AbsentReason, FeeBasis};
use sources::eventbrite::Watched;
use sources::{Adapter, Cursor, EventStatus, FailureKind, SourceEvent};

fn body(parts: &str, paging: &str) -> String {
    format!(
        r#"{{"pagination":{{"object_count":1,"page_number":1,"page_size":50,"page_count":1,{paging}}},
        "events":[{{"id":"53882456879","name":{{"text":"Full Moon Hike ","html":"Full Moon Hike"}},
        "url":"https://www.eventbrite.com/e/53882456879","status":"live","currency":"USD","online_event":false,
        "start":{{"timezone":"America/New_York","local":"2026-12-19T19:30:00","utc":"2026-12-20T00:30:00Z"}},
        "venue_id":"27665366"{parts}}}]}}"#
    )
}

const LAST: &str = r#""has_more_items":false"#;

fn event(parts: &str) -> SourceEvent {
    only_event(&eventbrite(), &body(parts, LAST))
}

fn class(parts: &str) -> String {
    format!(
        r#"{{"free":false,"donation":false,"include_fee":false,"hidden":false,"category":"admission","on_sale_status":"AVAILABLE",
        "cost":{{"currency":"USD","value":10000,"major_value":"100.00","display":"$100.00"}},
        "fee":{{"currency":"USD","value":772}},"tax":{{"currency":"USD","value":100}}{parts}}}"#
    )
}

fn classes(list: &[String]) -> SourceEvent {
    event(&format!(r#","is_free":false,"ticket_classes":[{}]"#, list.join(",")))
}

#[test]
fn an_event_is_read_with_and_without_its_venue() {
    let bare = event("");
    assert_eq!((bare.name.as_str(), bare.status), ("Full Moon Hike", EventStatus::Onsale));
    assert_eq!((bare.venue.id.as_deref(), bare.venue.name.as_str()), (Some("27665366"), ""));
    assert_eq!(bare.start.utc.unwrap().to_rfc3339(), "2026-12-20T00:30:00+00:00");
    assert_eq!(absent(&bare), Some(AbsentReason::Unknown));
    let venue = r#","venue":{"id":"27665366","name":"Arboretum","latitude":"38.91","longitude":"-76.97",
        "address":{"city":"Washington","region":"DC","country":"US"}}"#;
    let placed = event(venue).venue;
    assert_eq!(
        (placed.name.as_str(), placed.region.as_deref(), placed.latitude),
        ("Arboretum", Some("DC"), Some(38.91))
    );
    assert_eq!(placed.timezone.as_deref(), Some("America/New_York"));
}

#[test]
fn the_buyer_pays_cost_fee_and_tax_unless_the_fee_is_inside() {
    assert_eq!(quoted(&classes(&[class("")])), Some((10_872, FeeBasis::AllIn)));
    let inside = class("").replace(r#""include_fee":false"#, r#""include_fee":true"#);
    assert_eq!(quoted(&classes(&[inside])), Some((10_000, FeeBasis::AllIn)));
    let no_fee = class("").replace(r#""fee":{"currency":"USD","value":772}"#, r#""fee":null"#);
    assert_eq!(quoted(&classes(&[no_fee])), Some((10_000, FeeBasis::BeforeFees)));
}

#[test]
fn the_cheapest_class_that_can_be_bought_counts() {
    let cheap = class("").replace(r#""value":10000"#, r#""value":2000"#);
    let sold = cheap.replace("AVAILABLE", "SOLD_OUT");
    let hidden = cheap.replace(r#""hidden":false"#, r#""hidden":true"#);
    let add_on = cheap.replace(r#""category":"admission""#, r#""category":"add_on""#);
    let free = class("").replace(r#""free":false"#, r#""free":true"#);
    assert_eq!(quoted(&classes(&[sold, hidden, add_on, free, class("")])), Some((10_872, FeeBasis::AllIn)));
    assert_eq!(quoted(&classes(&[class(""), cheap])), Some((2_872, FeeBasis::AllIn)));
}

#[test]
fn an_absent_price_says_why() {
    let free =
        r#"{"free":true,"donation":false,"cost":null,"fee":null,"tax":null,"on_sale_status":"AVAILABLE"}"#
            .to_owned();
    let donation = free.replace(r#""free":true,"donation":false"#, r#""free":false,"donation":true"#);
    let reason = |list: &[String]| absent(&classes(list));
    assert_eq!(reason(&[free]), Some(AbsentReason::Free));
    assert_eq!(reason(&[donation]), Some(AbsentReason::Free));
    assert_eq!(reason(&[class("").replace("AVAILABLE", "SOLD_OUT")]), Some(AbsentReason::SoldOut));
    assert_eq!(reason(&[class("").replace("AVAILABLE", "NOT_YET_ON_SALE")]), Some(AbsentReason::NotOnSale));
    assert_eq!(reason(&[class("").replace(r#""value":10000"#, r#""value":0"#)]), Some(AbsentReason::Unknown));
    assert_eq!(absent(&event(r#","is_free":true"#)), Some(AbsentReason::Free));
    let over =
        body(&format!(r#","ticket_classes":[{}]"#, class("")), LAST).replace(r#""live""#, r#""completed""#);
    assert_eq!(absent(&only_event(&eventbrite(), &over)), Some(AbsentReason::NotOnSale));
}

#[test]
fn the_summary_stands_in_where_classes_are_not_given() {
    let summary = |parts: &str| event(&format!(r#","is_free":false,"ticket_availability":{{{parts}}}"#));
    let minimum = |value: i64| {
        format!(
            r#""has_available_tickets":true,"is_sold_out":false,"minimum_ticket_price":{{"currency":"JPY","value":{value}}}"#
        )
    };
    assert_eq!(quoted(&summary(&minimum(900))), Some((900, FeeBasis::Unknown)));
    // Donations: a minimum of 0 though the event is not free.
    assert_eq!(absent(&summary(&minimum(0))), Some(AbsentReason::Unknown));
    assert_eq!(absent(&summary(r#""is_free":true,"minimum_ticket_price":null"#)), Some(AbsentReason::Free));
    assert_eq!(absent(&summary(r#""is_sold_out":true"#)), Some(AbsentReason::SoldOut));
    assert_eq!(absent(&summary(r#""has_available_tickets":false"#)), Some(AbsentReason::NotOnSale));
}

#[test]
fn the_owner_sees_how_many_are_left() {
    let counted = class(r#","quantity_total":300,"quantity_sold":20"#);
    assert_eq!(classes(&[counted.clone(), counted.clone()]).quote.tickets, Some(560));
    assert_eq!(classes(&[counted, class("")]).quote.tickets, None);
}

#[test]
fn the_parent_of_a_series_is_no_event() {
    let page =
        page(read(&eventbrite(), &json(200, &body(r#","is_series":true,"is_series_parent":true"#, LAST))));
    assert_eq!((page.events.len(), page.skipped), (0, 1));
}

#[test]
fn a_walk_continues_within_an_organisation_and_then_with_the_next() {
    let adapter = eventbrite();
    let request = adapter.request(&adapter.start(true), None, now());
    assert!(
        request.url.starts_with("http://localhost:8790/eventbrite/v3/organizations/11/events/?expand="),
        "{}",
        request.url
    );
    assert_eq!(header(&request, "authorization"), Some("Bearer s3cretK3y"));
    let more = body("", r#""has_more_items":true,"continuation":"abc=""#);
    let next = page(read(&adapter, &json(200, &more))).next.unwrap();
    assert_eq!(next, Cursor::Continuation { scope: 0, token: "abc=".to_owned() });
    assert!(adapter.request(&next, None, now()).url.contains("continuation=abc%3D"));
    let looped = page(adapter.read(&next, &json(200, &more), now()));
    assert_eq!(reasons(&looped), ["paging_loop"]);
    let second = Cursor::Page { scope: 1, page: 1 };
    assert_eq!(looped.next, Some(second.clone()));
    // Old bodies have no continuation and page by number.
    let old = page(read(&adapter, &json(200, &body("", r#""has_more_items":true"#)))).next.unwrap();
    assert!(adapter.request(&old, None, now()).url.contains("page=2"));
    assert_eq!(page(read(&adapter, &json(200, &body("", LAST)))).next, Some(second.clone()));
    assert!(adapter.request(&second, None, now()).url.contains("/organizations/22/"));
    assert_eq!(page(adapter.read(&second, &json(200, &body("", LAST)), now())).next, None);
}

#[test]
fn one_organisation_that_is_gone_does_not_keep_the_walk_from_the_others_or_its_end() {
    let gone =
        r#"{"status_code":404,"error":"NOT_FOUND","error_description":"The organisation does not exist."}"#;
    let first = page(read(&eventbrite(), &json(404, gone)));
    assert_eq!(
        (reasons(&first), first.next.clone()),
        (vec!["not_found"], Some(Cursor::Page { scope: 1, page: 1 }))
    );
    let last = page(eventbrite().read(&Cursor::Page { scope: 1, page: 1 }, &json(404, gone), now()));
    assert_eq!((reasons(&last), last.next.clone()), (vec!["not_found"], None));
    // With a single organisation there is nothing else to read: that is a failure a person must see.
    let single = watching(Watched { organizations: "11", ..Watched::default() });
    assert_eq!(failure(read(&single, &json(404, gone))).kind, FailureKind::BadRequest);
}

#[test]
fn errors_are_keyed_on_their_word() {
    for (status, word, kind) in [
        (401, "NO_AUTH", FailureKind::Unauthorized),
        (400, "INVALID_AUTH", FailureKind::Unauthorized),
        (400, "INVALID_AUTH_HEADER", FailureKind::Unauthorized),
        (429, "HIT_RATE_LIMIT", FailureKind::QuotaSpent),
        (400, "BAD_PAGE", FailureKind::BadRequest),
        (200, "INTERNAL_ERROR", FailureKind::Unavailable),
    ] {
        let body =
            format!(r#"{{"status_code":{status},"error":"{word}","error_description":"token {KEY}"}}"#);
        let failure = failure(read(&eventbrite(), &json(status, &body)));
        assert_eq!((failure.kind, failure.code.as_str()), (kind, word));
    }
}

#[test]
fn what_is_watched_is_required_and_plain() {
    let refused = |watched| {
        let base = "https://www.eventbriteapi.com/v3";
        sources::eventbrite::Config::new(base, KEY, watched).unwrap_err().variable
    };
    for organizations in ["", " , ", "11,../x", "1 2"] {
        assert_eq!(refused(Watched { organizations, ..Watched::default() }), "EVENTBRITE_ORGANIZATIONS");
    }
    assert_eq!(refused(Watched { venues: "a/b", ..Watched::default() }), "EVENTBRITE_VENUES");
    assert_eq!(refused(Watched { events: "?", ..Watched::default() }), "EVENTBRITE_EVENTS");
}

#[test]
fn a_walk_goes_by_organisation_then_venue_then_event() {
    let adapter = watching(Watched { organizations: "11", venues: "33", events: "55" });
    let asks =
        |cursor: &Cursor| adapter.request(cursor, None, now()).url.split_once("/v3").unwrap().1.to_owned();
    let listed = body("", LAST);
    let second = page(read(&adapter, &json(200, &listed))).next.unwrap();
    assert!(asks(&second).starts_with("/venues/33/events/?expand=venue%2C"), "{}", asks(&second));
    let third = page(adapter.read(&second, &json(200, &listed), now())).next.unwrap();
    assert!(asks(&third).starts_with("/events/55/?expand="), "{}", asks(&third));
    let one = listed.split_once(r#""events":["#).unwrap().1.strip_suffix("]}").unwrap();
    let last = page(adapter.read(&third, &json(200, one), now()));
    assert_eq!((last.events.len(), last.next), (1, None));
    // Read by id, the same answer is one event and no part of a walk.
    let by_id = adapter.event("53882456879", true).unwrap();
    assert_eq!(page(adapter.read(&by_id, &json(200, one), now())).events.len(), 1);
    let gone = r#"{"status_code":404,"error":"NOT_FOUND"}"#;
    assert_eq!(reasons(&page(adapter.read(&by_id, &json(404, gone), now()))), ["not_found"]);
    assert_eq!(failure(adapter.read(&by_id, &json(200, gone), now())).code, "NOT_FOUND");
}

#[test]
fn cost_and_fee_stated_apart_are_a_pair() {
    let before = |list: &[String]| classes(list).quote.before_fees.map(|money| money.amount_minor);
    assert_eq!(before(&[class("")]), Some(10_000));
    assert_eq!(before(&[class("").replace(r#""include_fee":false"#, r#""include_fee":true"#)]), None);
    assert_eq!(
        before(&[class("").replace(r#""fee":{"currency":"USD","value":772}"#, r#""fee":null"#)]),
        None
    );
}

#[test]
fn of_a_series_watched_by_its_parent_the_children_are_read() {
    let adapter = watching(Watched { events: "55,66", ..Watched::default() });
    let asks =
        |cursor: &Cursor| adapter.request(cursor, None, now()).url.split_once("/v3").unwrap().1.to_owned();
    let listed = body(r#","is_series":true,"is_series_parent":true"#, LAST);
    let parent = listed.split_once(r#""events":["#).unwrap().1.strip_suffix("]}").unwrap();
    let children = page(read(&adapter, &json(200, parent))).next.unwrap();
    assert!(asks(&children).starts_with("/series/55/events/?expand="), "{}", asks(&children));
    assert!(!asks(&children).contains("page=1&") && !asks(&children).ends_with("page=1"));
    let more = page(adapter.read(&children, &json(200, &body("", r#""has_more_items":true"#)), now()));
    assert!(asks(more.next.as_ref().unwrap()).ends_with("page=2"));
    let last = page(adapter.read(&children, &json(200, &body(r#","series_id":"55""#, LAST)), now()));
    assert_eq!((last.events.len(), last.next), (1, Some(Cursor::Page { scope: 1, page: 1 })));
}
