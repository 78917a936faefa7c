//! Offers that are pushed to us: a partner's, or one's own, as JSON or CSV, signed.
//!
//! The sender signs `<t>.<body>` by HMAC-SHA256 with the shared secret, `<t>` being the time in seconds since 1970, and
//! says so in a header: `t=1764000000,v1=5f2b…` (lower-case hex; while a secret is rolled there may be two `v1`).
//!
//! A JSON body has the form of the pulled feed ([`crate::feed`]). A CSV body (RFC 4180, UTF-8, with a header line) has
//! one row an event, or one row a listing: see [`COLUMNS`].

mod csv;
mod table;

use std::fmt;

use chrono::{DateTime, Utc};
use hmac::Mac;

pub use self::table::COLUMNS;
use crate::adapter::Page;
use crate::feed;
use crate::signature;

/// How far the sender's clock may be from ours, seconds, on either side.
const TOLERANCE_S: u64 = 300;

/// Why a push is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushError {
    /// The signature header is missing, or not of its form.
    NoSignature,
    /// No signature is the one the secret gives.
    BadSignature,
    /// Signed more than five minutes ago, or ahead.
    Stale,
    /// Neither JSON nor CSV.
    UnsupportedType,
    /// The body is not what its type says.
    Malformed,
    /// A column that must be there is not.
    NoColumn(&'static str),
}

impl PushError {
    /// A stable word for logs and problem documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoSignature => "no_signature",
            Self::BadSignature => "bad_signature",
            Self::Stale => "stale",
            Self::UnsupportedType => "unsupported_type",
            Self::Malformed => "malformed",
            Self::NoColumn(_) => "no_column",
        }
    }

    /// Whether the sender could not show who they are, rather than what they sent being wrong.
    pub const fn is_unverified(self) -> bool {
        matches!(self, Self::NoSignature | Self::BadSignature | Self::Stale)
    }
}

impl fmt::Display for PushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSignature => f.write_str("the signature header must read t=<unix seconds>,v1=<hex>"),
            Self::BadSignature => f.write_str("the signature does not match"),
            Self::Stale => f.write_str("the signature is more than five minutes from now"),
            Self::UnsupportedType => f.write_str("the content type must be application/json or text/csv"),
            Self::Malformed => f.write_str("the body cannot be read"),
            Self::NoColumn(column) => write!(f, "the column {column} is missing"),
        }
    }
}

impl std::error::Error for PushError {}

/// Whether `body` was signed with `secret`, just now. Compares in constant time.
pub fn verify(secret: &str, header: &str, body: &[u8], now: DateTime<Utc>) -> Result<(), PushError> {
    let (mut stamp, mut codes) = (None, Vec::new());
    for (name, value) in header.split(',').filter_map(|item| item.trim().split_once('=')) {
        match name {
            "t" => stamp = Some(value),
            "v1" => codes.extend(from_hex(value)),
            _ => {}
        }
    }
    let stamp = stamp.ok_or(PushError::NoSignature)?;
    let stamp_s = stamp.parse::<i64>().map_err(|_| PushError::NoSignature)?;
    if codes.is_empty() {
        return Err(PushError::NoSignature);
    }
    let mac = signature::mac(secret.as_bytes(), &[stamp.as_bytes(), b".", body]);
    let genuine = |mac: signature::Code| codes.iter().any(|code| mac.clone().verify_slice(code).is_ok());
    if secret.is_empty() || !mac.is_some_and(genuine) {
        Err(PushError::BadSignature)
    } else if stamp_s.abs_diff(now.timestamp()) > TOLERANCE_S {
        Err(PushError::Stale)
    } else {
        Ok(())
    }
}

/// The offers in `body`. A wrong entry is rejected and costs only itself.
pub fn read(body: &str, content_type: &str) -> Result<Page, PushError> {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let body = body.strip_prefix('\u{feff}').unwrap_or(body);
    match kind.as_str() {
        "application/json" => feed::pushed(body).ok_or(PushError::Malformed),
        "text/csv" => table::read(body),
        _ => Err(PushError::UnsupportedType),
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let nibble = |digit: char| digit.to_digit(16).and_then(|value| u8::try_from(value).ok());
    let digits: Vec<u8> = text.chars().map(nibble).collect::<Option<_>>()?;
    digits.chunks(2).map(|pair| Some(pair.first()? << 4 | pair.get(1)?)).collect()
}
