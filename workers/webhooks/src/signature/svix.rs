//! Svix, which Resend uses (also "Standard Webhooks"): headers `svix-id`, `svix-timestamp` and `svix-signature`, the last
//! one `v1,<base64>` once or more, divided by spaces. HMAC-SHA256 of `id.timestamp.body`; the key is what follows
//! `whsec_`, in base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{Unverified, within_tolerance};

/// The three headers as received.
#[derive(Clone, Copy, Debug)]
pub struct SvixHeaders<'a> {
    /// Names the message; the same on every attempt to deliver it.
    pub id: &'a str,
    /// When this attempt was signed, epoch seconds.
    pub timestamp: &'a str,
    /// One signature or more.
    pub signature: &'a str,
}

/// Whether the holder of `secret` sent `body` just now.
pub fn verify(headers: SvixHeaders<'_>, body: &[u8], secret: &str, now_s: i64) -> Result<(), Unverified> {
    let stamp_s: i64 = headers.timestamp.parse().map_err(|_| Unverified::Malformed)?;
    if headers.id.is_empty() {
        return Err(Unverified::Malformed);
    }
    let key = STANDARD
        .decode(secret.strip_prefix("whsec_").unwrap_or(secret))
        .map_err(|_| Unverified::BadSecret)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| Unverified::BadSecret)?;
    for part in [headers.id.as_bytes(), b".", headers.timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    let genuine = headers
        .signature
        .split(' ')
        .filter_map(|versioned| versioned.strip_prefix("v1,"))
        .filter_map(|text| STANDARD.decode(text).ok())
        .any(|signature| mac.clone().verify_slice(&signature).is_ok());
    if genuine { within_tolerance(stamp_s, now_s) } else { Err(Unverified::Mismatch) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "test arithmetic on small constants")]
    use super::*;

    // From the official library (svix 2.5, `Webhook.sign`).
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &[u8] = br#"{"type":"email.delivered","data":{"email_id":"m1"}}"#;
    const T: i64 = 1_700_000_000;
    const HEADERS: SvixHeaders<'_> = SvixHeaders {
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp: "1700000000",
        signature: "v1,K1L1Q+uAiLNEp8ye+NtE5W2IQAeD5hWBVYAOAC5gdHc=",
    };

    #[test]
    fn the_official_signature_is_accepted() {
        assert_eq!(verify(HEADERS, BODY, SECRET, T), Ok(()));
    }

    #[test]
    fn one_good_signature_among_several_is_enough() {
        let signature = format!("v1,AAAA v2,{} {} v1a,zz", "x", HEADERS.signature);
        assert_eq!(verify(SvixHeaders { signature: &signature, ..HEADERS }, BODY, SECRET, T), Ok(()));
    }

    #[test]
    fn id_stamp_body_and_secret_are_all_signed() {
        assert_eq!(
            verify(SvixHeaders { id: "msg_x", ..HEADERS }, BODY, SECRET, T),
            Err(Unverified::Mismatch)
        );
        assert_eq!(
            verify(SvixHeaders { timestamp: "1700000001", ..HEADERS }, BODY, SECRET, T),
            Err(Unverified::Mismatch)
        );
        assert_eq!(verify(HEADERS, b"{}", SECRET, T), Err(Unverified::Mismatch));
        assert_eq!(verify(HEADERS, BODY, "whsec_AAAA", T), Err(Unverified::Mismatch));
    }

    #[test]
    fn five_minutes_are_allowed_on_either_side() {
        for now in [T - 300, T + 300] {
            assert_eq!(verify(HEADERS, BODY, SECRET, now), Ok(()));
        }
        for now in [T - 301, T + 301] {
            assert_eq!(verify(HEADERS, BODY, SECRET, now), Err(Unverified::OutsideTolerance));
        }
    }

    #[test]
    fn headers_and_secrets_that_say_nothing_are_refused() {
        assert_eq!(
            verify(SvixHeaders { timestamp: "soon", ..HEADERS }, BODY, SECRET, T),
            Err(Unverified::Malformed)
        );
        assert_eq!(verify(SvixHeaders { id: "", ..HEADERS }, BODY, SECRET, T), Err(Unverified::Malformed));
        assert_eq!(
            verify(SvixHeaders { signature: "", ..HEADERS }, BODY, SECRET, T),
            Err(Unverified::Mismatch)
        );
        assert_eq!(verify(HEADERS, BODY, "whsec_*", T), Err(Unverified::BadSecret));
    }
}
