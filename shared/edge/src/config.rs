//! Variables and secrets, read and checked once per request into a Worker's own config struct.

use contract::problem::Code;
use worker::Env;

use crate::clock::Clock;
use crate::failure::{Failure, Result};

/// Where a Worker runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// A laptop or a test.
    Development,
    /// Rehearsal.
    Staging,
    /// The real thing.
    Production,
}

/// Reads variables; a missing or invalid one is named, its value never.
pub struct Vars<'a> {
    env: &'a Env,
}

impl<'a> Vars<'a> {
    /// Reads from `env`.
    pub const fn new(env: &'a Env) -> Self {
        Self { env }
    }

    /// A variable that may be absent or empty.
    pub fn optional(&self, name: &str) -> Option<String> {
        self.env.var(name).ok().map(|value| value.to_string()).filter(|value| !value.is_empty())
    }

    /// A variable that must be there.
    pub fn required(&self, name: &str) -> Result<String> {
        self.optional(name).ok_or_else(|| invalid(name, "is missing"))
    }

    /// A base URL without a trailing slash. Only development may use plain http.
    pub fn base_url(&self, name: &str) -> Result<String> {
        let url = self.required(name)?;
        let allowed = url.starts_with("https://")
            || (self.environment()? == Environment::Development && url.starts_with("http://"));
        if allowed {
            Ok(url.trim_end_matches('/').to_owned())
        } else {
            Err(invalid(name, "must be an https URL"))
        }
    }

    /// Where this Worker runs.
    pub fn environment(&self) -> Result<Environment> {
        match self.required("ENVIRONMENT")?.as_str() {
            "development" => Ok(Environment::Development),
            "staging" => Ok(Environment::Staging),
            "production" => Ok(Environment::Production),
            _ => Err(invalid("ENVIRONMENT", "must be development, staging or production")),
        }
    }

    /// The clock; scaled only in development.
    pub fn clock(&self) -> Result<Clock> {
        match (self.environment()?, self.optional("MARKET_CLOCK")) {
            (Environment::Development, Some(text)) => Clock::parse(&text)
                .map_err(|_| invalid("MARKET_CLOCK", "must be real_ms:market_ms:scale, comma separated")),
            _ => Ok(Clock::default()),
        }
    }
}

/// A variable that is not as it must be.
pub fn invalid(name: &str, what: &str) -> Failure {
    Failure::new(Code::Misconfigured, format!("The operator must set the variable {name}: it {what}."))
}
