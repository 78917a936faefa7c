//! How often a source may be asked: windows, spacing, concurrency, retries, and when to stop asking at all.

pub mod backoff;
pub mod breaker;
pub mod budget;
pub mod gate;
pub mod retry_budget;
pub mod steady;
