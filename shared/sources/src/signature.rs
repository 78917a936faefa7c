//! HMAC-SHA256, as those who sign use it.

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// A code that can be compared in constant time.
pub(crate) type Code = Hmac<Sha256>;

/// The code of `parts`, one after the other, under `secret`. HMAC takes keys of every length, so there always is one.
pub(crate) fn mac(secret: &[u8], parts: &[&[u8]]) -> Option<Code> {
    let mut mac = Code::new_from_slice(secret).ok()?;
    for part in parts {
        mac.update(part);
    }
    Some(mac)
}

/// The bytes of that code.
pub(crate) fn sign(secret: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    mac(secret, parts).map(|mac| mac.finalize().into_bytes().to_vec()).unwrap_or_default()
}
