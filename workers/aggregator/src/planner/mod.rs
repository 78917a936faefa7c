//! One planner a source: what to ask when, asking it, and what becomes of the answer.

pub mod asking;
pub mod attention;
pub mod backfill;
pub mod live;
pub mod object;
pub mod plan;
pub mod poll_store;
pub mod push_store;
pub mod pushed;
pub mod raw;
pub mod reading;
pub mod schedule;
pub mod store;
pub mod updates;
pub mod value;
pub mod walk;
