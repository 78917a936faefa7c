//! The endpoints.

pub mod billing;
pub mod health;
pub mod markets;
pub mod resend;
pub mod stripe;
pub mod twilio;

mod settle;

use contract::problem::Code;
use edge::Failure;

use crate::signature::Unverified;

/// Largest body of a webhook. Stripe's events are a few KB; its largest documented objects stay below this.
const MAX_HOOK_BYTES: usize = 256 * 1024;

/// A delivery that is not believed: the sender learns no more than that.
fn unverified(why: Unverified) -> Failure {
    Failure::new(Code::SignatureInvalid, "The signature does not match this body.").because(why.as_str())
}

/// A delivery that is genuine but cannot be read.
fn unreadable(error: &serde_json::Error) -> Failure {
    Failure::new(Code::InvalidBody, "The body is not an event of the expected shape.")
        .because(error.to_string())
}
