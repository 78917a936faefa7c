//! What nearest-date matching gets wrong: whole blocks of placeholder games, double-headers, early and late shows.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may fail by panicking"
)]

use catalog::{Decision, EventFacts, assign, best_match, filing_keys, judge, lookup_keys};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use sources::{ForeignId, Start};

fn at(utc: &str) -> DateTime<Utc> {
    utc.parse().unwrap()
}

fn event(name: &str, utc: DateTime<Utc>) -> EventFacts {
    EventFacts {
        name: name.to_owned(),
        venue: "Rose Garden Arena".to_owned(),
        city: Some("Portland".to_owned()),
        start: Start { utc: Some(utc), ..Start::default() },
        ..EventFacts::default()
    }
}

fn open(mut event: EventFacts) -> EventFacts {
    event.start.date_tbd = true;
    event.start.time_tbd = true;
    event
}

fn every_pair(left: usize, right: usize) -> Vec<(usize, usize)> {
    (0..left).flat_map(|l| (0..right).map(move |r| (l, r))).collect()
}

/// One team's whole play-offs as two markets word them, dates of the right side `slip` days off.
fn blocks(slip: i64) -> (Vec<EventFacts>, Vec<EventFacts>) {
    let rounds = [
        ("Western Conference First Round", "West 1st Round", 0),
        ("Western Conference Semifinals", "Western Conference Second Round", 15),
        ("Western Conference Finals", "WCF", 30),
        ("NBA Finals", "NBA Final", 45),
    ];
    let begin = at("2026-04-18T10:30:00Z");
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for (wording, other_wording, day) in rounds {
        for game in 1..=4_i64 {
            let placeholder = begin + TimeDelta::days(day + 3 * game);
            left.push(open(event(
                &format!("TBD at Portland Trail Blazers - {wording} (Home Game {game})"),
                placeholder,
            )));
            let name =
                format!("TBD at Portland Trail Blazers: {other_wording} (Home Game {game}, If Necessary)");
            right.push(open(event(&name, placeholder + TimeDelta::days(slip))));
        }
    }
    (left, right)
}

#[test]
fn every_game_of_a_block_finds_itself_however_far_the_placeholder_dates_slip() {
    for slip in -7..=7 {
        let (left, right) = blocks(slip);
        let pairings = assign(&left, &right, &every_pair(left.len(), right.len()));
        assert_eq!(pairings.len(), left.len(), "slip {slip}");
        for pairing in pairings {
            assert_eq!(pairing.left, pairing.right, "slip {slip}");
            assert_eq!(pairing.verdict.decision, Decision::Same, "slip {slip}");
        }
    }
}

#[test]
fn a_lone_placeholder_is_not_paired_with_another_home_game_for_want_of_its_own() {
    let (left, right) = blocks(0);
    for (index, game) in left.iter().enumerate() {
        let others: Vec<EventFacts> = right
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index)
            .map(|(_, facts)| facts.clone())
            .collect();
        assert_eq!(best_match(game, &others), None, "{}", game.name);
    }
}

#[test]
fn a_game_whose_opponent_and_date_are_set_is_still_its_placeholder() {
    let set = event(
        "Denver Nuggets at Portland Trail Blazers - NBA Finals (Game 5, Home Game 3)",
        at("2026-06-12T00:30:00Z"),
    );
    let placeholder = open(event(
        "TBD at Portland Trail Blazers: NBA Finals (Home Game 3, If Necessary)",
        at("2026-06-08T18:00:00Z"),
    ));
    assert_eq!(judge(&set, &placeholder).decision, Decision::Same);
    let next_year =
        open(event("TBD at Portland Trail Blazers: NBA Finals (Home Game 3)", at("2027-06-08T18:00:00Z")));
    assert_eq!(judge(&set, &next_year).decision, Decision::Different);
}

#[test]
fn a_placeholder_is_no_game_of_the_season_that_happens_to_be_near() {
    let placeholder =
        open(event("TBD at Portland Trail Blazers - NBA Finals (Home Game 1)", at("2026-06-08T18:00:00Z")));
    let game = event("Denver Nuggets at Portland Trail Blazers", at("2026-06-05T02:00:00Z"));
    assert_eq!(judge(&placeholder, &game).decision, Decision::Different);
}

