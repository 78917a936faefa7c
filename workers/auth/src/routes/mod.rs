//! The endpoints: read the call, ask the rule, write, answer.

pub mod health;
pub mod internal;
pub mod me;
pub mod refresh;
pub mod register;
pub mod sessions;
pub mod sign_in;
pub mod verify;
pub mod watchlist;
