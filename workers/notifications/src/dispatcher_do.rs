//! `Dispatcher`: one object a shard of the outbox. Its alarm sends what is due, paced by how the provider fares.
#![expect(missing_docs, reason = "the durable_object macro makes public methods without any")]

use std::time::Duration;

use alerts::Channel;
use contract::internal::MessageProvider;
use contract::objects::{Kick, Kicked};
use edge::clock::from_ms;
use edge::failure::Result;
use edge::json::{decode, encode};
use edge::log::Log;
use edge::{Call, Clock, random, reply, serve};
use futures_util::future::join_all;
use serde_json::json;
use worker::{DurableObject, Env, Request, Response, State, durable_object};

use crate::app::App;
use crate::dispatch::{Attempt, Next, Pace, settle};
use crate::providers::{self, Outcome, resend, twilio};
use crate::store_d1::deliveries::provider_name;
use crate::store_d1::outbox::{self, Claimed};

/// Messages sent at once: an isolate may wait for six answers, and one place is left to others.
const AT_ONCE: usize = 5;
/// An alarm is set this far ahead before the work begins, so that an object that dies at work wakes again.
const SAFETY: Duration = Duration::from_mins(1);
/// After a failure that is ours (no database, no configuration).
const AFTER_TROUBLE: Duration = Duration::from_secs(5);

const SHARD: &str = "shard";
const PACE: &str = "pace";

/// Sends one shard of the outbox. What it remembers is in its storage; the fields are handles.
#[durable_object(alarm)]
pub struct Dispatcher {
    state: State,
    env: Env,
}

// The runtime runs an object on one thread, and its fields hold no state that a panic could leave half-changed.
impl std::panic::UnwindSafe for Dispatcher {}
impl std::panic::RefUnwindSafe for Dispatcher {}

impl DurableObject for Dispatcher {
    fn new(state: State, env: Env) -> Self {
        Self { state, env }
    }

    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        serve("notifications.dispatcher", request, |mut call: Call, _log| async move {
            match call.path() {
                "/kick" => reply::json(&self.kick(call.json().await?).await?),
                _ => Err(edge::serve::no_such_path()),
            }
        })
        .await
    }

    async fn alarm(&self) -> worker::Result<Response> {
        let log = Log::of_alarm("notifications.dispatcher");
        let safety_ms = later_ms(SAFETY);
        self.state.storage().set_alarm(from_ms(safety_ms)).await?;
        let next_ms = match self.run(&log).await {
            Ok(next_ms) => next_ms,
            Err(failure) => {
                log.error("dispatch_failed", json!({ "cause": failure.cause, "detail": failure.detail }));
                Some(later_ms(AFTER_TROUBLE))
            }
        };
        self.arm_after_work(safety_ms, next_ms).await?;
        Response::empty()
    }
}

impl Dispatcher {
    /// Wakes the object, now or when the pause its provider asked for is over.
    async fn kick(&self, kick: Kick) -> Result<Kicked> {
        let storage = self.state.storage();
        if self.shard().await?.is_none() {
            storage.put(SHARD, &kick.shard).await?;
        }
        let begins_at_ms = Clock::wall_ms().max(self.pace().await?.paused_until_ms);
        let armed_ms = storage.get_alarm().await?;
        if armed_ms.is_none_or(|armed_ms| armed_ms > begins_at_ms) {
            storage.set_alarm(from_ms(begins_at_ms)).await?;
        }
        Ok(Kicked { begins_at_ms })
    }

    /// Replaces the safety alarm by the one that is needed. Any other alarm was set by a kick during the work: it is
    /// for rows that the work may not have seen, and stays unless an earlier one is needed.
    async fn arm_after_work(&self, safety_ms: i64, next_ms: Option<i64>) -> worker::Result<()> {
        let storage = self.state.storage();
        let armed_ms = storage.get_alarm().await?.filter(|armed_ms| *armed_ms != safety_ms);
        match (armed_ms, next_ms) {
            (Some(armed_ms), Some(next_ms)) if armed_ms <= next_ms => Ok(()),
            (Some(_), None) => Ok(()),
            (_, Some(next_ms)) => storage.set_alarm(from_ms(next_ms)).await,
            (None, None) => storage.delete_alarm().await,
        }
    }

