//! Bodies of calls over service bindings. Paths begin with `/internal/` and are never public.

use alerts::Channel;
use chrono::{DateTime, Utc};
use identity::{Entitlements, Plan};
use prices::{FeeBasis, Market, Money};
use serde::{Deserialize, Serialize};

use crate::account::Watchlist;
use crate::ids::{EventId, MessageId, UserId};

/// `POST auth/internal/sessions/introspect`: whose token is this? Answers [`Principal`] or 401.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introspect {
    /// The access token as received.
    pub token: String,
}

/// Who calls, and what they may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// The person.
    pub user_id: UserId,
    /// Whether their address is proven.
    pub email_verified: bool,
    /// What their plan allows now.
    pub entitlements: Entitlements,
}

/// `POST auth/internal/watchlists`, with [`Introspect`] as its body: what the person of this token watches, or 401.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonWatches {
    /// The person.
    pub user_id: UserId,
    /// What they watch.
    pub watchlist: Watchlist,
}

/// `POST notifications/internal/alert-events`: which events has this person alerts on? Answers [`AlertEvents`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskAlertEvents {
    /// The person.
    pub user_id: UserId,
}

/// The events of a person's alerts that have not been stopped, newest alert first, at most 200.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertEvents {
    /// Each once.
    pub event_ids: Vec<EventId>,
}

/// `PUT auth/internal/entitlements`: webhooks tells what was paid for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetEntitlement {
    /// The person.
    pub user_id: UserId,
    /// The plan.
    pub plan: Plan,
    /// Until when it holds; after that the person is on the free plan.
    pub valid_until: Option<DateTime<Utc>>,
    /// Grows with every reading of the person's subscriptions: an older one changes nothing.
    pub version: i64,
}

/// `PUT notifications/internal/channels`: an address auth has verified.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetChannel {
    /// The person.
    pub user_id: UserId,
    /// The kind.
    pub kind: Channel,
    /// The address.
    pub address: String,
}

/// `POST notifications/internal/messages`: an account mail to an address that is not a channel yet.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountMail {
    /// Idempotency key: the same id is sent once.
    pub id: MessageId,
    /// The recipient.
    pub to: String,
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
}

/// `POST notifications/internal/deliveries/settle`: what a provider's callback said of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettleDelivery {
    /// The provider.
    pub provider: MessageProvider,
    /// Its id of the message.
    pub provider_message_id: String,
    /// Our id of it, where the callback names it: a text message's callback URL ends in `?message=msg_…`, so that a
    /// message whose answer was lost is found all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    /// What became of it.
    pub outcome: DeliveryOutcome,
    /// The provider's code of a failure, where it sends one.
    pub code: Option<String>,
}

/// Who carries messages for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageProvider {
    /// E-mail.
    Resend,
    /// Text messages.
    Twilio,
}

/// What became of a message. The order is the rank: a delivery never goes backwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryOutcome {
    /// The provider has it.
    Accepted,
    /// On its way.
    Sent,
    /// It arrived.
    Delivered,
    /// It did not and will not.
    Failed,
    /// The address does not exist.
    Bounced,
    /// The recipient called it spam.
    Complained,
}

/// `GET pricing/internal/best/{event_id}`: the cheapest confirmed quote now, the one that deals rank first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BestPrice {
    /// The event.
    pub event_id: EventId,
    /// The price, where there is one.
    pub best: Option<BestQuote>,
    /// The lowest confirmed price ever, on the currency and basis of `best`.
    pub lowest_ever: Option<Money>,
}

/// The cheapest confirmed quote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BestQuote {
    /// The market.
    pub market: Market,
    /// The price.
    pub price: Money,
    /// What it includes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<FeeBasis>,
    /// Where to buy.
    pub url: Option<String>,
    /// Market time it was last seen.
    pub observed_at: DateTime<Utc>,
}

/// Most events one hint names; a hook that names more tells the first of them.
pub const MAX_HINTED_EVENTS: usize = 100;

/// `POST aggregator/internal/hints`: a market's hook says that these events may have moved. A hint changes nothing by
/// itself: the planner reads the events anew as soon as its budget allows. Answers 204, also for events nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollHints {
    /// The market that spoke.
    pub market: Market,
    /// Its ids of the events, at most [`MAX_HINTED_EVENTS`].
    pub source_event_ids: Vec<String>,
}
