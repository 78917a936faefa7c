//! Ticketmaster Discovery v2: one test a quirk, on bodies of our own in the provider's shape.

use crate::support::*;
use prices::{AbsentReason, FeeBasis};
use sources::{Adapter, Cursor, EventKind, EventStatus, FailureKind};

/// A page of one event, with `parts` in place of its dates, prices and the like.
fn one(parts: &str) -> String {
    format!(
        r#"{{"_embedded":{{"events":[{{"id":"vvG1iZ4","name":"Falcons vs. Herons","test":false,{parts},
        "url":"https://www.ticketmaster.com/event/0F00","classifications":[{{"primary":true,"segment":{{"name":"Sports"}}}}],
        "_embedded":{{"venues":[{{"id":"KovZ","name":"River Arena ","timezone":"America/Los_Angeles",
        "city":{{"name":"Portland "}},"state":{{"stateCode":"OR"}},"country":{{"countryCode":"US"}},
        "location":{{"longitude":"-122.66","latitude":"45.53"}}}}],
        "attractions":[{{"id":"K8v","name":"Falcons"}},{{"id":"K9v","name":"Herons"}}]}}}}]}},
        "page":{{"size":200,"totalElements":1,"totalPages":1,"number":0}}}}"#
    )
}

const DATES: &str = r#""dates":{"start":{"localDate":"2026-12-08","localTime":"19:30:00","dateTime":"2026-12-09T03:30:00Z",
    "dateTBD":false,"dateTBA":false,"timeTBA":false,"noSpecificTime":false},"status":{"code":"onsale"}}"#;