#[test]
fn both_games_of_a_double_header_find_their_own() {
    let left = [
        event("Rays at Red Sox (Rescheduled from 5/9)", at("2026-07-17T17:35:00Z")),
        event("Rays at Red Sox", at("2026-07-17T23:10:00Z")),
    ];
    let right = [
        event("Rays at Red Sox (Game 2 of Doubleheader)", at("2026-07-17T23:10:00Z")),
        event("Rays at Red Sox (Game 1 of Doubleheader)", at("2026-07-17T17:35:00Z")),
    ];
    let pairings = assign(&left, &right, &every_pair(2, 2));
    let same: Vec<_> =
        pairings.iter().filter(|p| p.verdict.decision == Decision::Same).map(|p| (p.left, p.right)).collect();
    assert_eq!(same, [(0, 1), (1, 0)]);
}

#[test]
fn the_other_game_of_the_day_is_not_taken_for_a_moved_one() {
    let game_one = event("Rays at Red Sox", at("2026-07-17T17:35:00Z"));
    let both = [game_one.clone(), event("Rays at Red Sox", at("2026-07-17T23:10:00Z"))];
    assert_eq!(judge(&game_one, &both[1]).decision, Decision::Doubtful);
    let pairings = assign(&[game_one], &both, &every_pair(1, 2));
    assert_eq!(pairings.len(), 1);
    assert_eq!((pairings[0].left, pairings[0].right), (0, 0));
}

#[test]
fn of_two_games_that_could_be_meant_neither_is_taken() {
    let unclear = event("Rays at Red Sox", at("2026-07-17T20:20:00Z"));
    let early = event("Rays at Red Sox", at("2026-07-17T17:35:00Z"));
    let late = event("Rays at Red Sox", at("2026-07-17T23:10:00Z"));
    let decisions = |right: &[EventFacts]| -> Vec<Decision> {
        let pairings = assign(std::slice::from_ref(&unclear), right, &every_pair(1, right.len()));
        pairings.iter().map(|pairing| pairing.verdict.decision).collect()
    };
    assert_eq!(decisions(&[early.clone(), late]), [Decision::Doubtful, Decision::Doubtful]);
    assert_eq!(decisions(&[early]), [Decision::Same], "alone it is the one that was moved");
}

#[test]
fn early_and_late_shows_are_two_events() {
    let early = event("Jo Koy (Early Show)", at("2026-07-18T02:00:00Z"));
    let late = event("Jo Koy (Late Show)", at("2026-07-18T04:30:00Z"));
    assert_eq!(judge(&early, &late).decision, Decision::Different);
    let unnamed = event("Jo Koy", at("2026-07-18T04:30:00Z"));
    assert_ne!(judge(&early, &unnamed).decision, Decision::Same);
    assert_eq!(judge(&late, &unnamed).decision, Decision::Same);
}

#[test]
fn parking_season_tickets_and_passes_are_never_the_event() {
    let game = event("Denver Broncos at Kansas City Chiefs", at("2026-09-15T00:15:00Z"));
    for name in [
        "2026 Kansas City Chiefs Season Tickets (All Home Games)",
        "PARKING: Denver Broncos at Kansas City Chiefs",
        "Kansas City Chiefs Tailgate",
    ] {
        assert_eq!(
            judge(&game, &event(name, at("2026-09-15T00:15:00Z"))).decision,
            Decision::Different,
            "{name}"
        );
    }
    let mut flagged = game.clone();
    flagged.add_on = true;
    assert_eq!(judge(&game, &flagged).decision, Decision::Different);
}

