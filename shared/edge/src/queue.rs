//! Queues: messages travel as JSON text; each message of a batch is settled alone, so that a bad one harms nobody.

use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use worker::{
    BatchMessageBuilder, Env, MessageBatch, MessageExt, QueueContentType, QueueRetryOptionsBuilder,
    RawMessage, RawMessageBuilder,
};

use crate::clock::Clock;
use crate::contained::contained;
use crate::failure::{Failure, Result};
use crate::json::encode;

/// Messages a `sendBatch` takes.
const MAX_BATCH: usize = 100;
/// Bytes a message may hold is 128 KB, a batch 256 KB: chunks stay under both (PLATFORM 4).
pub const MAX_MESSAGE_BYTES: usize = 120_000;
const MAX_BATCH_BYTES: usize = 240_000;

/// Sends `messages` to the queue behind `binding`, in as few operations as the limits allow.
pub async fn send_all(env: &Env, binding: &str, messages: &[impl Serialize]) -> Result<()> {
    let queue = env.queue(binding)?;
    let mut batch = BatchMessageBuilder::new();
    let (mut count, mut bytes) = (0_usize, 0_usize);
    for message in messages {
        let text = encode(message)?;
        if text.len() > MAX_MESSAGE_BYTES {
            return Err(Failure::internal("a queue message is larger than 120,000 bytes"));
        }
        if count == MAX_BATCH || bytes.saturating_add(text.len()) > MAX_BATCH_BYTES {
            queue.send_raw_batch(std::mem::replace(&mut batch, BatchMessageBuilder::new()).build()).await?;
            (count, bytes) = (0, 0);
        }
        (count, bytes) = (count.saturating_add(1), bytes.saturating_add(text.len()));
        let raw =
            RawMessageBuilder::new(JsValue::from_str(&text)).build_with_content_type(QueueContentType::Text);
        batch = batch.message(raw);
    }
    if count > 0 {
        queue.send_raw_batch(batch.build()).await?;
    }
    Ok(())
}

/// What a consumer decides about one message.
#[derive(Debug)]
pub enum Verdict {
    /// Done, or done before.
    Done,
    /// Try again after so many seconds; after the queue's `max_retries` it goes to the dead-letter queue.
    Again(u32),
}

/// One message, as its consumer sees it.
pub struct Delivery {
    raw: RawMessage,
}

impl Delivery {
    /// The queue's id of it.
    pub fn id(&self) -> String {
        self.raw.id()
    }

    /// The verdict that tries again after as long as the message has waited already, 1 to 60 seconds: that doubles the
    /// wait with each attempt. (The SDK does not tell how many there were.)
    pub fn later(&self) -> Verdict {
        let sent_ms = i64::try_from(self.raw.timestamp().as_millis()).unwrap_or(i64::MAX);
        let waited = Clock::wall_ms().saturating_sub(sent_ms).checked_div(1_000).unwrap_or(0);
        Verdict::Again(u32::try_from(waited.clamp(1, 60)).unwrap_or(60))
    }

    /// The text as sent. What was sent in another form is given as JSON, so that a dead letter holds what came.
    pub fn text(&self) -> String {
        let body = self.raw.body();
        let as_json = || js_sys::JSON::stringify(&body).ok().and_then(|text| text.as_string());
        body.as_string().or_else(as_json).unwrap_or_default()
    }

    /// The message, or why it cannot be read.
    pub fn decode<T: DeserializeOwned>(&self) -> std::result::Result<T, String> {
        serde_json::from_str(&self.text()).map_err(|error| error.to_string())
    }

    fn settle(&self, verdict: &Verdict) {
        match verdict {
            Verdict::Done => self.raw.ack(),
            Verdict::Again(seconds) => self
                .raw
                .retry_with_options(&QueueRetryOptionsBuilder::new().with_delay_seconds(*seconds).build()),
        }
    }
}

/// Hands each message of `batch` to `handle` and settles it alone. Never fails as a whole: the macro turns an error of
/// the handler into a panic, and a throw retries what was not settled yet. A message that makes the handler panic is
/// tried again and ends in the dead-letter queue, while the others of its batch are done.
pub async fn consume<H, F>(batch: &MessageBatch<serde_json::Value>, mut handle: H)
where
    H: FnMut(Delivery) -> F,
    F: Future<Output = (Delivery, Verdict)>,
{
    for (raw, same) in batch.raw_iter().zip(batch.raw_iter()) {
        // A handler that panics takes its delivery with it; `same` is the same message once more.
        let (delivery, verdict) = contained(handle(Delivery { raw })).await.unwrap_or_else(|_| {
            let delivery = Delivery { raw: same };
            let verdict = delivery.later();
            (delivery, verdict)
        });
        delivery.settle(&verdict);
    }
}
