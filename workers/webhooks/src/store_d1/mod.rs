//! The only place in this Worker with SQL for D1.

pub mod billing;
pub mod events;
