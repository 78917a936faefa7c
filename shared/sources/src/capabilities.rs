//! What each source can and may do, as the site and the API show it.

use prices::FeeBasis;
use serde::Serialize;

/// What one source can do and on which terms we read it. Facts are as of 2026-11 and are argued in docs/SOURCES.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each with its name")]
pub struct Capabilities {
    /// Whether its catalogue can be searched by place and date.
    pub search: bool,
    /// Whether one event can be read anew ([`crate::Adapter::event`]).
    pub by_id: bool,
    /// Whether it tells, when asked, what changed since an instant ([`crate::Adapter::updates`]).
    pub updates: bool,
    /// Whether prices come with an ordinary key.
    pub prices: PriceAccess,
    /// The fee bases its prices come in, best known first.
    pub fee_basis: &'static [FeeBasis],
    /// Whether single listings (section, row) can be read.
    pub listings: bool,
    /// Whether and how it tells us of changes by itself.
    pub push: Push,
    /// Calls it allows, in its own terms.
    pub limits: &'static str,
    /// Calls we allow ourselves: its limits where it states them, else our own caution.
    pub budget: Limits,
    /// On which terms its data may be used.
    pub licence: Licence,
}

/// On which terms a source's data may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Licence {
    /// The terms in a sentence.
    pub terms: &'static str,
    /// What must stand beside its data, where the terms ask for it.
    pub attribution: Option<&'static str>,
    /// How long its data may be kept, where the terms say.
    pub retention: Option<&'static str>,
}

/// How often a source may be asked. Budgets run on the wall clock: the provider's do too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Every window must hold; the shortest comes first.
    pub windows: &'static [Window],
    /// Least time between two calls, milliseconds.
    pub spacing_ms: i64,
    /// Calls in flight at once.
    pub concurrency: u32,
}

/// Calls in a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Window {
    /// Calls the window allows.
    pub calls: u32,
    /// Its length, milliseconds.
    pub window_ms: i64,
}

impl Window {
    /// `calls` a second.
    pub const fn second(calls: u32) -> Self {
        Self { calls, window_ms: 1_000 }
    }

    /// `calls` an hour.
    pub const fn hour(calls: u32) -> Self {
        Self { calls, window_ms: 3_600_000 }
    }

    /// `calls` a day.
    pub const fn day(calls: u32) -> Self {
        Self { calls, window_ms: 86_400_000 }
    }
}

/// Whether a source states prices to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceAccess {
    /// As a rule.
    Stated,
    /// For some events only.
    Sometimes,
    /// Only to keys that were approved for it.
    Restricted,
}

/// Whether a source tells us of changes by itself, and what its word is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Push {
    /// It does not.
    None,
    /// Unsigned: a hint, upon which the event is read back.
    Hints,
    /// Signed offers, taken as they are.
    Signed,
}
