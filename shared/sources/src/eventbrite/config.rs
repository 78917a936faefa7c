//! What of Eventbrite is read, and how it is reached.

use super::Eventbrite;
use crate::registry::Configured;
use crate::settings::{BaseUrl, Secret, SettingError, Settings, optional};

const BASE_VARIABLE: &str = "EVENTBRITE_BASE";
const TOKEN_VARIABLE: &str = "EVENTBRITE_TOKEN";
const ORGANIZATIONS_VARIABLE: &str = "EVENTBRITE_ORGANIZATIONS";
const VENUES_VARIABLE: &str = "EVENTBRITE_VENUES";
const EVENTS_VARIABLE: &str = "EVENTBRITE_EVENTS";
const REAL_BASE: &str = "https://www.eventbriteapi.com";

pub(super) fn configure(settings: &Settings<'_>) -> Configured {
    let Some(token) = optional(settings, TOKEN_VARIABLE) else {
        return Ok(None);
    };
    let base = optional(settings, BASE_VARIABLE).unwrap_or_else(|| REAL_BASE.to_owned());
    let ids = |variable| optional(settings, variable).unwrap_or_default();
    let (organizations, venues, events) =
        (ids(ORGANIZATIONS_VARIABLE), ids(VENUES_VARIABLE), ids(EVENTS_VARIABLE));
    let config = Config::new(
        &base,
        &token,
        Watched { organizations: &organizations, venues: &venues, events: &events },
    )?;
    Ok(Some(Box::new(Eventbrite::new(config))))
}

/// What is watched: ids separated by commas, in at least one of the three.
#[derive(Clone, Copy, Debug, Default)]
pub struct Watched<'a> {
    /// Organisations, all of whose events are read.
    pub organizations: &'a str,
    /// Venues, all of whose events are read.
    pub venues: &'a str,
    /// Single events.
    pub events: &'a str,
}

/// How Eventbrite is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Scheme, host and any prefix before `/v3`.
    pub base: BaseUrl,
    /// The private token.
    pub token: Secret,
    /// What is read, one after the other; never empty.
    pub(super) scopes: Vec<Scope>,
}

/// A part of Eventbrite that can be read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scope {
    Organization(String),
    Venue(String),
    Event(String),
}

impl Scope {
    pub(super) fn id(&self) -> &str {
        match self {
            Self::Organization(id) | Self::Venue(id) | Self::Event(id) => id,
        }
    }
}

impl Config {
    /// What is `watched`, under `base`.
    pub fn new(base: &str, token: &str, watched: Watched<'_>) -> Result<Self, SettingError> {
        let mut scopes = Vec::new();
        for (variable, text, scope) in [
            (ORGANIZATIONS_VARIABLE, watched.organizations, Scope::Organization as fn(String) -> Scope),
            (VENUES_VARIABLE, watched.venues, Scope::Venue),
            (EVENTS_VARIABLE, watched.events, Scope::Event),
        ] {
            for id in text.split(',').map(str::trim).filter(|id| !id.is_empty()) {
                if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
                    return Err(SettingError { variable, problem: "must be ids separated by commas" });
                }
                scopes.push(scope(id.to_owned()));
            }
        }
        if scopes.is_empty() {
            let problem = "is missing: Eventbrite can only be read by organisation, venue or event";
            return Err(SettingError { variable: ORGANIZATIONS_VARIABLE, problem });
        }
        Ok(Self {
            base: BaseUrl::parse(BASE_VARIABLE, base)?,
            token: Secret::parse(TOKEN_VARIABLE, token)?,
            scopes,
        })
    }
}
