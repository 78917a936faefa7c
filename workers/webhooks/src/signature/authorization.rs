//! A shared word in the `Authorization` header: StubHub signs nothing and stamps nothing, it sends back the string that
//! its hook was created with.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::Unverified;

/// Whether `shown` is `secret`, in a time that does not tell how much of it is right.
pub fn verify(shown: &str, secret: &str) -> Result<(), Unverified> {
    if shown.is_empty() {
        return Err(Unverified::Malformed);
    }
    let tag_of = |text: &str| {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| Unverified::BadSecret)?;
        mac.update(text.as_bytes());
        Ok(mac)
    };
    let wanted = tag_of(secret)?.finalize().into_bytes();
    tag_of(shown)?.verify_slice(&wanted).map_err(|_| Unverified::Mismatch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_word_is_believed() {
        assert_eq!(verify("Bearer word", "Bearer word"), Ok(()));
        assert_eq!(verify("", "Bearer word"), Err(Unverified::Malformed));
        for wrong in ["Bearer wor", "Bearer word ", "bearer word", "word"] {
            assert_eq!(verify(wrong, "Bearer word"), Err(Unverified::Mismatch), "{wrong}");
        }
    }
}
