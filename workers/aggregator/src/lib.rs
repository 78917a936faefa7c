//! The aggregator: asks the markets, knows which listings are one event, holds what is on sale now.
//!
//! Owns the tables of `migrations/0001_catalog.sql`, the objects `SourcePlanner` (one a source) and `EventInventory`
//! (one an event), and the queue `observations`. Knows nothing of history or of people.

mod allowance;
mod config;
mod cron;
mod fee_store;
mod health;
mod ingest;
mod inventory;
mod linking;
mod planner;
mod routes;
mod search;

use contract::ids::RequestId;
use edge::clock::Clock;
use edge::failure::Result;
use edge::health::Checks;
use edge::log::Log;
use edge::{Call, Method, Vars, guard, reply, serve};
use serde_json::json;
use worker::{Context, Env, Request, Response, ScheduleContext, ScheduledEvent, event};

pub use inventory::object::EventInventory;
pub use planner::object::SourcePlanner;

use crate::config::Config;

#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> worker::Result<Response> {
    serve("aggregator", request, |mut call, _log| async move { route(&mut call, &env, &context).await }).await
}

async fn route(call: &mut Call, env: &Env, context: &Context) -> Result<Response> {
    let config = Config::read(&Vars::new(env))?;
    let path = call.path().to_owned();
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match (call.method(), segments.as_slice()) {
        (Method::Get, ["healthz"]) => health(env, call.request_id()).await,
        (Method::Get, ["v1", "events"]) => routes::events::list(call, env, &config).await,
        (Method::Get, ["v1", "events", "reviews"]) => routes::review::list(call, env).await,
        (Method::Post, ["v1", "events", "reviews", id]) => {
            let id = (*id).to_owned();
            routes::review::decide(call, env, &id).await
        }
        (Method::Get, ["v1", "events", "merges"]) => routes::review::merges(call, env).await,
        (Method::Post, ["v1", "events", "merges", id, "undo"]) => routes::review::undo(call, env, id).await,
        (Method::Post, ["v1", "events", id, "merge"]) => {
            let id = (*id).to_owned();
            routes::review::merge(call, env, &id).await
        }
        (Method::Post, ["v1", "events", id, "split"]) => {
            let id = (*id).to_owned();
            routes::review::split(call, env, &id).await
        }
        (Method::Get, ["v1", "events", id, "listings"]) => {
            routes::listings::page(call, env, &config, id).await
        }
        (Method::Get, ["v1", "search"]) => routes::search::search(call, env, &config).await,
        (Method::Get, ["v1", "search", "suggest"]) => routes::search::suggest(call, env, &config).await,
        (Method::Get, ["v1", "venues"]) => routes::venues::near(call, env, &config).await,
        (Method::Get, ["v1", "venues", id]) => routes::venues::detail(call, env, &config, id).await,
        (Method::Get, ["v1", "events", id]) => routes::events::detail(call, env, context, &config, id).await,
        (Method::Get, ["v1", "sources", source, "fees"]) => routes::fees::show(env, source).await,
        (Method::Get, ["v1", "sources"]) => routes::sources::list(env, &config).await,
        (Method::Post, ["v1", "sources", "feed", "push"]) => routes::push::receive(call, env).await,
        (Method::Post, ["v1", "sources", "wake"]) => {
            guard::operator(call, &Vars::new(env))?;
            let woken = routes::sources::wake(env, call.request_id()).await?;
            // The rest of what cron does: nothing triggers cron in development.
            let (env, log) = (env.clone(), Log::new("aggregator", call.request_id().clone()));
            context.wait_until(async move { cron::chores(&env, &config, &log, Clock::wall_ms()).await });
            reply::json_with_status(202, &woken)
        }
        (Method::Get, ["v1", "sources", "messages"]) => routes::sources::operator_messages(call, env).await,
        (Method::Get, ["v1", "sources", source, "plan"]) => routes::sources::plan(call, env, source).await,
        (Method::Post, ["v1", "sources", source, "backfill"]) => {
            routes::sources::backfill(call, env, source).await
        }
        (Method::Get, ["internal", "listings", id]) => routes::listings::all(call, env, id).await,
        (Method::Post, ["internal", "hints"]) => routes::sources::hints(call, env).await,
        (
            _,
            ["healthz"]
            | ["v1", "events" | "search" | "sources" | "venues"]
            | ["v1", "events" | "venues", _]
            | ["v1", "events", _, "listings" | "merge" | "split"]
            | ["v1", "search", "suggest"]
            | ["v1", "sources", "wake" | "messages"]
            | ["v1", "events", "reviews", _]
            | ["v1", "events", "merges", _, "undo"]
            | ["v1", "sources", "feed", "push"]
            | ["v1", "sources", _, "fees" | "plan" | "backfill"],
        ) => Err(edge::serve::method_not_allowed()),
        _ => Err(edge::serve::no_such_path()),
    }
}

/// Each minute.
#[event(scheduled)]
async fn scheduled(event: ScheduledEvent, env: Env, _context: ScheduleContext) {
    let log = Log::of_alarm("aggregator");
    #[expect(clippy::cast_possible_truncation, reason = "epoch milliseconds are whole and far below 2^53")]
    let scheduled_ms = event.schedule() as i64;
    match Config::read(&Vars::new(&env)) {
        Ok(config) => cron::run(&env, &config, &log, scheduled_ms).await,
        Err(failure) => {
            log.error("wake_failed", json!({ "cause": failure.cause, "detail": failure.detail }));
        }
    }
}

async fn health(env: &Env, request_id: &RequestId) -> Result<Response> {
    Checks::new()
        .note("OBSERVATIONS", &env.queue("OBSERVATIONS"))
        .note("RAW", &env.bucket("RAW"))
        .service(env, "NOTIFICATIONS", request_id)
        .await
        .service(env, "AUTH", request_id)
        .await
        .note("CATALOG_HISTORY", &env.queue("CATALOG_HISTORY"))
        .note("CATALOG_ALERTS", &env.queue("CATALOG_ALERTS"))
        .object(env, "SOURCE_PLANNER", request_id)
        .await
        .object(env, "EVENT_INVENTORY", request_id)
        .await
        .d1(env)
        .await
        .answer("aggregator", env!("CARGO_PKG_VERSION"))
}
