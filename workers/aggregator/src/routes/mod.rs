//! What the aggregator answers.

pub mod events;
pub mod fees;
pub mod listings;
pub mod push;
pub mod sources;
