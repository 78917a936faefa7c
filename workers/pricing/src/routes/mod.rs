//! What pricing answers.

pub mod deals;
pub mod import;
pub mod moves;
pub mod prices;
pub mod stats;
