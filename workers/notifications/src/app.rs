//! What a request works with.

use contract::ids::RequestId;
use contract::objects::{Kick, Kicked};
use edge::log::Log;
use edge::object::Objects;
use edge::service::Service;
use edge::{Result, d1};
use futures_util::future::try_join_all;
use worker::{D1Database, Env};

use crate::config::Config;
use crate::telling::Scribe;

/// The configuration, the bindings and the log of one request, queue message or alarm.
pub struct App<'a> {
    /// The bindings.
    pub env: &'a Env,
    /// The configuration.
    pub config: Config,
    /// The database.
    pub db: D1Database,
    /// The log.
    pub log: Log,
}

impl<'a> App<'a> {
    /// Reads the configuration.
    pub fn new(env: &'a Env, log: Log) -> Result<Self> {
        Ok(Self { env, config: Config::read(env)?, db: d1::database(env)?, log })
    }

    /// The request this is all about.
    pub const fn request_id(&self) -> &RequestId {
        self.log.request_id()
    }

    /// Market time, epoch milliseconds.
    pub fn market_ms(&self) -> i64 {
        self.config.clock.market().timestamp_millis()
    }

    /// The Worker that knows events.
    pub fn aggregator(&self) -> Result<Service> {
        Service::new(self.env, "AGGREGATOR", self.request_id())
    }

    /// The Worker that knows prices.
    pub fn pricing(&self) -> Result<Service> {
        Service::new(self.env, "PRICING", self.request_id())
    }

    /// Writes messages.
    pub fn scribe(&self) -> Scribe<'_> {
        Scribe {
            seal: &self.config.seal,
            site_url: &self.config.site_url,
            label: self.config.label.as_deref(),
        }
    }

    /// Wakes the Dispatchers of `shards`, each at the second try if need be: an object may be moving between machines.
    /// Until one is awake its rows wait, so a failure is the caller's to repeat.
    pub async fn kick(&self, shards: &[impl AsRef<str>]) -> Result<()> {
        let dispatchers = Objects::new(self.env, "DISPATCHER", self.request_id())?;
        let kicks = shards.iter().map(|shard| {
            let shard = shard.as_ref();
            let kick = Kick { shard: shard.to_owned() };
            let dispatchers = &dispatchers;
            async move {
                match dispatchers.call::<Kicked>(shard, "/kick", &kick).await {
                    Err(failure) if failure.is_transient() => dispatchers.call(shard, "/kick", &kick).await,
                    answer => answer,
                }
            }
        });
        try_join_all(kicks).await.map(drop)
    }
}
