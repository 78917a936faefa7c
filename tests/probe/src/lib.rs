//! A Worker that panics on command, built like the product: same `edge`, same toolchain, same panic strategy.
//!
//! It shows on the runtime what a panic does to the neighbours of a request, to the caller of an object, to an alarm
//! and to the other messages of a batch (tests/workers/panics.test.mjs). The product itself has no way to panic on
//! command, and must not have one.
#![expect(clippy::panic, reason = "panicking is what it is for")]

mod probe_do;

use std::time::Duration;

use edge::log::Log;
use edge::object::Objects;
use edge::queue::{self, Delivery, Verdict};
use edge::{Call, Method, Result, reply, serve};
use worker::{Context, Delay, Env, MessageBatch, Request, Response, event};

pub use probe_do::Probe;

/// The object that keeps what the consumers did.
const LEDGER: &str = "ledger";

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    // Outside the frame that contains panics: what the SDK alone does with one.
    assert!(request.path() != "/bare-panic", "on command, without a frame");
    serve("probe", request, |call, _log| async move { route(call, &env).await }).await
}

async fn route(mut call: Call, env: &Env) -> Result<Response> {
    let path = call.path().to_owned();
    let path: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match (call.method(), path.as_slice()) {
        (Method::Get, ["slow"]) => {
            Delay::from(Duration::from_millis(800)).await;
            Ok(reply::no_content())
        }
        (Method::Get, ["panic"]) => {
            Delay::from(Duration::from_millis(300)).await;
            panic!("on command, with a secret in its text");
        }
        (Method::Post, ["messages"]) => {
            let messages: Vec<String> = call.json().await?;
            queue::send_all(env, "MESSAGES", &messages).await?;
            Ok(reply::no_content())
        }
        (Method::Post, ["objects", name, command]) => {
            let objects = Objects::new(env, "PROBE", call.request_id())?;
            let rows: Vec<String> = objects.call(name, &format!("/{command}"), &"by request").await?;
            reply::json(&rows)
        }
        _ => Err(edge::serve::no_such_path()),
    }
}

#[event(queue)]
async fn queue(batch: MessageBatch<serde_json::Value>, env: Env, _context: Context) -> worker::Result<()> {
    let queue = batch.queue();
    queue::consume(&batch, |delivery| async {
        let verdict = settle(&env, &queue, &delivery).await;
        (delivery, verdict)
    })
    .await;
    Ok(())
}

async fn settle(env: &Env, queue: &str, delivery: &Delivery) -> Verdict {
    let text: String = match delivery.decode() {
        Ok(text) => text,
        Err(_) => return Verdict::Done,
    };
    assert!(queue != "probe" || text != "panic", "on command, by a message");
    let log = Log::of_alarm("probe.consumer");
    let told = async {
        let objects = Objects::new(env, "PROBE", log.request_id())?;
        objects.tell(LEDGER, "/add", &format!("{queue}: {text}")).await
    };
    told.await.map_or(Verdict::Again(1), |()| Verdict::Done)
}
