//! How much is on sale, and where that is going: what a buyer may make of markets' counts.

use chrono::{DateTime, TimeDelta, Utc};
use contract::outlook::{Evidence, SupplyPart, SupplyTrend};
use prices::{Confidence, Courses, Observation};

/// Counts and prices are taken from observations at most this old.
const COUNTED: TimeDelta = TimeDelta::hours(30);
/// Fewer listings than this over all markets are few: a listing is two to four seats, so some fifty tickets, of which
/// hardly any buyer of four finds two offers side by side. First judgement.
const FEW: u32 = 20;
/// Part that must be gone within the week before few are called the last ones: 25 %, hundredths of a percent. Of nineteen
/// listings two come and go any day.
const RUNNING_OUT: i32 = -2_500;
/// A count that is all at once three times the one before or a third of it, and by so many, is counted another way: a
/// market's imported past may count what its live answers do not.
const LEAP: u32 = 20;

/// How much is on sale, and where that is going.
pub fn supply(courses: &Courses, now: DateTime<Utc>) -> SupplyPart {
    let ago = |days: i64| now.checked_sub_signed(TimeDelta::days(days)).unwrap_or(now);
    let (telling, silent): (Vec<&[Observation]>, Vec<&[Observation]>) = courses
        .values()
        .map(|course| counted_alike(course))
        .filter(|course| asks_lately(course, now) || count_at(course, now).is_some())
        .partition(|course| count_at(course, now).is_some());
    let listings = sum(telling.iter().map(|course| count_at(course, now)));
    let tickets = sum(telling.iter().map(|course| {
        let last = course.iter().rev().find(|seen| seen.tickets.is_some())?;
        last.tickets.filter(|_| now.signed_duration_since(last.at) <= COUNTED)
    }));
    // Of each market the count a week ago, or its first one, if that is at least two days old.
    let then = |course: &[Observation]| {
        count_at(course, ago(7)).or_else(|| {
            let first = course.iter().find(|seen| seen.listings.is_some())?;
            first.listings.filter(|_| first.at <= ago(2) && first.at > ago(7))
        })
    };
    let compared: Vec<(u32, u32)> =
        telling.iter().filter_map(|course| Some((then(course)?, count_at(course, now)?))).collect();
    let listings_7d_ago = sum(compared.iter().map(|(then, _)| Some(*then)));
    let listings_compared = sum(compared.iter().map(|(_, now)| Some(*now)));
    let change_7d = listings_7d_ago
        .zip(listings_compared)
        .and_then(|(then, now)| super::parts::change(i64::from(then), i64::from(now)));
    let trend = match change_7d {
        None => SupplyTrend::Unknown,
        Some(..=-1_000) => SupplyTrend::Falling,
        Some(1_000..) => SupplyTrend::Rising,
        Some(_) => SupplyTrend::Steady,
    };
    // Where a market sells and does not say how much, nobody knows that little is left.
    let few_left = silent.is_empty()
        && listings.is_some_and(|count| count < FEW)
        && compared.len() == telling.len()
        && change_7d.is_some_and(|change| change <= RUNNING_OUT);
    let fresh_at = telling.iter().filter_map(|course| course.last()).map(|seen| seen.at).max();
    let (confidence, why) = match (telling.len(), compared.len()) {
        (0, _) => (Confidence::Low, "No market tells.".to_owned()),
        (_, 0) => (Confidence::Low, "Counted alike for less than two days.".to_owned()),
        (_, 1) => (Confidence::Medium, "One market tells, then and now.".to_owned()),
        (_, more) => (Confidence::High, format!("{more} markets tell, then and now.")),
    };
    SupplyPart {
        listings,
        tickets,
        listings_1d_ago: sum(telling.iter().map(|course| count_at(course, ago(1)))),
        listings_7d_ago,
        listings_compared,
        change_7d_percent_hundredths: change_7d,
        trend,
        few_left,
        text: text(listings, listings_7d_ago.zip(listings_compared), few_left, silent.len()),
        markets: u16::try_from(telling.len()).unwrap_or(u16::MAX),
        evidence: Evidence { fresh_at, confidence, why },
    }
}

fn text(listings: Option<u32>, compared: Option<(u32, u32)>, few_left: bool, silent: usize) -> String {
    let Some(now) = listings else { return "No market tells how much is on sale.".to_owned() };
    let count = |count: u32| if count == 1 { "1 listing".to_owned() } else { format!("{count} listings") };
    let are = if now == 1 { "is" } else { "are" };
    let what = if few_left { "Few are left: " } else { "" };
    let change = match compared {
        None => String::new(),
        Some((then, same)) if same == now => format!(", {then} were a week ago"),
        Some((then, same)) => format!("; where it was counted a week ago too, {same} of then {then}"),
    };
    let others = match silent {
        0 => "",
        1 => " One more market sells and does not tell how much.",
        _ => " Other markets sell and do not tell how much.",
    };
    format!("{what}{} {are} on sale{change}.{others}", count(now))
}

