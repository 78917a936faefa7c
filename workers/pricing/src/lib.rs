//! Pricing: what was, what is a good price, and when a price has really moved.
//!
//! Owns the object `PriceHistory` (one an event), the bucket `HISTORY`, the tables of `migrations/0005_pricing.sql` and
//! `0011_outlook.sql`, the namespace `RESPONSES` and the queue `price-changes`. Knows nothing of people.

mod config;
mod consumer;
mod deals;
mod history;
mod outlook;
mod routes;
mod seats;

use contract::ids::RequestId;
use edge::failure::Result;
use edge::health::Checks;
use edge::log::Log;
use edge::{Call, Method, Vars, guard, queue, serve};
use worker::{Context, Env, MessageBatch, Request, Response, ScheduleContext, ScheduledEvent, event};

pub use history::PriceHistory;

use crate::config::Config;

#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> worker::Result<Response> {
    serve("pricing", request, |mut call, log| async move { route(&mut call, &env, &context, &log).await })
        .await
}

async fn route(call: &mut Call, env: &Env, context: &Context, log: &Log) -> Result<Response> {
    let vars = Vars::new(env);
    let config = Config::read(&vars)?;
    let path = call.path().to_owned();
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match (call.method(), segments.as_slice()) {
        (Method::Get, ["healthz"]) => health(env, call.request_id()).await,
        (Method::Get, ["v1", "prices"]) => {
            guard::operator(call, &vars)?;
            routes::stats::stats(env).await
        }
        (Method::Post, ["v1", "prices", "import"]) => {
            guard::operator(call, &vars)?;
            routes::import::import(call, env, &config).await
        }
        (Method::Post, ["v1", "prices", id, "mend"]) => {
            guard::operator(call, &vars)?;
            routes::mend::mend(call, env, id).await
        }
        (Method::Get, ["v1", "prices", id, "export"]) => routes::export::export(call, env, &config, id).await,
        (Method::Get, ["v1", "prices", id]) => routes::prices::history(call, env, &config, id).await,
        (Method::Get, ["v1", "prices", id, "seats"]) => {
            routes::seats::scores(call, env, context, &config, id).await
        }
        (Method::Get, ["v1", "prices", id, "moves"]) => routes::moves::list(call, env, &config, id).await,
        (Method::Get, ["v1", "deals"]) => routes::deals::list(call, env, &config).await,
        (Method::Get, ["v1", "deals", "me"]) => routes::deals_for_me::list(call, env, &config).await,
        (_, ["v1", "outlook", ..]) => routes::outlook::route(call, env, &config, log).await,
        (Method::Get, ["v1", "accuracy"]) => routes::accuracy::accuracy(call, env, &config, log).await,
        (Method::Get, ["internal", "best", id]) => {
            guard::internal(call, &vars)?;
            routes::prices::best(call, env, id).await
        }
        (
            _,
            ["healthz"]
            | ["v1", "deals", "me"]
            | ["v1", "prices" | "deals" | "accuracy"]
            | ["v1", "prices", _]
            | ["v1", "prices", _, "export" | "mend" | "moves" | "seats"],
        ) => Err(edge::serve::method_not_allowed()),
        _ => Err(edge::serve::no_such_path()),
    }
}

/// Cron, every minute: the outlook looks at the events whose turn it is. Nothing depends on it coming exactly once.
#[event(scheduled)]
async fn scheduled(_event: ScheduledEvent, env: Env, _context: ScheduleContext) {
    let log = Log::of_alarm("pricing.cron");
    let outcome = async {
        let config = Config::read(&Vars::new(&env))?;
        let request_id = edge::random::id()?;
        outlook::nightly::run(&env, &log, &request_id, config.clock.market()).await
    };
    match outcome.await {
        Ok(done) => log.info(
            "nightly",
            serde_json::json!({ "events": done.events, "said": done.said, "settled": done.settled, "left": done.left }),
        ),
        Err(failure) => log.error("nightly_failed", serde_json::json!({ "cause": failure.cause })),
    }
}

/// Settles each message alone; never answers an error, because the macro would turn it into a panic.
#[event(queue)]
async fn queue(batch: MessageBatch<serde_json::Value>, env: Env, _context: Context) -> worker::Result<()> {
    let is_dead = batch.queue().ends_with("-dlq");
    queue::consume(&batch, |delivery| async {
        let verdict = if is_dead {
            consumer::dead_letter(&env, &batch.queue(), &delivery).await
        } else if batch.queue().ends_with("catalog-history") {
            consumer::catalog_change(&env, &delivery).await
        } else {
            consumer::observations(&env, &delivery).await
        };
        (delivery, verdict)
    })
    .await;
    Ok(())
}

async fn health(env: &Env, request_id: &RequestId) -> Result<Response> {
    Checks::new()
        .note("PRICE_CHANGES", &env.queue("PRICE_CHANGES"))
        .object(env, "PRICE_HISTORY", request_id)
        .await
        .service(env, "AGGREGATOR", request_id)
        .await
        .service(env, "AUTH", request_id)
        .await
        .service(env, "NOTIFICATIONS", request_id)
        .await
        .bucket(env, "HISTORY")
        .await
        .kv(env, "RESPONSES")
        .await
        .d1(env)
        .await
        .answer("pricing", env!("CARGO_PKG_VERSION"))
}
