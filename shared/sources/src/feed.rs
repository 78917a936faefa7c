//! A feed of offers in our own JSON form: a partner's, or one's own.
//!
//! ```json
//! {"feed":"acme","synthetic":false,"next":null,"deleted":["e0"],"offers":[{"event_id":"e1","name":"A at B",
//!  "performers":["B","A"],"venue":{"name":"Moda Center","city":"Portland","region":"OR","country":"US"},
//!  "start_local":"2026-12-01T19:00:00","start_utc":"2026-12-02T03:00:00Z","time_tbd":false,"status":"onsale",
//!  "price":{"amount_minor":4550,"currency":"USD","basis":"all_in","before_fees_minor":3900},"absent_reason":null,
//!  "listing_count":12,"ticket_count":30,"url":"https://acme.example/e1",
//!  "listings":[{"id":"l1","section":"101","row":"A","quantity":4,"splits":[2,4],
//!   "price":{"amount_minor":4550,"currency":"USD","basis":"all_in"}}]}]}
//! ```
//!
//! `price` is `null` where there is none; `absent_reason` then says why, in the words of [`prices::AbsentReason`]. With
//! `listings` and neither price nor reason, the cheapest listing is the price. `next` is the URL of the next page on the
//! same host. Unknown fields are ignored. The same form may be pushed ([`crate::push`]).

mod offer;

use chrono::{DateTime, Utc};
use prices::{FeeBasis, Market};

pub(crate) use self::offer::{Offer, Seats, StatedPrice, Venue};
use crate::adapter::{Adapter, Answer, Cursor, Reading, Request};
use crate::answer;
use crate::capabilities::{Capabilities, Licence, Limits, PriceAccess, Push, Window};
use crate::decode::reject;
use crate::registry::{Configured, Provider};
use crate::settings::{BaseUrl, Secret, SettingError, Settings, optional};

const URL_VARIABLE: &str = "FEED_URL";
const KEY_VARIABLE: &str = "FEED_KEY";

/// The registry's row.
pub const PROVIDER: Provider = Provider {
    market: Market::Feed,
    capabilities: Capabilities {
        search: false,
        by_id: false,
        updates: false,
        prices: PriceAccess::Stated,
        fee_basis: &[FeeBasis::AllIn, FeeBasis::BeforeFees, FeeBasis::Unknown],
        listings: true,
        push: Push::Signed,
        limits: "as agreed with whoever publishes it",
        budget: Limits { windows: &[Window::hour(20_000)], spacing_ms: 100, concurrency: 4 },
        licence: Licence { terms: "as agreed with whoever publishes it", attribution: None, retention: None },
    },
    configure,
};

fn configure(settings: &Settings<'_>) -> Configured {
    let Some(url) = optional(settings, URL_VARIABLE) else {
        return Ok(None);
    };
    let key = optional(settings, KEY_VARIABLE);
    Ok(Some(Box::new(Feed::new(Config::new(&url, key.as_deref())?))))
}

/// How a feed is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The first page.
    pub url: BaseUrl,
    /// Sent as `authorization: Bearer <key>`, where the feed wants one.
    pub key: Option<Secret>,
}

impl Config {
    /// A feed that begins at `url`.
    pub fn new(url: &str, key: Option<&str>) -> Result<Self, SettingError> {
        Ok(Self {
            url: BaseUrl::parse(URL_VARIABLE, url)?,
            key: key.map(|key| Secret::parse(KEY_VARIABLE, key)).transpose()?,
        })
    }
}

/// A feed's adapter.
#[derive(Clone, Debug)]
pub struct Feed {
    config: Config,
}

impl Feed {
    /// An adapter that asks as `config` says.
    pub const fn new(config: Config) -> Self {
        Self { config }
    }

    /// The URL a cursor stands for.
    fn url<'a>(&'a self, cursor: &'a Cursor) -> Option<&'a str> {
        match cursor {
            Cursor::Page { scope: 0, .. } => Some(self.config.url.as_str()),
            Cursor::Continuation { scope: 0, token } if self.is_ours(token) => Some(token),
            _ => None,
        }
    }

    /// Whether the key may be sent to `url`: same scheme and host, and a path, query or nothing after it.
    fn is_ours(&self, url: &str) -> bool {
        url.strip_prefix(self.config.url.origin()).is_some_and(|rest| rest.starts_with(['/', '?']))
            && url.bytes().all(|byte| byte.is_ascii_graphic())
    }
}

impl Adapter for Feed {
    fn market(&self) -> Market {
        Market::Feed
    }

    fn start(&self, _has_token: bool) -> Cursor {
        Cursor::Page { scope: 0, page: 1 }
    }

    fn request(&self, cursor: &Cursor, _token: Option<&str>, _now: DateTime<Utc>) -> Request {
        let url = self.url(cursor).unwrap_or(self.config.url.as_str()).to_owned();
        let label = if matches!(cursor, Cursor::Page { .. }) { "offers" } else { "offers, continued" };
        let request = Request::get(url, label.to_owned());
        match &self.config.key {
            Some(key) => request.header("authorization", format!("Bearer {}", key.reveal())),
            None => request,
        }
    }

    fn read(&self, cursor: &Cursor, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
        let Some(asked) = self.url(cursor) else {
            return answer::strange_cursor(answer, now);
        };
        if let Some(failure) = answer::unusable(answer, now) {
            return failure.into();
        }
        if answer.status != 200 {
            let code = answer::code(None, answer.status, &[]);
            return crate::Failure::of(answer::kind_of(answer.status), code, answer, now).into();
        }
        let Some((mut page, next)) = offer::page(answer.body) else {
            return answer::malformed(answer, now);
        };
        match next {
            None => {}
            Some(next) if next == asked => page.rejected.push(reject("", "paging_loop")),
            Some(next) if self.is_ours(&next) => {
                page.next = Some(Cursor::Continuation { scope: 0, token: next });
            }
            Some(_) => page.rejected.push(reject("", "foreign_next")),
        }
        Reading::Page(page)
    }
}

/// The page in `body`, for whoever pushes it: `next` means nothing there.
pub(crate) fn pushed(body: &str) -> Option<crate::Page> {
    offer::page(body).map(|(page, _)| page)
}
