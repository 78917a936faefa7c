//! `GET /healthz`.

use edge::Result;
use edge::health::Checks;
use worker::Response;

use crate::app::App;

/// Version and bindings. Of other Workers only the binding is looked at: each answers for itself.
pub async fn health(app: &App<'_>) -> Result<Response> {
    Checks::new()
        .d1(app.env)
        .await
        .note("AUTH", &app.auth())
        .note("NOTIFICATIONS", &app.notifications())
        .answer("webhooks", env!("CARGO_PKG_VERSION"))
}
