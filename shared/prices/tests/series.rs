//! The stored form: what goes in comes out, damage is noticed, and the bytes of version 1 never change.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may fail by panicking"
)]

use std::fmt::Write;

use chrono::{DateTime, TimeDelta, Utc};
use prices::series::{self, Archive, ArchiveRows, Observations};
use prices::{AbsentReason, Currency, FeeBasis, Market, Money, Observation, Price, Segment, SeriesError};
use proptest::prelude::*;

fn usd(minor: i64) -> Price {
    Price::quoted(Money::new(minor, Currency::USD), FeeBasis::AllIn)
}

fn seen(at: &str, price: Price, listings: Option<u32>, tickets: Option<u32>) -> Observation {
    Observation { at: at.parse().unwrap(), price, listings, tickets }
}

/// A short course with everything in it that a course can hold.
fn course() -> Vec<Observation> {
    let yen = Price::quoted(Money::new(9_000, "JPY".parse().unwrap()), FeeBasis::BeforeFees);
    vec![
        seen("2026-11-21T08:00:00Z", usd(12_000), Some(40), Some(96)),
        seen("2026-11-21T08:30:00Z", usd(12_000), Some(40), Some(95)),
        seen("2026-11-21T09:00:07Z", usd(11_850), Some(38), None),
        seen("2026-11-21T09:30:07Z", Price::absent(AbsentReason::SoldOut), Some(0), None),
        seen("2026-11-21T09:30:07Z", Price::absent(AbsentReason::Restricted), None, None),
        seen("2026-11-21T09:00:00Z", usd(12_000), Some(41), Some(2)),
        seen("2026-12-01T00:00:00Z", yen, None, Some(7)),
    ]
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|place| u8::from_str_radix(&hex[place..place + 2], 16).unwrap()).collect()
}

const SERIES_V1: &str =
    "525301fa70a9fd60fe1f23df57be5ff6097d64c53f3b9e821541ae398f26666ca234f2ba3c9ed58ec805b213c351ed4d538b";
const SEGMENT_V1: &str = concat!(
    "524701246576745f3030303030303030303030303030303030303030303030303030303030303031fcffb08c3e16196be2eaa54c4550",
    "1890b345a95e1ccd76e762f60b24f77815e6eaf9a865497fe7b32b9f7f823626ed9a0a6e1b660d747c0da714e1c7061f"
);

const ARCHIVE_V2: &str = concat!(
    "524102bc81599570f0a8ef1399942c84862023607221bac11bcc31e03370b1dc2ee6e71df03832bc",
    "8c752ea8c4dc968c455c028a510c480a57bfc8c1e3cb4a9834a234f8077941"
);

/// Two events of one poller, one of them with everything a course can hold.
fn archive() -> Archive {
    let other = vec![
        seen("2026-11-21T08:00:00Z", usd(8_050), Some(12), None),
        seen("2026-11-21T08:30:01Z", usd(7_925), Some(11), None),
    ];
    Archive { courses: vec![("g-1041".to_owned(), course()), ("g-1042".to_owned(), other)] }
}

#[test]
fn the_bytes_of_an_archive_are_pinned() {
    assert_eq!(hex(&archive().encode().unwrap()), ARCHIVE_V2);
    assert_eq!(Archive::decode(&bytes(ARCHIVE_V2)).unwrap(), archive());
}

#[test]
fn an_archive_is_read_row_by_row_in_the_order_of_time() {
    let stored = archive().encode().unwrap();
    let mut rows = ArchiveRows::read(&stored).unwrap();
    assert_eq!((rows.events().len(), rows.left()), (2, 9));
    let first: Vec<_> = rows.by_ref().take(4).map(|row| row.unwrap().0).collect();
    assert_eq!((first, rows.left()), (vec![0, 1, 0, 1], 5));
}

#[test]
fn an_archive_of_another_version_or_a_damaged_one_is_told() {
    let stored = archive().encode().unwrap();
    let mut older = stored.clone();
    older[2] = 1;
    assert_eq!(Archive::decode(&older), Err(SeriesError::UnknownVersion(1)));
    for place in 3..stored.len() {
        let mut damaged = stored.clone();
        damaged[place] ^= 1;
        assert_eq!(Archive::decode(&damaged), Err(SeriesError::Checksum));
        assert!(Archive::decode(&stored[..place]).is_err());
    }
    let long = Archive { courses: vec![("x".repeat(256), Vec::new())] };
    assert_eq!(long.encode(), Err(SeriesError::TooLong));
}

#[test]
fn the_bytes_of_a_series_are_pinned() {
    assert_eq!(hex(&series::encode(&course()).unwrap()), SERIES_V1);
    assert_eq!(series::decode(&bytes(SERIES_V1)).unwrap(), course());
}

#[test]
fn the_bytes_of_a_segment_are_pinned() {
    let segment = Segment {
        event_id: "evt_00000000000000000000000000000001".to_owned(),
        courses: [
            (Market::SeatGeek, course()),
            (Market::StubHub, course()[..3].to_vec()),
            (Market::Feed, vec![]),
        ]
        .into(),
    };
    assert_eq!(hex(&segment.encode().unwrap()), SEGMENT_V1);
    assert_eq!(Segment::decode(&bytes(SEGMENT_V1)).unwrap(), segment);
}

#[test]
fn an_empty_course_is_a_course() {
    assert_eq!(series::decode(&series::encode(&[]).unwrap()), Ok(vec![]));
}

