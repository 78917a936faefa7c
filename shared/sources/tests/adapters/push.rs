//! Offers that are pushed: who signed them, and what they say as JSON and as CSV.

use crate::support::*;
use prices::{AbsentReason, FeeBasis};
use sources::push::{self, PushError};

const BODY: &str = r#"{"feed":"acme","offers":[{"event_id":"e1","name":"A at B","start_utc":"2026-12-09T03:30:00Z",
    "price":{"amount_minor":4550,"currency":"USD","basis":"all_in"}}]}"#;
/// `printf '%s' '1795237200.hello' | openssl dgst -sha256 -hmac partner`
const CODE: &str = "4c1b5beee0ef2db690be0dcc07fe84f6a69357f83bf6fa6f8c1e4d34eda4b29a";

fn verify(header: &str, body: &str) -> Result<(), PushError> {
    // 2026-11-21T05:00:00Z is 1795237200.
    push::verify("partner", header, body.as_bytes(), now())
}

#[test]
fn a_push_is_believed_when_its_secret_signed_it_just_now() {
    assert_eq!(now().timestamp(), 1_795_237_200);
    assert_eq!(verify(&format!("t=1795237200,v1={CODE}"), "hello"), Ok(()));
    assert_eq!(verify(&format!("v1={},v1={CODE}, t=1795237200", "0".repeat(64)), "hello"), Ok(()));
    assert_eq!(verify(&format!("t=1795237200,v1={CODE}"), "hello "), Err(PushError::BadSignature));
    assert_eq!(verify(&format!("t=1795237201,v1={CODE}"), "hello"), Err(PushError::BadSignature));
    for none in ["", "t=1795237200", &format!("v1={CODE}"), "t=x,v1=00", "t=1795237200,v1=zz"] {
        assert_eq!(verify(none, "hello"), Err(PushError::NoSignature), "{none}");
    }
    assert_eq!(
        push::verify("", &format!("t=1795237200,v1={CODE}"), b"hello", now()),
        Err(PushError::BadSignature)
    );
}

#[test]
fn a_stamp_holds_for_five_minutes_on_either_side() {
    let at = |seconds: i64| {
        let then = now() + chrono::Duration::seconds(seconds);
        push::verify("partner", &format!("t=1795237200,v1={CODE}"), b"hello", then)
    };
    assert_eq!((at(300), at(-300)), (Ok(()), Ok(())));
    assert_eq!((at(301), at(-301)), (Err(PushError::Stale), Err(PushError::Stale)));
}

#[test]
fn json_is_read_as_the_pulled_feed_is() {
    let page = push::read(BODY, "application/json; charset=utf-8").unwrap();
    assert_eq!(quoted(&page.events[0]), Some((4_550, FeeBasis::AllIn)));
    assert_eq!(push::read(BODY, "application/xml"), Err(PushError::UnsupportedType));
    assert_eq!(push::read("<html>", "application/json"), Err(PushError::Malformed));
    assert_eq!(push::read(r#"{"events":[]}"#, "application/json"), Err(PushError::Malformed));
}

#[test]
fn csv_has_an_event_a_row() {
    let text = "\u{feff}name,event_id,performers,venue,start_local,time_tbd,price,currency,basis,before_fees,absent_reason,ticket_count\r\n\
        \"Herons at Falcons, Game 1\",e1,Falcons|Herons,River Arena,2026-12-08T19:30:00,false,45.50,USD,all_in,39,,7\r\n\
        Cup Final,e2,,,2026-12-09T00:00:00,true,,,,,sold_out,0\r\n";
    let page = push::read(text, "text/csv").unwrap();
    assert_eq!((page.events.len(), page.rejected.len()), (2, 0));
    let (first, second) = (&page.events[0], &page.events[1]);
    assert_eq!((first.name.as_str(), first.performers.len()), ("Herons at Falcons, Game 1", 2));
    assert_eq!(quoted(first), Some((4_550, FeeBasis::AllIn)));
    assert_eq!(first.quote.before_fees.map(|money| money.amount_minor), Some(3_900));
    assert_eq!((first.quote.tickets, first.start.time_tbd), (Some(7), false));
    assert_eq!((absent(second), second.start.time_tbd), (Some(AbsentReason::SoldOut), true));
    assert!(second.performers.is_empty());
}

#[test]
fn csv_rows_with_a_listing_id_are_the_listings_of_their_event() {
    let text = "event_id,name,start_utc,listing_id,section,row,quantity,splits,price,currency,basis\n\
        e1,A at B,2026-12-09T03:30:00Z,l1,101,A,4,2|4,55,USD,all_in\n\
        e1,A at B,2026-12-09T03:30:00Z,l2,102,B,2,,45.5,USD,all_in\n";
    let page = push::read(text, "text/csv").unwrap();
    let event = &page.events[0];
    assert_eq!((page.events.len(), quoted(event)), (1, Some((4_550, FeeBasis::AllIn))));
    let listings = event.listings.as_ref().unwrap();
    assert_eq!((listings.len(), listings[0].splits.as_slice()), (2, &[2, 4][..]));
    assert_eq!((event.quote.listings, event.quote.tickets), (Some(2), Some(6)));
}

#[test]
fn a_wrong_row_costs_only_itself_and_a_wrong_table_is_refused() {
    let text = "event_id,name,price,currency\ne1,A at B,cheap,USD\ne2,A at B,10,USD\n,A at B,1,USD\ne3,A at B\ne4,,1,USD\n";
    let page = push::read(text, "text/csv").unwrap();
    assert_eq!(page.events.iter().map(|event| event.id.as_str()).collect::<Vec<_>>(), ["e2"]);
    assert_eq!(reasons(&page), ["malformed", "no_id", "malformed", "no_name"]);
    assert_eq!(page.rejected[0].id.as_deref(), Some("e1"));
    assert_eq!(push::read("name,price\nx,1", "text/csv"), Err(PushError::NoColumn("event_id")));
    assert_eq!(push::read("event_id,name\n\"x", "text/csv"), Err(PushError::Malformed));
    assert_eq!(push::read("", "text/csv"), Err(PushError::Malformed));
}

#[test]
fn every_documented_column_is_read() {
    let row = "e1,n,p,v,c,r,US,UTC,2026-12-08T19:30:00,2026-12-09T03:30:00Z,false,false,onsale,45.5,USD,all_in,39,,1,4,https://a.example,l1,s,r,4,2";
    let text = format!("{}\n{row}\n", push::COLUMNS.join(","));
    let page = push::read(&text, "text/csv").unwrap();
    assert_eq!((page.events.len(), page.rejected.len(), page.unknown_words.len()), (1, 0, 0));
    assert_eq!(page.events[0].listings.as_ref().map(Vec::len), Some(1));
}
