//! Where prices may go: the model in service, what it says of an event, the record of what was said, and what came of it.

mod advice;
pub mod analysis;
mod asked;
mod climate;
pub mod event;
mod explain;
pub mod nightly;
mod outcomes;
mod parts;
pub mod past;
pub mod peers;
pub mod place;
pub mod query;
mod queue;
pub mod record;
pub mod registry;
mod saying;
mod settling;
pub mod shelf;
pub mod speaker;
pub mod summing;
pub mod sums;
mod supply;
pub mod tally;
mod told;
pub mod upload;
pub mod words;
