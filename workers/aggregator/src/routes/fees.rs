//! `/v1/sources/{source}/fees`.

use edge::failure::{Failure, Result};
use edge::reply;
use worker::{Env, Response};

use crate::fee_store;

/// `GET /v1/sources/{source}/fees`.
pub async fn show(env: &Env, source: &str) -> Result<Response> {
    let market = source.parse().map_err(|_| Failure::not_found("There is no source of this name."))?;
    reply::cached_for(60, reply::json(&fee_store::of_source(env, market).await?)?)
}
