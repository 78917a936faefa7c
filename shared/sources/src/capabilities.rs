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
    /// On which terms its data may be used.
    pub terms: &'static str,
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
