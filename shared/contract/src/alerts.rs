//! Public bodies of notifications: alerts and the ways to reach a person.

use alerts::{Channel, Rule};
use chrono::{DateTime, Utc};
use prices::Money;
use serde::{Deserialize, Serialize};

use crate::catalog::EventCard;
use crate::ids::{AlertId, ChannelId, EventId};

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
