//! When to tell someone, and in which words.
//!
//! Pure: an observation and a rule go in, a decision comes out. How a message is sent or stored is unknown here.

pub mod rule;

pub use rule::{Channel, Rule};
