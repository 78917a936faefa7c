//! What a request works with.

use contract::ids::RequestId;
use edge::log::Log;
use edge::service::Service;
use edge::{Call, Clock, Result, d1};
use worker::{D1Database, Env};

use crate::config::Config;

/// The configuration, the bindings and the log of one request.
pub struct App<'a> {
    pub env: &'a Env,
    pub config: Config,
    pub db: D1Database,
    pub log: Log,
    request_id: RequestId,
}

impl<'a> App<'a> {
    pub fn new(env: &'a Env, call: &Call, log: Log) -> Result<Self> {
        let (config, db) = (Config::read(env)?, d1::database(env)?);
        Ok(Self { env, config, db, log, request_id: call.request_id().clone() })
    }

    /// The request this is about.
    pub const fn request_id(&self) -> &RequestId {
        &self.request_id
    }

    pub fn aggregator(&self) -> Result<Service> {
        Service::new(self.env, "AGGREGATOR", &self.request_id)
    }

    pub fn auth(&self) -> Result<Service> {
        Service::new(self.env, "AUTH", &self.request_id)
    }

    pub fn notifications(&self) -> Result<Service> {
        Service::new(self.env, "NOTIFICATIONS", &self.request_id)
    }
}

/// Real time, epoch seconds: senders' stamps do not run faster when the market does.
pub fn now_s() -> i64 {
    Clock::wall_ms().div_euclid(1000)
}
