//! What is asked of a price history: which part of it, as of when, and in which form.

use chrono::{DateTime, Utc};
use contract::history::SeriesKind;
use contract::pricing::Resolution;
use contract::problem::Code;
use edge::Call;
use edge::failure::{Failure, Result};
use prices::{Courses, Market, Observation};

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
    /// Reads the query; `now` is market time.
    pub fn read(call: &Call, now: DateTime<Utc>) -> Result<Self> {
        let time = "a time like 2026-12-01T00:00:00Z";
        let question = Self {
            resolution: match call.query("resolution").as_deref() {
                None | Some("" | "raw") => Resolution::Raw,
                Some("hour") => Resolution::Hour,
                Some("day") => Resolution::Day,
                Some(_) => return Err(refused("The parameter resolution must be raw, hour or day.")),
            },
            series: match call.query("series").as_deref() {
                None | Some("" | "market") => SeriesKind::Market,
                Some("best") => SeriesKind::Best,
                Some(_) => return Err(refused("The parameter series must be market or best.")),
            },
            market: call.query_as("market", "a market we watch, like seatgeek")?,
            from: call.query_as("from", time)?,
            to: call.query_as("to", time)?,
            as_of: call.query_as("as_of", time)?,
        };
        if question.from.zip(question.to).is_some_and(|(from, to)| from > to) {
            return Err(refused("The parameter from must not be later than to."));
        }
        if question.as_of.is_some_and(|as_of| as_of > now) {
            return Err(refused("The parameter as_of must not be in the future: the past can be asked for."));
        }
        if question.as_of.zip(question.from).is_some_and(|(as_of, from)| from > as_of) {
            return Err(refused("The parameter from must not be later than as_of."));
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

fn refused(detail: &str) -> Failure {
    Failure::new(Code::InvalidParameter, detail)
}