fn with_prices(prices: &str) -> String {
    one(&format!(r#"{DATES},"priceRanges":{prices}"#))
}

#[test]
fn an_event_is_read_whole() {
    let event = only_event(
        &ticketmaster(),
        &with_prices(r#"[{"type":"standard","currency":"USD","min":97.5,"max":1205}]"#),
    );
    assert_eq!((event.id.as_str(), event.name.as_str()), ("vvG1iZ4", "Falcons vs. Herons"));
    assert_eq!(event.status, EventStatus::Onsale);
    assert_eq!(event.start.utc.unwrap().to_rfc3339(), "2026-12-09T03:30:00+00:00");
    assert_eq!(event.start.local.unwrap().to_string(), "2026-12-08 19:30:00");
    assert!(!event.start.date_tbd && !event.start.time_tbd);
    assert_eq!((event.venue.name.as_str(), event.venue.city.as_deref()), ("River Arena", Some("Portland")));
    assert_eq!((event.venue.latitude, event.venue.longitude), (Some(45.53), Some(-122.66)));
    assert_eq!(event.venue.timezone.as_deref(), Some("America/Los_Angeles"));
    assert_eq!(event.performers.len(), 2);
    assert_eq!(event.genre.as_deref(), Some("sports"));
    assert_eq!(quoted(&event), Some((9_750, FeeBasis::BeforeFees)));
}

#[test]
fn the_range_type_says_what_a_price_includes() {
    let price = |ranges: &str| quoted(&only_event(&ticketmaster(), &with_prices(ranges)));
    let both = r#"[{"type":"standard","currency":"USD","min":80},{"type":"standard including fees","currency":"USD","min":96.35}]"#;
    assert_eq!(price(both), Some((9_635, FeeBasis::AllIn)));
    assert_eq!(
        price(r#"[{"type":"platinum","currency":"USD","min":300}]"#),
        Some((30_000, FeeBasis::Unknown))
    );
    let switched = one(&format!(
        r#"{DATES},"priceRanges":[{{"type":"standard","currency":"CAD","min":39}}],"ticketing":{{"allInclusivePricing":{{"enabled":true}}}}"#
    ));
    assert_eq!(quoted(&only_event(&ticketmaster(), &switched)), Some((3_900, FeeBasis::AllIn)));
}

#[test]
fn zero_or_missing_is_a_reason_and_the_reason_is_the_best_known() {
    let reason = |parts: &str| absent(&only_event(&ticketmaster(), &one(parts)));
    let ranged =
        |min: &str| format!(r#"{DATES},"priceRanges":[{{"type":"standard","currency":"USD","min":{min}}}]"#);
    assert_eq!(reason(&ranged("0.0")), Some(AbsentReason::Unknown));
    assert_eq!(reason(&ranged("null")), Some(AbsentReason::Unknown));
    assert_eq!(reason(DATES), Some(AbsentReason::Unknown));
    assert_eq!(
        reason(&format!(r#"{DATES},"sales":{{"public":{{"startDateTime":"2026-11-28T18:00:00Z"}}}}"#)),
        Some(AbsentReason::NotOnSale)
    );
    // The placeholder of 1900 is no date of sale.
    assert_eq!(
        reason(&format!(r#"{DATES},"sales":{{"public":{{"startDateTime":"1900-01-01T18:00:00Z"}}}}"#)),
        Some(AbsentReason::Unknown)
    );
}

#[test]
fn a_price_left_on_an_event_that_is_over_or_cancelled_is_not_believed() {
    for (word, status) in [
        ("offsale", EventStatus::Offsale),
        ("cancelled", EventStatus::Cancelled),
        ("canceled", EventStatus::Cancelled),
    ] {
        let body = with_prices(r#"[{"type":"standard","currency":"USD","min":20}]"#).replace("onsale", word);
        let event = only_event(&ticketmaster(), &body);
        assert_eq!((event.status, absent(&event)), (status, Some(AbsentReason::NotOnSale)), "{word}");
    }
}

#[test]
fn an_open_time_or_date_leaves_no_instant() {
    let start = |parts: &str| only_event(&ticketmaster(), &one(parts)).start;
    let no_time = start(
        r#""dates":{"start":{"localDate":"2026-12-08","timeTBA":false,"dateTime":"2026-12-08T08:00:00Z"}}"#,
    );
    assert!(no_time.time_tbd && !no_time.date_tbd && no_time.utc.is_none());
    assert_eq!(no_time.local.unwrap().date().to_string(), "2026-12-08");
    let flagged = start(&DATES.replace(r#""noSpecificTime":false"#, r#""noSpecificTime":true"#));
    assert!(flagged.time_tbd && flagged.utc.is_none());
    let undated = start(r#""dates":{"start":{"dateTBD":true},"status":{"code":"postponed"}}"#);
    assert!(undated.date_tbd && undated.time_tbd && undated.local.is_none());
}

#[test]
fn a_new_status_word_is_noted_and_costs_nothing() {
    let body = one(DATES).replace("onsale", "moved_online <b>");
    let page = page(read(&ticketmaster(), &json(200, &body)));
    assert_eq!(page.events[0].status, EventStatus::Unknown);
    assert_eq!(page.unknown_words, ["status:moved_onlineb"]);
}

#[test]
fn add_ons_are_told_apart_and_test_events_left_out() {
    let named = |name: &str| one(DATES).replace("Falcons vs. Herons", name);
    assert_eq!(only_event(&ticketmaster(), &named("Falcons vs. Herons - PARKING")).kind, EventKind::AddOn);
    assert_eq!(only_event(&ticketmaster(), &named("Falcons vs. Herons")).kind, EventKind::Main);
    let test =
        page(read(&ticketmaster(), &json(200, &one(DATES).replace(r#""test":false"#, r#""test":true"#))));
    assert_eq!((test.events.len(), test.rejected.len(), test.skipped), (0, 0, 1));
}

#[test]
fn a_bad_entry_costs_only_itself() {
    let body = r#"{"_embedded":{"events":[{"id":"a","name":"Good"},{"id":"b","name":7},{"id":"c"},{"name":"no id"},
        {"id":"d","name":"Bad date","dates":{"start":{"localDate":"soon"}}},"text",{"id":"e","name":"Good too"}]},
        "page":{"size":200,"totalElements":7,"totalPages":1,"number":0}}"#;
    let page = page(read(&ticketmaster(), &json(200, body)));
    assert_eq!(page.events.iter().map(|event| event.id.as_str()).collect::<Vec<_>>(), ["a", "e"]);
    assert_eq!(reasons(&page), ["malformed", "no_name", "no_id", "bad_date", "malformed"]);
    assert_eq!(page.rejected[0].id.as_deref(), Some("b"));
}

#[test]
fn a_request_names_window_order_and_size_for_sandbox_and_real_host() {
    let request = ticketmaster().request(&Cursor::Page { scope: 0, page: 0 }, None, now());
    assert!(
        request.url.starts_with("http://localhost:8790/ticketmaster/discovery/v2/events.json?"),
        "{}",
        request.url
    );
    for part in [
        "countryCode=US",
        "size=200",
        "page=0",
        "sort=id%2Casc",
        "startDateTime=2026-11-21T00%3A00%3A00Z",
        "endDateTime=2027-12-25T23%3A59%3A59Z",
        "apikey=s3cretK3y",
    ] {
        assert!(request.url.contains(part), "{part} in {}", request.url);
    }
    assert!(header(&request, "user-agent").unwrap().starts_with("rip-city-ticket-dispatch/"));
    assert!(!request.label.contains(KEY) && !format!("{request:?}").contains(KEY));
    let real = sources::ticketmaster::Config::new("https://app.ticketmaster.com", KEY).unwrap();
    let real = sources::ticketmaster::Ticketmaster::new(real);
    let sweep = real.request(&Cursor::Page { scope: 1, page: 0 }, None, now());
    assert!(sweep.url.starts_with("https://app.ticketmaster.com/discovery/v2/events.json?"));
    assert!(sweep.url.contains("includeTBA=only") && !sweep.url.contains("startDateTime"));
}

#[test]
fn an_empty_result_has_no_list_and_ends_its_scope() {
    let body = r#"{"_links":{},"page":{"size":200,"totalElements":0,"totalPages":0,"number":0}}"#;
    let page = page(read(&ticketmaster(), &json(200, body)));
    assert!(page.events.is_empty());
    assert_eq!(page.next, Some(Cursor::Page { scope: 1, page: 0 }));
    let promised = r#"{"page":{"size":200,"totalElements":9,"totalPages":1,"number":0}}"#;
    assert_eq!(failure(read(&ticketmaster(), &json(200, promised))).code, "empty_page");
}

#[test]
fn a_window_past_the_wall_is_halved_before_anything_is_taken_from_it() {
    let body =
        one(DATES).replace(r#""totalElements":1,"totalPages":1"#, r#""totalElements":2400,"totalPages":12"#);
    let halved = page(read(&ticketmaster(), &json(200, &body)));
    assert!(halved.events.is_empty());
    let Some(Cursor::Window { scope: 0, from, until, page: 0 }) = halved.next else {
        panic!("{:?}", halved.next)
    };
    assert_eq!((until - from).num_days(), 200);
    let next = Cursor::Window { scope: 0, from, until, page: 0 };
    let fits =
        one(DATES).replace(r#""totalElements":1,"totalPages":1"#, r#""totalElements":300,"totalPages":2"#);
    let page = page(ticketmaster().read(&next, &json(200, &fits), now()));
    assert_eq!(page.next, Some(Cursor::Window { scope: 0, from, until, page: 1 }));
}

#[test]
fn the_quota_is_read_from_the_headers() {
    let body = one(DATES);
    let mut answer = json(200, &body);
    answer.rate_limit = (Some("4997"), Some("1791385613158"));
    let page = page(read(&ticketmaster(), &answer));
    assert_eq!(page.calls_left, Some(4_997));
    assert_eq!(page.window_resets_at.unwrap().timestamp_millis(), 1_791_385_613_158);
}

#[test]
fn errors_are_told_apart_and_never_carry_the_key() {
    let quota = format!(
        r#"{{"fault":{{"faultstring":"Rate limit quota violation. Identifier : {KEY}","detail":{{"errorcode":"policies.ratelimit.QuotaViolation"}}}}}}"#
    );
    let spike = quota.replace("QuotaViolation", "SpikeArrestViolation");
    let invalid =
        r#"{"fault":{"faultstring":"Invalid ApiKey","detail":{"errorcode":"oauth.v2.InvalidApiKey"}}}"#;
    let deep =
        r#"{"errors":[{"code":"DIS1035","detail":"Max paging depth exceeded.","status":"400 BAD_REQUEST"}]}"#;
    for (status, body, kind, code) in [
        (429, quota.as_str(), FailureKind::QuotaSpent, "policies.ratelimit.QuotaViolation"),
        (429, &spike, FailureKind::Throttled, "policies.ratelimit.SpikeArrestViolation"),
        (429, "slow down", FailureKind::Throttled, "http_429"),
        (401, invalid, FailureKind::Unauthorized, "oauth.v2.InvalidApiKey"),
        (400, deep, FailureKind::BadRequest, "DIS1035"),
        (200, deep, FailureKind::Unavailable, "DIS1035"),
        (200, &quota, FailureKind::QuotaSpent, "policies.ratelimit.QuotaViolation"),
        (503, "{}", FailureKind::Unavailable, "http_503"),
    ] {
        let failure = failure(read(&ticketmaster(), &json(status, body)));
        assert_eq!((failure.kind, failure.code.as_str()), (kind, code));
    }
    let echoed = deep.replace("DIS1035", KEY);
    assert_eq!(failure(read(&ticketmaster(), &json(400, &echoed))).code, "http_400");
}

#[test]
fn one_event_is_read_by_its_id() {
    let adapter = ticketmaster();
    let asked = adapter.event("G5eVZ4YDbDJmI", false).unwrap();
    let request = adapter.request(&asked, None, now());
    assert!(
        request.url.contains("/discovery/v2/events/G5eVZ4YDbDJmI.json?locale=%2A&apikey="),
        "{}",
        request.url
    );
    assert!(!request.label.contains(KEY));
    let body = r#"{"id":"G5eVZ4YDbDJmI","name":"A vs. B","dates":{"start":{"localDate":"2026-12-08"}}}"#;
    let mut answer = json(200, body);
    answer.rate_limit = (Some("4723"), None);
    let read = page(adapter.read(&asked, &answer, now()));
    assert_eq!((read.events.len(), read.next, read.calls_left), (1, None, Some(4_723)));
    let gone = r#"{"errors":[{"code":"DIS1004","status":"404"}]}"#;
    assert_eq!(reasons(&page(adapter.read(&asked, &json(404, gone), now()))), ["not_found"]);
    assert_eq!(failure(adapter.read(&asked, &json(200, gone), now())).code, "malformed");
}

const COMMERCE: &str = r#"{"limits":{"max":50},"offers":[{"id":"1","type":"offers","attributes":{"currency":"USD","prices":[
    {"priceZone":"10","value":"150.00","total":"165.50","fees":[],"taxes":[]},
    {"priceZone":"19","value":"25.00","total":"31.50","fees":[],"taxes":[]}]}}]}"#;

#[test]
fn a_partner_is_told_what_is_left_and_what_it_costs_in_the_end() {
    let adapter = partner();
    let asked = adapter.event("a1", false).unwrap();
    assert!(
        adapter
            .request(&asked, None, now())
            .url
            .contains("/inventory-status/v1/availability?events=a1&apikey=")
    );
    let status = |word: &str| {
        let body = format!(r#"[{{"eventId":"b2","status":"UNKNOWN"}},{{"eventId":"a1","status":"{word}"}}]"#);
        page(adapter.read(&asked, &json(200, &body), now()))
    };
    let few = status("FEW_TICKETS_LEFT");
    assert!(few.offers.is_empty());
    let next = few.next.unwrap();
    assert!(adapter.request(&next, None, now()).url.contains("/commerce/v2/events/a1/offers.json?apikey="));
    let offers = page(adapter.read(&next, &json(200, COMMERCE), now())).offers.remove(0);
    assert_eq!((offers.id.as_str(), offers.availability), ("a1", Some(sources::Availability::Few)));
    assert_eq!(offers.quote.price.money().map(|money| money.amount_minor), Some(3_150));
    assert_eq!(offers.quote.price.basis(), Some(FeeBasis::AllIn));
    assert_eq!(offers.quote.before_fees.map(|money| money.amount_minor), Some(2_500));
    let none = status("TICKETS_NOT_AVAILABLE");
    assert_eq!((none.next, none.offers[0].quote.price), (None, prices::Price::absent(AbsentReason::SoldOut)));
    assert_eq!(status("HALF_TIME").unknown_words, ["availability:HALF_TIME"]);
    assert_eq!(failure(adapter.read(&asked, &json(200, "{}"), now())).code, "malformed");
    assert_eq!(failure(adapter.read(&next, &json(200, "{}"), now())).code, "malformed");
    assert_eq!(failure(ticketmaster().read(&next, &json(200, COMMERCE), now())).code, "strange_cursor");
}

#[test]
fn a_resale_price_is_no_face_value() {
    let body = |url: &str| {
        format!(
            r#"{{"id":"Z7r9jZ1AeqbGa","name":"A vs. B","url":"{url}","dates":{{"start":{{"localDate":"2026-12-08"}}}},
            "priceRanges":[{{"type":"standard","currency":"USD","min":20,"max":30}}]}}"#
        )
    };
    let basis = |url: &str| {
        let cursor = ticketmaster().event("Z7r9jZ1AeqbGa", false).unwrap();
        let page = page(ticketmaster().read(&cursor, &json(200, &body(url)), now()));
        page.events[0].quote.price.basis()
    };
    assert_eq!(
        basis("http://www.ticketsnow.com/InventoryBrowse/TicketList.aspx?PID=1"),
        Some(FeeBasis::Unknown)
    );
    assert_eq!(basis("https://www.ticketmaster.com/event/1"), Some(FeeBasis::BeforeFees));
}
