//! What was: the object of each event's history, its segments in the bucket, and what else is read with it.

pub mod aliases;
mod backfill;
pub mod bucket;
mod listing;
mod object;
mod store;

pub use object::PriceHistory;
