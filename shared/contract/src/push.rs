//! Offers that partners push to us.

use serde::{Deserialize, Serialize};
use sources::SourceEvent;

/// Header that names the partner of a push.
pub const PARTNER_HEADER: &str = "x-feed-partner";
/// Header that carries the signature of a push, `t=<unix seconds>,v1=<hex>`.
pub const SIGNATURE_HEADER: &str = "x-feed-signature";
/// Largest body of a push.
pub const MAX_PUSH_BYTES: usize = 1024 * 1024;

/// `POST /v1/sources/feed/push`: what became of the offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pushed {
    /// Entries taken in.
    pub accepted: u32,
    /// Entries that were not, each with its reason; the others stand.
    pub rejected: Vec<RejectedOffer>,
    /// Changes of price or availability among what was taken in.
    pub changes: u32,
    /// This very delivery was taken in before: nothing was done again.
    pub repeated: bool,
}

/// An entry that was not taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RejectedOffer {
    /// The partner's id, where even that could be read.
    pub id: Option<String>,
    /// A stable word: `no_id`, `no_name`, `bad_date`, `malformed`; `superseded` where a later delivery has said otherwise.
    pub reason: String,
}

/// `SourcePlanner` (named `feed`) `POST /push`: one part of a delivery, small enough to be taken in at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PushPart {
    /// What the delivery is known by.
    pub delivery: String,
    /// Which part this is.
    pub part: u32,
    /// When the partner signed it, epoch seconds: an older delivery never undoes a newer.
    pub signed_at_s: i64,
    /// What is on sale, under ids that carry the partner's name.
    pub events: Vec<SourceEvent>,
    /// Ids that the partner sells no more.
    pub deleted: Vec<String>,
}

/// What became of a part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushedPart {
    /// Changes passed on.
    pub changes: u32,
    /// Ids of which a later delivery has said otherwise.
    pub superseded: Vec<String>,
    /// The part was taken in before.
    #[serde(default)]
    pub repeated: bool,
}
