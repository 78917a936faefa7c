//! One call to a provider: through the gate, out, and read. Walk, updates, polls and live reads all ask by this.

use std::time::Duration;

use contract::catalog::SourceMode;
use edge::clock::Clock;
use edge::failure::Result;
use edge::log::Log;
use edge::outbound::{self, NoAnswer};
use edge::random;
use prices::Market;
use serde_json::json;
use sources::{Adapter, Answer, Cursor, Failure, FailureKind, Limits, Page, Reading};
use worker::{Env, Method};

use crate::allowance::backoff;
use crate::allowance::budget::{Purpose, Refusal};
use crate::allowance::gate::{Gate, Outcome};
use crate::config;
use crate::planner::raw::{self, Kept};
use crate::planner::store::{PlannerStore, Token};

/// A quota that is spent is waited for this long where the provider does not say until when.
const QUOTA_WAIT: Duration = Duration::from_hours(1);
/// Six connections wait already: it is worth asking again after this long.
const BUSY_WAIT: Duration = Duration::from_millis(250);

/// Asks one provider.
pub struct Asker<'a> {
    /// Bindings.
    pub env: &'a Env,
    /// The planner's memory.
    pub store: &'a PlannerStore,
    /// The provider.
    pub adapter: &'a dyn Adapter,
    /// How often it may be asked.
    pub limits: &'a Limits,
    /// Both times.
    pub clock: &'a Clock,
}

/// What came of asking.
pub enum Asked {
    /// Events.
    Page(Box<Page>),
    /// A token was fetched, or the one we had was taken back: ask this next.
    Next(Cursor),
    /// It was not asked: so long until it is worth trying again, and why.
    Refused(Duration, &'static str),
    /// Nothing usable; so long until it is worth trying again.
    Failed(Failure, Duration),
}

impl Asker<'_> {
    /// The market.
    pub fn market(&self) -> Market {
        self.adapter.market()
    }

    /// Asks for `cursor`. The call counts from the moment it is let through, even if we die before its answer: a budget
    /// may be underused, never exceeded.
    pub async fn ask(&self, purpose: Purpose, cursor: &Cursor, log: &Log) -> Result<Asked> {
        let entered = self.store.with_gate(|gate| {
            gate.enter(self.limits, purpose).map_err(|refusal| wait_for(refusal, gate.now_ms()))
        })?;
        let ticket = match entered {
            Ok(ticket) => ticket,
            Err((wait, reason)) => return Ok(Asked::Refused(wait, reason)),
        };
        let now_ms = self.clock.market().timestamp_millis();
        self.store.with_pulse(|pulse| pulse.last_attempt_ms = Some(now_ms))?;
        let answered = self.send(cursor, ticket.number(), log).await;
        let asked = match answered {
            Ok(Some(reading)) => self.meaning(cursor, reading, log)?,
            Ok(None) => Asked::Refused(BUSY_WAIT, NoAnswer::Busy.as_str()),
            Err(failure) => {
                // Ours, not the provider's.
                self.store.with_gate(|gate| gate.leave(ticket, &Outcome::Neutral))?;
                return Err(failure);
            }
        };
        let outcome = outcome(cursor, &asked);
        self.store.with_gate(|gate| {
            self.tell_budget(gate, &asked);
            gate.leave(ticket, &outcome);
        })?;
        Ok(asked)
    }

    /// What the answer says of the budget.
    fn tell_budget(&self, gate: &mut Gate, asked: &Asked) {
        let now_ms = gate.now_ms();
        match asked {
            Asked::Page(page) => {
                if let Some(left) = page.calls_left {
                    let steady = |at: chrono::DateTime<chrono::Utc>| {
                        at.timestamp_millis().saturating_sub(Clock::wall_ms()).saturating_add(now_ms)
                    };
                    gate.budget.heed(self.limits, left, page.window_resets_at.map(steady), now_ms);
                }
            }
            Asked::Failed(failure, wait) => {
                let pause = match failure.kind {
                    FailureKind::QuotaSpent => Some(failure.retry_after.unwrap_or(QUOTA_WAIT)),
                    FailureKind::Throttled => Some(*wait),
                    _ => failure.retry_after,
                };
                if let Some(pause) = pause {
                    let pause_ms = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
                    gate.budget.close_until(now_ms.saturating_add(pause_ms));
                }
            }
            Asked::Next(_) | Asked::Refused(..) => {}
        }
    }

