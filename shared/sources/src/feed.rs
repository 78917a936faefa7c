//! A feed of offers in our own JSON form: a partner's, or one's own.
//!
//! ```json
//! {"feed":"acme","synthetic":false,"next":null,"offers":[{"event_id":"e1","name":"A at B",
//!  "performers":["B","A"],"venue":{"name":"Moda Center","city":"Portland","region":"OR","country":"US"},
//!  "start_local":"2026-12-01T19:00:00","start_utc":"2026-12-02T03:00:00Z","time_tbd":false,"status":"onsale",
//!  "price":{"amount_minor":4550,"currency":"USD","basis":"all_in"},"absent_reason":null,
//!  "listing_count":12,"url":"https://acme.example/e1"}]}
//! ```
//!
//! `price` is `null` where there is none; `absent_reason` then says why, in the words of [`AbsentReason`]. `next` is
//! the URL of the next page on the same host. Unknown fields are ignored.

use chrono::{DateTime, Utc};
use prices::{AbsentReason, Currency, FeeBasis, Market, Money, Price};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as WordError, StrDeserializer};
use serde_json::value::RawValue;

use crate::adapter::{Adapter, Answer, Cursor, Page, Reading, Rejected, Request};
use crate::addon;
use crate::answer;
use crate::capabilities::{Capabilities, Licence, Limits, PriceAccess, Push, Window};
use crate::decode::{self, Count, Envelope, Id, or_default, reject};
use crate::event::{EventStatus, Quote, SourceEvent, SourcePerformer, SourceVenue, Start};
use crate::registry::{Configured, Provider};
use crate::settings::{BaseUrl, Secret, SettingError, Settings, optional};
use crate::times;
use crate::url::web_link;

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
        let Some((Some(entries), meta)) = decode::page::<Offer, Body<Offer>, Body<&RawValue>, _>(answer.body)
        else {
            return answer::malformed(answer, now);
        };
        let mut page = Page { synthetic: meta.synthetic, ..Page::default() };
        page.gather(entries, |offer, page| offer.read(page).map(Some));
        match meta.next {
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

#[derive(Deserialize)]
struct Body<T> {
    offers: Option<Vec<T>>,
    #[serde(default, deserialize_with = "or_default")]
    synthetic: bool,
    next: Option<String>,
}

struct Meta {
    synthetic: bool,
    next: Option<String>,
}

impl<T> Envelope<T> for Body<T> {
    type Meta = Meta;

    fn open(self) -> (Option<Vec<T>>, Meta) {
        (self.offers, Meta { synthetic: self.synthetic, next: self.next.filter(|next| !next.is_empty()) })
    }
}

#[derive(Deserialize)]
struct Offer {
    #[serde(alias = "id")]
    event_id: Option<Id>,
    name: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    performers: Vec<String>,
    venue: Option<Venue>,
    start_local: Option<String>,
    start_utc: Option<String>,
    time_tbd: Option<bool>,
    date_tbd: Option<bool>,
    status: Option<String>,
    price: Option<StatedPrice>,
    absent_reason: Option<String>,
    listing_count: Option<Count>,
    url: Option<String>,
}

#[derive(Deserialize, Default)]
struct Venue {
    name: Option<String>,
    city: Option<String>,
    region: Option<String>,
    country: Option<String>,
    timezone: Option<String>,
}

#[derive(Deserialize)]
struct StatedPrice {
    amount_minor: i64,
    currency: Currency,
    basis: Option<String>,
}

/// `word` as one of our own `snake_case` words.
fn ours<'a, T: Deserialize<'a>>(word: &'a str) -> Option<T> {
    let deserializer: StrDeserializer<'a, WordError> = word.into_deserializer();
    T::deserialize(deserializer).ok()
}

impl Offer {
    fn read(self, page: &mut Page) -> Result<SourceEvent, Rejected> {
        let id = decode::id(self.event_id)?;
        let name = decode::name(self.name, &id)?;
        let word = self.status.unwrap_or_default();
        let known = ours::<EventStatus>(&word);
        let status = page.status(known, &word);
        let bad_date = |times::BadDate| reject(&id, "bad_date");
        let local = times::wall(self.start_local.as_deref()).map_err(bad_date)?;
        let utc = times::instant(self.start_utc.as_deref()).map_err(bad_date)?;
        let date_tbd = self.date_tbd == Some(true) || (local.is_none() && utc.is_none());
        let time_tbd = date_tbd || self.time_tbd == Some(true);
        let reason = self.absent_reason.as_deref().and_then(ours).unwrap_or(AbsentReason::Unknown);
        let price = self.price.map_or(Price::absent(reason), |amount| {
            let basis = amount.basis.as_deref().and_then(ours).unwrap_or(FeeBasis::Unknown);
            Price::quoted(Money::new(amount.amount_minor, amount.currency), basis)
        });
        let venue = self.venue.unwrap_or_default();
        let performers = self.performers.into_iter().filter_map(|name| {
            Some(SourcePerformer { id: None, name: decode::text(Some(name))?, home: false })
        });
        Ok(SourceEvent {
            market: Market::Feed,
            kind: addon::kind_by_name(&name),
            id,
            former_ids: Vec::new(),
            name,
            performers: performers.collect(),
            venue: SourceVenue {
                name: decode::text(venue.name).unwrap_or_default(),
                city: decode::text(venue.city),
                region: decode::text(venue.region),
                country: decode::text(venue.country),
                timezone: decode::text(venue.timezone),
                ..SourceVenue::default()
            },
            start: Start { utc: utc.filter(|_| !time_tbd), local, date_tbd, time_tbd },
            status,
            genre: None,
            url: web_link(self.url),
            foreign_ids: Vec::new(),
            quote: Quote { listings: decode::count(self.listing_count, &price), ..Quote::of(price) },
            listings: None,
        })
    }
}
