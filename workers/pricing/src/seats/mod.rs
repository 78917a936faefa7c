//! What single listings are worth, and what is remembered of them for later events of the venue.

pub mod fitted;
pub mod judge;
pub mod learn;
pub mod question;
pub mod store;
pub mod unit;
