//! What is asked of an event's listings: the parameters.

use contract::offers::MAX_SEATS;
use edge::Call;
use edge::failure::Result;
use edge::params::{one_of, parsed, read, refuse_unknown, text, whole};
use prices::Market;

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 200;
const NAMES: [&str; 6] = ["quantity", "max", "section", "market", "sort", "limit"];

/// What is asked of an event's listings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// Seats together.
    pub quantity: Option<u32>,
    /// Highest price of one, minor units of the answer's unit.
    pub max: Option<i64>,
    /// A section's name, or a zone's.
    pub section: Option<String>,
    /// One market only.
    pub market: Option<Market>,
    /// The order.
    pub sort: Sort,
    /// Listings shown.
    pub limit: usize,
}

/// The order of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The best first; those that are probably too good to be true after the others.
    #[default]
    Score,
    /// The cheapest first.
    Price,
}

impl Question {
    /// Reads the parameters of `call`.
    pub fn read(call: &Call) -> Result<Self> {
        refuse_unknown(call, |name| NAMES.contains(&name))?;
        let amount = "a whole number of minor units above zero";
        Ok(Self {
            quantity: whole(call, "quantity", 1..=MAX_SEATS)?,
            max: read(call, "max", amount, |text| text.parse().ok().filter(|max| *max > 0))?,
            section: text(call, "section"),
            market: parsed(call, "market", "a market we watch, like seatgeek")?,
            sort: one_of(call, "sort", &[("score", Sort::Score), ("price", Sort::Price)])?
                .unwrap_or_default(),
            limit: whole(call, "limit", 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT),
        })
    }
}
