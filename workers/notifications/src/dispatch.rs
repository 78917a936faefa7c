//! What becomes of a message after a provider has spoken, and when a Dispatcher pauses. Rules without storage or clock;
//! why they are as they are: docs/ALERTS.md.

use alerts::Channel;
use serde::{Deserialize, Serialize};

use crate::providers::Outcome;

/// A message is given up after so many attempts, and not before [`LEAST_TRIAL_MS`].
pub const MAX_ATTEMPTS: i64 = 8;
/// Eight attempts could all fall into one outage of five minutes; a message outlives that.
pub const LEAST_TRIAL_MS: i64 = 30 * 60 * 1_000;
/// A message claimed this long ago was under way when we died.
pub const CLAIM_MS: i64 = 60 * 1_000;
/// A provider that took a text message calls back within seconds; after this silence it never had it.
pub const SILENCE_MS: i64 = 2 * 60 * 1_000;

const MESSAGE_BASE_MS: i64 = 500;
const MESSAGE_CAP_MS: i64 = 60 * 1_000;
const PAUSE_BASE_MS: i64 = 500;
/// One message that a provider cannot digest must not hold up the others for long.
const PAUSE_CAP_MS: i64 = 15_000;

/// What is written of a message after an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The provider has it.
    Sent {
        /// Its id of it.
        provider_message_id: String,
    },
    /// Given up, or refused for good.
    Failed {
        /// A short code.
        code: String,
    },
    /// The recipient has opted out at the provider.
    OptedOut {
        /// The provider's code.
        code: String,
    },
    /// To be tried again.
    Again {
        /// Not before this wall-clock time, epoch milliseconds.
        at_ms: i64,
        /// A short code.
        code: String,
    },
    /// Perhaps taken: to be tried again unless a callback comes.
    Unknown {
        /// Until this wall-clock time, epoch milliseconds.
        at_ms: i64,
        /// A short code.
        code: String,
    },
}

/// An attempt as it stands when the provider has spoken.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// E-mail goes out under an idempotency key, text messages do not.
    pub channel: Channel,
    /// The provider calls back about what it took.
    pub calls_back: bool,
    /// Attempts made, this one included.
    pub attempts: i64,
    /// When the message was written down, epoch milliseconds.
    pub created_at_ms: i64,
    /// Wall clock, epoch milliseconds.
    pub now_ms: i64,
    /// Any random number.
    pub dice: u64,
}

/// Decides what becomes of a message.
pub fn settle(attempt: &Attempt, outcome: Outcome) -> Next {
    let age_ms = attempt.now_ms.saturating_sub(attempt.created_at_ms);
    let spent = attempt.attempts >= MAX_ATTEMPTS && age_ms >= LEAST_TRIAL_MS;
    match outcome {
        Outcome::Accepted { provider_message_id } => Next::Sent { provider_message_id },
        Outcome::Refused { code, opted_out: true } => Next::OptedOut { code },
        Outcome::Refused { code, opted_out: false } => Next::Failed { code },
        Outcome::Lost { code } if attempt.channel == Channel::Sms => {
            if attempt.calls_back && !spent {
                Next::Unknown { at_ms: attempt.now_ms.saturating_add(SILENCE_MS), code }
            } else {
                // Nobody will say whether it arrived: rather no second message than two of the same.
                Next::Failed { code }
            }
        }
        Outcome::NotNow { code, .. } | Outcome::Lost { code } if spent => Next::Failed { code },
        Outcome::NotNow { code, after } => {
            let asked_ms =
                after.map_or(0, |after| i64::try_from(after.as_millis()).unwrap_or(MESSAGE_CAP_MS));
            Next::Again { at_ms: attempt.now_ms.saturating_add(asked_ms.max(attempt.wait_ms())), code }
        }
        Outcome::Lost { code } => {
            Next::Again { at_ms: attempt.now_ms.saturating_add(attempt.wait_ms()), code }
        }
    }
}

impl Attempt {
    fn wait_ms(&self) -> i64 {
        full_jitter(MESSAGE_BASE_MS, MESSAGE_CAP_MS, self.attempts, self.dice)
    }
}

/// `random(0, min(cap, base · 2^n))`.
fn full_jitter(base_ms: i64, cap_ms: i64, n: i64, dice: u64) -> i64 {
    let doubled = 1_i64.checked_shl(u32::try_from(n.clamp(0, 30)).unwrap_or(30)).unwrap_or(i64::MAX);
    let ceiling = base_ms.saturating_mul(doubled).min(cap_ms);
    let drawn = dice.checked_rem(u64::try_from(ceiling).unwrap_or(1).max(1)).unwrap_or(0);
    i64::try_from(drawn).unwrap_or(ceiling)
}

/// A Dispatcher's memory of how its provider fares; stored with the object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pace {
    /// Nothing is sent before this wall-clock time, epoch milliseconds.
    pub paused_until_ms: i64,
    /// Groups of messages in a row of which none was answered well.
    pub failures: i64,
}

