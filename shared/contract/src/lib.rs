//! Every type that crosses a Worker's wall: public HTTP bodies, service-binding bodies, queue messages and Durable
//! Object commands. `openapi.json` is made from these types. Additive only: Workers never deploy at one instant.

pub mod account;
pub mod alerts;
pub mod billing;
pub mod catalog;
pub mod deals;
pub mod fees;
pub mod health;
pub mod history;
pub mod ids;
pub mod internal;
pub mod objects;
pub mod offers;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod outlook;
pub mod planner;
pub mod pricing;
pub mod problem;
pub mod push;
pub mod queues;
pub mod review;
pub mod search;
pub mod seats;
mod time;

/// Header that carries the request id across Workers.
pub const REQUEST_ID_HEADER: &str = "x-request-id";
/// Header that carries the shared secret of internal calls.
pub const INTERNAL_KEY_HEADER: &str = "x-internal-key";
