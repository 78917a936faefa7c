//! `GET /v1/prices` for the operator: what history costs.

use edge::failure::Result;
use edge::reply;
use serde::Serialize;
use worker::{Env, Response};

use crate::deals::store as deal_store;
use crate::history::bucket;

#[derive(Serialize)]
struct Stats {
    /// Objects in the bucket.
    objects: u64,
    /// Bytes in the bucket.
    bytes: u64,
    /// Observations in the bucket.
    observations: u64,
    /// Hundredths of a byte one observation takes, keys not counted.
    bytes_per_observation_hundredths: Option<u64>,
    /// Events with a deal now.
    deals: i64,
    /// Messages that could not be handled.
    dead_letters: i64,
}

/// Answers what is stored.
pub async fn stats(env: &Env) -> Result<Response> {
    let usage = bucket::usage(env).await?;
    let (deals, dead_letters) = deal_store::counts(env).await?;
    reply::json(&Stats {
        objects: usage.objects,
        bytes: usage.bytes,
        observations: usage.observations,
        bytes_per_observation_hundredths: usage.bytes.saturating_mul(100).checked_div(usage.observations),
        deals,
        dead_letters,
    })
}
