//! The adapters, one module a provider: a test a quirk, on bodies of our own in the provider's shape.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod eventbrite;
mod feed;
mod hostile;
mod push;
mod recorded;
mod registry;
mod seatgeek;
mod stubhub;
mod support;
mod ticketevolution;
mod ticketmaster;
