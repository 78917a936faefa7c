//! The aggregator: asks the markets, knows which listings are one event, holds what is on sale now.
//!
//! Owns the tables of `migrations/0001_catalog.sql`, the objects `SourcePlanner` (one a source) and `EventInventory`
//! (one an event), and the queue `observations`. Knows nothing of history or of people.

mod backoff;
mod budget;
mod catalog_store;
mod config;
mod confirm;
mod event_queries;
mod fee_store;
mod geo;
mod ingest;
mod inventory;
mod inventory_do;
mod linker;
mod offers;
mod planner_do;
mod planner_store;
mod push_store;
mod pushed;
mod routes;
mod search_document;
mod search_index;
mod search_params;
mod search_queries;
mod search_spelling;
mod source_store;
mod spelling;
mod stock;
mod venue_queries;
mod walk;

use contract::ids::RequestId;
use edge::failure::Result;
use edge::health::Checks;
use edge::log::Log;
use edge::{Call, Method, Vars, guard, reply, serve};
use serde_json::json;
use worker::{Context, Env, Request, Response, ScheduleContext, ScheduledEvent, event};

pub use inventory_do::EventInventory;
pub use planner_do::SourcePlanner;

use crate::config::Config;

/// Cron makes up for what the index missed: 4,000 events a minute.
const INDEX_BATCHES_A_MINUTE: usize = 10;

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    serve("aggregator", request, |mut call, _log| async move { route(&mut call, &env).await }).await
}

async fn route(call: &mut Call, env: &Env) -> Result<Response> {
    let config = Config::read(&Vars::new(env))?;
    match (call.method(), call.segments().as_slice()) {
        (Method::Get, ["healthz"]) => health(env, call.request_id()).await,
        (Method::Get, ["v1", "events"]) => routes::events::list(call, env, &config).await,
        (Method::Get, ["v1", "events", id, "listings"]) => {
            routes::listings::page(call, env, &config, id).await
        }
        (Method::Get, ["v1", "search"]) => routes::search::search(call, env, &config).await,
        (Method::Get, ["v1", "search", "suggest"]) => routes::search::suggest(call, env, &config).await,
        (Method::Get, ["v1", "venues"]) => routes::venues::near(call, env, &config).await,
        (Method::Get, ["v1", "venues", id]) => routes::venues::detail(call, env, &config, id).await,
        (Method::Get, ["v1", "events", id]) => routes::events::detail(call, env, &config, id).await,
        (Method::Get, ["v1", "sources", source, "fees"]) => routes::fees::show(env, source).await,
        (Method::Get, ["v1", "sources"]) => routes::sources::list(env, &config).await,
        (Method::Post, ["v1", "sources", "feed", "push"]) => routes::push::receive(call, env).await,
        (Method::Post, ["v1", "sources", "wake"]) => {
            guard::operator(call, &Vars::new(env))?;
            let woken = routes::sources::wake(env, call.request_id()).await?;
            reply::json_with_status(202, &woken)
        }
        (
            _,
            ["healthz"]
            | ["v1", "events" | "search" | "sources" | "venues"]
            | ["v1", "events" | "venues", _]
            | ["v1", "events", _, "listings"]
            | ["v1", "search", "suggest"]
            | ["v1", "sources", "wake"]
            | ["v1", "sources", "feed", "push"]
            | ["v1", "sources", _, "fees"],
        ) => Err(edge::serve::method_not_allowed()),
        _ => Err(edge::serve::no_such_path()),
    }
}

/// Each minute: makes sure that every configured source's planner has its alarm set, and learns fees from new pairs.
#[event(scheduled)]
async fn scheduled(_event: ScheduledEvent, env: Env, _context: ScheduleContext) {
    let log = Log::of_alarm("aggregator");
    let config = match Config::read(&Vars::new(&env)) {
        Ok(config) => config,
        Err(failure) => {
            return log.error("wake_failed", json!({ "cause": failure.cause, "detail": failure.detail }));
        }
    };
    match routes::sources::wake(&env, log.request_id()).await {
        Ok(woken) => log.info("planners_woken", woken),
        Err(failure) => log.error("wake_failed", json!({ "cause": failure.cause, "detail": failure.detail })),
    }
    match fee_store::learn_due(&env, config.clock.market()).await {
        Ok(learned) if learned.is_empty() => {}
        Ok(learned) => log.info("fees_learned", json!({ "markets": learned })),
        Err(failure) => log.error("fees_not_learned", json!({ "cause": failure.cause })),
    }
    match search_index::refresh(&env, INDEX_BATCHES_A_MINUTE).await {
        Ok(0) => {}
        Ok(events) => log.info("search_indexed", json!({ "events": events })),
        Err(failure) => log.error("search_index_failed", json!({ "cause": failure.cause })),
    }
}

async fn health(env: &Env, request_id: &RequestId) -> Result<Response> {
    Checks::new()
        .note("OBSERVATIONS", &env.queue("OBSERVATIONS"))
        .object(env, "SOURCE_PLANNER", request_id)
        .await
        .object(env, "EVENT_INVENTORY", request_id)
        .await
        .d1(env)
        .await
        .answer("aggregator", env!("CARGO_PKG_VERSION"))
}
