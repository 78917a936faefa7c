//! Whether to tell someone. The rules in words, with the reasons for them: docs/ALERTS.md.

use prices::Money;
use serde::{Deserialize, Serialize};

use crate::rule::Rule;

/// What an alert remembers between two looks at the price. Stored with the alert as JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The cheapest price when the alert was set, or the first one seen after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_at: Option<Money>,
    /// The price last told of; gone when the price has risen again and the alert waits anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Money>,
}

/// What is known when a market's price has moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The cheapest price on any market now; nothing while no market quotes one.
    pub now: Option<Money>,
    /// The price that moved went down.
    pub fell: bool,
    /// `now` is lower than every confirmed price before it.
    pub lowest_ever: bool,
}

/// Why an alert fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The price is at or below the target.
    BelowTarget,
    /// It fell by the share asked for.
    FellByShare,
    /// It is lower than ever before.
    LowestEver,
    /// It was told of before, and fell further.
    FellFurther,
}

impl Reason {
    /// The stable name used in storage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BelowTarget => "below_target",
            Self::FellByShare => "fell_by_share",
            Self::LowestEver => "lowest_ever",
            Self::FellFurther => "fell_further",
        }
    }
}

/// Why an alert stays quiet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quiet {
    /// No market quotes a price.
    NoPrice,
    /// The price is in another currency than the alert: never converted, never compared.
    OtherCurrency,
    /// The price that moved went up.
    Rose,
    /// What the person waits for is not there.
    NotThere,
    /// It is there, but was told of, and the price has not fallen enough since.
    Told,
}

/// What to do about one alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Tell the person.
    Fire {
        /// Why.
        reason: Reason,
        /// What to remember from now on.
        memory: Memory,
    },
    /// Nothing to tell, something to remember: the alert waits anew, or has its first price to measure from.
    Remember {
        /// What to remember from now on.
        memory: Memory,
    },
    /// Nothing to tell, nothing new to remember.
    Quiet {
        /// Why.
        why: Quiet,
    },
}

/// Decides about an alert when a price has moved. Deciding again with the memory of the answer is [`Decision::Quiet`].
pub fn decide(rule: &Rule, memory: &Memory, sight: &Sight) -> Decision {
    let Some(now) = sight.now.filter(|money| money.amount_minor > 0) else {
        return quiet(Quiet::NoPrice);
    };
    let currency = rule.currency().or(memory.set_at.map(|money| money.currency));
    if currency.is_some_and(|currency| currency != now.currency) {
        return quiet(Quiet::OtherCurrency);
    }
    let measured = Memory { set_at: memory.set_at.or(rule.reference()).or(Some(now)), told: memory.told };
    let wanted = wanted(rule, &measured, now, sight);
    let fire = |reason| Decision::Fire { reason, memory: Memory { told: Some(now), ..measured } };
    let decision = match (wanted, memory.told) {
        (None, Some(_)) if waits_anew(rule, &measured, now) => {
            Decision::Remember { memory: Memory { told: None, ..measured } }
        }
        (None, _) => quiet(Quiet::NotThere),
        (Some(_), _) if !sight.fell => quiet(Quiet::Rose),
        (Some(reason), None) => fire(reason),
        (Some(_), Some(told)) if fell_further(told, now) => fire(Reason::FellFurther),
        (Some(_), Some(_)) => quiet(Quiet::Told),
    };
    // The first price after an alert was set without one is what it is measured from, told or not.
    match decision {
        Decision::Quiet { .. } if measured != *memory => Decision::Remember { memory: measured },
        decision => decision,
    }
}

/// Sets an alert at the cheapest price `now`: what it remembers, and why it fires at once if it is true already.
pub fn set(rule: &Rule, now: Option<Money>) -> (Memory, Option<Reason>) {
    match decide(rule, &Memory::default(), &Sight { now, fell: true, lowest_ever: false }) {
        Decision::Fire { reason, memory } => (memory, Some(reason)),
        Decision::Remember { memory } => (memory, None),
        Decision::Quiet { .. } => (Memory::default(), None),
    }
}

