//! When to tell someone, and in which words.
//!
//! Pure: an observation and a rule go in, a decision comes out. How a message is sent or stored is unknown here.

pub mod decide;
pub mod message;
pub mod rule;
mod words;

pub use decide::{Decision, Memory, Quiet, Reason, Sight, decide};
pub use rule::{Channel, Rule};
