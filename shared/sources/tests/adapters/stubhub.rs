//! StubHub v2: one test a quirk, on bodies of our own in the shape of the provider's OpenAPI document.

use std::time::Duration;

use crate::support::*;
use prices::{AbsentReason, FeeBasis, Market};
use sources::{Adapter, Cursor, EventKind, EventStatus, FailureKind, ForeignId, Reading};

fn event(parts: &str) -> String {
    format!(
        r#"{{"id":159263468,"name":"Herons at Falcons","start_date":"2026-12-08T19:30:00-08:00","on_sale_date":null,
        "date_confirmed":true,"time_confirmed":true,"type":"Main","status":"Normal",{parts}
        "_links":{{"event:webpage":{{"href":"https://www.stubhub.com/event/159263468"}}}},
        "_embedded":{{"genre":{{"id":1,"name":"Sports"}},
        "categories":[{{"id":7,"name":"Falcons","role":"HomeTeam"}},{{"id":8,"name":"Herons","role":"AwayTeam"}},
          {{"id":9,"name":"Winter League","role":"SportsLeague"}}],
        "venue":{{"id":5,"name":"River Arena","city":"Portland","state_province":"OR","latitude":45.53,"longitude":-122.66,
          "_embedded":{{"country":{{"code":"US","name":"United States"}}}}}},
        "external_mappings":[{{"id":"104001","platform_name":"legacy_stubhub"}},{{"id":"x1","platform_name":"nowhere"}}],
        "merged_events":[{{"id":159263468}},{{"id":158000001}}]}}}}"#
    )
}

fn catalogue(items: &str, deleted: &str, next: bool) -> String {
    let next =
        if next { r#""next":{"href":"https://elsewhere.example/catalog/events?page=2"},"# } else { "" };
    format!(
        r#"{{"total_items":101,"page":1,"page_size":100,"_links":{{{next}"self":{{"href":"x"}}}},
        "_embedded":{{"items":[{items}],"deleted_items":[{deleted}]}}}}"#
    )
}

const PRICE: &str = r#""min_ticket_price":{"amount":45.50,"currency_code":"USD","display":"$45.50"},"#;

fn single(parts: &str) -> sources::SourceEvent {
    only_event(&stubhub(), &catalogue(&event(parts), "", false))
}

