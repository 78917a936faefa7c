//! `/v1/notifications`.

use contract::alerts::NotificationList;
use edge::failure::Result;
use edge::{Call, Vars, guard, reply};
use worker::Response;

use crate::app::App;
use crate::store_d1::deliveries;

/// `GET /v1/notifications`.
pub async fn list(app: &App<'_>, call: &Call) -> Result<Response> {
    let who = guard::signed_in(call, app.env).await?;
    let notifications = deliveries::of_person(&app.db, who.user_id.as_str()).await?;
    reply::json(&NotificationList { notifications })
}

/// `GET /v1/notifications/stats`.
pub async fn stats(app: &App<'_>, call: &Call) -> Result<Response> {
    guard::operator(call, &Vars::new(app.env))?;
    reply::json(&deliveries::stats(&app.db).await?)
}
