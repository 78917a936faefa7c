//! Whatever arrives, nothing panics, no price is zero or less, and no secret comes out.

use std::sync::LazyLock;

use prices::Price;
use proptest::prelude::*;
use sources::{Adapter, Answer, Cursor, Listing, Quote, Reading};

use crate::recorded::recording;
use crate::support::*;

/// Reads `body` by every adapter at every kind of cursor, and checks what must always hold.
fn survives(status: u16, body: &str) {
    let (from, until) = (now(), now() + chrono::Duration::hours(3));
    let cursors = [
        Cursor::Page { scope: 0, page: 1 },
        Cursor::Page { scope: 7, page: u32::MAX },
        Cursor::Window { scope: 0, from, until, page: 4 },
        Cursor::Continuation { scope: 1, token: "e".to_owned() },
        Cursor::Token { then: Box::new(Cursor::Page { scope: 0, page: 1 }) },
        Cursor::Since { since: from, page: 1 },
        Cursor::Window { scope: 1, from, until, page: u32::MAX },
        Cursor::Event { id: "e".to_owned() },
    ];
    for kind in ["application/json", "text/csv"] {
        if let Ok(page) = sources::push::read(body, kind) {
            holds(&Reading::Page(page));
        }
    }
    for adapter in every_adapter() {
        for cursor in &cursors {
            let request = adapter.request(cursor, Some("token"), now());
            assert!(request.url.starts_with(SANDBOX) && !request.label.contains(KEY));
            holds(&adapter.read(cursor, &json(status, body), now()));
        }
    }
}

fn holds(reading: &Reading) {
    assert!(!format!("{reading:?}").contains(KEY));
    let Reading::Page(page) = reading else { return };
    for offers in &page.offers {
        assert!(!offers.id.is_empty());
        quotes_money(&offers.quote);
        listed(offers.listings.as_deref());
    }
    for event in &page.events {
        assert!(!event.id.is_empty() && event.name.trim() == event.name && !event.name.is_empty());
        quotes_money(&event.quote);
        listed(event.listings.as_deref());
        assert!(!(event.start.time_tbd && event.start.utc.is_some()));
        assert!(event.url.as_ref().is_none_or(|url| url.starts_with("http")));
    }
}

fn quotes_money(quote: &Quote) {
    assert!(quote.before_fees.is_none_or(|money| money.amount_minor > 0), "{quote:?}");
    if let Price::Quoted { money, .. } = quote.price {
        assert!(money.amount_minor > 0, "{quote:?}");
        assert_ne!(quote.listings, Some(0));
    } else {
        assert_eq!(quote.before_fees, None);
    }
}

fn listed(listings: Option<&[Listing]>) {
    for listing in listings.unwrap_or_default() {
        assert!(!listing.id.is_empty() && listing.quantity > 0, "{listing:?}");
        assert!(
            listing.splits.is_sorted() && listing.splits.iter().all(|n| (1..=listing.quantity).contains(n))
        );
    }
}

/// Bodies in every provider's shape to cut and to mutate; the recorded ones where they are present.
static SEEDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let own = [
        r#"{"_embedded":{"events":[{"id":"a1","name":"A vs. B","url":"https://x","dates":{"start":{"localDate":"2026-12-08","localTime":"19:30:00","dateTime":"2026-12-09T03:30:00Z"},"status":{"code":"onsale"}},"priceRanges":[{"type":"standard","currency":"USD","min":20.5,"max":90}],"_embedded":{"venues":[{"name":"V","location":{"latitude":"45.5","longitude":"-122.6"}}]}}]},"page":{"size":200,"totalElements":1,"totalPages":1,"number":0}}"#,
        r#"[{"eventId":"e","status":"FEW_TICKETS_LEFT"}]"#,
        r#"{"limits":{"max":50},"offers":[{"id":"1","attributes":{"currency":"USD","prices":[{"value":"25.00","total":"31.50"}]}}]}"#,
        r#"{"meta":{"total":1,"took":7,"page":1,"per_page":100},"events":[{"id":1,"title":"A at B","status":"normal","datetime_local":"2026-12-08T19:30:00","datetime_utc":"2026-12-09T03:30:00","stats":{"lowest_price":49,"lowest_sg_base_price":35,"listing_count":3},"venue":{"name":"V","location":{"lat":45.5,"lon":-122.6}}}]}"#,
        r#"{"total_items":1,"page":1,"page_size":100,"_links":{},"_embedded":{"items":[{"id":1,"name":"A at B","start_date":"2026-12-08T19:30:00-08:00","status":"Normal","type":"Main","min_ticket_price":{"amount":45.5,"currency_code":"USD"}}]}}"#,
        r#"{"pagination":{"has_more_items":false},"events":[{"id":"1","name":{"text":"A"},"status":"live","start":{"local":"2026-12-08T19:30:00","utc":"2026-12-09T00:30:00Z"},"ticket_classes":[{"cost":{"currency":"USD","value":1000},"fee":{"currency":"USD","value":77},"on_sale_status":"AVAILABLE"}]}]}"#,
        r#"{"current_page":1,"per_page":100,"total_entries":1,"events":[{"id":1,"name":"A at B","state":"shown","occurs_at":"2026-12-08T19:30:00Z","occurs_at_local":"2026-12-08T19:30:00-08:00","products_count":3,"available_count":9,"min_price":45.5,"venue":{"id":7,"name":"V","location":"Portland, OR"}}]}"#,
        r#"{"total_entries":1,"ticket_groups":[{"id":1,"type":"event","section":"101","row":"A","available_quantity":4,"splits":[1,2,4],"retail_price":45.5,"retail_price_inclusive":55.51}]}"#,
        r#"{"feed":"f","offers":[{"event_id":"e","name":"A at B","start_utc":"2026-12-09T03:30:00Z","price":{"amount_minor":4550,"currency":"USD","basis":"all_in"},"listing_count":1}],"next":null}"#,
    ];
    let recorded = [
        "ticketmaster/discovery_events_us_2024-12.json",
        "seatgeek/events_2020-03.json",
        "eventbrite/organizer_events_2019.json",
    ];
    own.into_iter().map(str::to_owned).chain(recorded.into_iter().filter_map(recording)).collect()
});

