//! What is a good price now: the table of deals.

pub mod comparable;
pub mod cursor;
pub mod fits;
pub mod keys;
pub mod moves;
pub mod query;
pub mod scoring;
pub mod statement;
pub mod store;
pub mod taste;
