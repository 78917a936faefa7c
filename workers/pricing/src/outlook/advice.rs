//! Buy or wait: whether advice may be shown at all, and what it says.
//!
//! Advice is shown only where following it has earned money: on the public record of this league or genre, else in the
//! backtest of it, else on the record or in the backtest of all events. Otherwise the reason is shown instead.

use std::fmt::Write;

use catalog::genre::family;
use chrono::{DateTime, TimeDelta, Utc};
use contract::outlook::{
    Action, Advice, AdviceRecord, HorizonOutlook, ModelKind, RecordSource, Withheld, WithheldReason,
};
use prices::accuracy::{GroupAccuracy, MoneyRecord};
use prices::outlook::model::Answer;
use prices::{Band, Currency, Money, Score};

use super::told::part_of;
use super::words::{BEGUN, hours};

/// Events at which waiting must have been advised before a record decides.
const LEAST_WAITED: u32 = 20;

/// Who follows an advice waits at most so many days: over as many it is judged.
const FOLLOWED_DAYS: i64 = 7;

/// What an advice is made from.
pub struct Counsel<'a> {
    /// Market time.
    pub now: DateTime<Utc>,
    /// The price now, where there is one.
    pub price: Option<Money>,
    /// When the event begins.
    pub starts_at: Option<DateTime<Utc>>,
    /// Whether there is time to wait.
    pub may_wait: bool,
    /// What the model said.
    pub answer: Option<Answer>,
    /// The same in money.
    pub horizons: &'a [HorizonOutlook],
    /// What kind of model spoke.
    pub kind: ModelKind,
}

impl Counsel<'_> {
    /// Why there is no time to wait, if there is none.
    fn too_late(&self) -> Option<&'static str> {
        if self.starts_at.is_some_and(|start| start <= self.now) {
            return Some(BEGUN);
        }
        (!self.may_wait).then_some("The event begins within a day: there is no time to wait.")
    }
}

/// What becomes of a counsel: advice or the reason why not, and the record that decided.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counselled {
    /// The advice, also where it is withheld: it goes on record.
    pub said: Option<Advice>,
    /// Why it is not shown.
    pub withheld: Option<Withheld>,
    /// The record that decided.
    pub record: Option<AdviceRecord>,
}

/// The records there are, with their source.
#[derive(Clone, Copy, Debug)]
pub struct Records<'a> {
    /// What came of what was said in public.
    pub live: &'a [GroupAccuracy],
    /// What came of it in the backtest.
    pub backtest: &'a [GroupAccuracy],
}

/// Weighs whether to advise, and what.
pub fn counsel(asked: &Counsel<'_>, genre: Option<&str>, records: Records<'_>) -> Counselled {
    let (Some(price), Some(answer)) = (asked.price, asked.answer.filter(|_| !asked.horizons.is_empty()))
    else {
        return match asked.too_late() {
            Some(text) => withheld(WithheldReason::TooLate, text.to_owned()),
            None => withheld(WithheldReason::NoOutlook, "There is no outlook to advise on.".to_owned()),
        };
    };
    if let Some(text) = asked.too_late() {
        return withheld(WithheldReason::TooLate, text.to_owned());
    }
    if matches!(asked.kind, ModelKind::PastRates | ModelKind::None) {
        return withheld(
            WithheldReason::PastRatesOnly,
            "No trained model is in service. Past rates tell how prices moved, not when to buy.".to_owned(),
        );
    }
    let said = Some(advise(asked, price, &answer));
    let record = deciding(genre, price.currency, records);
    let withheld = match &record {
        None => Some(Withheld {
            reason: WithheldReason::NotProven,
            text: format!(
                "Waiting has not been tried on {LEAST_WAITED} events of this kind yet, so no advice is given."
            ),
        }),
        Some(record) if !record.money.earned => {
            Some(Withheld { reason: WithheldReason::DidNotEarn, text: lost(record) })
        }
        Some(_) => None,
    };
    Counselled { said, withheld, record }
}

fn withheld(reason: WithheldReason, text: String) -> Counselled {
    Counselled { withheld: Some(Withheld { reason, text }), ..Counselled::default() }
}

