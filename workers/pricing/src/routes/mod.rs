//! What pricing answers.

pub mod accuracy;
mod cache;
pub mod deals;
mod etag;
pub mod export;
pub mod import;
pub mod moves;
pub mod outlook;
pub mod prices;
mod question;
pub mod seats;
pub mod stats;
