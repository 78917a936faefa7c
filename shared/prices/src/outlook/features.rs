//! What was known of an event at a moment, as numbers: its own past at several lags, how restless it is, how long the
//! price has stood, how often it fell before, what is listed, the time left, and what other events did.

use super::course::{Course, Past, Sight};
use super::market::Market;
use super::{DAY, FALL, HOUR};

/// How many numbers describe a moment.
pub const COUNT: usize = 48;
/// Which of them is the logarithm of the price over the highest of the last 168 hours.
pub const BELOW_WEEK_HIGH: usize = 11;

/// The numbers at `origin`, of which `market` is the market at that hour or earlier; `None` before the first sight.
pub fn features(course: &Course, index: usize, origin: i64, market: &Market) -> Option<[f32; COUNT]> {
    let past = course.until(origin);
    let last = past.last()?;
    let price = f64::from(last.price);
    let log_price = price.ln();
    let mut row = Row::default();
    // A course of unknown start is as far away as one can be.
    row.push(course.start.map_or(999.0, |start| days(start.saturating_sub(origin).max(0))));
    row.push(log_price);
    let first = past.since(i64::MIN).next().unwrap_or(last);
    let back = |hours: i64| origin.saturating_sub(hours.saturating_mul(HOUR));
    for hours in [12, 24, 48, 72, 168, 336] {
        let then = past.standing(back(hours)).unwrap_or(first);
        row.push((price / f64::from(then.price)).ln());
    }
    for hours in [72, 168, 336, i64::MAX] {
        let (mut low, mut high) = (price, price);
        for sight in past.since(back(hours)) {
            low = low.min(f64::from(sight.price));
            high = high.max(f64::from(sight.price));
        }
        row.push((price / low).ln());
        row.push((price / high).ln());
    }
    for hours in [72, 168, 336] {
        let (size, share) = restlessness(past.since(back(hours)));
        row.push(size);
        row.push(share);
    }
    let (stood, step) = last_step(&past, last);
    row.push(stood);
    row.push(step);
    row.push(earlier_falls(&past, origin, 24));
    row.push(earlier_falls(&past, origin, 72));
    let listings = last.listings.filter(|count| *count > 0).map(f64::from);
    row.push(listings.map_or(-1.0, f64::ln));
    for hours in [24, 72, 168] {
        let then = past.standing(back(hours)).and_then(|sight| sight.listings).filter(|count| *count > 0);
        row.push(listings.zip(then).map_or(0.0, |(now, then)| (now / f64::from(then)).ln()));
    }
    let others = market.others(index, course, log_price);
    for number in others.windows.iter().flatten() {
        row.push(*number);
    }
    row.push(others.above_group);
    row.push(course.start.map_or(-1.0, weekday));
    row.push(weekday(origin));
    row.push(days(origin.rem_euclid(DAY)) * 24.0);
    row.push(f64::from(last.price % 100));
    row.push(count(past.len()).ln());
    Some(row.numbers)
}

/// Mean size of a step from sight to sight, and the share of steps that were any.
fn restlessness(sights: impl Iterator<Item = Sight>) -> (f64, f64) {
    let (mut steps, mut size, mut moved) = (0.0_f64, 0.0, 0.0);
    let mut before: Option<Sight> = None;
    for sight in sights {
        if let Some(before) = before {
            steps += 1.0;
            size += (f64::from(sight.price) / f64::from(before.price)).ln().abs();
            moved += if sight.price == before.price { 0.0 } else { 1.0 };
        }
        before = Some(sight);
    }
    (size / steps.max(1.0), moved / steps.max(1.0))
}

/// Hours since the price last changed, and by how much it did (logarithm).
fn last_step(past: &Past<'_>, last: Sight) -> (f64, f64) {
    let (mut since, mut step) = (last.at, 0.0);
    let mut before: Option<Sight> = None;
    for sight in past.since(i64::MIN) {
        match before {
            Some(before) if before.price == sight.price => {}
            _ => {
                since = sight.at;
                step = before.map_or(0.0, |before| (f64::from(sight.price) / f64::from(before.price)).ln());
            }
        }
        before = Some(sight);
    }
    (days(last.at.saturating_sub(since)) * 24.0, step)
}

/// The share of its own sights, old enough to tell, after which the price fell by 5 % within `hours`; drawn towards a
/// tenth by five.
fn earlier_falls(past: &Past<'_>, now: i64, hours: i64) -> f64 {
    let span = hours.saturating_mul(HOUR);
    let sights: Vec<Sight> = past.since(i64::MIN).collect();
    let (mut asked, mut fell) = (5.0, 0.5);
    for (index, sight) in sights.iter().enumerate() {
        let end = sight.at.saturating_add(span);
        if end > now {
            break;
        }
        asked += 1.0;
        let limit = FALL * f64::from(sight.price);
        let after = sights.get(index.saturating_add(1)..).unwrap_or_default();
        if after.iter().take_while(|later| later.at <= end).any(|later| f64::from(later.price) <= limit) {
            fell += 1.0;
        }
    }
    fell / asked
}

fn weekday(at: i64) -> f64 {
    // 1970 began on a Thursday.
    days(at.div_euclid(DAY).saturating_add(4).rem_euclid(7).saturating_mul(DAY))
}

#[expect(clippy::cast_precision_loss, reason = "seconds of a few years and counts of sights are exact")]
fn days(seconds: i64) -> f64 {
    seconds as f64 / 86_400.0
}

#[expect(clippy::cast_precision_loss, reason = "counts of sights are exact")]
fn count(number: usize) -> f64 {
    number as f64
}

struct Row {
    numbers: [f32; COUNT],
    next: usize,
}

impl Default for Row {
    fn default() -> Self {
        Self { numbers: [0.0; COUNT], next: 0 }
    }
}

impl Row {
    #[expect(clippy::cast_possible_truncation, reason = "a forest's thresholds are single precision")]
    fn push(&mut self, number: f64) {
        debug_assert!(self.next < COUNT, "more features than COUNT");
        if let Some(place) = self.numbers.get_mut(self.next) {
            *place = number as f32;
        }
        self.next = self.next.saturating_add(1);
    }
}
