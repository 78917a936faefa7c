//! TicketEvolution v9: one test a quirk, on bodies of our own in the provider's shape.

use crate::support::*;
use prices::{AbsentReason, FeeBasis, Money};
use sources::{Adapter, Cursor, EventKind, EventStatus, FailureKind, Offers};

fn body(parts: &str, total: u32) -> String {
    format!(
        r#"{{"current_page":1,"per_page":100,"total_entries":{total},"events":[{{"id":1443642,"url":"/events/1443642",
        "name":"Portland Herons at Astoria Falcons","state":"shown","occurs_at":"2026-12-08T19:00:00Z",
        "occurs_at_local":"2026-12-08T19:00:00-08:00","products_count":12,"available_count":40,
        "category":{{"name":"NBA","parent":{{"name":"Basketball","parent":{{"name":"Sports"}}}}}},
        "performances":[{{"primary":true,"performer":{{"id":"2","name":"Astoria Falcons"}}}},
            {{"primary":false,"performer":{{"id":1,"name":"Portland Herons"}}}}],
        "venue":{{"id":7,"name":"River Arena ","location":"Astoria, OR","address":{{"country_code":"US"}}}}{parts}}}]}}"#
    )
}

fn listings(groups: &str) -> Offers {
    let body = format!(r#"{{"total_entries":9,"ticket_groups":[{groups}]}}"#);
    let cursor = ticketevolution().event("1443642", true).unwrap();
    let mut page = page(ticketevolution().read(&cursor, &json(200, &body), now()));
    assert_eq!((page.offers.len(), page.events.len(), page.rejected.len()), (1, 0, 0));
    page.offers.remove(0)
}

fn group(parts: &str) -> String {
    format!(
        r#"{{"id":88,"type":"event","section":" 101","row":"A","available_quantity":4,"splits":[4,2,2,9,0],
        "retail_price":45.5{parts}}}"#
    )
}

#[test]
fn a_request_is_signed_over_host_path_and_sorted_query() {
    let config =
        sources::ticketevolution::Config::new("https://api.ticketevolution.com", "token", KEY).unwrap();
    let adapter = sources::ticketevolution::TicketEvolution::new(config);
    let request = adapter.request(&adapter.event("1443642", false).unwrap(), None, now());
    assert_eq!(request.url, "https://api.ticketevolution.com/v9/listings?event_id=1443642");
    assert_eq!(header(&request, "x-token"), Some("token"));
    // printf '%s' 'GET api.ticketevolution.com/v9/listings?event_id=1443642' | openssl dgst -sha256 -hmac s3cretK3y -binary | base64
    assert_eq!(header(&request, "x-signature"), Some("XKOBagTf82nO9317ZbCrJvqNWt3pG2TbT/E3MbprzTk="));
    assert!(!format!("{request:?}{}", request.url).contains(KEY));
    let first = adapter.request(&adapter.start(false), None, now());
    assert_eq!(
        first.url,
        "https://api.ticketevolution.com/v9/events?min_and_max_price=true&occurs_at.gte=2026-11-20&page=1&per_page=100"
    );
}

