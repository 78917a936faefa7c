//! The frame round every handler: request id, problem answers, one log line, safe headers.

use std::future::Future;

use contract::REQUEST_ID_HEADER;
use contract::ids::RequestId;
use serde_json::json;
use worker::{Request, Response};

use crate::call::Call;
use crate::clock::Clock;
use crate::contained::contained;
use crate::failure::{Failure, Result};
use crate::log::Log;
use crate::reply;

/// Answers `request` by `handle`. A failure becomes a problem with a stable code; its cause goes to the log only. So
/// does a panic, where the build unwinds: its text may hold anything and is not for the caller.
pub async fn serve<H, F>(worker: &'static str, request: Request, handle: H) -> worker::Result<Response>
where
    H: FnOnce(Call, Log) -> F,
    F: Future<Output = Result<Response>>,
{
    let started_ms = Clock::wall_ms();
    answer(worker, request, handle, |log, route, status| {
        let wall_ms = Clock::wall_ms().saturating_sub(started_ms);
        log.info("request", json!({ "route": route, "status": status, "wall_ms": wall_ms }));
    })
    .await
}

/// Answers `request` to a Durable Object. Silent but for failures: whoever called it has a line already, and there are a
/// hundred such calls behind one poll.
pub async fn serve_object<H, F>(object: &'static str, request: Request, handle: H) -> worker::Result<Response>
where
    H: FnOnce(Call, Log) -> F,
    F: Future<Output = Result<Response>>,
{
    answer(object, request, handle, |_, _, _| {}).await
}

async fn answer<H, F>(
    who: &'static str,
    request: Request,
    handle: H,
    done: impl FnOnce(&Log, &str, u16),
) -> worker::Result<Response>
where
    H: FnOnce(Call, Log) -> F,
    F: Future<Output = Result<Response>>,
{
    let call = match Call::new(request) {
        Ok(call) => call,
        Err(failure) => return reply::problem(&failure, &RequestId::from_bytes([0; 16])),
    };
    let log = Log::new(who, call.request_id().clone());
    let (request_id, wants_body) = (call.request_id().clone(), call.wants_body());
    // The first two segments name the route; what follows may be an id or a token.
    let route = call.segments().into_iter().take(2).collect::<Vec<_>>().join("/");
    let outcome = contained(handle(call, log.clone())).await;
    let response = match outcome.unwrap_or_else(|_| Err(Failure::internal("the handler panicked"))) {
        Ok(response) => response,
        Err(failure) => {
            report(&log, &route, &failure);
            reply::problem(&failure, &request_id)?
        }
    };
    let headers = response.headers();
    headers.set(REQUEST_ID_HEADER, request_id.as_str())?;
    headers.set("x-content-type-options", "nosniff")?;
    if !headers.has("cache-control")? {
        headers.set("cache-control", "no-store")?;
    }
    done(&log, &route, response.status_code());
    if wants_body { Ok(response) } else { Ok(bodiless(&response)) }
}

/// The answer to HEAD: status and headers are those of GET (RFC 9110, 9.3.2).
fn bodiless(response: &Response) -> Response {
    Response::builder().with_status(response.status_code()).with_headers(response.headers().clone()).empty()
}

fn report(log: &Log, route: &str, failure: &Failure) {
    let fields = json!({ "route": route, "code": failure.code, "cause": failure.cause });
    match (failure.is_transient(), failure.expected) {
        (true, false) => log.error("failure", fields),
        (true, true) => log.warn("failure", fields),
        (false, _) => log.info("refused", fields),
    }
}

/// 405 for a path that exists with other methods.
pub fn method_not_allowed() -> Failure {
    Failure::new(contract::problem::Code::MethodNotAllowed, "This path does not take that method.")
}

/// 404 for a path that does not exist.
pub fn no_such_path() -> Failure {
    Failure::not_found("There is nothing at this path. The API is described in openapi.json.")
}
