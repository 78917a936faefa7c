//! What is asked of the record: the parameters of `/v1/accuracy`.

use catalog::genre::family;
use chrono::{DateTime, Utc};
use contract::outlook::RecordSource;
use edge::failure::Result;
use edge::{Call, params};
use prices::outlook::HORIZONS;
use serde::Serialize;

use super::place::{Passed, Place};

const NAMES: [&str; 7] = ["source", "genre", "horizon", "since", "failures_first", "limit", "cursor"];
const SOURCES: [(&str, RecordSource); 2] =
    [("live", RecordSource::Live), ("backtest", RecordSource::Backtest)];
const MAX_LIMIT: u32 = 100;

/// After which advice a page begins.
#[derive(Clone, Debug, Serialize)]
pub enum After {
    /// Of the live record.
    Said(Place),
    /// Of a backtest.
    Tried(Passed),
}

/// What is asked. Serialised it is what an answer is kept under: what is asked alike is written alike.
#[derive(Clone, Debug, Serialize)]
pub struct Query {
    /// Which record.
    pub source: RecordSource,
    /// Of this family of genres only; of a backtest, of this league or genre.
    pub genre: Option<String>,
    /// Of this horizon only.
    pub hours: Option<u16>,
    /// Said since.
    pub since: Option<DateTime<Utc>>,
    /// Failures before all others.
    pub failures_first: bool,
    /// How many past advices.
    pub limit: u32,
    /// Go on after this.
    pub after: Option<After>,
}

impl Query {
    /// Reads the parameters of `call`. Everything that cannot be meant is refused by name.
    pub fn read(call: &Call) -> Result<Self> {
        params::refuse_unknown(call, |name| NAMES.contains(&name))?;
        let source = params::one_of(call, "source", &SOURCES)?.unwrap_or(RecordSource::Live);
        let since = params::parsed(call, "since", "a time like 2026-12-01T00:00:00Z")?;
        if since.is_some() && source == RecordSource::Backtest {
            return Err(params::refused("since", "left out: it is for the live record"));
        }
        let told = |hours: &u16| HORIZONS.contains(&i64::from(*hours));
        let failures_first = params::parsed(call, "failures_first", "true or false")?.unwrap_or(false);
        // The live record is kept by families of genres, a backtest by what its events were called.
        let fold: fn(&str) -> String = match source {
            RecordSource::Live => family,
            RecordSource::Backtest => str::to_lowercase,
        };
        let after = |text: &str| match source {
            RecordSource::Live => Place::read(text, failures_first).map(After::Said),
            RecordSource::Backtest => Passed::read(text).map(After::Tried),
        };
        Ok(Self {
            source,
            genre: params::folded(call, "genre", "a genre like sports", fold)?,
            hours: params::read(call, "horizon", "24, 72 or 168", |text| text.parse().ok().filter(told))?,
            since,
            failures_first,
            limit: params::whole(call, "limit", 0..=MAX_LIMIT)?.unwrap_or(20),
            after: params::read(call, "cursor", ANSWERED, after)?,
        })
    }
}

/// What a cursor must be.
pub const ANSWERED: &str = "a next_cursor we answered to the same question in the same order";
