//! Our own feed format.

use crate::support::*;
use prices::{AbsentReason, FeeBasis};
use sources::{Adapter, Cursor, EventStatus, FailureKind};

fn body(offer: &str, next: &str) -> String {
    format!(
        r#"{{"feed":"acme","synthetic":true,"next":{next},"offers":[{{"event_id":"e1","name":"Herons at Falcons",
        "performers":["Falcons"," ","Herons"],"venue":{{"name":"River Arena","city":"Portland","region":"OR","country":"US"}},
        "start_local":"2026-12-08T19:30:00","start_utc":"2026-12-09T03:30:00Z","time_tbd":false,"status":"onsale",
        "listing_count":12,"url":"https://acme.example/e1",{offer}}}]}}"#
    )
}

const PRICE: &str = r#""price":{"amount_minor":4550,"currency":"USD","basis":"all_in"},"absent_reason":null"#;

#[test]
fn an_offer_is_read_whole_and_marked_synthetic() {
    let page = page(read(&feed(), &json(200, &body(PRICE, "null"))));
    assert!(page.synthetic);
    assert_eq!(page.next, None);
    let event = &page.events[0];
    assert_eq!((event.id.as_str(), event.status, event.performers.len()), ("e1", EventStatus::Onsale, 2));
    assert_eq!(quoted(event), Some((4_550, FeeBasis::AllIn)));
    assert_eq!(event.quote.listings, Some(12));
    assert!(event.start.utc.is_some() && event.start.local.is_some());
}

#[test]
fn an_absent_price_keeps_its_reason() {
    let absent_for = |parts: &str| absent(&only_event(&feed(), &body(parts, "null")));
    assert_eq!(absent_for(r#""price":null,"absent_reason":"sold_out""#), Some(AbsentReason::SoldOut));
    assert_eq!(absent_for(r#""price":null,"absent_reason":"ate_it""#), Some(AbsentReason::Unknown));
    assert_eq!(absent_for(r#""price":null"#), Some(AbsentReason::Unknown));
    assert_eq!(absent_for(&PRICE.replace("4550", "0")), Some(AbsentReason::Unknown));
    assert_eq!(absent_for(&PRICE.replace("4550", "-1")), Some(AbsentReason::Unknown));
}

#[test]
fn unknown_words_do_not_lose_an_offer() {
    let odd = body(&PRICE.replace("all_in", "mostly"), "null").replace("onsale", "halftime");
    let page = page(read(&feed(), &json(200, &odd)));
    assert_eq!(quoted(&page.events[0]), Some((4_550, FeeBasis::Unknown)));
    assert_eq!(
        (page.events[0].status, page.unknown_words),
        (EventStatus::Unknown, vec!["status:halftime".to_owned()])
    );
}

#[test]
fn a_wrong_offer_costs_only_itself_and_keeps_its_id() {
    let page = page(read(&feed(), &json(200, &body(&PRICE.replace("4550", "\"cheap\""), "null"))));
    assert_eq!((reasons(&page), page.rejected[0].id.as_deref()), (vec!["malformed"], Some("e1")));
}

#[test]
fn the_key_goes_to_the_feeds_own_host_only() {
    let adapter = feed();
    let own =
        page(read(&adapter, &json(200, &body(PRICE, r#""http://localhost:8790/feed/offers.json?page=2""#))));
    let next = own.next.unwrap();
    let request = adapter.request(&next, None, now());
    assert_eq!(request.url, "http://localhost:8790/feed/offers.json?page=2");
    assert_eq!(header(&request, "authorization"), Some("Bearer s3cretK3y"));
    for foreign in [
        "http://localhost:8790.evil.example/x",
        "http://localhost:87901/x",
        "https://evil.example/",
        "//evil.example/",
        "http://localhost:8790@evil.example/",
    ] {
        let page = page(read(&adapter, &json(200, &body(PRICE, &format!("\"{foreign}\"")))));
        assert_eq!(
            (reasons(&page), page.next.clone(), page.events.len()),
            (vec!["foreign_next"], None, 1),
            "{foreign}"
        );
        let forged = Cursor::Continuation { scope: 0, token: foreign.to_owned() };
        assert_eq!(adapter.request(&forged, None, now()).url, "http://localhost:8790/feed/offers.json");
    }
    let looped =
        page(read(&adapter, &json(200, &body(PRICE, r#""http://localhost:8790/feed/offers.json""#))));
    assert_eq!((reasons(&looped), looped.next.clone()), (vec!["paging_loop"], None));
}

#[test]
fn failures_are_told_apart() {
    assert_eq!(failure(read(&feed(), &json(401, "{}"))).kind, FailureKind::Unauthorized);
    assert_eq!(failure(read(&feed(), &json(200, r#"{"feed":"acme"}"#))).code, "malformed");
    assert_eq!(failure(read(&feed(), &json(200, "<html>"))).code, "challenge");
}

#[test]
fn listings_come_with_the_offer_and_the_cheapest_is_its_price() {
    let seats = |id: &str, parts: &str| {
        format!(r#"{{"id":"{id}","section":" 101","row":"A","splits":[4,2,9],{parts}}}"#)
    };
    let price = |amount: i64| {
        format!(
            r#""price":{{"amount_minor":{amount},"currency":"USD","basis":"all_in","before_fees_minor":4000}}"#
        )
    };
    let all = [
        seats("l1", &format!(r#""quantity":4,{}"#, price(5_000))),
        seats("l2", &format!(r#""quantity":2,{}"#, price(4_800))),
        seats("l3", &format!(r#""quantity":0,{}"#, price(100))),
    ];
    let page = page(read(&feed(), &json(200, &body(&format!(r#""listings":[{}]"#, all.join(",")), "null"))));
    let event = &page.events[0];
    assert_eq!((quoted(event), page.skipped), (Some((4_800, FeeBasis::AllIn)), 1));
    assert_eq!(event.quote.before_fees.map(|money| money.amount_minor), Some(4_000));
    assert_eq!((event.quote.listings, event.quote.tickets), (Some(2), Some(6)));
    let listings = event.listings.as_ref().unwrap();
    assert_eq!((listings[0].section.as_deref(), listings[0].splits.as_slice()), (Some("101"), &[2, 4][..]));
    assert_eq!(absent(&only_event(&feed(), &body(r#""listings":[]"#, "null"))), Some(AbsentReason::SoldOut));
}

#[test]
fn what_is_taken_back_is_named() {
    let body = body(PRICE, r#"null,"deleted":["e0",7]"#);
    assert_eq!(page(read(&feed(), &json(200, &body))).deleted, ["e0", "7"]);
}
