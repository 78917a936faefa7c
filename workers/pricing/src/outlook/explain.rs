//! The outlook in words: what moved the probability, what it means, what it does not.
//!
//! What moved it is found by asking the same model the same question without it (had this price always stood where it is,
//! had nobody told listings, had other events not moved, were the event a month away); the difference is told.

use std::ops::RangeInclusive;

use chrono::TimeDelta;
use contract::outlook::{Driver, DriverCode, HorizonOutlook, ModelKind, Speaker};
use prices::accuracy::DataOrigin;
use prices::outlook::course::{Course, Sight};
use prices::outlook::features::features;
use prices::outlook::market::Market as Others;
use prices::outlook::model::Outlook;
use prices::outlook::{DAY, HORIZONS, HOUR};

use super::asked::Asked;
use super::words::hours;

/// Less than this many thousandths is not worth a sentence.
const WORTH_TELLING: i16 = 5;
/// An event is called near compared with one that begins in so many days.
const FAR_DAYS: i64 = 30;
/// One that begins in so many is about as far: nothing is told of it.
const ABOUT_AS_FAR: RangeInclusive<i64> = 21..=42;
/// The window whose moves are put into words, as a place in the market's windows: 72 hours.
const TOLD_WINDOW: usize = 1;

/// What moved the probability of the horizon of `hours`, the strongest first.
pub fn drivers(asked: &Asked<'_>, outlook: &Outlook, hours: u16) -> Vec<Driver> {
    let Some(index) = HORIZONS.iter().position(|told| *told == i64::from(hours)) else { return Vec::new() };
    let fall = |course: &Course, others: &Others| {
        let numbers = features(course, asked.index, asked.at(), others)?;
        outlook.answer(&numbers).falls.get(index).copied()
    };
    let Some(told) = fall(&asked.course, asked.others) else { return Vec::new() };
    let with = |start: Option<i64>, sights: Vec<Sight>| Course::new(start, asked.course.group, sights);
    let sights = asked.course.sights();
    let price = sights.last().map_or(0, |last| last.price);
    let still = sights.iter().map(|sight| Sight { price, ..*sight }).collect();
    let untold = sights.iter().map(|sight| Sight { listings: None, ..*sight }).collect();
    let far = asked.at().saturating_add(FAR_DAYS.saturating_mul(DAY));
    let nobody = Others::at(&[], asked.at());
    let without = [
        (DriverCode::OwnCourse, fall(&with(asked.course.start, still), asked.others)),
        (DriverCode::Supply, fall(&with(asked.course.start, untold), asked.others)),
        (DriverCode::OtherEvents, fall(&asked.course, &nobody)),
        (
            DriverCode::TimeLeft,
            asked
                .left()
                .filter(|left| !ABOUT_AS_FAR.contains(&left.div_euclid(DAY)))
                .and_then(|_| fall(&with(Some(far), sights.to_vec()), asked.others)),
        ),
    ];
    let mut drivers: Vec<Driver> = without
        .into_iter()
        .filter_map(|(code, without)| {
            let permille = thousandths(told - without?);
            (permille.abs() >= WORTH_TELLING).then(|| Driver {
                code,
                text: format!("{} {}", fact(asked, code), effect(permille, hours)),
                permille,
            })
        })
        .collect();
    drivers.sort_by_key(|driver| std::cmp::Reverse(driver.permille.abs()));
    drivers
}

fn effect(permille: i16, hours: u16) -> String {
    let points = f64::from(permille.abs()) / 10.0;
    let way = if permille > 0 { "adds" } else { "takes" };
    let to = if permille > 0 { "to" } else { "from" };
    format!(
        "This {way} {points:.1} points {to} the chance of a fall at some moment within {}.",
        super::words::hours(hours)
    )
}

fn fact(asked: &Asked<'_>, code: DriverCode) -> String {
    match code {
        DriverCode::OwnCourse => own_fact(asked),
        DriverCode::Supply => supply_fact(asked),
        DriverCode::OtherEvents => others_fact(asked),
        DriverCode::TimeLeft => {
            let days = asked.left().unwrap_or(0).div_euclid(DAY);
            match days {
                0 => "It begins within a day, not in a month.".to_owned(),
                1 => "It begins in a day, not in a month.".to_owned(),
                days if days > FAR_DAYS => format!("It begins in {days} days, not already in a month."),
                days => format!("It begins in {days} days, not in a month."),
            }
        }
    }
}

