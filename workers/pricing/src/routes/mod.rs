//! What pricing answers.

pub mod accuracy;
mod backtest;
mod cache;
pub mod deals;
pub mod deals_for_me;
mod etag;
pub mod export;
pub mod import;
pub mod mend;
pub mod moves;
pub mod outlook;
pub mod prices;
mod question;
pub mod seats;
pub mod stats;
