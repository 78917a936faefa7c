//! Scores what it is posted as often as it is told: `npm run bench -- score` puts it beside the same code natively
//! (`bin/native.rs`) and beside its twin in TypeScript (`twin.ts`).
//!
//! `POST /answers?part=events` (or `seats`) answers the scores, `POST /run?part=…&times=20` how many those were.

pub mod work;

use edge::{Call, Method, Result, reply, serve};
use serde_json::json;
use worker::{Context, Env, Request, Response, event};

use crate::work::Input;

/// The made-up input of a bench is some 300 KB.
const MOST_BYTES: usize = 4 * 1024 * 1024;

#[event(fetch)]
async fn fetch(request: Request, _env: Env, _context: Context) -> worker::Result<Response> {
    serve("scoring", request, |mut call, _log| async move { route(&mut call).await }).await
}

async fn route(call: &mut Call) -> Result<Response> {
    let part = call.query("part").unwrap_or_default();
    let times: u32 = edge::params::parsed(call, "times", "a number")?.unwrap_or(1);
    match (call.method(), call.path()) {
        (Method::Post, "/answers") => {
            let input: Input = call.json_within(MOST_BYTES).await?;
            reply::json(&work::answers(&part, &input))
        }
        (Method::Post, "/run") => {
            let input: Input = call.json_within(MOST_BYTES).await?;
            reply::json(&json!({ "scores": work::run(&part, &input, times) }))
        }
        _ => Err(edge::serve::no_such_path()),
    }
}