/// What any number of a body may turn into.
const NUMBERS: [&str; 9] =
    ["0", "-1", "-45.5", "0.004", "1e309", "99999999999999999999", "null", "\"12\"", "{\"a\":[]}"];

/// What a word or brace may turn into.
const SWAPS: [(&str, &str); 9] = [
    ("\"", ""),
    ("{", "["),
    ("}", ""),
    (":", ",,"),
    ("null", "{}"),
    ("true", "\"yes\""),
    ("USD", "US$"),
    ("2026-", "9999-"),
    ("T", "\\u0000"),
];

/// Where the numbers of a body stand: the digits that follow a colon.
fn numbers(body: &str) -> Vec<std::ops::Range<usize>> {
    let after_colon = body.match_indices(':').map(|(at, _)| at + 1);
    let spans = after_colon.map(|from| {
        let digits = body[from..].bytes().take_while(|byte| byte.is_ascii_digit() || b".- ".contains(byte));
        from..from + digits.count()
    });
    spans.filter(|span| body[span.clone()].bytes().any(|byte| byte.is_ascii_digit())).collect()
}

#[test]
fn a_body_cut_anywhere_is_a_failure() {
    for seed in SEEDS.iter() {
        let step = (seed.len() / 60).max(1);
        for cut in (0..seed.len()).step_by(step).filter(|cut| seed.is_char_boundary(*cut)) {
            let body = &seed[..cut];
            survives(200, body);
            for adapter in every_adapter() {
                let reading = read(adapter.as_ref(), &json(200, body));
                assert!(matches!(reading, Reading::Failed(_)), "{} believed a cut body", adapter.market());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_never_panics(status in 100_u16..700, body in ".{0,200}") {
        survives(status, &body);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        survives(200, &String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn mutated_bodies_never_panic_and_never_quote_nothing(
        seed in any::<prop::sample::Index>(),
        number in any::<prop::sample::Index>(),
        becomes in prop::sample::select(&NUMBERS[..]),
        swap in proptest::option::of(prop::sample::select(&SWAPS[..])),
        place in any::<prop::sample::Index>(),
    ) {
        let mut body = seed.get(&SEEDS).clone();
        let spans = numbers(&body);
        if !spans.is_empty() {
            body.replace_range(number.get(&spans).clone(), becomes);
        }
        if let Some((from, to)) = swap {
            let places: Vec<usize> = body.match_indices(from).map(|(at, _)| at).collect();
            if !places.is_empty() {
                let at = *place.get(&places);
                body.replace_range(at..at + from.len(), to);
            }
        }
        survives(200, &body);
    }

    #[test]
    fn arbitrary_headers_never_panic(
        retry_after in proptest::option::of(".{0,40}"),
        available in proptest::option::of(".{0,20}"),
        reset in proptest::option::of("-?[0-9]{0,25}"),
        content_type in proptest::option::of(".{0,30}"),
    ) {
        let body = r#"{"page":{"size":200,"totalElements":0,"totalPages":0}}"#;
        for status in [200, 429] {
            let answer = Answer {
                status,
                content_type: content_type.as_deref(),
                retry_after: retry_after.as_deref(),
                rate_limit: (available.as_deref(), reset.as_deref()),
                body,
            };
            let adapter = ticketmaster();
            holds(&adapter.read(&adapter.start(true), &answer, now()));
        }
    }
}
