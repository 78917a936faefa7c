//! Why a command did not do its work.

use std::fmt::Display;

/// Why a command did not do its work.
#[derive(Debug)]
pub enum Failure {
    /// It was called wrongly.
    Usage(String),
    /// Its input or output is at fault.
    Work(String),
}

impl Failure {
    /// Called wrongly.
    pub fn usage(why: impl Into<String>) -> Self {
        Self::Usage(why.into())
    }

    /// `what` failed because of `why`.
    pub fn work(what: impl Display, why: impl Display) -> Self {
        Self::Work(format!("{what}: {why}"))
    }
}
