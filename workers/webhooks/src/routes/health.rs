//! `GET /healthz`.

use edge::Result;
use edge::health::Checks;
use worker::Response;

use crate::app::App;

/// Version, and whether what webhooks needs can be reached.
pub async fn health(app: &App<'_>) -> Result<Response> {
    let request_id = app.request_id();
    Checks::new()
        .d1(app.env)
        .await
        .service(app.env, "AGGREGATOR", request_id)
        .await
        .service(app.env, "AUTH", request_id)
        .await
        .service(app.env, "NOTIFICATIONS", request_id)
        .await
        .answer("webhooks", env!("CARGO_PKG_VERSION"))
}
