//! What a request works with.

use contract::problem::Code;
use edge::log::Log;
use edge::object::Objects;
use edge::service::Service;
use edge::{Call, Clock, Failure, Result, Vars, d1};
use identity::pepper::Purpose;
use identity::token::hex;
use identity::{Token, TokenKind};
use worker::{D1Database, Env};

use crate::config::Config;
use crate::store_d1::sessions::{self, SignedIn};

/// The configuration, the bindings and the log of one request.
pub struct App<'a> {
    env: &'a Env,
    pub config: Config,
    pub db: D1Database,
    pub log: Log,
    request_id: contract::ids::RequestId,
}

impl<'a> App<'a> {
    pub fn new(env: &'a Env, call: &Call, log: Log) -> Result<Self> {
        let (config, db) = (Config::read(env)?, d1::database(env)?);
        Ok(Self { env, config, db, log, request_id: call.request_id().clone() })
    }

    pub const fn env(&self) -> &'a Env {
        self.env
    }

    pub const fn vars(&self) -> Vars<'a> {
        Vars::new(self.env)
    }

    pub const fn request_id(&self) -> &contract::ids::RequestId {
        &self.request_id
    }

    pub fn notifications(&self) -> Result<Service> {
        Service::new(self.env, "NOTIFICATIONS", &self.request_id)
    }

    pub fn limiters(&self) -> Result<Objects> {
        Objects::new(self.env, "RATE_LIMITER", &self.request_id)
    }

    /// The mark of the device that calls: its user agent, unreadable.
    pub fn device_hash(&self, call: &Call) -> String {
        let agent = call.header("user-agent").unwrap_or_default();
        hex(&self.config.pepper.keyed(Purpose::Device, agent.as_bytes()))
    }

    /// The session of the bearer token.
    pub async fn signed_in(&self, call: &Call) -> Result<SignedIn> {
        let token = call.bearer().ok_or_else(unauthenticated)?;
        self.session_of(&token).await
    }

    /// The session an access token belongs to: one indexed read; a token of a wrong form costs none.
    pub async fn session_of(&self, access_token: &str) -> Result<SignedIn> {
        let token = Token::parse(TokenKind::Access, access_token).ok_or_else(unauthenticated)?;
        sessions::signed_in(&self.db, &token.digest(), Clock::wall_ms()).await?.ok_or_else(unauthenticated)
    }
}

/// No session, an ended one, an unknown token: one answer for all.
pub fn unauthenticated() -> Failure {
    Failure::new(
        Code::Unauthenticated,
        "There is no session for this token, or it has ended. Please sign in.",
    )
}
