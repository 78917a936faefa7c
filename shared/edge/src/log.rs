//! Structured logs: one JSON line an event. Never secrets, tokens, addresses, phone numbers or URLs with a query.

use contract::ids::RequestId;
use serde::Serialize;

/// Who must act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nobody.
    Info,
    /// Somebody, if it goes on.
    Warn,
    /// Somebody, now.
    Error,
}

#[derive(Serialize)]
struct Line<'a, F: Serialize> {
    level: Level,
    worker: &'a str,
    request_id: &'a str,
    event: &'a str,
    #[serde(flatten)]
    fields: F,
}

/// The log of one request, message or alarm: knows who speaks and which request it belongs to.
#[derive(Clone, Debug)]
pub struct Log {
    worker: &'static str,
    request_id: RequestId,
}

impl Log {
    /// The log of `request_id` in `worker`.
    pub const fn new(worker: &'static str, request_id: RequestId) -> Self {
        Self { worker, request_id }
    }

    /// The log of work that no request asked for (an alarm, cron).
    pub fn of_alarm(worker: &'static str) -> Self {
        Self::new(worker, crate::random::id().unwrap_or_else(|_| RequestId::from_bytes([0; 16])))
    }

    /// The request it belongs to.
    pub const fn request_id(&self) -> &RequestId {
        &self.request_id
    }

    /// Something worth knowing. `fields` is a struct or `serde_json::json!` object with units in its names.
    pub fn info(&self, event: &str, fields: impl Serialize) {
        self.write(Level::Info, event, fields);
    }

    /// Something that needs a look if it goes on.
    pub fn warn(&self, event: &str, fields: impl Serialize) {
        self.write(Level::Warn, event, fields);
    }

    /// Something that needs a look now.
    pub fn error(&self, event: &str, fields: impl Serialize) {
        self.write(Level::Error, event, fields);
    }

    fn write(&self, level: Level, event: &str, fields: impl Serialize) {
        let line = Line { level, worker: self.worker, request_id: self.request_id.as_str(), event, fields };
        let Ok(text) = serde_json::to_string(&line) else { return };
        match level {
            Level::Info => worker::console_log!("{text}"),
            Level::Warn => worker::console_warn!("{text}"),
            Level::Error => worker::console_error!("{text}"),
        }
    }
}
