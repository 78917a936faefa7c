//! Public bodies of auth: registration, sessions, the person, the watchlist.

use chrono::{DateTime, Utc};
use identity::Entitlements;
use serde::{Deserialize, Serialize};

use crate::ids::{EventId, SessionId, UserId, VenueId};

/// `POST /v1/auth/register`, `POST /v1/auth/sign-in`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// E-mail address.
    pub email: String,
    /// 8 to 1,024 bytes; no rules on which letters.
    pub password: String,
}

/// `POST /v1/auth/verify`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VerifyEmail {
    /// The token of the link we sent.
    pub token: String,
}

/// `POST /v1/auth/refresh`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The refresh token last received; each works once.
    pub refresh_token: String,
}

/// What registering answers, whether or not the address was known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Registered {
    /// What to do now.
    pub detail: String,
}

/// A signed-in session.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// Send as `Authorization: Bearer`.
    pub access_token: String,
    /// When it ends.
    pub access_expires_at: DateTime<Utc>,
    /// Trade for a new pair before or after that; works once.
    pub refresh_token: String,
    /// When it ends.
    pub refresh_expires_at: DateTime<Utc>,
    /// Who is signed in.
    pub user: Me,
}

/// `GET /v1/me`.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// The person's id.
    pub id: UserId,
    /// Their address.
    pub email: String,
    /// Whether they proved it.
    pub email_verified: bool,
    /// What their plan allows.
    pub entitlements: Entitlements,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// `GET /v1/auth/sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionList {
    /// The person's sessions that have not ended, last used first.
    pub sessions: Vec<OpenSession>,
}

/// One place where somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenSession {
    /// To end it by.
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub current: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it last renewed its tokens.
    pub last_used_at: DateTime<Utc>,
}

/// `GET /v1/watchlists`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Watchlist {
    /// The events watched, newest first.
    pub events: Vec<WatchedEvent>,
    /// The performers watched, newest first.
    #[serde(default)]
    pub performers: Vec<WatchedPerformer>,
    /// The venues watched, newest first.
    #[serde(default)]
    pub venues: Vec<WatchedVenue>,
}

/// One performer on a watchlist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WatchedPerformer {
    /// The name, as it was given.
    pub name: String,
    /// Since when.
    pub added_at: DateTime<Utc>,
}

/// One venue on a watchlist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WatchedVenue {
    /// The venue.
    pub venue_id: VenueId,
    /// Since when.
    pub added_at: DateTime<Utc>,
}

/// One event on a watchlist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WatchedEvent {
    /// The event.
    pub event_id: EventId,
    /// Since when.
    pub added_at: DateTime<Utc>,
}
