//! Public bodies of notifications: alerts and the ways to reach a person.

use std::collections::BTreeMap;

use alerts::{Channel, Rule};
use chrono::{DateTime, Utc};
use prices::Money;
use serde::{Deserialize, Serialize};

use crate::catalog::EventCard;
use crate::ids::{AlertId, ChannelId, EventId, MessageId};

/// `POST /v1/alerts`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewAlert {
    /// The event to watch.
    pub event_id: EventId,
    /// What to wait for.
    pub rule: Rule,
    /// How to tell you; at least one, each verified.
    pub channels: Vec<Channel>,
}

/// Where an alert stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum AlertState {
    /// Waiting.
    Armed,
    /// Has fired, and fires again on a further fall.
    Fired,
    /// Stopped by the person.
    Stopped,
    /// The event is over.
    Expired,
}

/// An alert someone set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// The event.
    pub event: EventCard,
    /// What it waits for.
    pub rule: Rule,
    /// How the person is told.
    pub channels: Vec<Channel>,
    /// Where it stands.
    pub state: AlertState,
    /// When it was set.
    pub created_at: DateTime<Utc>,
    /// How often it has fired.
    pub firings: u32,
    /// When it last fired.
    pub last_fired_at: Option<DateTime<Utc>>,
    /// The price it last fired at.
    pub last_fired_price: Option<Money>,
}

/// `GET /v1/alerts`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlertList {
    /// Newest first.
    pub alerts: Vec<Alert>,
    /// How many may be armed at once on the person's plan.
    pub max_alerts: u32,
}

/// `POST /v1/channels`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewChannel {
    /// The kind; e-mail is verified at sign-up, so this is `sms`.
    pub kind: Channel,
    /// A phone number in E.164 form (`+15035550123`).
    pub address: String,
}

/// `POST /v1/channels/{channel_id}/verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChannelCode {
    /// The six digits we sent.
    pub code: String,
}

/// A way to reach the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChannelInfo {
    /// Its id.
    pub id: ChannelId,
    /// The kind.
    pub kind: Channel,
    /// The address with its middle hidden.
    pub address_masked: String,
    /// Whether it may be used.
    pub verified: bool,
}

/// `GET /v1/channels`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChannelList {
    /// The person's channels.
    pub channels: Vec<ChannelInfo>,
}

/// `POST /v1/alerts/stop/{token}`: what was stopped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoppedAlert {
    /// The event the alert was for.
    pub event: EventCard,
    /// Where the alert stands now.
    pub state: AlertState,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum NotificationState {
    /// Written down, about to be sent.
    Queued,
    /// The provider has it.
    Sent,
    /// It arrived.
    Delivered,
    /// Handed to the provider, whose answer was lost; settled by its callback.
    Unknown,
    /// It could not be delivered.
    Failed,
    /// Not sent: the address bounced, complained or opted out before.
    Suppressed,
    /// Not sent: the alert was stopped, or the channel removed, before it went out.
    Cancelled,
}

/// A message to the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notification {
    /// Its id.
    pub id: MessageId,
    /// The event it is about.
    pub event_id: EventId,
    /// How it was sent.
    pub channel: Channel,
    /// The subject of an e-mail, the text of a text message.
    pub summary: String,
    /// What became of it.
    pub state: NotificationState,
    /// When it was written down.
    pub created_at: DateTime<Utc>,
    /// When the provider took it.
    pub accepted_at: Option<DateTime<Utc>>,
}

/// `GET /v1/notifications`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotificationList {
    /// The latest 50, newest first.
    pub notifications: Vec<Notification>,
}

/// `GET /v1/notifications/stats` (operator).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotificationStats {
    /// Messages by where they stand: `pending`, `sending`, `sent`, `unknown`, `failed`, `suppressed`, `cancelled`.
    pub outbox: BTreeMap<String, u64>,
    /// Messages a provider took, by what became of them: `accepted`, `sent`, `delivered`, `failed`, `bounced`, `complained`.
    pub deliveries: BTreeMap<String, u64>,
    /// Median time from the sight of a price to the provider's acceptance, over the latest 10,000 alert messages.
    pub lag_ms_p50: Option<i64>,
    /// The time within which 95 of 100 of them were accepted.
    pub lag_ms_p95: Option<i64>,
    /// Queue messages that could not be read or handled.
    pub dead_letters: u64,
    /// How often alerts have fired.
    pub alerts_fired: u64,
}
