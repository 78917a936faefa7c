//! What a ticket costs, what it cost before, and what that says.
//!
//! Pure: no clock, no I/O, no Workers. Money is integer minor units with a currency and a fee basis; an absent
//! price is a reason, never zero.

pub mod market;
pub mod money;
pub mod price;

pub use market::Market;
pub use money::{Currency, Money};
pub use price::{AbsentReason, FeeBasis, Price};
