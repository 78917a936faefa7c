//! The other parts of the analysis: how far the markets are apart, what may happen, and how much each rests on.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use contract::outlook::{Evidence, HorizonOutlook, MarketQuote, RiskLevel, RiskPart, SpreadPart, SupplyPart};
use prices::outlook::course::Course;
use prices::outlook::{DAY, HOUR};
use prices::score::{FeeModels, all_in};
use prices::{Confidence, Courses, CurrentQuote, FeeBasis, Market, Money};

use super::explain::span;

/// A quote older than this is stale (the score's rule).
const STALE: TimeDelta = TimeDelta::hours(prices::score::STALE_AFTER_HOURS);

/// The first and the newest observation.
pub fn ends(courses: &Courses) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
    let first = courses.values().filter_map(|course| course.first()).map(|seen| seen.at).min();
    let last = courses.values().filter_map(|course| course.last()).map(|seen| seen.at).max();
    (first, last)
}

/// How much a history rests on: weeks, days, less.
pub fn of_history(courses: &Courses, now: DateTime<Utc>) -> Evidence {
    let (first, last) = ends(courses);
    let length = first.map_or(0, |first| now.signed_duration_since(first).num_seconds());
    let markets =
        courses.values().filter(|course| course.iter().any(|seen| seen.price.money().is_some())).count();
    let confidence = match length.div_euclid(DAY) {
        14.. => Confidence::High,
        3..14 => Confidence::Medium,
        _ => Confidence::Low,
    };
    let markets = if markets == 1 { "one market".to_owned() } else { format!("{markets} markets") };
    Evidence { fresh_at: last, confidence, why: format!("Watched for {} on {markets}.", span(length)) }
}

/// How far the markets are apart now.
pub fn spread(current: &[CurrentQuote], fees: &FeeModels, now: DateTime<Utc>) -> SpreadPart {
    let stale = |quote: &CurrentQuote| now.signed_duration_since(quote.seen_at) >= STALE;
    let fresh = || current.iter().filter(|quote| !stale(quote) && quote.price.money().is_some());
    let known = |quote: &CurrentQuote| all_in(quote.market, &quote.price, fees);
    // All-in where that is known; else as the market states it.
    let money = |quote: &CurrentQuote| known(quote).map(|known| known.money()).or(quote.price.money());
    let basis = |quote: &CurrentQuote| {
        if known(quote).is_some() { Some(FeeBasis::AllIn) } else { quote.price.basis() }
    };
    let amount = |quote: &CurrentQuote| money(quote).map_or(i64::MAX, |money| money.amount_minor);
    let cheapest =
        fresh().min_by_key(|quote| (basis(quote) != Some(FeeBasis::AllIn), amount(quote), quote.market));
    let unit = |quote: &CurrentQuote| (money(quote).map(|money| money.currency), basis(quote));
    let comparable = |quote: &CurrentQuote| cheapest.is_some_and(|cheapest| unit(cheapest) == unit(quote));
    let mut best: BTreeMap<Market, i64> = BTreeMap::new();
    for quote in fresh().filter(|quote| comparable(quote)) {
        let least = best.entry(quote.market).or_insert(i64::MAX);
        *least = amount(quote).min(*least);
    }
    let lowest = cheapest.and_then(money);
    let highest =
        lowest.zip(best.values().max()).map(|(lowest, highest)| Money::new(*highest, lowest.currency));
    let not_comparable = fresh().filter(|quote| !comparable(quote)).count();
    let mut quotes: Vec<MarketQuote> = current
        .iter()
        .map(|quote| MarketQuote {
            market: quote.market,
            price: quote.price,
            all_in: known(quote),
            seen_at: quote.seen_at,
            stale: stale(quote),
        })
        .collect();
    quotes.sort_by_key(|quote| {
        let stated = quote.price.money().map_or(i64::MAX, |money| money.amount_minor);
        let amount = quote.all_in.map_or(stated, |known| known.amount_minor);
        (quote.stale, amount == i64::MAX, amount, quote.market)
    });
    let (confidence, why) = match best.len() {
        0 => (Confidence::Low, "No market asks a fresh price.".to_owned()),
        1 => (Confidence::Low, "Only one market asks a comparable price.".to_owned()),
        2 => (Confidence::Medium, "Two markets ask comparable prices.".to_owned()),
        more => (Confidence::High, format!("{more} markets ask comparable prices.")),
    };
    SpreadPart {
        quotes,
        lowest,
        highest,
        spread_percent_hundredths: lowest
            .zip(highest)
            .filter(|_| best.len() > 1)
            .and_then(|(lowest, highest)| change(lowest.amount_minor, highest.amount_minor)),
        not_comparable: u16::try_from(not_comparable).unwrap_or(u16::MAX),
        evidence: Evidence { fresh_at: current.iter().map(|quote| quote.seen_at).max(), confidence, why },
    }
}

