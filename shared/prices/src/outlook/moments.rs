//! The moments of many courses in the order of time, with what was known then and what came.

use std::collections::BTreeMap;

use super::course::{Course, Outcome};
use super::features::{COUNT, features};
use super::market::Market;
use super::model::Raw;
use super::rules::RULES;
use super::{HORIZONS, HOUR};

/// A moment of a course.
pub(super) struct Moment {
    /// Which course.
    pub course: usize,
    /// When.
    pub origin: i64,
    /// The price then.
    pub price: u32,
    /// What was known.
    pub numbers: [f32; COUNT],
    /// How the horizons turned out; to be looked at once they are over.
    pub outcomes: [Option<Outcome>; 3],
    /// One of the daily moments that are learned from.
    pub daily: bool,
    /// The row of the next day.
    pub next: Option<usize>,
    /// What was answered.
    pub raw: [Option<Raw>; 3],
    /// The outer span told, as changes, where it was a forest's.
    pub told: [Option<(f64, f64)>; 3],
    /// Which rules said wait.
    pub votes: Option<[bool; RULES]>,
}

/// The daily moments of all courses and those asked, in the order of time.
pub(super) fn moments(courses: &[Course], asked: &[(usize, i64)]) -> Vec<Moment> {
    let mut moments: BTreeMap<(i64, usize), bool> =
        asked.iter().map(|(course, at)| ((*at, *course), false)).collect();
    for (index, course) in courses.iter().enumerate() {
        for at in course.daily_origins() {
            moments.insert((at, index), true);
        }
    }
    let mut rows: Vec<Moment> = Vec::with_capacity(moments.len());
    let mut market: Option<(i64, Market)> = None;
    let mut before: BTreeMap<usize, usize> = BTreeMap::new();
    for ((origin, index), daily) in moments {
        let Some(course) = courses.get(index) else { continue };
        let hour = origin.div_euclid(HOUR).saturating_mul(HOUR);
        if market.as_ref().is_none_or(|(at, _)| *at != hour) {
            market = Some((hour, Market::at(courses, hour)));
        }
        let Some(numbers) = market.as_ref().and_then(|(_, market)| features(course, index, origin, market))
        else {
            continue;
        };
        let Some(last) = course.until(origin).last() else { continue };
        if daily {
            let earlier = before.insert(index, rows.len());
            let here = rows.len();
            if let Some(earlier) = earlier.and_then(|earlier| rows.get_mut(earlier)) {
                earlier.next = Some(here);
            }
        }
        let outcomes = HORIZONS.map(|hours| course.outcome(origin, hours));
        rows.push(Moment {
            course: index,
            origin,
            price: last.price,
            numbers,
            outcomes,
            daily,
            next: None,
            raw: [None, None, None],
            told: [None; 3],
            votes: None,
        });
    }
    rows
}
