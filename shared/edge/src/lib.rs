//! Workers machinery shared by every deployable: what comes in, what goes out, and what can go wrong between.
//!
//! Knows Cloudflare and HTTP; knows no ticket.

pub mod call;
pub mod clock;
pub mod config;
pub mod contained;
pub mod d1;
pub mod failure;
pub mod guard;
pub mod gzip;
pub mod health;
pub mod json;
pub mod log;
pub mod object;
pub mod outbound;
pub mod params;
pub mod queue;
pub mod random;
pub mod reply;
pub mod serve;
pub mod service;
pub mod sql;
pub mod storage_count;
pub mod timeout;

pub use call::{Call, Method};
pub use clock::Clock;
pub use config::Vars;
pub use failure::{Failure, Result};
pub use serve::{serve, serve_object};