/// The first record with enough events decides: that of the genre before that of all, the public one before the backtest.
fn deciding(genre: Option<&str>, currency: Currency, records: Records<'_>) -> Option<AdviceRecord> {
    let of = |source: RecordSource, groups: &[GroupAccuracy], genre: Option<&str>| {
        let group = groups.iter().find(|group| group.genre.as_deref().map(family) == genre.map(family))?;
        let money: &MoneyRecord = group.money.iter().find(|money| money.currency == currency)?;
        (money.waited_events >= LEAST_WAITED).then(|| AdviceRecord {
            source,
            genre: group.genre.clone(),
            money: money.clone(),
        })
    };
    let genre = genre.filter(|genre| !genre.is_empty());
    let both = |genre: Option<&str>| {
        of(RecordSource::Live, records.live, genre)
            .or_else(|| of(RecordSource::Backtest, records.backtest, genre))
    };
    genre.and_then(|genre| both(Some(genre))).or_else(|| both(None))
}

fn lost(record: &AdviceRecord) -> String {
    let money = &record.money;
    let mean = Money::new(money.mean_saved_minor.saturating_abs(), money.currency);
    let [low, high] = money.mean_saved_interval_minor.map(|minor| Money::new(minor, money.currency));
    let whose = record.genre.as_deref().unwrap_or("all events");
    let what = if money.mean_saved_minor < 0 {
        format!("cost {mean} a ticket more than buying at once")
    } else {
        format!("saved {mean} a ticket, which may be luck")
    };
    let tried = match record.source {
        RecordSource::Live => "on our public record",
        RecordSource::Backtest => "tried on the past",
    };
    format!(
        "Following the advice for {whose} {what} ({tried}: {} events, 90 % interval {low} to {high}), so none is given.",
        money.events
    )
}

fn advise(asked: &Counsel<'_>, price: Money, answer: &Answer) -> Advice {
    let wait = answer.wait();
    let pays = part_of(price, answer.waiting);
    let saving = if wait { price.amount_minor.saturating_sub(pays.amount_minor).max(0) } else { 0 };
    let expected_saving = Money::new(saving, price.currency);
    let risk = asked.horizons.last().map(|last| {
        Money::new(last.q95.amount_minor.saturating_sub(price.amount_minor).max(0), price.currency)
    });
    let within = |days: i64| asked.now.checked_add_signed(TimeDelta::days(days)).unwrap_or(asked.now);
    let last_day = asked.starts_at.and_then(|start| start.checked_sub_signed(TimeDelta::days(1)));
    let by = |at: DateTime<Utc>| last_day.map_or(at, |last| last.min(at)).max(asked.now);
    let latest = by(within(FOLLOWED_DAYS));
    let text = if wait {
        let until = if Some(latest) == last_day {
            "a day before it begins".to_owned()
        } else {
            format!("within {FOLLOWED_DAYS} days")
        };
        let mut text = format!(
            "Wait, and buy {until} at the latest. Those who were told to wait paid less on average, by {expected_saving} at this price: a mean over events, not a promise for this one."
        );
        if let Some((risk, last)) = risk.zip(asked.horizons.last()) {
            let _ = write!(
                text,
                " One time in twenty the price is {risk} or more higher after {}.",
                hours(last.hours)
            );
        }
        text.push_str(" Ask again tomorrow.");
        text
    } else {
        "Waiting is not expected to save anything.".to_owned()
    };
    Advice {
        action: if wait { Action::Wait } else { Action::Buy },
        expected_saving,
        risk,
        buy_by: wait.then_some(latest),
        ask_again_at: by(within(1)),
        text,
    }
}

