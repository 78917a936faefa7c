//! Whether the sources do their work, for readers and for the operator.

pub mod alarm;
pub mod messages;
pub mod source_store;
pub mod tally;
