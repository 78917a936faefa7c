//! `GET /healthz`.

use edge::Result;
use edge::health::Checks;
use worker::Response;

use crate::app::App;

/// Version, and whether what auth needs can be reached.
pub async fn health(app: &App<'_>) -> Result<Response> {
    let (env, request_id) = (app.env(), app.request_id());
    Checks::new()
        .d1(env)
        .await
        .object(env, "RATE_LIMITER", request_id)
        .await
        .service(env, "NOTIFICATIONS", request_id)
        .await
        .answer("auth", env!("CARGO_PKG_VERSION"))
}
