//! Who really sent this? One file a sender; each a pure function over the raw bytes, run before anything is parsed.

pub mod stripe;
pub mod svix;
pub mod twilio;

/// Why a delivery is not believed. For the log; the sender learns only that the signature does not match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unverified {
    /// A header is missing or cannot be read.
    Malformed,
    /// The stamp is more than five minutes from our clock, on either side: a replay, or a clock that is off.
    OutsideTolerance,
    /// No signature is the one the secret gives.
    Mismatch,
    /// Our own secret is not of the sender's form.
    BadSecret,
}

impl Unverified {
    /// A stable word for the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::OutsideTolerance => "outside_tolerance",
            Self::Mismatch => "mismatch",
            Self::BadSecret => "bad_secret",
        }
    }
}

/// How far a stamp may be from our clock, seconds: what the official libraries of Stripe and Svix allow.
const TOLERANCE_S: u64 = 300;

/// Refuses stamps too old, and too new as well: nobody honest signs in the future.
fn within_tolerance(stamp_s: i64, now_s: i64) -> Result<(), Unverified> {
    if stamp_s.abs_diff(now_s) <= TOLERANCE_S { Ok(()) } else { Err(Unverified::OutsideTolerance) }
}
