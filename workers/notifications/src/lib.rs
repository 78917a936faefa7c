//! Notifications: who wants to know, what they are told, and what became of it.
//!
//! Owns the tables of `migrations/0003_notifications.sql` and the objects `Dispatcher` (one a shard of the outbox).
//! Knows nothing of how a price came about. The rules in words: docs/ALERTS.md.

mod address;
mod app;
mod config;
mod consumer;
mod derived;
mod dispatch;
mod dispatcher_do;
mod outbox;
mod providers;
mod routes;
mod seal;
mod store_d1;
mod telling;

use contract::ids::RequestId;
use edge::failure::Result;
use edge::health::Checks;
use edge::log::Log;
use edge::{Call, Method, queue, serve};
use worker::{Context, Env, MessageBatch, Request, Response, event};

pub use dispatcher_do::Dispatcher;

use crate::app::App;

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    serve("notifications", request, |mut call, log| async move { route(&mut call, &env, log).await }).await
}

async fn route(call: &mut Call, env: &Env, log: Log) -> Result<Response> {
    let app = App::new(env, log)?;
    let path = call.path().to_owned();
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match (call.method(), segments.as_slice()) {
        (Method::Get, ["healthz"]) => health(env, call.request_id()).await,
        (Method::Post, ["v1", "alerts"]) => routes::alerts::create(&app, call).await,
        (Method::Get, ["v1", "alerts"]) => routes::alerts::list(&app, call).await,
        (Method::Delete, ["v1", "alerts", id]) => routes::alerts::delete(&app, call, id).await,
        (Method::Post, ["v1", "alerts", "stop", token]) => routes::alerts::stop(&app, token).await,
        (Method::Get, ["v1", "channels"]) => routes::channels::list(&app, call).await,
        (Method::Post, ["v1", "channels"]) => routes::channels::add(&app, call).await,
        (Method::Post, ["v1", "channels", id, "verify"]) => routes::channels::verify(&app, call, id).await,
        (Method::Delete, ["v1", "channels", id]) => routes::channels::delete(&app, call, id).await,
        (Method::Get, ["v1", "notifications"]) => routes::notifications::list(&app, call).await,
        (Method::Get, ["v1", "notifications", "stats"]) => routes::notifications::stats(&app, call).await,
        (Method::Put, ["internal", "channels"]) => routes::internal::set_channel(&app, call).await,
        (Method::Post, ["internal", "messages"]) => routes::internal::send_mail(&app, call).await,
        (Method::Get, ["internal", "watched"]) => routes::internal::watched(&app, call).await,
        (Method::Post, ["internal", "alert-events"]) => routes::internal::alert_events(&app, call).await,
        (Method::Post, ["internal", "operator-messages"]) => {
            routes::internal::operator_message(&app, call).await
        }
        (Method::Post, ["internal", "deliveries", "settle"]) => routes::internal::settle(&app, call).await,
        (_, path) if exists(path) => Err(edge::serve::method_not_allowed()),
        _ => Err(edge::serve::no_such_path()),
    }
}

/// Whether a public path is answered to some method.
fn exists(path: &[&str]) -> bool {
    matches!(
        path,
        ["healthz"]
            | ["v1", "alerts" | "channels" | "notifications"]
            | ["v1", "alerts" | "channels", _]
            | ["v1", "alerts", "stop", _]
            | ["v1", "channels", _, "verify"]
            | ["v1", "notifications", "stats"]
    )
}

/// Settles each message alone; never answers an error, because the macro would turn it into a panic.
#[event(queue)]
async fn queue(batch: MessageBatch<serde_json::Value>, env: Env, _context: Context) -> worker::Result<()> {
    let is_dead = batch.queue().ends_with("-dlq");
    queue::consume(&batch, |delivery| async {
        let verdict = if is_dead {
            consumer::dead_letter(&env, &batch.queue(), &delivery).await
        } else if batch.queue().ends_with("catalog-alerts") {
            consumer::catalog_change(&env, &delivery).await
        } else {
            consumer::price_change(&env, &delivery).await
        };
        (delivery, verdict)
    })
    .await;
    Ok(())
}

async fn health(env: &Env, request_id: &RequestId) -> Result<Response> {
    Checks::new()
        .service(env, "AUTH", request_id)
        .await
        .service(env, "PRICING", request_id)
        .await
        .service(env, "AGGREGATOR", request_id)
        .await
        .object(env, "DISPATCHER", request_id)
        .await
        .d1(env)
        .await
        .answer("notifications", env!("CARGO_PKG_VERSION"))
}