fn own_fact(asked: &Asked<'_>) -> String {
    let past = asked.course.until(asked.at());
    let week_ago = past.standing(asked.at().saturating_sub(7 * DAY));
    match past.last().zip(week_ago) {
        Some((now, then)) => match percent(f64::from(now.price) / f64::from(then.price) - 1.0) {
            0 => "This price stands where it stood a week ago.".to_owned(),
            change if change < 0 => format!("This price fell by {} % in a week.", change.unsigned_abs()),
            change => format!("This price rose by {change} % in a week."),
        },
        None => "This price has been watched for less than a week.".to_owned(),
    }
}

fn supply_fact(asked: &Asked<'_>) -> String {
    let past = asked.course.until(asked.at());
    let now = past.last().and_then(|last| last.listings);
    let then = past.standing(asked.at().saturating_sub(72 * HOUR)).and_then(|sight| sight.listings);
    match (now, then) {
        (Some(now), Some(then)) => format!("{now} listings are on sale, {then} were three days ago."),
        (Some(now), None) => format!("{now} listings are on sale."),
        _ => "How many listings are on sale is not told.".to_owned(),
    }
}

fn others_fact(asked: &Asked<'_>) -> String {
    let log_price = asked.course.until(asked.at()).last().map_or(0.0, |last| f64::from(last.price).ln());
    let others = asked.others.others(asked.index, &asked.course, log_price);
    let [mean, fell, ..] = others.windows.get(TOLD_WINDOW).copied().unwrap_or_default();
    let moved = match percent(mean.exp() - 1.0) {
        0 => "did not move on average".to_owned(),
        change if change < 0 => format!("fell by {} % on average", change.unsigned_abs()),
        change => format!("rose by {change} % on average"),
    };
    format!(
        "Other events' prices {moved} in three days; {} % of them fell by 5 % or more.",
        percent(fell).unsigned_abs()
    )
}

#[expect(clippy::cast_possible_truncation, reason = "a difference of probabilities; the cast saturates")]
fn thousandths(part: f64) -> i16 {
    (part * 1000.0).round() as i16
}

#[expect(clippy::cast_possible_truncation, reason = "a share; the cast saturates")]
fn percent(part: f64) -> i32 {
    (part * 100.0).round() as i32
}

/// What the numbers mean, in sentences.
pub fn meaning(horizons: &[HorizonOutlook]) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(first) = horizons.first() {
        let of_ten = f64::from(first.fall_permille) / 100.0;
        said.push(format!(
            "Of ten prices like this about {of_ten:.1} fall to {} or lower at some moment within {}.",
            first.fall_to,
            hours(first.hours)
        ));
    }
    if let Some(last) = horizons.last() {
        said.push(format!(
            "At the end of {} nine in ten prices like this are between {} and {}, whatever they were at in between.",
            hours(last.hours),
            last.q05,
            last.q95
        ));
    }
    said
}

/// What they do not mean.
pub fn not_meant(speaker: &Speaker, has_horizons: bool) -> Vec<String> {
    let mut said = Vec::new();
    if has_horizons {
        said.push(
            "It does not say that this price falls or rises: most prices stay where they are.".to_owned(),
        );
        said.push("It is about the cheapest ticket, whatever its seat; fees are included only where the price says so.".to_owned());
        said.push("News that is in no price yet (a cancellation, another show) is not in it.".to_owned());
    }
    match speaker.kind {
        ModelKind::PastRates => said
            .push("Past rates are the same for every event: they do not know this one's course.".to_owned()),
        _ if speaker.data == Some(DataOrigin::Invented) => {
            said.push("The model learned from invented prices: it says nothing of real markets.".to_owned());
        }
        _ => {}
    }
    said
}

/// Days and hours of a span, for sentences.
pub fn span(seconds: i64) -> String {
    let span = TimeDelta::seconds(seconds.max(0));
    match (span.num_days(), span.num_hours()) {
        (0, 0 | 1) => "about an hour".to_owned(),
        (0, hours) => format!("{hours} hours"),
        (1, _) => "a day".to_owned(),
        (days, _) => format!("{days} days"),
    }
}