    /// Sends what is due; answers when to go on.
    async fn run(&self, log: &Log) -> Result<Option<i64>> {
        let Some(shard) = self.shard().await? else { return Ok(None) };
        let mut pace = self.pace().await?;
        if pace.paused_until_ms > Clock::wall_ms() {
            return Ok(Some(pace.paused_until_ms));
        }
        let app = App::new(&self.env, log.clone())?;
        let claimed = outbox::claim(&app.db, &shard, Clock::wall_ms()).await?;
        let mut groups = claimed.chunks(AT_ONCE);
        for group in groups.by_ref() {
            let outcomes = send_group(&app, group).await?;
            let was = pace.clone();
            pace = pace.after(&outcomes, Clock::wall_ms(), dice()?);
            if pace.failures != was.failures || pace.paused_until_ms > Clock::wall_ms() {
                self.state.storage().put(PACE, encode(&pace)?).await?;
            }
            if pace.paused_until_ms > Clock::wall_ms() {
                log.warn("dispatch_paused", json!({ "shard": shard, "failures": pace.failures }));
                break;
            }
        }
        let untried: Vec<&str> = groups.flatten().map(|message| message.id.as_str()).collect();
        if !untried.is_empty() {
            outbox::release(&app.db, &untried, pace.paused_until_ms).await?;
        }
        let due_ms = outbox::next_due_ms(&app.db, &shard).await?;
        Ok(due_ms.map(|due_ms| due_ms.max(pace.paused_until_ms)))
    }

    async fn shard(&self) -> Result<Option<String>> {
        Ok(self.state.storage().get(SHARD).await?)
    }

    async fn pace(&self) -> Result<Pace> {
        let text: Option<String> = self.state.storage().get(PACE).await?;
        text.map_or_else(|| Ok(Pace::default()), |text| decode(&text))
    }
}

/// Sends up to five messages side by side and writes down what became of them.
async fn send_group(app: &App<'_>, group: &[Claimed]) -> Result<Vec<Outcome>> {
    let ids: Vec<&str> = group.iter().map(|message| message.id.as_str()).collect();
    let barred = outbox::barred(&app.db, &ids).await?;
    if !barred.is_empty() {
        outbox::end(&app.db, &barred).await?;
    }
    let open: Vec<&Claimed> =
        group.iter().filter(|message| !barred.iter().any(|(id, _)| *id == message.id)).collect();
    let Some(channel) = open.first().map(|message| message.channel) else { return Ok(Vec::new()) };
    let outcomes = join_all(open.iter().map(|message| send(app, message))).await;
    let now_ms = Clock::wall_ms();
    let results = open
        .iter()
        .zip(&outcomes)
        .map(|(message, outcome)| {
            let attempt = Attempt {
                channel: message.channel,
                calls_back: app.config.twilio.calls_back(),
                attempts: message.attempts,
                created_at_ms: message.created_at_ms,
                now_ms,
                dice: dice()?,
            };
            Ok((message.id.as_str(), settle(&attempt, outcome.clone())))
        })
        .collect::<Result<Vec<_>>>()?;
    outbox::record(&app.db, provider_name(carrier(channel)), &results, now_ms).await?;
    for (message, (_, next)) in open.iter().zip(&results) {
        report(app, message, next);
    }
    Ok(outcomes)
}

async fn send(app: &App<'_>, message: &Claimed) -> Outcome {
    let post = match message.channel {
        Channel::Email => app.config.resend.request(&resend::Mail {
            id: &message.id,
            to: &message.address,
            subject: &message.subject,
            text: &message.body,
            html: &message.html,
            stop_url: message.stop_url.as_deref(),
        }),
        Channel::Sms => app.config.twilio.request(&message.id, &message.address, &message.body),
    };
    match providers::post(&post).await {
        Ok(answer) => {
            let after = answer.header("retry-after");
            match message.channel {
                Channel::Email => resend::read(answer.status, after.as_deref(), &answer.body),
                Channel::Sms => twilio::read(answer.status, after.as_deref(), &answer.body),
            }
        }
        Err(outcome) => outcome,
    }
}

/// One line a message, under the request it came from.
fn report(app: &App<'_>, message: &Claimed, next: &Next) {
    let log = message
        .request_id
        .parse()
        .map_or_else(|_| app.log.clone(), |request_id| Log::new("notifications.dispatcher", request_id));
    let fields = |state: &str, code: Option<&str>| {
        json!({
            "message_id": message.id, "channel": message.channel, "kind": message.kind, "state": state, "code": code,
            "attempts": message.attempts,
        })
    };
    match next {
        Next::Sent { .. } => log.info("message_sent", fields("sent", None)),
        Next::Failed { code } => log.error("message_failed", fields("failed", Some(code))),
        Next::OptedOut { code } => log.info("message_suppressed", fields("suppressed", Some(code))),
        Next::Again { code, .. } => log.warn("message_delayed", fields("pending", Some(code))),
        Next::Unknown { code, .. } => log.warn("message_unknown", fields("unknown", Some(code))),
    }
}

const fn carrier(channel: Channel) -> MessageProvider {
    match channel {
        Channel::Email => MessageProvider::Resend,
        Channel::Sms => MessageProvider::Twilio,
    }
}

fn dice() -> Result<u64> {
    Ok(u64::from_le_bytes(random::bytes()?))
}

fn later_ms(delay: Duration) -> i64 {
    Clock::wall_ms().saturating_add(i64::try_from(delay.as_millis()).unwrap_or(i64::MAX))
}
