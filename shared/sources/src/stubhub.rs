//! StubHub, by the catalogue API v2 (HAL, `OAuth2` client credentials).
//!
//! Marks: \[D\] documented by the provider, \[O\] observed in recorded answers or dated reports, \[I\] inferred,
//! \[M\] general knowledge to be verified with a key. No recorded catalogue answer exists: shapes are those of the
//! provider's OpenAPI document \[D\].

mod event;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use prices::{FeeBasis, Market};
use serde::Deserialize;
use serde_json::value::RawValue;

use self::event::Event;
use crate::adapter::{Adapter, Answer, Cursor, Failure, FailureKind, Page, Reading, Request};
use crate::answer;
use crate::capabilities::{Capabilities, Licence, Limits, PriceAccess, Push, Window};
use crate::decode::{self, Envelope};
use crate::registry::{Configured, Provider};
use crate::settings::{Area, BaseUrl, Secret, SettingError, Settings, optional};
use crate::url::encode;

/// The documented default; no maximum is stated \[D\].
const PAGE_SIZE: u32 = 100;
/// Assumed when the token answer names no life; the documented one is a day.
const SHORT_TOKEN_LIFE: Duration = Duration::from_hours(1);

const BASE_VARIABLE: &str = "STUBHUB_BASE";
const TOKEN_URL_VARIABLE: &str = "STUBHUB_TOKEN_URL";
const CLIENT_VARIABLE: &str = "STUBHUB_CLIENT_ID";
const SECRET_VARIABLE: &str = "STUBHUB_CLIENT_SECRET";
const REAL_BASE: &str = "https://api.stubhub.net";
const REAL_TOKEN_URL: &str = "https://account.stubhub.com/oauth2/token";

/// The registry's row.
pub const PROVIDER: Provider = Provider {
    market: Market::StubHub,
    capabilities: Capabilities {
        search: true,
        by_id: false,
        updates: false,
        prices: PriceAccess::Stated,
        fee_basis: &[FeeBasis::Unknown],
        listings: false,
        // Webhooks exist for sellers only and carry no signature [D].
        push: Push::Hints,
        limits: "unpublished",
        // Unpublished: our own caution.
        budget: Limits { windows: &[Window::day(10_000)], spacing_ms: 250, concurrency: 2 },
        licence: Licence {
            terms: "StubHub partner terms: access by approval; webhooks exist for sellers only",
            attribution: None,
            retention: None,
        },
    },
    configure,
};

fn configure(settings: &Settings<'_>) -> Configured {
    let Some(client_id) = optional(settings, CLIENT_VARIABLE) else {
        return Ok(None);
    };
    let secret = optional(settings, SECRET_VARIABLE).unwrap_or_default();
    let base = optional(settings, BASE_VARIABLE).unwrap_or_else(|| REAL_BASE.to_owned());
    let token_url = optional(settings, TOKEN_URL_VARIABLE).unwrap_or_else(|| REAL_TOKEN_URL.to_owned());
    let mut config = Config::new(&base, &token_url, &client_id, &secret)?;
    config.area = Area::from_settings(settings)?;
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
        })
    }
}

/// StubHub's adapter. A fresh walk without a token begins with [`Cursor::Token`]; a page answered by 401 is
/// `Unauthorized`, upon which the edge drops its token and begins anew.
#[derive(Clone, Debug)]
pub struct StubHub {
    config: Config,
}

impl StubHub {
    /// An adapter that asks as `config` says.
    pub const fn new(config: Config) -> Self {
        Self { config }
    }

    /// Basic authorisation over the url-encoded pair, and the grant as a form \[D\].
    fn token_request(&self) -> Request {
        let pair = format!(
            "{}:{}",
            encode(self.config.client_id.reveal()),
            encode(self.config.client_secret.reveal())
        );
        let mut request = Request::get(self.config.token_url.as_str().to_owned(), "access token".to_owned())
            .header("authorization", format!("Basic {}", STANDARD.encode(pair)))
            .header("content-type", "application/x-www-form-urlencoded".to_owned());
        request.method = "POST";
        request.body = Some("grant_type=client_credentials&scope=read%3Aevents".to_owned());
        request
    }

