//! A message before it is sent.

use alerts::Channel;
use contract::ids::{ChangeId, EventId, MessageId, RequestId, UserId};
use serde::{Deserialize, Serialize};

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Tells of a price.
    Alert,
    /// Concerns an account: holds a link that opens something.
    Account,
    /// Proves a phone number: holds a code.
    Code,
}

/// A row of the outbox as it is written.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Letter {
    /// Its id; the idempotency key towards the provider.
    pub id: MessageId,
    /// What it is for.
    pub kind: Purpose,
    /// How it is sent.
    pub channel: Channel,
    /// To whom, where it is a person's channel.
    pub user_id: Option<UserId>,
    /// The event it tells of.
    pub event_id: Option<EventId>,
    /// The change it tells of.
    pub change_id: Option<ChangeId>,
    /// Where to.
    pub address: String,
    /// What the address is known by.
    pub address_hash: String,
    /// Subject line; empty for a text message.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// HTML; empty for a text message.
    pub html: String,
    /// One-click address that stops such messages.
    pub stop_url: Option<String>,
    /// What it came from.
    pub request_id: RequestId,
    /// Wall clock when the price was seen, epoch milliseconds.
    pub seen_at_ms: Option<i64>,
}

impl Letter {
    /// The Dispatcher that sends it.
    pub fn shard(&self) -> &'static str {
        shard(self.channel, &self.id)
    }
}

/// Every Dispatcher there is.
pub const SHARDS: [&str; 6] = ["email-0", "email-1", "email-2", "email-3", "sms-0", "sms-1"];

/// The Dispatcher that sends a message: four share the e-mail, two the text messages. Ids are random in their last
/// digit, so the last digit shares the work evenly.
pub fn shard(channel: Channel, id: &MessageId) -> &'static str {
    let last = id.as_str().bytes().last().unwrap_or(b'0');
    match (channel, last & 0b11) {
        (Channel::Email, 0) => "email-0",
        (Channel::Email, 1) => "email-1",
        (Channel::Email, 2) => "email-2",
        (Channel::Email, _) => "email-3",
        (Channel::Sms, 0 | 2) => "sms-0",
        (Channel::Sms, _) => "sms-1",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::derived;

    #[test]
    fn messages_are_shared_evenly_among_the_dispatchers() {
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        for number in 0..200_u8 {
            let (person, change) = (UserId::from_bytes([number; 16]), ChangeId::from_bytes([9; 16]));
            for channel in [Channel::Email, Channel::Sms] {
                *counts.entry(shard(channel, &derived::message(&person, &change, channel))).or_default() += 1;
            }
        }
        assert_eq!(counts.keys().copied().collect::<Vec<_>>(), SHARDS);
        assert!(
            counts.iter().all(|(shard, count)| *count > if shard.starts_with("sms") { 70 } else { 30 }),
            "{counts:?}"
        );
    }
}