    /// Performs the request; `None` if this isolate has no connection free.
    async fn send(&self, cursor: &Cursor, number: u64, log: &Log) -> Result<Option<Reading>> {
        let token = self.store.live_token()?;
        let request = self.adapter.request(cursor, token.as_deref(), self.clock.market());
        let method = if request.method == "POST" { Method::Post } else { Method::Get };
        let headers: Vec<(&str, &str)> =
            request.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer =
            outbound::send(method, &request.url, &headers, request.body.as_deref(), outbound::DEFAULT_LIMIT)
                .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(NoAnswer::Busy) => return Ok(None),
            Err(no_answer) => return Ok(Some(unanswered(no_answer))),
        };
        let mode = match answer.header("x-sandbox-mode").as_deref() {
            Some("replay") => SourceMode::Replay,
            Some(_) => SourceMode::Sandbox,
            None => SourceMode::Live,
        };
        self.store.with_pulse(|pulse| pulse.mode = Some(mode))?;
        log.info("asked", json!({ "market": self.market(), "what": request.label, "status": answer.status }));
        let (content_type, retry_after) = (answer.header("content-type"), answer.header("retry-after"));
        let (left, reset) = (answer.header("rate-limit-available"), answer.header("rate-limit-reset"));
        let at = self.clock.market();
        let body = answer.text();
        let reading = self.adapter.read(
            cursor,
            &Answer {
                status: answer.status,
                content_type: content_type.as_deref(),
                retry_after: retry_after.as_deref(),
                rate_limit: (left.as_deref(), reset.as_deref()),
                body: &body,
            },
            at,
        );
        if matches!(reading, Reading::Page(_)) {
            let mut secrets = config::secrets(self.env, self.market());
            secrets.extend(token);
            let kept = Kept {
                market: self.market(),
                cursor: cursor.clone(),
                status: answer.status,
                content_type,
                at,
                number,
                body: answer.body,
            };
            raw::keep_behind(self.env, log, kept, secrets);
        }
        Ok(Some(reading))
    }

    fn meaning(&self, cursor: &Cursor, reading: Reading, log: &Log) -> Result<Asked> {
        match reading {
            Reading::Page(page) => {
                self.report(&page, log);
                Ok(Asked::Page(Box::new(page)))
            }
            Reading::Token { access_token, expires_in, next } => {
                let life_ms = i64::try_from(expires_in.as_millis()).unwrap_or(i64::MAX);
                let token = Token { access_token, expires_ms: Clock::wall_ms().saturating_add(life_ms) };
                self.store.put_token(Some(&token))?;
                Ok(Asked::Next(next))
            }
            Reading::Failed(failure) => {
                let failures = self.store.gate()?.breaker.failures;
                log.warn(
                    "refused_by_source",
                    json!({ "market": self.market(), "kind": failure.kind, "code": failure.code, "failures": failures }),
                );
                // A token may have been taken back before its time: ask for another, once.
                if failure.kind == FailureKind::Unauthorized && self.store.live_token()?.is_some() {
                    self.store.put_token(None)?;
                    return Ok(Asked::Next(Cursor::Token { then: Box::new(cursor.clone()) }));
                }
                let dice = u64::from_le_bytes(random::bytes()?);
                let wait = backoff::wait(failures.saturating_add(1), failure.retry_after, dice);
                Ok(Asked::Failed(failure, wait))
            }
        }
    }

    fn report(&self, page: &Page, log: &Log) {
        for rejected in &page.rejected {
            log.warn(
                "rejected",
                json!({ "market": self.market(), "id": rejected.id, "reason": rejected.reason }),
            );
        }
        if page.unreachable > 0 || !page.unknown_words.is_empty() {
            log.warn(
                "not_understood",
                json!({ "market": self.market(), "unreachable": page.unreachable, "words": page.unknown_words }),
            );
        }
    }
}

fn wait_for(refusal: Refusal, now_ms: i64) -> (Duration, &'static str) {
    let wait_ms = u64::try_from(refusal.until_ms.saturating_sub(now_ms)).unwrap_or(0);
    (Duration::from_millis(wait_ms), refusal.reason)
}

/// What the answer says of the source's health.
fn outcome(cursor: &Cursor, asked: &Asked) -> Outcome {
    match asked {
        Asked::Page(page) => Outcome::Answered {
            odd: !page.rejected.is_empty() || page.unreachable > 0 || !page.unknown_words.is_empty(),
        },
        Asked::Next(_) | Asked::Refused(..) => Outcome::Neutral,
        // One event it does not know (any more) is no trouble of the source.
        Asked::Failed(failure, _)
            if failure.kind == FailureKind::BadRequest && matches!(cursor, Cursor::Event { .. }) =>
        {
            Outcome::Neutral
        }
        Asked::Failed(failure, wait) => Outcome::Failed { code: failure.code.clone(), wait: *wait },
    }
}

fn unanswered(no_answer: NoAnswer) -> Reading {
    Reading::Failed(Failure {
        kind: FailureKind::Unavailable,
        retry_after: None,
        code: no_answer.as_str().to_owned(),
    })
}
