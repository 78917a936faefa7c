//! What each source can and may do, as the site and the API show it.

use prices::FeeBasis;
use serde::Serialize;

/// What one source can do and on which terms we read it. Facts are as of 2026-11 and are argued in docs/SOURCES.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Capabilities {
    /// Whether its catalogue can be searched by place and date.
    pub search: bool,
    /// Whether prices come with an ordinary key.
    pub prices: PriceAccess,
    /// The fee bases its prices come in, best known first.
    pub fee_basis: &'static [FeeBasis],
    /// Whether single listings (section, row) can be read.
    pub listings: bool,
    /// Whether it tells us of changes by itself.
    pub push: bool,
    /// Calls it allows, in its own terms.
    pub limits: &'static str,
    /// Calls we allow ourselves: its limits where it states them, else our own caution.
    pub budget: Limits,
    /// On which terms its data may be used.
    pub terms: &'static str,
}

/// How often a source may be asked. Budgets run on the wall clock: the provider's do too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Calls a window allows.
    pub calls: u32,
    /// The window, milliseconds.
    pub window_ms: i64,
    /// Least time between two calls, milliseconds.
    pub spacing_ms: i64,
}

impl Limits {
    /// `calls` an hour, `spacing_ms` apart.
    pub const fn hourly(calls: u32, spacing_ms: i64) -> Self {
        Self { calls, window_ms: 3_600_000, spacing_ms }
    }

    /// `calls` a day, `spacing_ms` apart.
    pub const fn daily(calls: u32, spacing_ms: i64) -> Self {
        Self { calls, window_ms: 86_400_000, spacing_ms }
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