#[test]
fn a_foreign_id_helps_but_is_not_believed_against_the_facts() {
    let own = |id: &str| vec![ForeignId { market: prices::Market::StubHub, id: id.to_owned() }];
    let start = at("2026-07-17T23:10:00Z");
    let stored = EventFacts { own_ids: own("7"), ..event("Rays at Red Sox", start) };
    let claims = |name: &str, start, id: &str| EventFacts { foreign_ids: own(id), ..event(name, start) };

    let vague = claims("Boston Baseball Day", start, "7");
    assert_eq!(judge(&event("Boston Baseball Day", start), &stored).decision, Decision::Different);
    assert_eq!(judge(&vague, &stored).decision, Decision::Doubtful);
    // A swapped id: the name and the day say otherwise.
    let swapped = claims("Rays at Red Sox", start + TimeDelta::days(1), "7");
    assert_eq!(judge(&swapped, &stored).decision, Decision::Doubtful);
    let right = claims("Rays at Red Sox", start, "8");
    assert_eq!(judge(&right, &stored).decision, Decision::Doubtful, "the id says otherwise: a person looks");
}

const NAMES: [&str; 12] = [
    "Denver Nuggets at Portland Trail Blazers",
    "NBA Preseason: Portland Trail Blazers vs. Denver Nuggets",
    "TBD at Portland Trail Blazers - Western Conference Finals (Home Game 1)",
    "TBD at Portland Trail Blazers: WCF (Home Game 2, If Necessary)",
    "Rays at Red Sox (Game 2 of Doubleheader)",
    "Rays at Red Sox (Rescheduled from 7/16)",
    "Jo Koy (Early Show)",
    "Jo Koy",
    "Pink Martini with the Oregon Symphony",
    "PARKING: Pink Martini",
    "2026 Trail Blazers Season Tickets",
    "",
];
const VENUES: [(&str, &str); 5] = [
    ("Moda Center", "Portland"),
    ("Moda Center (formerly Rose Garden Arena)", "Portland"),
    ("Rose Garden Arena - Complex", "Portland"),
    ("Theater of the Clouds at Moda Center", "Portland"),
    ("", ""),
];

prop_compose! {
    fn any_event()(
        name in 0..NAMES.len(),
        venue in 0..VENUES.len(),
        hours in 0_i64..72,
        known in 0_u8..8,
    ) -> EventFacts {
        let utc = at("2026-07-15T17:00:00Z") + TimeDelta::hours(hours);
        let (venue, city) = VENUES[venue];
        EventFacts {
            name: NAMES[name].to_owned(),
            venue: venue.to_owned(),
            city: Some(city.to_owned()).filter(|city| !city.is_empty()),
            start: Start {
                utc: (known != 7).then_some(utc),
                local: (known % 2 == 1).then(|| (utc - TimeDelta::hours(7)).naive_utc()),
                date_tbd: known == 2,
                time_tbd: (2..4).contains(&known),
            },
            ..EventFacts::default()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn judging_is_symmetric(left in any_event(), right in any_event()) {
        prop_assert_eq!(judge(&left, &right), judge(&right, &left));
    }

    #[test]
    fn an_event_with_a_name_a_place_and_a_time_is_itself(event in any_event()) {
        let told = !event.name.is_empty() && !event.venue.is_empty() && event.start.utc.is_some() && !event.start.date_tbd;
        prop_assert!(!told || judge(&event, &event).decision == Decision::Same);
    }

    #[test]
    fn what_may_be_one_event_shares_a_key(left in any_event(), right in any_event()) {
        let possible = judge(&left, &right).decision == Decision::Same;
        let filed = filing_keys(&right);
        prop_assert!(!possible || lookup_keys(&left).iter().any(|key| filed.contains(key)), "{left:?} {right:?}");
    }

    #[test]
    fn the_order_of_listings_does_not_matter(
        events in prop::collection::vec(any_event(), 2..10),
        split in 1_usize..9,
        turn in 0_usize..9,
    ) {
        let split = split.min(events.len() - 1);
        let (left, right) = events.split_at(split);
        let named = |left: &[EventFacts], right: &[EventFacts]| {
            let mut pairs: Vec<String> = assign(left, right, &every_pair(left.len(), right.len()))
                .into_iter()
                .map(|pairing| format!("{:?} {:?} {:?}", left[pairing.left], right[pairing.right], pairing.verdict))
                .collect();
            pairs.sort();
            pairs
        };
        let mut turned = right.to_vec();
        turned.rotate_left(turn % right.len());
        prop_assert_eq!(named(left, right), named(left, &turned));
    }
}
