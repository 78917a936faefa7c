//! Who someone is and what they may: passwords, tokens, sessions, plans.
//!
//! Pure cryptography and rules; HTTP and storage are unknown here. Randomness and time are arguments.

pub mod plan;

pub use plan::{Entitlements, Plan};
