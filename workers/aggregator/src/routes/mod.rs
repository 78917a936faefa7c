//! What the aggregator answers.

pub mod events;
pub mod sources;