impl Pace {
    /// What a group of attempts, sent together, says of the provider: a refusal of one message is a healthy answer, a
    /// request to wait is obeyed for all, and when nothing is taken at all the rest is not thrown after it.
    pub fn after(&self, outcomes: &[Outcome], now_ms: i64, dice: u64) -> Self {
        let asked_ms = outcomes
            .iter()
            .filter_map(|outcome| match outcome {
                Outcome::NotNow { after: Some(after), .. } => i64::try_from(after.as_millis()).ok(),
                _ => None,
            })
            .max();
        let healthy = outcomes.is_empty()
            || outcomes
                .iter()
                .any(|outcome| matches!(outcome, Outcome::Accepted { .. } | Outcome::Refused { .. }));
        let failures = if healthy { 0 } else { self.failures.saturating_add(1) };
        let pause_ms = if healthy { 0 } else { full_jitter(PAUSE_BASE_MS, PAUSE_CAP_MS, failures, dice) };
        Self { paused_until_ms: now_ms.saturating_add(pause_ms.max(asked_ms.unwrap_or(0))), failures }
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test may fail by overflowing")]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: i64 = 1_000_000_000;

    fn attempt(channel: Channel, attempts: i64) -> Attempt {
        Attempt { channel, calls_back: true, attempts, created_at_ms: NOW, now_ms: NOW, dice: u64::MAX }
    }

    fn not_now(seconds: Option<u64>) -> Outcome {
        Outcome::NotNow { code: "c".to_owned(), after: seconds.map(Duration::from_secs) }
    }

    fn lost() -> Outcome {
        Outcome::Lost { code: "c".to_owned() }
    }

    fn waits(next: &Next) -> i64 {
        match next {
            Next::Again { at_ms, .. } | Next::Unknown { at_ms, .. } => at_ms - NOW,
            next => panic!("{next:?}"),
        }
    }

    #[test]
    fn waits_grow_up_to_a_minute_and_obey_the_provider() {
        for attempts in 1..20 {
            for dice in [0, 1, 12_345_678, u64::MAX] {
                let one = Attempt { dice, ..attempt(Channel::Email, attempts) };
                assert!((0..=MESSAGE_CAP_MS).contains(&waits(&settle(&one, not_now(None)))));
                assert!(waits(&settle(&one, not_now(Some(90)))) >= 90_000);
            }
        }
        let first = Attempt { dice: 999, ..attempt(Channel::Email, 1) };
        assert_eq!(waits(&settle(&first, lost())), 999);
    }

    #[test]
    fn a_lost_mail_is_sent_again_and_a_lost_text_message_waits_for_its_callback() {
        assert!(matches!(settle(&attempt(Channel::Email, 1), lost()), Next::Again { .. }));
        let sms = settle(&attempt(Channel::Sms, 1), lost());
        assert!(matches!(sms, Next::Unknown { .. }));
        assert_eq!(waits(&sms), SILENCE_MS);
        // Where no callback can come, a second message would be a gamble.
        let deaf = Attempt { calls_back: false, ..attempt(Channel::Sms, 1) };
        assert!(matches!(settle(&deaf, lost()), Next::Failed { .. }));
    }

    #[test]
    fn a_message_outlives_an_outage_and_is_given_up_in_the_end() {
        let eighth = attempt(Channel::Email, MAX_ATTEMPTS);
        assert!(matches!(settle(&eighth, lost()), Next::Again { .. }));
        let old = Attempt { created_at_ms: NOW - LEAST_TRIAL_MS, ..eighth };
        assert!(matches!(settle(&old, lost()), Next::Failed { .. }));
        assert!(matches!(settle(&old, not_now(Some(5))), Next::Failed { .. }));
        let seventh = Attempt { attempts: MAX_ATTEMPTS - 1, ..old };
        assert!(matches!(settle(&seventh, not_now(None)), Next::Again { .. }));
    }

    #[test]
    fn a_refusal_is_final() {
        let refused = |opted_out| Outcome::Refused { code: "c".to_owned(), opted_out };
        assert_eq!(settle(&attempt(Channel::Sms, 1), refused(true)), Next::OptedOut { code: "c".to_owned() });
        assert_eq!(settle(&attempt(Channel::Sms, 1), refused(false)), Next::Failed { code: "c".to_owned() });
    }

    #[test]
    fn a_dispatcher_pauses_when_asked_to_and_when_nothing_is_taken() {
        let accepted = Outcome::Accepted { provider_message_id: "m".to_owned() };
        let calm = Pace::default();
        assert_eq!(calm.after(&[accepted.clone(), lost()], NOW, u64::MAX).paused_until_ms, NOW);
        let asked = calm.after(&[accepted.clone(), not_now(Some(3))], NOW, 0);
        assert_eq!((asked.paused_until_ms, asked.failures), (NOW + 3_000, 0));
        let mut pace = calm;
        for _ in 0..40 {
            pace = pace.after(&[lost(), not_now(None)], NOW, 14_999);
            assert!(pace.paused_until_ms <= NOW + PAUSE_CAP_MS);
        }
        assert_eq!(pace.failures, 40);
        assert_eq!(pace.after(&[accepted], NOW, 0), Pace { paused_until_ms: NOW, failures: 0 });
    }

    #[test]
    fn the_stored_pace_is_pinned() {
        let pace: Pace = serde_json::from_str(r#"{"paused_until_ms":5,"failures":2}"#).unwrap();
        assert_eq!(pace, Pace { paused_until_ms: 5, failures: 2 });
        assert_eq!(serde_json::from_str::<Pace>("{}").unwrap(), Pace::default());
    }
}