/// From one amount to another, hundredths of a percent.
pub fn change(from: i64, to: i64) -> Option<i32> {
    let part = to.checked_sub(from)?.checked_mul(10_000)?.checked_div(from)?;
    i32::try_from(part).ok()
}

/// What may happen to the price.
pub fn risk(
    price: Option<Money>,
    horizons: &[HorizonOutlook],
    course: &Course,
    now: DateTime<Utc>,
    supply: &SupplyPart,
) -> RiskPart {
    let last = horizons.last();
    let by = |from: i64, to: i64, currency| Money::new(to.saturating_sub(from).max(0), currency);
    let span = price.zip(last);
    let rise = span.map(|(price, told)| by(price.amount_minor, told.q95.amount_minor, price.currency));
    let fall = span.map(|(price, told)| by(told.q05.amount_minor, price.amount_minor, price.currency));
    let level = price.zip(rise).and_then(|(price, rise)| {
        Some(match change(price.amount_minor, price.amount_minor.checked_add(rise.amount_minor)?)? {
            ..500 => RiskLevel::Low,
            500..2_000 => RiskLevel::Medium,
            _ => RiskLevel::High,
        })
    });
    let (restless, days_seen) = restless_days(course, now.timestamp());
    let mut notes = Vec::new();
    if let Some((told, rise)) = last.zip(rise) {
        notes.push(format!("Within {} hours one price in twenty rises by {rise} or more.", told.hours));
    }
    if supply.few_left {
        notes.push("Few are left, and ever fewer: who waits may find nothing.".to_owned());
    }
    if days_seen > 0 {
        notes.push(format!("It moved by more than 1 % on {restless} of the last {days_seen} days."));
    }
    let confidence = match (horizons.is_empty(), days_seen) {
        (false, 14..) => Confidence::High,
        (false, 5..) => Confidence::Medium,
        _ => Confidence::Low,
    };
    RiskPart {
        level: level.unwrap_or(RiskLevel::Unknown),
        may_rise_by: rise,
        may_fall_by: fall,
        restless_days: (days_seen > 0).then_some(restless),
        days_seen,
        notes,
        evidence: Evidence {
            fresh_at: course.sights().last().and_then(|last| DateTime::from_timestamp(last.at, 0)),
            confidence,
            why: format!("{days_seen} days of the last fourteen were seen."),
        },
    }
}

/// Days of the last fourteen on which the price moved by more than 1 %, and days seen.
fn restless_days(course: &Course, now: i64) -> (u16, u16) {
    let past = course.until(now);
    let (mut restless, mut seen) = (0_u16, 0_u16);
    for day in 0..14_i64 {
        let until = now.saturating_sub(day.saturating_mul(DAY));
        let from = until.saturating_sub(DAY);
        let ends = past
            .standing(from)
            .zip(past.standing(until))
            .filter(|(_, end)| end.at > from.saturating_sub(6 * HOUR));
        let Some((start, end)) = ends else { continue };
        seen = seen.saturating_add(1);
        let (one, other) = (i64::from(start.price), i64::from(end.price));
        if change(one, other).is_none_or(|change| change.saturating_abs() > 100) {
            restless = restless.saturating_add(1);
        }
    }
    (restless, seen)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use prices::{AbsentReason, Currency, FeeBasis, Price};

    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(hours * HOUR, 0).unwrap()
    }

    fn usd(minor: i64, basis: FeeBasis) -> Price {
        Price::quoted(Money::new(minor, Currency::USD), basis)
    }

    fn quote(market: Market, price: Price, hours: i64) -> CurrentQuote {
        CurrentQuote { market, price, seen_at: at(hours) }
    }

    #[test]
    fn a_spread_is_told_only_of_fresh_comparable_quotes() {
        let all_in = FeeBasis::AllIn;
        let now = at(100);
        let quotes = [
            quote(Market::StubHub, usd(6_000, all_in), 99),
            quote(Market::SeatGeek, usd(5_000, all_in), 99),
            quote(Market::TicketEvolution, usd(5_500, FeeBasis::BeforeFees), 99),
            quote(Market::Eventbrite, usd(1_000, all_in), 70),
            quote(Market::Ticketmaster, Price::absent(AbsentReason::Restricted), 99),
        ];
        let told = spread(&quotes, &FeeModels::new(), now);
        assert_eq!(told.lowest.map(|money| money.amount_minor), Some(5_000));
        assert_eq!(told.highest.map(|money| money.amount_minor), Some(6_000));
        assert_eq!(told.spread_percent_hundredths, Some(2_000));
        assert_eq!((told.not_comparable, told.quotes.len()), (1, 5));
        assert!(told.quotes.last().is_some_and(|quote| quote.stale));
        let alone = spread(quotes.get(..1).unwrap(), &FeeModels::new(), now);
        assert_eq!(alone.spread_percent_hundredths, None);
    }
}
