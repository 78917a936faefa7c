//! Where prices may go: the model in service, what it says of an event, the record of what was said, and what came of it.

mod advice;
pub mod analysis;
mod asked;
mod climate;
pub mod event;
mod explain;
pub mod nightly;
mod parts;
pub mod peers;
pub mod record;
pub mod registry;
pub mod speaker;
pub mod sums;
mod supply;
pub mod tally;
mod told;
pub mod words;
