//! What went wrong, in two tiers: what the caller is told, and the cause that only the log sees.

use contract::problem::{Code, FieldError};

/// A request that could not be done.
#[derive(Debug)]
pub struct Failure {
    /// The stable code; decides the status.
    pub code: Code,
    /// What happened and what to do, for the caller. Holds nothing secret.
    pub detail: String,
    /// The values that cannot be accepted.
    pub errors: Vec<FieldError>,
    /// Seconds after which it is worth trying again.
    pub retry_after_seconds: Option<u32>,
    /// Part of an ordinary day (a callback that overtakes our own row): the log warns instead of calling for help.
    pub expected: bool,
    /// What the log says besides. Never sent out; holds no secret or personal data either.
    pub cause: Option<String>,
}

/// The result of anything on a request path.
pub type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// A failure with its stable code and a sentence for the caller.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after_seconds: None,
            expected: false,
            cause: None,
        }
    }

    /// Our own failure: the caller learns only that it happened, the log learns `cause`.
    pub fn internal(cause: impl Into<String>) -> Self {
        Self::new(Code::Internal, "The request was understood, but we failed. Please try again in a moment.")
            .because(cause)
    }

    /// Nothing there, or nothing the caller may know of.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(Code::NotFound, detail)
    }

    /// One value that cannot be accepted.
    pub fn invalid(field: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let mut failure = Self::new(Code::ValidationFailed, detail.clone());
        failure.errors.push(FieldError { field: field.to_owned(), detail });
        failure
    }

    /// A service we depend on did not do its part.
    pub fn upstream(cause: impl Into<String>) -> Self {
        Self::new(
            Code::UpstreamFailed,
            "A service this depends on did not answer. Please try again in a moment.",
        )
        .because(cause)
    }

    /// Marks it as part of an ordinary day.
    #[must_use]
    pub fn expected(mut self) -> Self {
        self.expected = true;
        self
    }

    /// Adds what only the log sees.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Adds when to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// Whether trying again later may help: decides ack or retry of a queue message.
    pub fn is_transient(&self) -> bool {
        matches!(
            self.code,
            Code::Internal
                | Code::UpstreamFailed
                | Code::RateLimited
                | Code::Misconfigured
                | Code::HistoryDamaged
        )
    }
}

/// The platform failed (a binding, the runtime): ours, not the caller's.
impl From<worker::Error> for Failure {
    fn from(error: worker::Error) -> Self {
        Self::internal(error.to_string())
    }
}

impl From<worker::kv::KvError> for Failure {
    fn from(error: worker::kv::KvError) -> Self {
        Self::internal(error.to_string())
    }
}
