//! How all events of a market moved lately: what one event's outlook may learn from the others'.

use super::course::Course;
use super::{DAY, HOUR};

/// Windows over which moves are compared, in hours.
pub const WINDOWS: [i64; 3] = [24, 72, 168];
/// A price not seen for so long tells nothing of now.
const STALE: i64 = 2 * DAY;
/// Moves beyond count as this: one absurd price must not decide the mean.
const MOST: f64 = 0.5;
/// Events that begin within so long of each other compete for the same buyers.
const NEAR: i64 = 4 * DAY;

/// One event's recent moves.
#[derive(Clone, Copy, Debug)]
struct Mover {
    course: usize,
    group: usize,
    start: Option<i64>,
    log_price: f64,
    changes: [Option<f64>; 3],
}

/// All events at one hour.
#[derive(Clone, Debug)]
pub struct Market {
    movers: Vec<Mover>,
}

/// What the others did, seen from one event.
#[derive(Clone, Copy, Debug, Default)]
pub struct Others {
    /// For each window: mean change, share that fell by 5 %, mean change of the same group and of near dates (both drawn
    /// towards no change).
    pub windows: [[f64; 4]; 3],
    /// Logarithm of the price over the geometric mean of the same group's, 0 where there is none.
    pub above_group: f64,
}

impl Market {
    /// The market at `now`, of what was seen by then.
    pub fn at(courses: &[Course], now: i64) -> Self {
        let mover = |(course, of): (usize, &Course)| {
            if of.start.is_some_and(|start| start <= now) {
                return None;
            }
            let past = of.until(now);
            let last = past.last().filter(|last| last.at >= now.saturating_sub(STALE))?;
            let log_price = f64::from(last.price).ln();
            let changes = WINDOWS.map(|hours| {
                let before = past.standing(now.saturating_sub(hours.saturating_mul(HOUR)))?;
                Some(log_price - f64::from(before.price).ln())
            });
            Some(Mover { course, group: of.group, start: of.start, log_price, changes })
        };
        Self { movers: courses.iter().enumerate().filter_map(mover).collect() }
    }

    /// What the others did, seen from `course`, whose price is now `log_price`.
    pub fn others(&self, index: usize, course: &Course, log_price: f64) -> Others {
        let mut others = Others::default();
        for (window, told) in others.windows.iter_mut().enumerate() {
            let (mut all, mut fell, mut group, mut near) =
                (Mean::default(), Mean::default(), Mean::default(), Mean::default());
            for mover in self.movers.iter().filter(|mover| mover.course != index) {
                let Some(change) = mover.changes.get(window).copied().flatten() else { continue };
                let bounded = change.clamp(-MOST, MOST);
                all.add(bounded);
                fell.add(if change <= super::FALL.ln() { 1.0 } else { 0.0 });
                if mover.group == course.group {
                    group.add(bounded);
                }
                if let (Some(one), Some(other)) = (mover.start, course.start)
                    && one.abs_diff(other) <= NEAR.unsigned_abs()
                {
                    near.add(bounded);
                }
            }
            *told = [all.over(0.0), fell.over(0.0), group.over(2.0), near.over(2.0)];
        }
        let mut level = Mean::default();
        for mover in self.movers.iter().filter(|mover| mover.course != index && mover.group == course.group) {
            level.add(mover.log_price);
        }
        if level.count > 0.0 {
            others.above_group = log_price - level.over(0.0);
        }
        others
    }
}

/// A mean that can be drawn towards zero by as many zeros as one likes.
#[derive(Default)]
struct Mean {
    sum: f64,
    count: f64,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1.0;
    }

    fn over(&self, zeros: f64) -> f64 {
        self.sum / (self.count + zeros).max(1.0)
    }
}
