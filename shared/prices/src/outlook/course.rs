//! The course of one event's price as an outlook reads it: in order, of one time each, before the event begins.

use super::{DAY, FALL, HOUR};

/// The best price at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sight {
    /// Seconds since 1970.
    pub at: i64,
    /// Minor units; above zero.
    pub price: u32,
    /// Listings on sale, where told and not zero.
    pub listings: Option<u32>,
}

/// A price this many times its neighbours', or this part of them, is somebody's mistake.
const SPIKE: f64 = 3.0;
/// Earlier sights a question needs.
const EARLIER: usize = 3;

/// One event's course.
#[derive(Clone, Debug)]
pub struct Course {
    /// When the event begins, where known.
    pub start: Option<i64>,
    /// Events of one number are of one home team or act.
    pub group: usize,
    sights: Vec<Sight>,
}

/// How a question turned out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Logarithm of the price at the horizon over the price at the origin, within a third to three times.
    pub change: f64,
    /// Whether the price was 5 % lower at any sight up to the horizon.
    pub fell: bool,
}

impl Course {
    /// A course of these sights, in any order. Of two at one second the later in the list counts; what was seen after
    /// the start is left out. A sight far from both its neighbours, which agree, is left out: while its successor is not yet
    /// seen it stays, so what is known at a moment depends on nothing after it (see [`Course::until`]).
    pub fn new(start: Option<i64>, group: usize, mut sights: Vec<Sight>) -> Self {
        sights.retain(|sight| sight.price > 0 && start.is_none_or(|start| sight.at < start));
        sights.sort_by_key(|sight| sight.at);
        let mut single: Vec<Sight> = Vec::with_capacity(sights.len());
        for sight in sights {
            match single.last_mut() {
                Some(last) if last.at == sight.at => *last = sight,
                _ => single.push(sight),
            }
        }
        Self { start, group, sights: single }
    }

    /// What was known of it at `now`: nothing later, and no isolated spikes but, perhaps, the last sight.
    pub fn until(&self, now: i64) -> Past<'_> {
        let seen = self.sights.partition_point(|sight| sight.at <= now);
        Past { course: self, sights: self.sights.get(..seen).unwrap_or_default() }
    }

    /// All sights.
    pub fn sights(&self) -> &[Sight] {
        &self.sights
    }

    /// Moments at which a question is asked: the first sight of each UTC day with enough before it.
    pub fn daily_origins(&self) -> Vec<i64> {
        let mut day = None;
        let mut origins = Vec::new();
        for (index, sight) in self.sights.iter().enumerate() {
            let today = sight.at.div_euclid(DAY);
            if index >= EARLIER && day != Some(today) {
                origins.push(sight.at);
            }
            day = Some(today);
        }
        origins
    }

    /// How the price went from the sight at `origin` until `hours` later; `None` when that was not seen well enough.
    /// Depends on no sight after the horizon.
    pub fn outcome(&self, origin: i64, hours: i64) -> Option<Outcome> {
        let end = origin.saturating_add(hours.saturating_mul(HOUR));
        if self.start.is_some_and(|start| end > start) {
            return None;
        }
        let first = self.sights.partition_point(|sight| sight.at < origin);
        let now = self.sights.get(first).filter(|sight| sight.at == origin)?;
        let after = self.until(end);
        let last = after.sights.last()?;
        let patience = hours.saturating_mul(HOUR / 4).max(14 * HOUR);
        // That a later sight was seen tells whether the price at the origin was a mistake.
        if last.at <= origin || self.is_spike(first) || last.at <= end.saturating_sub(patience) {
            return None;
        }
        let price = f64::from(now.price);
        let lowest = after
            .each_from(first.saturating_add(1))
            .map(|sight| sight.price)
            .min()
            .map_or(f64::INFINITY, f64::from);
        let ratio = (f64::from(last.price) / price).clamp(1.0 / SPIKE, SPIKE);
        Some(Outcome { change: ratio.ln(), fell: lowest <= FALL * price })
    }

    /// When it was seen after the sight at `origin` and up to `until`, and whether it had fallen then; the first fall is the
    /// last. A sight below a third of the one before is none: it may be a mistake. Each depends on nothing after it.
    pub fn watched(&self, origin: i64, until: i64) -> impl Iterator<Item = (i64, bool)> {
        let first = self.sights.partition_point(|sight| sight.at < origin);
        let price = |index: usize| self.sights.get(index).map(|sight| f64::from(sight.price));
        let now = price(first).unwrap_or(0.0);
        let odd = first.checked_sub(1).and_then(price).is_some_and(|before| now > SPIKE * before);
        let later = if odd { &[] } else { self.sights.get(first..).unwrap_or_default() };
        let mut fallen = false;
        later.windows(2).map_while(move |pair| {
            let [before, sight] = pair else { return None };
            if fallen || sight.at > until {
                return None;
            }
            let here = f64::from(sight.price);
            fallen = here <= FALL * now && here * SPIKE >= f64::from(before.price);
            Some((sight.at, fallen))
        })
    }

    /// Whether a sight is below a third of both neighbours or above three times both.
    fn is_spike(&self, index: usize) -> bool {
        let price = |index: usize| self.sights.get(index).map(|sight| f64::from(sight.price));
        let (Some(before), Some(here), Some(after)) =
            (index.checked_sub(1).and_then(price), price(index), price(index.saturating_add(1)))
        else {
            return false;
        };
        here * SPIKE < before.min(after) || here > SPIKE * before.max(after)
    }
}

/// A course as far as it was known at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a> {
    course: &'a Course,
    sights: &'a [Sight],
}

impl<'a> Past<'a> {
    /// The last sight.
    pub fn last(&self) -> Option<Sight> {
        self.sights.last().copied()
    }

    /// How many sights there are.
    pub fn len(&self) -> usize {
        self.sights.len()
    }

    /// Whether nothing was seen yet.
    pub fn is_empty(&self) -> bool {
        self.sights.is_empty()
    }

    /// The sight that stood at `at`; spikes are passed over.
    pub fn standing(&self, at: i64) -> Option<Sight> {
        let mut index = self.sights.partition_point(|sight| sight.at <= at);
        loop {
            index = index.checked_sub(1)?;
            if index.saturating_add(1) == self.sights.len() || !self.course.is_spike(index) {
                return self.sights.get(index).copied();
            }
        }
    }

    /// Sights at or after `at`, without spikes.
    pub fn since(&self, at: i64) -> impl Iterator<Item = Sight> + 'a {
        self.each_from(self.sights.partition_point(|sight| sight.at < at))
    }

    fn each_from(&self, first: usize) -> impl Iterator<Item = Sight> + 'a {
        let (course, last) = (self.course, self.sights.len().saturating_sub(1));
        self.sights
            .iter()
            .enumerate()
            .skip(first)
            .filter(move |(index, _)| *index == last || !course.is_spike(*index))
            .map(|(_, sight)| *sight)
    }
}
