//! Which listings are one event: names, places and times compared, with reasons.
//!
//! Pure: no clock, no I/O, no prices. How it decides is written in docs/MATCHING.md.

pub mod assign;
pub mod block;
pub mod facts;
pub mod genre;
pub mod matcher;
pub mod normalise;
pub mod place;
mod series;
mod title;
mod venue;
pub mod verdict;
mod when;
mod who;

pub use assign::{Pairing, assign};
pub use block::{filing_keys, lookup_keys};
pub use facts::EventFacts;
pub use matcher::{best_match, judge};
pub use verdict::{Decision, Reason, Verdict};
