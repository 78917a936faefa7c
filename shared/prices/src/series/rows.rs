//! How one observation is coded, given those before it.

use chrono::DateTime;

use super::SeriesError;
use super::amounts::{Counts, Prices};
use super::coder::Coder;
use super::times::Times;
use crate::observation::Observation;

/// What is expected of the next observation of a series.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    times: Times,
    prices: Prices,
    listings: Counts,
    tickets: Counts,
}

impl Rows {
    pub(super) fn new() -> Self {
        Self { times: Times::new(), prices: Prices::new(), listings: Counts::new(), tickets: Counts::new() }
    }

    /// Begins another series with what was learned from those before.
    pub(super) fn begin(&mut self) {
        self.times.begin();
        self.prices.begin();
        self.listings.begin();
        self.tickets.begin();
    }

    /// Writes `row`, or reads one.
    pub(super) fn row(
        &mut self,
        coder: &mut impl Coder,
        row: &Observation,
    ) -> Result<Observation, SeriesError> {
        let second = self.times.code(coder, row.at.timestamp())?;
        Ok(Observation {
            at: DateTime::from_timestamp(second, 0).ok_or(SeriesError::Malformed("time"))?,
            price: self.prices.code(coder, row.price)?,
            listings: self.listings.code(coder, row.listings)?,
            tickets: self.tickets.code(coder, row.tickets)?,
        })
    }
}
