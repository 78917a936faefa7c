//! Every wait has an end. A panicking Durable Object in a plain build never answers, so its callers must not wait
//! for ever (PLATFORM R2).

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};

/// The time ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedOut;

/// Waits for `work`, at most `limit` of real time.
pub async fn within<F: Future>(limit: Duration, work: F) -> Result<F::Output, TimedOut> {
    match select(pin!(work), pin!(worker::Delay::from(limit))).await {
        Either::Left((output, _)) => Ok(output),
        Either::Right(_) => Err(TimedOut),
    }
}
