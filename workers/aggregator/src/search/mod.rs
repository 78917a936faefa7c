//! Finding events: words that may be misspelt, places, times, prices, and what to count beside them.

pub mod correction;
pub mod document;
pub mod events;
pub mod geo;
pub mod index;
pub mod params;
pub mod queries;
pub mod spelling;
pub mod venues;
