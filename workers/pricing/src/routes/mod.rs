//! What pricing answers.

pub mod deals;
pub mod prices;
pub mod stats;
