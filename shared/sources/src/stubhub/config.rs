//! How StubHub is reached, and where it looks.

use super::StubHub;
use crate::registry::Configured;
use crate::settings::{Area, BaseUrl, Secret, SettingError, Settings, optional};

const BASE_VARIABLE: &str = "STUBHUB_BASE";
const TOKEN_URL_VARIABLE: &str = "STUBHUB_TOKEN_URL";
const CLIENT_VARIABLE: &str = "STUBHUB_CLIENT_ID";
const SECRET_VARIABLE: &str = "STUBHUB_CLIENT_SECRET";
const FIELDS_VARIABLE: &str = "STUBHUB_FIELDS";
const REAL_BASE: &str = "https://api.stubhub.net";
const REAL_TOKEN_URL: &str = "https://account.stubhub.com/oauth2/token";

pub(super) fn configure(settings: &Settings<'_>) -> Configured {
    let Some(client_id) = optional(settings, CLIENT_VARIABLE) else {
        return Ok(None);
    };
    let secret = optional(settings, SECRET_VARIABLE).unwrap_or_default();
    let base = optional(settings, BASE_VARIABLE).unwrap_or_else(|| REAL_BASE.to_owned());
    let token_url = optional(settings, TOKEN_URL_VARIABLE).unwrap_or_else(|| REAL_TOKEN_URL.to_owned());
    let mut config = Config::new(&base, &token_url, &client_id, &secret)?;
    config.area = Area::from_settings(settings)?;
    config.sparse = match optional(settings, FIELDS_VARIABLE).as_deref() {
        None | Some("needed") => true,
        Some("all") => false,
        Some(_) => {
            return Err(SettingError { variable: FIELDS_VARIABLE, problem: "must be `needed` or `all`" });
        }
    };
    Ok(Some(Box::new(StubHub::new(config))))
}

/// How StubHub is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Scheme, host and any prefix before `/catalog`.
    pub base: BaseUrl,
    /// Where access tokens are issued.
    pub token_url: BaseUrl,
    /// The client id.
    pub client_id: Secret,
    /// The client secret.
    pub client_secret: Secret,
    /// Where to look.
    pub area: Area,
    /// Whether only the fields that are read are asked for.
    pub sparse: bool,
}

impl Config {
    /// The United States.
    pub fn new(
        base: &str,
        token_url: &str,
        client_id: &str,
        client_secret: &str,
    ) -> Result<Self, SettingError> {
        Ok(Self {
            base: BaseUrl::parse(BASE_VARIABLE, base)?,
            token_url: BaseUrl::parse(TOKEN_URL_VARIABLE, token_url)?,
            client_id: Secret::parse(CLIENT_VARIABLE, client_id)?,
            client_secret: Secret::parse(SECRET_VARIABLE, client_secret)?,
            area: Area::Country("US".to_owned()),
            sparse: true,
        })
    }
}
