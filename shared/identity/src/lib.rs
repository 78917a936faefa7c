//! Who someone is and what they may: addresses, passwords, tokens, sessions, limits, plans.
//!
//! Pure cryptography and rules; HTTP and storage are unknown here. Randomness and time are arguments; times are epoch
//! milliseconds, as they are stored.

pub mod email;
pub mod password;
pub mod pepper;
pub mod plan;
pub mod rate;
pub mod session;
pub mod token;

pub use email::EmailAddress;
pub use pepper::Pepper;
pub use plan::{Entitlements, Plan};
pub use token::{Token, TokenKind};
