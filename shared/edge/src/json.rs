//! JSON text in and out, where a failure is ours: stored rows and bodies we make ourselves.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::{Failure, Result};

/// `value` as JSON text.
pub fn encode(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Failure::internal(error.to_string()))
}

/// Bytes as `T`, by way of text: one decoder a type in the wasm instead of two (bytes and text), and no slower.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> std::result::Result<T, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// Text that we wrote before; what cannot be read is our failure, not the caller's.
pub fn decode<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|error| Failure::internal(format!("stored JSON cannot be read: {error}")))
}
