//! What the aggregator answers.

pub mod events;
pub mod fees;
pub mod fresh;
pub mod listings;
pub mod push;
pub mod review;
pub mod search;
pub mod sources;
pub mod venues;
