//! A Worker that fetches a provider's page and reads it as the aggregator does: same `edge`, same `sources`, same
//! toolchain. `npm run bench -- ingest` puts it beside its twin in TypeScript (`twin.ts`).
//!
//! `GET /decode?provider=seatgeek&page=URL&times=20` answers how many events that were; `GET /events?…` what they
//! are, and `GET /fetch?…` only fetches.

use std::time::Duration;

use chrono::{DateTime, Utc};
use edge::{Call, Failure, Method, Result, reply, serve};
use serde_json::json;
use sources::{Adapter, Answer, Cursor, Page, Reading};
use worker::{Context, Env, Request, Response, event};

/// Longer than any page takes.
const LIMIT: Duration = Duration::from_secs(10);

#[event(fetch)]
async fn fetch(request: Request, _env: Env, _context: Context) -> worker::Result<Response> {
    serve("decode", request, |call, _log| async move { route(&call).await }).await
}

async fn route(call: &Call) -> Result<Response> {
    let provider = call.query("provider").unwrap_or_default();
    let url = call.query("page").unwrap_or_default();
    let adapter = adapter(&provider)?;
    match (call.method(), call.path()) {
        (Method::Get, "/decode") => {
            let times: u32 = edge::params::parsed(call, "times", "a number")?.unwrap_or(1);
            let mut events = 0_usize;
            for _ in 0..times {
                events = events.saturating_add(read(adapter.as_ref(), &url).await?.events.len());
            }
            reply::json(&json!({ "events": events }))
        }
        (Method::Get, "/fetch") => {
            let times: u32 = edge::params::parsed(call, "times", "a number")?.unwrap_or(1);
            let mut bytes = 0_usize;
            for _ in 0..times {
                bytes = bytes.saturating_add(get(&url).await?.body.len());
            }
            reply::json(&json!({ "bytes": bytes }))
        }
        (Method::Get, "/events") => reply::json(&read(adapter.as_ref(), &url).await?.events),
        _ => Err(edge::serve::no_such_path()),
    }
}

async fn read(adapter: &dyn Adapter, url: &str) -> Result<Page> {
    let answer = get(url).await?;
    let (content_type, body) = (answer.header("content-type"), answer.text());
    let answer = Answer {
        status: answer.status,
        content_type: content_type.as_deref(),
        retry_after: None,
        rate_limit: (None, None),
        body: &body,
    };
    match adapter.read(&Cursor::Page { scope: 0, page: 0 }, &answer, recorded_at()) {
        Reading::Page(page) => Ok(page),
        reading => Err(Failure::internal(format!("not a page: {reading:?}"))),
    }
}

async fn get(url: &str) -> Result<edge::outbound::Answer> {
    let headers = [("user-agent", "rip-city-bench"), ("accept", "application/json")];
    edge::outbound::send(worker::Method::Get, url, &headers, None, LIMIT)
        .await
        .map_err(|no_answer| Failure::upstream(no_answer.as_str()))
}

/// What "now" is to the pages: no sale of theirs is still to begin.
fn recorded_at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_900_000_000, 0).unwrap_or_default()
}

fn adapter(provider: &str) -> Result<Box<dyn Adapter>> {
    let market = provider.parse().map_err(|_| Failure::not_found("No such provider."))?;
    let settings = |name: &str| (name.ends_with("_KEY") || name.ends_with("_ID")).then(|| "bench".to_owned());
    sources::registry::adapter(market, &settings)
        .map_err(|error| Failure::internal(error.to_string()))?
        .ok_or_else(|| Failure::not_found("This provider needs other settings."))
}