#[test]
fn a_price_that_does_not_move_costs_a_tenth_of_a_byte() {
    let begin: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
    let hourly: Vec<Observation> =
        (0..8_760).map(|hour| Observation::of_price(begin + TimeDelta::hours(hour), usd(4_500))).collect();
    let packed = series::encode(&hourly).unwrap();
    assert_eq!(series::decode(&packed).unwrap(), hourly);
    assert!(packed.len() < 876, "{} bytes", packed.len());
}

#[test]
fn files_of_another_kind_or_version_are_named_as_such() {
    let packed = series::encode(&course()).unwrap();
    assert_eq!(Segment::decode(&packed), Err(SeriesError::NotThisKind));
    assert_eq!(series::decode(b""), Err(SeriesError::NotThisKind));
    assert_eq!(series::decode(b"RS"), Err(SeriesError::Truncated));
    let mut newer = packed;
    newer[2] = 9;
    assert_eq!(series::decode(&newer), Err(SeriesError::UnknownVersion(9)));
}

#[test]
fn every_flipped_bit_and_every_cut_is_noticed() {
    let packed = series::encode(&course()).unwrap();
    for place in 0..packed.len() {
        assert!(series::decode(&packed[..place]).is_err(), "cut at {place}");
        for bit in 0..8 {
            let mut damaged = packed.clone();
            damaged[place] ^= 1 << bit;
            assert!(series::decode(&damaged).is_err(), "bit {bit} of byte {place}");
        }
    }
}

/// Whoever writes a matching checksum still cannot make the reader take more than it was given.
#[test]
fn a_sealed_lie_about_the_length_ends_early() {
    let mut sealed = b"RS\x01".to_vec();
    sealed.extend([0x00, 0x01, 0x02]);
    sealed.extend(crc32(&sealed).to_be_bytes());
    let read: Vec<_> =
        Observations::read(&sealed).map(|rows| rows.take(1_000_000).collect()).unwrap_or_default();
    assert!(read.len() < 10_000, "{} rows from three bytes", read.len());
}

/// Bit by bit, from the standard: not the table the code under test uses.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |state, byte| {
        (0..8).fold(state ^ u32::from(*byte), |state, _| {
            (state >> 1) ^ (0xEDB8_8320 & (state & 1).wrapping_neg())
        })
    })
}

prop_compose! {
    fn any_price()(
        kind in 0_u8..10,
        minor in prop_oneof![1_i64..100_000, (1_i64..500).prop_map(|major| major * 100), 1_i64..=i64::MAX],
        currency in prop::sample::select(vec!["USD", "EUR", "JPY", "KWD"]),
        basis in prop::sample::select(vec![FeeBasis::AllIn, FeeBasis::BeforeFees, FeeBasis::Unknown]),
        reason in prop::sample::select(vec![
            AbsentReason::Restricted,
            AbsentReason::NotOnSale,
            AbsentReason::SoldOut,
            AbsentReason::Free,
            AbsentReason::Unknown,
        ]),
    ) -> Price {
        match kind {
            0 => Price::absent(reason),
            1 => Price::quoted(Money::new(minor, currency.parse().unwrap()), basis),
            _ => usd(minor),
        }
    }
}

prop_compose! {
    fn any_observation()(
        second in prop_oneof![1_700_000_000_i64..1_700_100_000, -62_000_000_000_i64..250_000_000_000],
        price in any_price(),
        listings in prop::option::of(prop_oneof![0_u32..50, any::<u32>()]),
        tickets in prop::option::of(prop_oneof![0_u32..50, any::<u32>()]),
    ) -> Observation {
        Observation { at: DateTime::from_timestamp(second, 0).unwrap(), price, listings, tickets }
    }
}

proptest! {
    #[test]
    fn what_goes_in_comes_out(course in prop::collection::vec(any_observation(), 0..60)) {
        prop_assert_eq!(series::decode(&series::encode(&course).unwrap()), Ok(course));
    }

    #[test]
    fn segments_come_back_whole(
        courses in prop::collection::vec(prop::collection::vec(any_observation(), 0..20), 0..5),
        id in "[a-z_0-9é]{0,40}",
    ) {
        let segment = Segment { event_id: id, courses: Market::ALL.into_iter().zip(courses).collect() };
        prop_assert_eq!(Segment::decode(&segment.encode().unwrap()), Ok(segment));
    }

    #[test]
    fn any_sealed_bytes_are_a_history_or_a_clear_error(
        magic in prop::sample::select(vec![*b"RS\x01", *b"RG\x01", *b"RA\x02"]),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut sealed = magic.to_vec();
        sealed.extend(body);
        sealed.extend(crc32(&sealed).to_be_bytes());
        // No panic, no endless loop, no memory beyond what so many bytes can say.
        let _ = series::decode(&sealed);
        let _ = Segment::decode(&sealed);
        let _ = Archive::decode(&sealed);
    }

    #[test]
    fn any_bytes_at_all_are_a_clear_error(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        prop_assert!(series::decode(&bytes).is_err());
        prop_assert!(Segment::decode(&bytes).is_err());
        prop_assert!(Archive::decode(&bytes).is_err());
        prop_assert!(Observations::read(&bytes).is_err());
    }
}

proptest! {
    // The mixing model is slow where nothing is optimised.
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn archives_come_back_whole(
        courses in prop::collection::vec(
            ("[0-9]{1,3}|[a-z_0-9é\0]{0,20}", prop::collection::vec(any_observation(), 0..12)),
            0..5,
        ),
    ) {
        let archive = Archive { courses };
        prop_assert_eq!(Archive::decode(&archive.encode().unwrap()), Ok(archive));
    }
}