#[test]
fn an_event_is_read_with_its_clock_its_sides_and_its_widest_category() {
    let event = only_event(&ticketevolution(), &body(r#","min_price":45.5"#, 1));
    assert_eq!(
        (event.id.as_str(), event.status, event.kind),
        ("1443642", EventStatus::Onsale, EventKind::Main)
    );
    assert_eq!(event.start.utc.unwrap().to_rfc3339(), "2026-12-09T03:00:00+00:00");
    assert_eq!(event.start.local.unwrap().to_string(), "2026-12-08 19:00:00");
    assert_eq!((event.performers[0].home, event.performers[1].home), (true, false));
    assert_eq!((event.venue.name.as_str(), event.venue.city.as_deref()), ("River Arena", Some("Astoria")));
    assert_eq!((event.venue.region.as_deref(), event.genre.as_deref()), (Some("OR"), Some("sports")));
    assert_eq!(quoted(&event), Some((4_550, FeeBasis::BeforeFees)));
    assert_eq!((event.quote.listings, event.quote.tickets), (Some(12), Some(40)));
}

#[test]
fn a_clock_that_ends_in_z_is_the_venues_and_midnight_is_no_time() {
    let old = body("", 1).replace(r#""occurs_at_local":"2026-12-08T19:00:00-08:00","#, "");
    let event = only_event(&ticketevolution(), &old);
    assert_eq!((event.start.utc, event.start.time_tbd), (None, false));
    assert_eq!(event.start.local.unwrap().to_string(), "2026-12-08 19:00:00");
    let open = only_event(&ticketevolution(), &body("", 1).replace("T19:00:00", "T00:00:00"));
    assert!(open.start.time_tbd && !open.start.date_tbd && open.start.utc.is_none());
}

#[test]
fn an_absent_price_says_why() {
    let event = |body: String| only_event(&ticketevolution(), &body);
    assert_eq!(absent(&event(body("", 1))), Some(AbsentReason::Unknown));
    let none = body("", 1).replace(r#""available_count":40"#, r#""available_count":0"#);
    assert_eq!(absent(&event(none)), Some(AbsentReason::SoldOut));
    let off = body(r#","min_price":45.5"#, 1).replace(r#""shown""#, r#""canceled""#);
    assert_eq!(absent(&event(off)), Some(AbsentReason::NotOnSale));
}

#[test]
fn events_abroad_are_left_out_of_a_country() {
    let page = page(read(&ticketevolution(), &json(200, &body("", 1).replace(r#""US""#, r#""CA""#))));
    assert_eq!((page.events.len(), page.skipped), (0, 1));
}

#[test]
fn listings_are_read_with_seats_splits_and_both_prices() {
    let dear = group(r#","retail_price_inclusive":58.07"#);
    let cheap = group(r#","retail_price_inclusive":55.51,"public_notes":"x""#).replace("88", "89");
    let parking = group("").replace(r#""event""#, r#""parking""#).replace("45.5", "5");
    let gone = group("").replace(r#""available_quantity":4"#, r#""available_quantity":0"#);
    let offers = listings(&[dear, cheap, parking, gone].join(","));
    assert_eq!(offers.id, "1443642");
    let listings = offers.listings.unwrap();
    assert_eq!(listings.iter().map(|listing| listing.id.as_str()).collect::<Vec<_>>(), ["88", "89"]);
    assert_eq!((listings[0].section.as_deref(), listings[0].row.as_deref()), (Some("101"), Some("A")));
    assert_eq!((listings[0].quantity, listings[0].splits.as_slice()), (4, &[2, 4][..]));
    assert_eq!(offers.quote.price.money().map(|money| money.amount_minor), Some(5_551));
    assert_eq!(offers.quote.price.basis(), Some(FeeBasis::AllIn));
    assert_eq!(offers.quote.before_fees, Some(Money::new(4_550, prices::Currency::USD)));
    assert_eq!((offers.quote.listings, offers.quote.tickets), (Some(2), Some(8)));
}

#[test]
fn a_retail_price_alone_is_before_fees_and_no_listing_is_sold_out() {
    let offers = listings(&group(""));
    assert_eq!((offers.quote.price.basis(), offers.quote.before_fees), (Some(FeeBasis::BeforeFees), None));
    let empty = listings("");
    assert_eq!(empty.quote.price, prices::Price::absent(AbsentReason::SoldOut));
    assert_eq!((empty.quote.listings, empty.listings), (Some(0), Some(Vec::new())));
}

#[test]
fn a_walk_pages_exactly_and_does_not_believe_an_empty_page() {
    let adapter = ticketevolution();
    assert_eq!(page(read(&adapter, &json(200, &body("", 100)))).next, None);
    assert_eq!(
        page(read(&adapter, &json(200, &body("", 101)))).next,
        Some(Cursor::Page { scope: 0, page: 2 })
    );
    let empty = r#"{"total_entries":5,"events":[]}"#;
    assert_eq!(failure(read(&adapter, &json(200, empty))).code, "empty_page");
    assert_eq!(page(read(&adapter, &json(200, r#"{"total_entries":0,"events":[]}"#))).next, None);
}

#[test]
fn what_changed_is_followed_by_what_was_taken_back() {
    let adapter = ticketevolution();
    let since = "2026-11-20T05:00:00Z".parse().unwrap();
    let first = adapter.updates(since, false).unwrap();
    assert!(adapter.request(&first, None, now()).url.contains("updated_at.gte=2026-11-20T05%3A00%3A00Z"));
    let next = page(adapter.read(&first, &json(200, &body("", 1)), now())).next.unwrap();
    let request = adapter.request(&next, None, now());
    assert!(
        request.url.contains("/v9/events/deleted?deleted_at.gte=2026-11-20T05%3A00%3A00Z"),
        "{}",
        request.url
    );
    let gone = r#"{"total_entries":1,"events":[{"id":"77","name":"x","deleted_at":"2026-11-20T06:00:00Z"}]}"#;
    let last = page(adapter.read(&next, &json(200, gone), now()));
    assert_eq!((last.deleted.as_slice(), last.events.len(), last.next), (&["77".to_owned()][..], 0, None));
}

#[test]
fn refusals_are_told_apart() {
    let refused = |status, body: &str| failure(read(&ticketevolution(), &json(status, body)));
    let unauthorized = refused(401, r#"{"error":"Unauthorized"}"#);
    assert_eq!((unauthorized.kind, unauthorized.code.as_str()), (FailureKind::Unauthorized, "Unauthorized"));
    assert_eq!(refused(422, r#"{"error":"page is invalid"}"#).code, "http_422");
    assert_eq!(refused(429, "{}").kind, FailureKind::Throttled);
    assert_eq!(refused(200, r#"{"events":null}"#).code, "malformed");
    let cursor = ticketevolution().event("1", false).unwrap();
    let unknown = page(ticketevolution().read(&cursor, &json(404, r#"{"error":"Not Found"}"#), now()));
    assert_eq!(reasons(&unknown), ["not_found"]);
}
