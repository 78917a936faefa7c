//! Stripe: `Stripe-Signature: t=<unix>,v1=<hex>[,v1=…][,v0=…]`, HMAC-SHA256 of `t.body` in hex. The key is the whole
//! endpoint secret, its `whsec_` included. There are two `v1` while a secret is being rolled; other schemes are ignored.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{Unverified, within_tolerance};

/// Whether Stripe sent `body` just now.
pub fn verify(header: &str, body: &[u8], secret: &str, now_s: i64) -> Result<(), Unverified> {
    let header = SignatureHeader::parse(header).ok_or(Unverified::Malformed)?;
    let signed = |mut mac: Hmac<Sha256>| {
        mac.update(header.stamp_s.to_string().as_bytes());
        mac.update(b".");
        mac.update(body);
        mac
    };
    let mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map(signed).map_err(|_| Unverified::BadSecret)?;
    // `verify_slice` compares in constant time.
    let genuine = header.signatures.iter().any(|signature| mac.clone().verify_slice(signature).is_ok());
    if genuine { within_tolerance(header.stamp_s, now_s) } else { Err(Unverified::Mismatch) }
}

struct SignatureHeader {
    stamp_s: i64,
    signatures: Vec<[u8; 32]>,
}

impl SignatureHeader {
    /// Reads the header as the official library does: of several `t` the last counts, and of a number its leading digits.
    fn parse(header: &str) -> Option<Self> {
        let mut stamp_s = None;
        let mut signatures = Vec::new();
        for item in header.split(',') {
            let mut parts = item.split('=');
            let (scheme, value) = (parts.next(), parts.next().unwrap_or_default());
            match scheme {
                Some("t") => stamp_s = Some(leading_number(value)?),
                Some("v1") => signatures.extend(from_hex(value)),
                _ => {}
            }
        }
        Some(Self { stamp_s: stamp_s?, signatures })
    }
}

fn leading_number(text: &str) -> Option<i64> {
    let text = text.trim_start();
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

/// Lower-case hex only, as Stripe writes it: the official library compares the text.
fn from_hex(text: &str) -> Option<[u8; 32]> {
    let lower = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    lower.then(|| identity::token::from_hex(text)).flatten()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "test arithmetic on small constants")]
    use super::*;

    const SECRET: &str = "whsec_test_secret";
    const BODY: &[u8] = br#"{"id":"evt_1","object":"event","type":"checkout.session.completed"}"#;
    const V1: &str = "d1e4aa90551919f198c22ba0a9691b35338d4b631d54ce1f1465e93b1d41c430";
    const T: i64 = 1_700_000_000;

    fn header() -> String {
        format!("t={T},v1={V1}")
    }

    /// From the official library (stripe-node 23.1, `generateTestHeaderString`).
    #[test]
    fn the_official_signature_is_accepted() {
        assert_eq!(verify(&header(), BODY, SECRET, T), Ok(()));
        assert_eq!(verify(&format!("t={T},v0=00,v1={},v1={V1}", "0".repeat(64)), BODY, SECRET, T), Ok(()));
    }

    #[test]
    fn five_minutes_are_allowed_on_either_side() {
        for now in [T - 300, T + 300] {
            assert_eq!(verify(&header(), BODY, SECRET, now), Ok(()), "{now}");
        }
        for now in [T - 301, T + 301, 0, i64::MIN, i64::MAX] {
            assert_eq!(verify(&header(), BODY, SECRET, now), Err(Unverified::OutsideTolerance), "{now}");
        }
    }

    #[test]
    fn every_flipped_byte_of_the_body_is_noticed() {
        for index in 0..BODY.len() {
            let mut body = BODY.to_vec();
            body[index] ^= 1;
            assert_eq!(verify(&header(), &body, SECRET, T), Err(Unverified::Mismatch), "{index}");
        }
    }

    #[test]
    fn every_flipped_byte_of_the_signature_is_noticed() {
        let start = header().find(V1).unwrap();
        for index in start..start + V1.len() {
            let mut bytes = header().into_bytes();
            bytes[index] ^= 1;
            let changed = String::from_utf8(bytes).unwrap();
            assert!(verify(&changed, BODY, SECRET, T).is_err(), "{changed}");
        }
    }

    #[test]
    fn another_secret_gives_another_signature() {
        for secret in ["", "test_secret", "whsec_test_secret ", "whsec_test_secrets"] {
            assert_eq!(verify(&header(), BODY, secret, T), Err(Unverified::Mismatch), "{secret:?}");
        }
    }

    #[test]
    fn a_header_that_says_nothing_is_refused() {
        for text in [
            "",
            ",",
            "t",
            &format!("{},t", header()),
            "t=",
            "t=x,v1=00",
            &format!("v1={V1}"),
            "t=99999999999999999999",
        ] {
            assert_eq!(verify(text, BODY, SECRET, T), Err(Unverified::Malformed), "{text}");
        }
        for text in [
            format!("t={T}"),
            format!("t={T},v0={V1}"),
            format!("t={T},v1="),
            format!("t={T},v1={}", V1.to_uppercase()),
        ] {
            assert_eq!(verify(&text, BODY, SECRET, T), Err(Unverified::Mismatch), "{text}");
        }
    }
}