/// The sum of what is told; `None` where nothing is.
fn sum(counts: impl Iterator<Item = Option<u32>>) -> Option<u32> {
    counts.flatten().fold(None, |sum: Option<u32>, count| Some(sum.unwrap_or(0).saturating_add(count)))
}

/// Whether the market asked a price when it was seen last, lately.
fn asks_lately(course: &[Observation], now: DateTime<Utc>) -> bool {
    course
        .last()
        .is_some_and(|last| last.price.money().is_some() && now.signed_duration_since(last.at) <= COUNTED)
}

/// The last count at or before `at`, if it is not too old.
fn count_at(course: &[Observation], at: DateTime<Utc>) -> Option<u32> {
    let seen = course.partition_point(|seen| seen.at <= at);
    let last = course.get(..seen)?.iter().rev().find(|seen| seen.listings.is_some())?;
    last.listings.filter(|_| at.signed_duration_since(last.at) <= COUNTED)
}

/// The end of the course over which its counts are of one kind.
fn counted_alike(course: &[Observation]) -> &[Observation] {
    let (mut from, mut before) = (0, None::<u32>);
    for (at, seen) in course.iter().enumerate() {
        let Some(count) = seen.listings else { continue };
        if before.is_some_and(|before| leaps(before, count)) {
            from = at;
        }
        before = Some(count);
    }
    course.get(from..).unwrap_or(course)
}

fn leaps(before: u32, count: u32) -> bool {
    let (less, more) = (before.min(count), before.max(count));
    more.saturating_sub(less) >= LEAP && more >= less.saturating_mul(3)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use prices::{Currency, FeeBasis, Market, Money, Price};

    use super::*;

    const WEEK: i64 = 7 * 24;

    fn counts(counts: impl IntoIterator<Item = (i64, Option<u32>)>) -> Vec<Observation> {
        let price = Price::quoted(Money::new(5_000, Currency::USD), FeeBasis::AllIn);
        let seen = |(hours, listings): (i64, Option<u32>)| Observation {
            at: DateTime::from_timestamp(hours * 3_600, 0).unwrap(),
            price,
            listings,
            tickets: None,
        };
        counts.into_iter().map(seen).collect()
    }

    /// From one count to another within the week, step by step.
    fn falling(from: u32, to: u32) -> Vec<Observation> {
        let lost = |hours: i64| (from - to) * u32::try_from(hours).unwrap() / u32::try_from(WEEK).unwrap();
        counts((0..=WEEK).step_by(6).map(|hours| (hours, Some(from - lost(hours)))))
    }

    fn told(markets: &[(Market, Vec<Observation>)]) -> SupplyPart {
        let now = DateTime::from_timestamp(WEEK * 3_600, 0).unwrap();
        supply(&markets.iter().cloned().collect(), now)
    }

    #[test]
    fn few_are_left_where_there_are_few_and_ever_fewer() {
        let few = told(&[(Market::SeatGeek, falling(30, 12))]);
        assert!(few.few_left);
        assert_eq!(few.text, "Few are left: 12 listings are on sale, 30 were a week ago.");
        assert!(!told(&[(Market::SeatGeek, falling(1_400, 321))]).few_left, "321 are not few");
        assert!(!told(&[(Market::SeatGeek, falling(14, 13))]).few_left, "a small event that stays as it is");
        assert!(!told(&[]).few_left);
    }

    #[test]
    fn what_a_market_keeps_to_itself_may_be_plenty() {
        let silent = (Market::StubHub, counts((0..=WEEK).step_by(6).map(|hours| (hours, None))));
        let told = told(&[(Market::SeatGeek, falling(30, 12)), silent]);
        assert_eq!((told.few_left, told.trend), (false, SupplyTrend::Falling));
        assert_eq!(
            told.text,
            "12 listings are on sale, 30 were a week ago. One more market sells and does not tell how much."
        );
    }

    #[test]
    fn counts_of_another_kind_are_not_compared() {
        // An imported past that counted tickets, then a live answer that counts groups.
        let imported = (0..WEEK - 12).step_by(6).map(|hours| (hours, Some(388)));
        let live = [(WEEK - 12, Some(18)), (WEEK - 6, Some(18)), (WEEK, Some(17))];
        let told = told(&[(Market::TicketEvolution, counts(imported.chain(live)))]);
        assert_eq!(
            (told.listings, told.change_7d_percent_hundredths, told.few_left),
            (Some(17), None, false)
        );
        assert_eq!(told.trend, SupplyTrend::Unknown);
        assert_eq!(told.text, "17 listings are on sale.");
    }

    #[test]
    fn only_markets_that_told_then_and_now_are_compared() {
        let young = counts([(WEEK - 1, Some(300))]);
        let told = told(&[(Market::SeatGeek, falling(400, 90)), (Market::StubHub, young)]);
        let compared = (told.listings, told.listings_compared, told.listings_7d_ago);
        assert_eq!(compared, (Some(390), Some(90), Some(400)));
        assert_eq!((told.trend, told.few_left), (SupplyTrend::Falling, false));
        assert_eq!(
            told.text,
            "390 listings are on sale; where it was counted a week ago too, 90 of then 400."
        );
    }
}