/// Why the rule is true now, if it is.
fn wanted(rule: &Rule, memory: &Memory, now: Money, sight: &Sight) -> Option<Reason> {
    match rule {
        Rule::Below { target } => (now.amount_minor <= target.amount_minor).then_some(Reason::BelowTarget),
        Rule::FallsBy { percent, .. } => {
            let from = memory.told.or(memory.set_at)?;
            fell_by_share(from, now, *percent).then_some(Reason::FellByShare)
        }
        // A late word of an old low must not be told to someone who set the alert below it.
        Rule::LowestEver => {
            let lower = memory.set_at.is_none_or(|set_at| now.amount_minor < set_at.amount_minor);
            (sight.lowest_ever && lower).then_some(Reason::LowestEver)
        }
    }
}

/// Whether an alert that has fired may fire again as if it never had: the price went back to where it was not wanted.
fn waits_anew(rule: &Rule, memory: &Memory, now: Money) -> bool {
    match rule {
        Rule::Below { .. } => true,
        Rule::FallsBy { .. } => memory.set_at.is_some_and(|set_at| now.amount_minor >= set_at.amount_minor),
        // A record stays a record.
        Rule::LowestEver => false,
    }
}

/// `now` is at least `percent` of a hundred below `from`, in whole minor units.
fn fell_by_share(from: Money, now: Money, percent: u8) -> bool {
    let share = i128::from(from.amount_minor).saturating_mul(i128::from(percent));
    let fall = i128::from(from.amount_minor).saturating_sub(i128::from(now.amount_minor));
    fall > 0 && fall.saturating_mul(100) >= share
}

/// The price fell by at least a hundredth of what was told, and by at least one major unit (a dollar, a euro, 100 yen
/// are about the same worth): less is noise.
fn fell_further(told: Money, now: Money) -> bool {
    told.currency == now.currency && told.amount_minor.saturating_sub(now.amount_minor) >= least_step(told)
}

/// The least further fall that is worth another message.
pub fn least_step(told: Money) -> i64 {
    let major = told.currency.minor_per_major();
    let floor = if major == 1 { 100 } else { major };
    let hundredth = told.amount_minor.saturating_add(99).checked_div(100).unwrap_or(floor);
    hundredth.max(floor)
}

const fn quiet(why: Quiet) -> Decision {
    Decision::Quiet { why }
}

#[cfg(test)]
mod tests {
    use prices::Currency;

    use super::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    fn fall(minor: i64) -> Sight {
        Sight { now: Some(usd(minor)), fell: true, lowest_ever: false }
    }

    fn rise(minor: i64) -> Sight {
        Sight { fell: false, ..fall(minor) }
    }

    fn low(minor: i64) -> Sight {
        Sight { lowest_ever: true, ..fall(minor) }
    }

    const BELOW_40: Rule = Rule::Below { target: Money::new(4_000, Currency::USD) };
    const TENTH_OFF: Rule = Rule::FallsBy { percent: 10, from: None };

    /// The reasons for which an alert set at `set_at` fires along `sights`.
    fn told(rule: Rule, set_at: Option<i64>, sights: &[Sight]) -> Vec<Option<Reason>> {
        let (mut memory, at_once) = set(&rule, set_at.map(usd));
        let mut reasons = vec![at_once];
        for sight in sights {
            reasons.push(match decide(&rule, &memory, sight) {
                Decision::Fire { reason, memory: next } => {
                    memory = next;
                    Some(reason)
                }
                Decision::Remember { memory: next } => {
                    memory = next;
                    None
                }
                Decision::Quiet { .. } => None,
            });
        }
        reasons
    }

    #[test]
    fn a_target_is_met_at_the_target_and_not_a_cent_above() {
        assert_eq!(
            told(BELOW_40, Some(5_000), &[fall(4_001), fall(4_000)]),
            [None, None, Some(Reason::BelowTarget)]
        );
    }

