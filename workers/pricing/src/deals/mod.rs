//! What is a good price now: the table of deals.

pub mod store;