/// What an advice means beside a score that seems to say the opposite.
pub fn beside_score(advice: &Advice, score: &Score, horizons: &[HorizonOutlook]) -> Option<String> {
    let last = horizons.last()?;
    // Of ten, never none nor all.
    let of_ten = last.fall_permille.saturating_add(50).div_euclid(100).clamp(1, 9);
    let falls =
        format!("by 5 % or more at some moment within {} in about {of_ten} of 10 cases", hours(last.hours));
    match advice.action {
        Action::Wait if score.band >= Band::Good => Some(format!(
            "The price is low for this event already, which its score of {} says; our model says that such prices still fall {falls}.",
            score.value
        )),
        Action::Buy if score.band == Band::Poor => Some(format!(
            "The price is high for this event, which its score of {} says; our model says that such prices fall {falls}, which does not make up for those that rise.",
            score.value
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use prices::accuracy::{Followed, MoneyTally};

    use super::*;

    fn group(genre: Option<&str>, events: u32, saved: i64) -> GroupAccuracy {
        let mut tally = MoneyTally::default();
        for _ in 0..events {
            tally.add(&Followed { at_once: 10_000, paid: 10_000 - saved, best: 8_000, waited: 1 });
        }
        GroupAccuracy {
            genre: genre.map(str::to_owned),
            horizons: Vec::new(),
            money: tally.summary(Currency::USD).into_iter().collect(),
        }
    }

    fn decided(
        live: &[GroupAccuracy],
        backtest: &[GroupAccuracy],
    ) -> Option<(RecordSource, Option<String>, bool)> {
        deciding(Some("sports"), Currency::USD, Records { live, backtest })
            .map(|record| (record.source, record.genre, record.money.earned))
    }

    #[test]
    fn the_nearest_record_with_enough_events_decides() {
        let sports = || Some("sports".to_owned());
        let backtest = [group(None, 60, 100), group(Some("sports"), 30, -50)];
        assert_eq!(decided(&[], &backtest), Some((RecordSource::Backtest, sports(), false)));
        let live = [group(Some("sports"), 25, 80)];
        assert_eq!(decided(&live, &backtest), Some((RecordSource::Live, sports(), true)));
        let young = [group(Some("sports"), 3, 80)];
        assert_eq!(decided(&young, &[group(None, 60, 100)]), Some((RecordSource::Backtest, None, true)));
        assert_eq!(decided(&young, &[]), None);
    }

    fn asked(answer: Answer, kind: ModelKind, may_wait: bool) -> Counselled {
        of_event(answer, kind, may_wait, None)
    }

    fn of_event(answer: Answer, kind: ModelKind, may_wait: bool, left: Option<TimeDelta>) -> Counselled {
        let price = Money::new(8_000, Currency::USD);
        let at = DateTime::UNIX_EPOCH;
        let money = |minor| Money::new(minor, Currency::USD);
        let horizons = [HorizonOutlook {
            hours: 24,
            until: at,
            fall_permille: 300,
            fall_to: money(7_600),
            q05: money(7_000),
            q25: money(7_500),
            q50: money(8_000),
            q75: money(8_200),
            q95: money(9_000),
        }];
        let counselled = Counsel {
            now: at,
            price: Some(price),
            starts_at: left.and_then(|left| at.checked_add_signed(left)),
            may_wait,
            answer: Some(answer),
            horizons: &horizons,
            kind,
        };
        let backtest = [group(None, 60, 100)];
        counsel(&counselled, Some("sports"), Records { live: &[], backtest: &backtest })
    }

    #[test]
    fn advice_says_what_it_may_bring_and_cost_in_money() {
        let answer = Answer { falls: [0.3; 3], quantiles: [[1.0; 5]; 3], waiting: 0.95 };
        let told = asked(answer, ModelKind::Trained, true);
        let advice = told.said.unwrap();
        assert_eq!((advice.action, advice.expected_saving.amount_minor), (Action::Wait, 400));
        assert_eq!(advice.risk.unwrap().amount_minor, 1_000);
        assert_eq!(advice.buy_by, DateTime::UNIX_EPOCH.checked_add_signed(TimeDelta::days(7)));
        assert_eq!(
            advice.text,
            "Wait, and buy within 7 days at the latest. Those who were told to wait paid less on average, by $4 at this price: a mean over events, not a promise for this one. One time in twenty the price is $10 or more higher after a day. Ask again tomorrow."
        );
        assert_eq!(told.withheld, None);
        let buy = asked(Answer { waiting: 1.02, ..answer }, ModelKind::Trained, true).said.unwrap();
        assert_eq!((buy.action, buy.expected_saving.amount_minor, buy.buy_by), (Action::Buy, 0, None));
    }

    #[test]
    fn what_cannot_be_advised_says_why() {
        let answer = Answer { falls: [0.3; 3], quantiles: [[1.0; 5]; 3], waiting: 0.95 };
        let reason = |told: Counselled| told.withheld.map(|withheld| withheld.reason);
        assert_eq!(reason(asked(answer, ModelKind::PastRates, true)), Some(WithheldReason::PastRatesOnly));
        assert_eq!(reason(asked(answer, ModelKind::Trained, false)), Some(WithheldReason::TooLate));
        let begun = of_event(answer, ModelKind::Trained, false, Some(TimeDelta::hours(-2))).withheld.unwrap();
        assert_eq!((begun.reason, begun.text.as_str()), (WithheldReason::TooLate, BEGUN));
    }

    #[test]
    fn who_waits_is_told_by_when_to_buy() {
        let answer = Answer { falls: [0.3; 3], quantiles: [[1.0; 5]; 3], waiting: 0.95 };
        let soon = of_event(answer, ModelKind::Trained, true, Some(TimeDelta::days(3))).said.unwrap();
        assert_eq!(soon.buy_by, DateTime::UNIX_EPOCH.checked_add_signed(TimeDelta::days(2)));
        assert!(
            soon.text.starts_with("Wait, and buy a day before it begins at the latest."),
            "{}",
            soon.text
        );
    }
}