    #[test]
    fn an_alert_that_is_true_when_it_is_set_fires_at_once() {
        assert_eq!(told(BELOW_40, Some(3_900), &[]), [Some(Reason::BelowTarget)]);
        assert_eq!(told(TENTH_OFF, Some(3_900), &[]), [None]);
        assert_eq!(told(Rule::LowestEver, Some(3_900), &[]), [None]);
    }

    #[test]
    fn it_fires_again_only_when_the_price_falls_by_a_dollar_and_a_hundredth() {
        let again = Some(Reason::FellFurther);
        assert_eq!(
            told(BELOW_40, Some(3_900), &[fall(3_801), fall(3_800), fall(3_750), fall(3_700)]),
            [Some(Reason::BelowTarget), None, again, None, again]
        );
        let below_1000 = Rule::Below { target: usd(100_000) };
        assert_eq!(
            told(below_1000, Some(90_000), &[fall(89_200), fall(89_100)]),
            [Some(Reason::BelowTarget), None, again]
        );
    }

    #[test]
    fn a_price_that_rises_above_the_target_lets_the_alert_wait_anew() {
        assert_eq!(
            told(BELOW_40, Some(3_900), &[rise(4_100), fall(3_950)]),
            [Some(Reason::BelowTarget), None, Some(Reason::BelowTarget)]
        );
    }

    #[test]
    fn a_rise_below_the_target_is_not_told() {
        assert_eq!(told(BELOW_40, Some(5_000), &[rise(3_900)]), [None, None]);
    }

    #[test]
    fn a_share_is_measured_from_the_price_when_set_and_then_from_the_price_told() {
        let first = Some(Reason::FellByShare);
        assert_eq!(
            told(TENTH_OFF, Some(10_000), &[fall(9_001), fall(9_000), fall(8_200), fall(8_100)]),
            [None, None, first, None, Some(Reason::FellFurther)]
        );
        // Back at where it began, it waits for the same fall again.
        assert_eq!(
            told(
                TENTH_OFF,
                Some(10_000),
                &[fall(8_500), rise(9_900), fall(8_500), rise(10_000), fall(8_500)]
            ),
            [None, first, None, None, None, first]
        );
    }

    #[test]
    fn without_a_price_when_set_the_first_one_seen_is_measured_from() {
        assert_eq!(
            told(TENTH_OFF, None, &[fall(10_000), fall(9_000)]),
            [None, None, Some(Reason::FellByShare)]
        );
    }

    #[test]
    fn a_record_is_told_once_per_record() {
        assert_eq!(
            told(
                Rule::LowestEver,
                Some(5_000),
                &[fall(4_800), low(4_700), low(4_650), rise(6_000), low(4_500)]
            ),
            [None, None, Some(Reason::LowestEver), None, None, Some(Reason::FellFurther)]
        );
    }

    #[test]
    fn a_late_word_of_a_record_above_the_price_when_set_is_not_told() {
        assert_eq!(told(Rule::LowestEver, Some(4_000), &[low(4_000), low(4_500)]), [None, None, None]);
    }

    #[test]
    fn no_price_and_another_currency_are_never_told() {
        let euro = Money::new(100, "EUR".parse().unwrap());
        for rule in [BELOW_40, TENTH_OFF, Rule::LowestEver] {
            let (memory, _) = set(&rule, Some(usd(9_000)));
            for (now, why) in
                [(None, Quiet::NoPrice), (Some(usd(0)), Quiet::NoPrice), (Some(euro), Quiet::OtherCurrency)]
            {
                let sight = Sight { now, fell: true, lowest_ever: true };
                assert_eq!(decide(&rule, &memory, &sight), Decision::Quiet { why });
            }
        }
    }

    #[test]
    fn the_stored_memory_is_pinned() {
        let memory = Memory { set_at: Some(usd(5_000)), told: None };
        let json = r#"{"set_at":{"amount_minor":5000,"currency":"USD"}}"#;
        assert_eq!(serde_json::to_string(&memory).unwrap(), json);
        assert_eq!(serde_json::from_str::<Memory>(json).unwrap(), memory);
        assert_eq!(serde_json::from_str::<Memory>("{}").unwrap(), Memory::default());
    }
}
