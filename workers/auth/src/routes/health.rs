//! `GET /healthz`.

use edge::Result;
use edge::health::Checks;
use worker::Response;

use crate::app::App;

/// Version and bindings. Of another Worker only the binding is looked at: each answers for itself.
pub async fn health(app: &App<'_>) -> Result<Response> {
    let limiter: Result<()> = match app.limiters() {
        Ok(limiters) => limiters.call("health", "/ping", &()).await,
        Err(failure) => Err(failure),
    };
    Checks::new()
        .d1(app.env())
        .await
        .note("RATE_LIMITER", &limiter)
        .note("NOTIFICATIONS", &app.notifications())
        .answer("auth", env!("CARGO_PKG_VERSION"))
}
