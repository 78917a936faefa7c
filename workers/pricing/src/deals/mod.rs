//! What is a good price now: the table of deals.

pub mod moves;
pub mod store;
