//! Ids: one type per kind, `prefix_` and 32 hex digits, so that a user id can never be taken for an event id.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A kind of id.
pub trait Kind {
    /// The letters before the underscore.
    const PREFIX: &'static str;
}

/// An id of kind `K`.
pub struct Id<K> {
    text: String,
    kind: PhantomData<K>,
}

/// The text is not an id of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

impl<K: Kind> Id<K> {
    /// An id from 16 random (or derived) bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        let uuid = uuid::Builder::from_random_bytes(bytes).into_uuid();
        Self { text: format!("{}_{}", K::PREFIX, uuid.simple()), kind: PhantomData }
    }

    /// The whole text, prefix included.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let hex = text.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_')).ok_or(NotAnId)?;
        let lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if hex.len() == 32 && hex.bytes().all(lower_hex) {
            Ok(Self { text: text.to_owned(), kind: PhantomData })
        } else {
            Err(NotAnId)
        }
    }
}

// Written out because derives would ask `K` for the same traits.
impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), kind: PhantomData }
    }
}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}
impl<K> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}
impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}
impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(|NotAnId| {
            serde::de::Error::custom(format_args!("expected an id of the form {}_<32 hex digits>", K::PREFIX))
        })
    }
}

#[cfg(feature = "openapi")]
impl<K: Kind> utoipa::PartialSchema for Id<K> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some(format!("^{}_[0-9a-f]{{32}}$", K::PREFIX)))
            .build()
            .into()
    }
}

#[cfg(feature = "openapi")]
impl<K: Kind> utoipa::ToSchema for Id<K> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("Id_{}", K::PREFIX).into()
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $alias:ident, $marker:ident, $prefix:literal;)*) => {$(
        #[doc = concat!("Marks ids that begin with `", $prefix, "_`.")]
        pub enum $marker {}
        impl Kind for $marker {
            const PREFIX: &'static str = $prefix;
        }
        $(#[$doc])*
        pub type $alias = Id<$marker>;
    )*};
}

// One line a kind, alphabetical, append-only.
kinds! {
    /// An alert someone set.
    AlertId, AlertKind, "alr";
    /// One confirmed move of a price.
    ChangeId, ChangeKind, "chg";
    /// A person's address on a channel.
    ChannelId, ChannelKind, "chn";
    /// An event, whatever markets call it.
    EventId, EventKind, "evt";
    /// One time an alert fired.
    FiringId, FiringKind, "fir";
    /// One merging or splitting of events.
    MergeId, MergeKind, "mrg";
    /// A message to be sent.
    MessageId, MessageKind, "msg";
    /// A performer.
    PerformerId, PerformerKind, "prf";
    /// One request and all that followed from it.
    RequestId, RequestKind, "req";
    /// Two events that may be one, for a person to decide.
    ReviewId, ReviewKind, "rev";
    /// A signed-in session.
    SessionId, SessionKind, "ses";
    /// A person.
    UserId, UserKind, "usr";
    /// A venue.
    VenueId, VenueKind, "ven";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_kinds_do_not_mix() {
        let id = EventId::from_bytes([7; 16]);
        assert_eq!(id.as_str().parse::<EventId>().as_ref(), Ok(&id));
        assert_eq!(id.as_str().parse::<UserId>(), Err(NotAnId));
        assert_eq!(id.as_str().len(), 36);
    }

    #[test]
    fn text_that_is_no_id_is_refused() {
        for text in [
            "",
            "evt_",
            "evt_zz",
            "evt-00000000000000000000000000000000",
            "evt_0000000000000000000000000000000G",
        ] {
            assert_eq!(text.parse::<EventId>(), Err(NotAnId), "{text}");
        }
    }
}
