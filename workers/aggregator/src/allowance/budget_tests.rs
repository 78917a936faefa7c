#![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

use proptest::prelude::*;

use super::*;
use crate::allowance::steady::SteadyClock;

const LIMITS: Limits = Limits {
    windows: &[Window { calls: 5, window_ms: 1_000 }, Window { calls: 50, window_ms: 600_000 }],
    spacing_ms: 20,
    concurrency: 3,
};

fn spent(limits: &Limits, calls: u32, mut now_ms: i64) -> Budget {
    let mut budget = Budget::default();
    for _ in 0..calls {
        let ticket = loop {
            match budget.take(limits, Purpose::Live, now_ms) {
                Ok(ticket) => break ticket,
                Err(refusal) => now_ms = refusal.until_ms,
            }
        };
        budget.give_back(ticket);
    }
    budget
}

#[test]
fn the_first_calls_go_at_full_speed_and_the_rest_is_spread() {
    let budget = spent(&LIMITS, 9, 0);
    assert_eq!(budget.pace_ms(&LIMITS, 1, 10_000), 0);
    let budget = spent(&LIMITS, 25, 0);
    assert_eq!(budget.pace_ms(&LIMITS, 1, 20_000), 600_000 / 4 / 25);
}

#[test]
fn the_providers_count_wins_when_it_is_worse_and_ends_with_its_window() {
    let mut budget = spent(&LIMITS, 5, 0);
    budget.heed(&LIMITS, 2, Some(400_000), 10_000);
    assert_eq!(budget.used(&LIMITS, 10_000)[1].left, 2);
    let refusal = budget.take(&LIMITS, Purpose::Walk, 10_000).unwrap_err();
    assert_eq!(refusal, Refusal { until_ms: 400_000, reason: "quota_by_provider" });
    budget.take(&LIMITS, Purpose::Live, 10_000).unwrap();
    budget.take(&LIMITS, Purpose::Live, 11_000).unwrap();
    assert!(budget.take(&LIMITS, Purpose::Live, 12_000).is_err());
    assert!(budget.take(&LIMITS, Purpose::Walk, 400_000).is_ok());
}

#[test]
fn an_answer_that_was_overtaken_does_not_raise_the_providers_count() {
    let mut budget = Budget::default();
    budget.heed(&LIMITS, 20, None, 0);
    budget.heed(&LIMITS, 22, None, 1);
    assert_eq!(budget.used(&LIMITS, 1)[1].left, 20);
    budget.heed(&LIMITS, 50, None, 2);
    assert_eq!(budget.used(&LIMITS, 2)[1].left, 50);
}

#[test]
fn what_a_poll_may_not_take_is_there_for_the_walk_and_the_last_for_people_who_wait() {
    let budget = |purpose| {
        let (mut budget, mut now_ms, mut made) = (Budget::default(), 0, 0);
        while now_ms < 300_000 {
            now_ms += 300;
            if let Ok(ticket) = budget.take(&LIMITS, purpose, now_ms) {
                budget.give_back(ticket);
                made += 1;
            }
        }
        made
    };
    assert_eq!([Purpose::Poll, Purpose::Walk, Purpose::Live].map(budget), [33, 45, 50]);
}

#[test]
fn a_pause_the_provider_asks_for_is_kept() {
    let mut budget = Budget::default();
    budget.close_until(77_000);
    let refusal = budget.take(&LIMITS, Purpose::Live, 70_000).unwrap_err();
    assert_eq!(refusal.until_ms, 77_000);
    assert!(budget.take(&LIMITS, Purpose::Live, 77_000).is_ok());
}

#[test]
fn the_place_of_a_call_whose_isolate_was_killed_comes_back() {
    let mut budget = Budget::default();
    for now_ms in [0, 100, 200] {
        budget.take(&LIMITS, Purpose::Walk, now_ms).unwrap();
    }
    assert_eq!(budget.take(&LIMITS, Purpose::Walk, 300).unwrap_err().reason, "in_flight");
    assert!(budget.take(&LIMITS, Purpose::Walk, 20_000).is_ok());
}

/// One thing that happens: time passes, the wall clock is set back, a call is tried, one ends, the object restarts.
#[derive(Clone, Debug)]
enum Step {
    Pass(i64),
    SetBack(i64),
    Try(u8),
    End(usize),
    Restart,
    Heed(u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0_i64..400).prop_map(Step::Pass),
        1 => (0_i64..30_000).prop_map(Step::Pass),
        1 => (0_i64..90_000).prop_map(Step::SetBack),
        8 => (0_u8..3).prop_map(Step::Try),
        4 => (0_usize..4).prop_map(Step::End),
        1 => Just(Step::Restart),
        1 => (0_u32..60).prop_map(Step::Heed),
    ]
}

proptest! {
    #[test]
    fn no_interleaving_restart_or_clock_set_back_exceeds_any_limit(
        steps in proptest::collection::vec(step(), 1..600),
    ) {
        let (mut budget, mut clock) = (Budget::default(), SteadyClock::default());
        let (mut true_ms, mut offset_ms) = (1_000_000_000_i64, 0_i64);
        let (mut made, mut flying): (Vec<i64>, Vec<(i64, Ticket)>) = (Vec::new(), Vec::new());
        for step in steps {
            match step {
                Step::Pass(ms) => true_ms += ms,
                Step::SetBack(ms) => offset_ms -= ms,
                Step::Try(who) => {
                    let purpose = [Purpose::Live, Purpose::Walk, Purpose::Poll][usize::from(who)];
                    let now_ms = clock.tick(true_ms + offset_ms);
                    match budget.take(&LIMITS, purpose, now_ms) {
                        Ok(ticket) => {
                            // Nobody flies longer than ten seconds but those whose end was lost.
                            flying.retain(|(began_ms, _)| true_ms - began_ms < 10_000);
                            flying.push((true_ms, ticket));
                            prop_assert!(flying.len() <= LIMITS.concurrency as usize);
                            made.push(true_ms);
                        }
                        Err(refusal) => prop_assert!(refusal.until_ms > now_ms),
                    }
                }
                Step::End(nth) => {
                    if nth < flying.len() {
                        budget.give_back(flying.remove(nth).1);
                    }
                }
                Step::Restart => {
                    budget = serde_json::from_str(&serde_json::to_string(&budget).unwrap()).unwrap();
                    clock = serde_json::from_str(&serde_json::to_string(&clock).unwrap()).unwrap();
                }
                Step::Heed(left) => budget.heed(&LIMITS, left, None, clock.tick(true_ms + offset_ms)),
            }
        }
        for pair in made.windows(2) {
            prop_assert!(pair[1] - pair[0] >= LIMITS.spacing_ms);
        }
        for window in LIMITS.windows {
            for (first, &at) in made.iter().enumerate() {
                let within = made[first..].iter().take_while(|&&other| other < at + window.window_ms).count();
                prop_assert!(within <= window.calls as usize, "{within} calls in {} ms", window.window_ms);
            }
        }
    }

    #[test]
    fn what_is_planned_is_never_more_than_is_left(calls in 0_u32..50, at in 0_i64..900_000) {
        let budget = spent(&LIMITS, calls, 0);
        let left = budget.used(&LIMITS, at)[1].left;
        prop_assert!(budget.allowance(&LIMITS, 60_000, at) <= left);
    }
}
