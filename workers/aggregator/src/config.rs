//! The aggregator's configuration, checked before any work.

use std::cell::RefCell;
use std::time::Duration;

use edge::Clock;
use edge::config::{Vars, invalid};
use edge::failure::Result;
use prices::Market;
use sources::Adapter;
use worker::Env;

/// Time between two walks through a source, unless `POLL_SECONDS` says otherwise (market time).
const POLL_EVERY: Duration = Duration::from_mins(10);
/// Least real time between two walks, unless `POLL_GAP_MS` says otherwise.
const POLL_GAP: Duration = Duration::from_secs(1);

/// What the variables say.
pub struct Config {
    /// Both times.
    pub clock: Clock,
    /// Time between two walks (market time).
    pub poll_every: Duration,
    /// Least real time between two walks.
    pub poll_gap: Duration,
}

impl Config {
    /// Reads and checks.
    pub fn read(vars: &Vars<'_>) -> Result<Self> {
        vars.required("INTERNAL_KEY")?;
        vars.required("OPERATOR_TOKEN")?;
        let number = |name: &'static str| {
            vars.optional(name)
                .map(|text| text.parse::<u64>().map_err(|_| invalid(name, "must be a whole number")))
                .transpose()
        };
        Ok(Self {
            clock: vars.clock()?,
            poll_every: number("POLL_SECONDS")?.map_or(POLL_EVERY, Duration::from_secs),
            poll_gap: number("POLL_GAP_MS")?.map_or(POLL_GAP, Duration::from_millis),
        })
    }
}

/// The adapter for `market`, if it is configured.
pub fn adapter(env: &Env, market: Market) -> Result<Option<Box<dyn Adapter>>> {
    let vars = Vars::new(env);
    sources::registry::adapter(market, &|name| vars.optional(name))
        .map_err(|error| invalid(error.variable, error.problem))
}

/// Whether `market` is configured, and rightly.
pub fn is_configured(env: &Env, market: Market) -> bool {
    adapter(env, market).is_ok_and(|adapter| adapter.is_some())
}

/// Every secret that a source's adapter is made from, and our own: what must not stand in anything that is kept. A name
/// that ends like a secret's is one, so that a new source's are known without being listed here.
pub fn secrets(env: &Env, market: Market) -> Vec<String> {
    const ENDS: [&str; 6] = ["KEY", "TOKEN", "SECRET", "CLIENT_ID", "SID", "PASSWORD"];
    let vars = Vars::new(env);
    let found: RefCell<Vec<String>> = RefCell::default();
    let read = |name: &str| {
        let value = vars.optional(name);
        if ENDS.iter().any(|end| name.ends_with(end)) {
            found.borrow_mut().extend(value.clone());
        }
        value
    };
    // Only what is read matters here; whether it is right was said when the adapter was made.
    let _ = sources::registry::adapter(market, &read);
    for name in ["INTERNAL_KEY", "OPERATOR_TOKEN"] {
        read(name);
    }
    found.into_inner()
}