    fn page_request(&self, page: u32, token: Option<&str>) -> Request {
        let url = self.config.base.endpoint("", "/catalog/events");
        let url = match &self.config.area {
            Area::Everywhere => url,
            Area::Country(code) => url.with("country_code", code),
            Area::Near { latitude, longitude, km } => url
                .with("latitude", &latitude.to_string())
                .with("longitude", &longitude.to_string())
                .with("max_distance_in_meters", &u64::from(*km).saturating_mul(1_000).to_string()),
        };
        // Not sorted by `resource_version`: what changes during a walk would move to its end and shift others past it.
        let url = url
            .with("exclude_parking_passes", "true")
            .with("page_size", &PAGE_SIZE.to_string())
            .with("page", &page.to_string());
        let request = Request::get(url.finish(), format!("catalogue page {page}"))
            .header("accept", "application/hal+json".to_owned());
        match token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            // Will be refused with 401, which sends the edge for a token.
            None => request,
        }
    }

    fn refusal(&self, answer: &Answer<'_>, now: DateTime<Utc>) -> Failure {
        /// `code` in the catalogue's errors \[D\], `error` in those of the token endpoint (RFC 6749).
        #[derive(Deserialize)]
        struct Refused {
            code: Option<String>,
            error: Option<String>,
        }
        let body = serde_json::from_str::<Refused>(answer.body).ok();
        let said = body.and_then(|body| body.code.or(body.error));
        let kind = match said.as_deref() {
            Some("invalid_client" | "unauthorized_client" | "insufficient_scope") => {
                FailureKind::Unauthorized
            }
            _ => answer::kind_of(answer.status),
        };
        Failure::of(
            kind,
            answer::code(said.as_deref(), answer.status, &[self.config.client_secret.reveal()]),
            answer,
            now,
        )
    }

    fn read_token(then: &Cursor, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
        #[derive(Deserialize)]
        struct Granted {
            access_token: String,
            expires_in: Option<u64>,
        }
        let Ok(granted) = serde_json::from_str::<Granted>(answer.body) else {
            return answer::malformed(answer, now);
        };
        // It will stand in a header: anything else could smuggle one in.
        if granted.access_token.is_empty()
            || !granted.access_token.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return answer::malformed(answer, now);
        }
        Reading::Token {
            access_token: granted.access_token,
            expires_in: granted.expires_in.map_or(SHORT_TOKEN_LIFE, Duration::from_secs),
            next: then.clone(),
        }
    }

    fn read_page(&self, number: u32, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
        let Some((entries, meta)) =
            decode::page::<Event<'_>, Body<Event<'_>>, Body<&RawValue>, _>(answer.body)
        else {
            return answer::malformed(answer, now);
        };
        let Some(total) = meta.total_items else {
            // A success always counts its items [D]; an error inside a success counts none.
            return match (meta.code, self.refusal(answer, now)) {
                (Some(_), refused) => refused.into(),
                (None, _) => answer::malformed(answer, now),
            };
        };
        let size = meta.page_size.filter(|size| *size > 0).unwrap_or(PAGE_SIZE);
        let more = meta.has_next.unwrap_or(size.saturating_mul(number) < total);
        let entries = entries.unwrap_or_default();
        if entries.is_empty() && (more || total > size.saturating_mul(number.saturating_sub(1))) {
            return Failure::of(FailureKind::Unavailable, "empty_page", answer, now).into();
        }
        let mut page = Page::default();
        // The page after `_links.next` is asked by number: a token must not follow a link to another host.
        page.next = more.then(|| Cursor::Page { scope: 0, page: number.saturating_add(1) });
        page.gather(entries, |event, page| event.read(page, now).map(Some));
        Reading::Page(page)
    }
}

impl Adapter for StubHub {
    fn market(&self) -> Market {
        Market::StubHub
    }

    fn start(&self, has_token: bool) -> Cursor {
        let first = Cursor::Page { scope: 0, page: 1 };
        if has_token { first } else { Cursor::Token { then: Box::new(first) } }
    }

    fn request(&self, cursor: &Cursor, token: Option<&str>, _now: DateTime<Utc>) -> Request {
        match cursor {
            Cursor::Token { .. } => self.token_request(),
            Cursor::Page { page, .. } => self.page_request(*page, token),
            Cursor::Window { .. }
            | Cursor::Continuation { .. }
            | Cursor::Since { .. }
            | Cursor::Event { .. } => self.page_request(1, token),
        }
    }

    fn read(&self, cursor: &Cursor, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
        if let Some(failure) = answer::unusable(answer, now) {
            return failure.into();
        }
        if answer.status != 200 {
            return self.refusal(answer, now).into();
        }
        match cursor {
            Cursor::Token { then } => Self::read_token(then, answer, now),
            Cursor::Page { scope: 0, page } => self.read_page(*page, answer, now),
            _ => answer::strange_cursor(answer, now),
        }
    }
}

#[derive(Deserialize)]
struct Body<T> {
    total_items: Option<u32>,
    page_size: Option<u32>,
    code: Option<String>,
    #[serde(rename = "_links")]
    links: Option<Links>,
    #[serde(rename = "_embedded")]
    embedded: Option<Items<T>>,
}

#[derive(Deserialize)]
struct Links {
    next: Option<Link>,
}

#[derive(Deserialize)]
struct Link {
    href: Option<String>,
}

#[derive(Deserialize)]
struct Items<T> {
    items: Option<Vec<T>>,
    deleted_items: Option<Vec<T>>,
}

struct Meta {
    total_items: Option<u32>,
    page_size: Option<u32>,
    /// Whether a next page is linked; `None` where the answer has no links at all.
    has_next: Option<bool>,
    code: Option<String>,
}

impl<T> Envelope<T> for Body<T> {
    type Meta = Meta;

    /// Deleted events carry status `Deleted` \[D\] and so go the way of the others: as cancelled, without a price.
    fn open(self) -> (Option<Vec<T>>, Meta) {
        let entries = self.embedded.map(|embedded| {
            let mut all = embedded.items.unwrap_or_default();
            all.extend(embedded.deleted_items.unwrap_or_default());
            all
        });
        let has_next = self.links.map(|links| links.next.is_some_and(|link| link.href.is_some()));
        (
            entries,
            Meta { total_items: self.total_items, page_size: self.page_size, has_next, code: self.code },
        )
    }
}