#[test]
fn a_walk_without_a_token_asks_for_one_first_and_goes_on_where_it_meant_to() {
    let adapter = stubhub();
    let start = adapter.start(false);
    let request = adapter.request(&start, None, now());
    assert_eq!(
        (request.method, request.url.as_str()),
        ("POST", "http://localhost:8790/stubhub/oauth2/token")
    );
    // Basic base64("client:s3cretK3y"), form body, and a User-Agent, without which the API refuses.
    assert_eq!(header(&request, "authorization"), Some("Basic Y2xpZW50OnMzY3JldEszeQ=="));
    assert_eq!(header(&request, "content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(request.body.as_deref(), Some("grant_type=client_credentials&scope=read%3Aevents"));
    assert!(header(&request, "user-agent").is_some());
    let granted = r#"{"access_token":"t0k","token_type":"bearer","expires_in":86400,"scope":"read:events"}"#;
    let reading = adapter.read(&start, &json(200, granted), now());
    assert!(!format!("{reading:?}").contains("t0k"));
    let Reading::Token { access_token, expires_in, next } = reading else { panic!("{reading:?}") };
    assert_eq!((access_token.as_str(), expires_in), ("t0k", Duration::from_hours(24)));
    let request = adapter.request(&next, Some("t0k"), now());
    assert!(
        request.url.starts_with("http://localhost:8790/stubhub/catalog/events?country_code=US"),
        "{}",
        request.url
    );
    assert_eq!(header(&request, "authorization"), Some("Bearer t0k"));
    assert_eq!(header(&request, "accept"), Some("application/hal+json"));
    assert_eq!(adapter.start(true), next);
}

#[test]
fn a_token_that_could_smuggle_a_header_is_refused() {
    let start = stubhub().start(false);
    for body in [r#"{"access_token":"a\r\nx: y"}"#, r#"{"access_token":""}"#, "{}", "[]"] {
        assert_eq!(failure(stubhub().read(&start, &json(200, body), now())).code, "malformed", "{body}");
    }
    let refused = failure(stubhub().read(&start, &json(400, r#"{"error":"invalid_client"}"#), now()));
    assert_eq!((refused.kind, refused.code.as_str()), (FailureKind::Unauthorized, "invalid_client"));
}

#[test]
fn a_page_refused_by_401_is_unauthorized() {
    let failure = failure(read(&stubhub(), &json(401, r#"{"code":"unauthorized","message":"expired"}"#)));
    assert_eq!((failure.kind, failure.code.as_str()), (FailureKind::Unauthorized, "unauthorized"));
}

#[test]
fn an_event_is_read_whole_with_price_of_unknown_basis() {
    let event = single(PRICE);
    assert_eq!(event.start.utc.unwrap().to_rfc3339(), "2026-12-09T03:30:00+00:00");
    assert_eq!(event.start.local.unwrap().to_string(), "2026-12-08 19:30:00");
    assert_eq!(quoted(&event), Some((4_550, FeeBasis::Unknown)));
    let names: Vec<_> =
        event.performers.iter().map(|performer| (performer.name.as_str(), performer.home)).collect();
    assert_eq!(names, [("Falcons", true), ("Herons", false)]);
    assert_eq!((event.venue.region.as_deref(), event.venue.country.as_deref()), (Some("OR"), Some("US")));
    assert_eq!(event.former_ids, ["158000001"]);
    assert_eq!(event.foreign_ids, [ForeignId { market: Market::StubHub, id: "104001".to_owned() }]);
    assert_eq!(event.url.as_deref(), Some("https://www.stubhub.com/event/159263468"));
    assert_eq!(event.genre.as_deref(), Some("sports"));
}

#[test]
fn a_missing_price_says_why() {
    assert_eq!(absent(&single(r#""min_ticket_price":null,"#)), Some(AbsentReason::Unknown));
    assert_eq!(absent(&single(&PRICE.replace("45.50", "0"))), Some(AbsentReason::Unknown));
    assert_eq!(absent(&single(&PRICE.replace("45.50", "null"))), Some(AbsentReason::Unknown));
    let later = event("").replace(r#""on_sale_date":null"#, r#""on_sale_date":"2026-12-01T10:00:00-08:00""#);
    let event = only_event(&stubhub(), &catalogue(&later, "", false));
    assert_eq!(absent(&event), Some(AbsentReason::NotOnSale));
}

#[test]
fn an_unconfirmed_time_is_no_instant_though_it_looks_like_one() {
    let open = event("").replace(r#""time_confirmed":true"#, r#""time_confirmed":false"#);
    let start = only_event(&stubhub(), &catalogue(&open, "", false)).start;
    assert!(start.time_tbd && !start.date_tbd && start.utc.is_none());
    assert_eq!(start.local.unwrap().date().to_string(), "2026-12-08");
    let zulu = event("").replace("19:30:00-08:00", "19:30:00Z");
    let start = only_event(&stubhub(), &catalogue(&zulu, "", false)).start;
    assert!(start.utc.is_some() && start.local.is_none());
}

#[test]
fn every_documented_status_word_is_known() {
    for (word, status) in [
        ("Normal", EventStatus::Onsale),
        ("Postponed", EventStatus::Postponed),
        ("Rescheduled", EventStatus::Rescheduled),
        ("RelocatedAndRescheduled", EventStatus::Rescheduled),
        ("Relocated", EventStatus::Relocated),
        ("Cancelled", EventStatus::Cancelled),
        ("Contingent", EventStatus::Contingent),
        ("Draft", EventStatus::Draft),
        ("Deleted", EventStatus::Cancelled),
    ] {
        let page =
            page(read(&stubhub(), &json(200, &catalogue(&event(PRICE).replace("Normal", word), "", false))));
        assert_eq!((page.events[0].status, page.unknown_words.len()), (status, 0), "{word}");
    }
}

#[test]
fn an_event_marked_deleted_is_cancelled_and_one_among_the_deleted_is_taken_back() {
    let marked = event(PRICE).replace("Normal", "Deleted");
    let marked = only_event(&stubhub(), &catalogue(&marked, "", false));
    assert_eq!((marked.status, absent(&marked)), (EventStatus::Cancelled, Some(AbsentReason::NotOnSale)));
    let page = page(read(&stubhub(), &json(200, &catalogue(&event(PRICE), r#"{"id":159000000}"#, false))));
    assert_eq!((page.events.len(), page.rejected.len(), page.deleted), (1, 0, vec!["159000000".to_owned()]));
}

#[test]
fn changes_are_asked_since_an_instant_with_a_token_and_only_the_fields_that_are_read() {
    let adapter = stubhub();
    let since = "2026-11-20T05:00:00Z".parse().unwrap();
    let asked = Cursor::Since { since, page: 1 };
    assert_eq!(adapter.updates(since, true), Some(asked.clone()));
    assert_eq!(adapter.updates(since, false), Some(Cursor::Token { then: Box::new(asked.clone()) }));
    let request = adapter.request(&asked, Some("t"), now());
    assert!(request.url.contains("updated_since=2026-11-20T05%3A00%3A00Z"), "{}", request.url);
    assert!(request.url.contains("fields=id%2Cname%2C"), "{}", request.url);
    let next = page(adapter.read(&asked, &json(200, &catalogue(&event(PRICE), "", true)), now())).next;
    assert_eq!(next, Some(Cursor::Since { since, page: 2 }));
    let nothing =
        r#"{"total_items":0,"page":1,"page_size":100,"_links":{},"_embedded":{"deleted_items":[{"id":5}]}}"#;
    assert_eq!(page(adapter.read(&asked, &json(200, nothing), now())).deleted, ["5"]);
}

#[test]
fn an_event_read_by_an_id_that_was_merged_names_the_old_id() {
    let adapter = stubhub();
    let asked = adapter.event("7", true).unwrap();
    assert!(adapter.request(&asked, Some("t"), now()).url.contains("/catalog/events/7?fields="));
    let merged = page(adapter.read(&asked, &json(200, &event(PRICE)), now()));
    assert_eq!(
        (merged.events[0].id.as_str(), merged.deleted.as_slice()),
        ("159263468", &["7".to_owned()][..])
    );
    assert!(merged.events[0].former_ids.contains(&"7".to_owned()));
    let same = adapter.event("159263468", true).unwrap();
    assert!(page(adapter.read(&same, &json(200, &event(PRICE)), now())).deleted.is_empty());
    let gone = page(adapter.read(&asked, &json(404, r#"{"code":"not_found"}"#), now()));
    assert_eq!((reasons(&gone), gone.deleted.len()), (vec!["not_found"], 0));
    assert_eq!(
        failure(adapter.read(&asked, &json(200, r#"{"code":"internal_server_error"}"#), now())).code,
        "malformed"
    );
}

#[test]
fn parking_is_an_add_on() {
    let parking = event("").replace(r#""type":"Main""#, r#""type":"Parking""#);
    assert_eq!(only_event(&stubhub(), &catalogue(&parking, "", false)).kind, EventKind::AddOn);
}

#[test]
fn the_next_page_is_asked_by_number_and_never_by_following_a_link() {
    let page = page(read(&stubhub(), &json(200, &catalogue(&event(PRICE), "", true))));
    let next = page.next.unwrap();
    assert_eq!(next, Cursor::Page { scope: 0, page: 2 });
    assert!(stubhub().request(&next, Some("t"), now()).url.starts_with("http://localhost:8790/"));
}

#[test]
fn an_error_or_an_unexplained_nothing_is_no_empty_catalogue() {
    let promised = r#"{"total_items":5,"page":1,"page_size":100,"_links":{},"_embedded":{"items":[]}}"#;
    assert_eq!(failure(read(&stubhub(), &json(200, promised))).code, "empty_page");
    assert_eq!(
        failure(read(&stubhub(), &json(200, r#"{"code":"internal_server_error"}"#))).code,
        "internal_server_error"
    );
    assert_eq!(failure(read(&stubhub(), &json(200, "{}"))).code, "malformed");
    let truly = r#"{"total_items":0,"page":1,"page_size":100,"_links":{},"_embedded":{"items":[]}}"#;
    assert_eq!(page(read(&stubhub(), &json(200, truly))).next, None);
    let agent =
        failure(read(&stubhub(), &json(400, r#"{"code":"user_agent_required","message":null,"errors":{}}"#)));
    assert_eq!((agent.kind, agent.code.as_str()), (FailureKind::BadRequest, "user_agent_required"));
    let scope = failure(read(&stubhub(), &json(403, r#"{"code":"insufficient_scope"}"#)));
    assert_eq!(scope.kind, FailureKind::Unauthorized);
}
