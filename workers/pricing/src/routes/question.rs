//! What is asked of a price history: which part of it, as of when, and in which form.

use chrono::{DateTime, Utc};
use contract::history::SeriesKind;
use contract::pricing::Resolution;
use edge::Call;
use edge::failure::Result;
use edge::params::{one_of, parsed, refuse_unknown, refused};
use prices::{Courses, Market, Observation};

const RESOLUTIONS: [(&str, Resolution); 3] =
    [("raw", Resolution::Raw), ("hour", Resolution::Hour), ("day", Resolution::Day)];
const SERIES: [(&str, SeriesKind); 2] = [("market", SeriesKind::Market), ("best", SeriesKind::Best)];

/// A question that can be answered.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// How points are laid out.
    pub resolution: Resolution,
    /// A course a market, or the best of all.
    pub series: SeriesKind,
    /// Only this market.
    pub market: Option<Market>,
    /// Earliest observation.
    pub from: Option<DateTime<Utc>>,
    /// Latest observation.
    pub to: Option<DateTime<Utc>>,
    /// A past moment: nothing later is known.
    pub as_of: Option<DateTime<Utc>>,
}

impl Question {
    /// Reads the query; `now` is market time. `form` is a parameter that only this caller knows.
    pub fn read(call: &Call, now: DateTime<Utc>, form: Option<&str>) -> Result<Self> {
        refuse_unknown(call, |name| {
            matches!(name, "resolution" | "series" | "market" | "from" | "to" | "as_of") || form == Some(name)
        })?;
        let time = "a time like 2026-12-01T00:00:00Z";
        let question = Self {
            resolution: one_of(call, "resolution", &RESOLUTIONS)?.unwrap_or(Resolution::Raw),
            series: one_of(call, "series", &SERIES)?.unwrap_or(SeriesKind::Market),
            market: parsed(call, "market", "a market we watch, like seatgeek")?,
            from: parsed(call, "from", time)?,
            to: parsed(call, "to", time)?,
            as_of: parsed(call, "as_of", time)?,
        };
        if question.from.zip(question.to).is_some_and(|(from, to)| from > to) {
            return Err(refused("from", "no later than to"));
        }
        if question.as_of.is_some_and(|as_of| as_of > now) {
            return Err(refused("as_of", "no later than now: the past can be asked for"));
        }
        if question.as_of.zip(question.from).is_some_and(|(as_of, from)| from > as_of) {
            return Err(refused("from", "no later than as_of"));
        }
        Ok(question)
    }

    /// Whether it asks for an observation of this moment.
    pub fn wants(&self, seen: &Observation) -> bool {
        self.from.is_none_or(|from| seen.at >= from) && self.to.is_none_or(|to| seen.at <= to)
    }

    /// What was known at the moment asked for.
    pub fn known(&self, courses: Courses) -> Courses {
        match self.as_of {
            Some(as_of) => prices::past::until(courses, as_of),
            None => courses,
        }
    }
}
