//! `GET /v1/me`.

use edge::{Call, Result, reply};
use worker::Response;

use crate::app::App;

/// Who is signed in.
pub async fn me(app: &App<'_>, call: &Call) -> Result<Response> {
    reply::json(&app.signed_in(call).await?.me())
}
