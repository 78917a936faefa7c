//! What single listings are worth, and what is remembered of them for later events of the venue.

pub mod judge;
pub mod learn;
pub mod store;
