//! What holds for every course of a price, whatever the rule.
#![expect(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a test may fail by panicking")]

use alerts::decide::{least_step, set};
use alerts::message::{Notice, Occasion, email, sms};
use alerts::{Decision, Memory, Rule, Sight, decide};
use prices::{Currency, FeeBasis, Market, Money};
use proptest::prelude::*;

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn rules() -> impl Strategy<Value = Rule> {
    prop_oneof![
        (1..200_000_i64).prop_map(|minor| Rule::Below { target: usd(minor) }),
        (1..=90_u8).prop_map(|percent| Rule::FallsBy { percent, from: None }),
        Just(Rule::LowestEver),
    ]
}

/// A course of best prices; every third is missing or in another currency.
fn courses() -> impl Strategy<Value = Vec<Option<Money>>> {
    let price = prop_oneof![
        4 => (1..200_000_i64).prop_map(|minor| Some(usd(minor))),
        1 => Just(None),
        1 => (1..200_000_i64).prop_map(|minor| Some(Money::new(minor, "EUR".parse().unwrap()))),
    ];
    prop::collection::vec(price, 1..60)
}

/// Walks a course and calls `look` with each step's memory, sight and decision.
fn walk(rule: Rule, course: &[Option<Money>], mut look: impl FnMut(&Memory, &Sight, &Decision)) {
    let (mut memory, _) = set(&rule, course.first().copied().flatten());
    let mut lowest: Option<Money> = None;
    for pair in course.windows(2) {
        let (Some(&before), Some(&now)) = (pair.first(), pair.last()) else {
            continue;
        };
        let record = now.is_some_and(|now| lowest.is_none_or(|low| now.amount_minor < low.amount_minor));
        lowest = if record { now } else { lowest };
        let fell =
            matches!((before, now), (Some(before), Some(now)) if now.amount_minor < before.amount_minor);
        let sight = Sight { now, fell, lowest_ever: record };
        let decision = decide(&rule, &memory, &sight);
        look(&memory, &sight, &decision);
        if let Decision::Fire { memory: next, .. } | Decision::Remember { memory: next } = decision {
            memory = next;
        }
    }
}

proptest! {
    #[test]
    fn no_alert_fires_on_a_rise_on_no_price_or_on_another_currency(rule in rules(), course in courses()) {
        walk(rule, &course, |memory, sight, decision| {
            if matches!(decision, Decision::Fire { .. }) {
                let now = sight.now.unwrap();
                assert!(sight.fell);
                assert!(rule.currency().is_none_or(|currency| currency == now.currency));
                assert!(memory.set_at.is_none_or(|set_at| set_at.currency == now.currency));
            }
        });
    }

    #[test]
    fn a_target_is_never_missed_and_never_met_above_it(target in 1..200_000_i64, course in courses()) {
        let rule = Rule::Below { target: usd(target) };
        walk(rule, &course, |memory, sight, decision| {
            let there = sight.now.is_some_and(|now| now.currency == Currency::USD && now.amount_minor <= target);
            match decision {
                Decision::Fire { .. } => assert!(there),
                _ => assert!(!(there && sight.fell && memory.told.is_none()), "missed"),
            }
        });
    }

    #[test]
    fn a_further_message_needs_a_further_fall(rule in rules(), course in courses()) {
        walk(rule, &course, |memory, sight, decision| {
            if let (Decision::Fire { .. }, Some(told), Some(now)) = (decision, memory.told, sight.now) {
                assert!(told.amount_minor - now.amount_minor >= least_step(told));
            }
        });
    }

    #[test]
    fn deciding_the_same_again_says_nothing(rule in rules(), course in courses()) {
        walk(rule, &course, |_, sight, decision| {
            if let Decision::Fire { memory, .. } | Decision::Remember { memory } = decision {
                assert!(matches!(decide(&rule, memory, sight), Decision::Quiet { .. }));
            }
        });
    }

    #[test]
    fn a_share_is_never_told_above_where_it_is_measured_from(percent in 1..=90_u8, course in courses()) {
        walk(Rule::FallsBy { percent, from: None }, &course, |memory, sight, decision| {
            if let (Decision::Fire { .. }, Some(now)) = (decision, sight.now) {
                let from = memory.told.or(memory.set_at).unwrap();
                assert!(now.amount_minor * 100 <= from.amount_minor * (100 - i64::from(percent)));
            }
        });
    }

    #[test]
    fn no_name_breaks_a_subject_the_markup_or_two_parts_of_a_text_message(name in ".{0,300}", venue in ".{0,300}") {
        let wishes = [Rule::Below { target: usd(4_000) }];
        let notice = Notice {
            event: Occasion {
                name: &name, venue: &venue, city: Some(&venue), local_start: None, starts_at: None,
                date_tbd: true, time_tbd: true,
            },
            price: usd(3_850),
            basis: Some(FeeBasis::AllIn),
            market: Some(Market::Ticketmaster),
            before: Some(usd(4_500)),
            lowest_ever: true,
            wishes: &wishes,
            event_url: "https://ripcity.example/events/evt_00000000000040008000000000000000",
            stop_url: "https://ripcity.example/stop/x",
            label: Some("Simulated market: invented data"),
        };
        let mail = email(&notice);
        prop_assert!(!mail.subject.chars().any(char::is_control));
        prop_assert!(mail.subject.chars().count() <= 150);
        // Every angle bracket is one of ours: the markup without names has as many.
        let plain = email(&Notice { event: Occasion { name: "n", venue: "v", city: Some("c"), ..notice.event }, ..notice });
        let brackets = |html: &str| html.matches(['<', '>']).count();
        prop_assert_eq!(brackets(&mail.html), brackets(&plain.html));
        prop_assert!(sms(&notice).chars().count() <= 306);
    }
}
