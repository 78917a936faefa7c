//! Stripe: what its events are about, what its subscriptions mean to us, and the calls we make.

pub mod api;
pub mod event;
pub mod subscription;

use serde::Deserialize;

/// A reference in Stripe's objects: the id, or the object itself where the account or call expands it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Reference {
    /// The id.
    Id(String),
    /// The object.
    Object {
        /// Its id.
        id: String,
    },
}

impl Reference {
    /// The id, if it is one: letters, digits and underscores, safe in a URL.
    pub fn id(&self) -> Option<&str> {
        let (Self::Id(id) | Self::Object { id }) = self;
        is_id(id).then_some(id)
    }
}

/// Whether a text can be one of Stripe's ids.
pub fn is_id(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
