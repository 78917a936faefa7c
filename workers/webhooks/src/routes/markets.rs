//! `POST /hooks/stubhub` and `POST /hooks/eventbrite`: a market says that something happened to an event. What it says is
//! never believed, only heard: the aggregator reads the event anew when its budget allows.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contract::internal::PollHints;
use contract::problem::Code;
use edge::guard::same_secret;
use edge::{Call, Clock, Failure, Result, reply};
use prices::Market;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use worker::Response;

use super::{MAX_HOOK_BYTES, unreadable, unverified};
use crate::app::App;
use crate::signature::Unverified;
use crate::store_d1::events::{self, Provider, Received, Record};

/// The same body within this time is the same delivery; later it may be news again, as bodies carry no stamp.
const SAME_DELIVERY_MS: i64 = 60 * 60 * 1_000;
/// Longest word or id that is kept of a body.
const LONGEST: usize = 40;

/// A seller's hook. Barcodes and buyers in it are left unread.
#[derive(Deserialize)]
struct StubHubHook {
    topic: Option<String>,
    #[serde(rename = "_embedded")]
    embedded: Option<Embedded>,
}

#[derive(Deserialize)]
struct Embedded {
    event: Option<EmbeddedEvent>,
}

#[derive(Deserialize)]
struct EmbeddedEvent {
    id: Option<i64>,
}

/// StubHub sends the word its hook was created with; it signs nothing.
pub async fn stubhub(app: &App<'_>, call: &mut Call) -> Result<Response> {
    let shown = call.header("authorization").unwrap_or_default();
    if !same_secret(&shown, &app.config.stubhub_webhook_authorization) {
        return Err(unverified(Unverified::Mismatch));
    }
    let body = call.bytes(MAX_HOOK_BYTES).await?;
    let hook: StubHubHook = serde_json::from_slice(&body).map_err(|error| unreadable(&error))?;
    let topic: String = hook.topic.as_deref().unwrap_or("unknown").chars().take(LONGEST).collect();
    let event = hook.embedded.and_then(|embedded| embedded.event?.id).map(|id| id.to_string());
    let delivery = delivery_id(&body, Clock::wall_ms());
    let received = Received {
        provider: Provider::StubHub,
        event_id: &delivery,
        kind: &topic,
        object_id: event.as_deref(),
    };
    if events::receive(&app.db, &received).await? == Record::Done {
        return Ok(reply::no_content());
    }
    let outcome = match event.clone() {
        Some(id) => hint(app, Market::StubHub, id).await?,
        None => "no_event",
    };
    events::finish(&app.db, &received, outcome).await?;
    app.log.info("market_hook", json!({ "market": Market::StubHub, "topic": topic, "outcome": outcome }));
    Ok(reply::no_content())
}

/// What a body is known by.
fn delivery_id(body: &[u8], now_ms: i64) -> String {
    format!("{}@{}", URL_SAFE_NO_PAD.encode(Sha256::digest(body)), now_ms.div_euclid(SAME_DELIVERY_MS))
}

/// Eventbrite's hook names a resource of its API, nothing more.
#[derive(Deserialize)]
struct EventbriteHook {
    api_url: String,
}

/// Eventbrite signs nothing, so anybody may send this: nothing is recorded, and a hint is all it can ever be.
pub async fn eventbrite(app: &App<'_>, call: &mut Call) -> Result<Response> {
    let body = call.bytes(MAX_HOOK_BYTES).await?;
    let hook: EventbriteHook = serde_json::from_slice(&body).map_err(|error| unreadable(&error))?;
    let outcome = match resource(&hook.api_url, &app.config.eventbrite_base) {
        Resource::Foreign => {
            return Err(Failure::new(Code::InvalidBody, "`api_url` must be a resource of Eventbrite's API."));
        }
        Resource::Other => "no_event",
        Resource::Event(id) => hint(app, Market::Eventbrite, id.to_owned()).await?,
    };
    app.log.info("market_hook", json!({ "market": Market::Eventbrite, "outcome": outcome }));
    Ok(reply::no_content())
}

#[derive(Debug, PartialEq, Eq)]
enum Resource<'a> {
    /// Of somebody else's.
    Foreign,
    /// An order, a venue, a ping.
    Other,
    /// An event, or something of it.
    Event(&'a str),
}

/// Reads `<base>/v3/events/<id>/...`. The base is compared letter by letter: what only looks like it is foreign.
fn resource<'a>(api_url: &'a str, base: &str) -> Resource<'a> {
    let base = base.strip_suffix("/v3").unwrap_or(base);
    let Some(path) = api_url.strip_prefix(base).and_then(|rest| rest.strip_prefix("/v3/")) else {
        return Resource::Foreign;
    };
    let mut parts = path.split(['/', '?', '#']);
    match (parts.next(), parts.next()) {
        (Some("events"), Some(id)) if is_id(id) => Resource::Event(id),
        _ => Resource::Other,
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Tells the aggregator; one that does not take hints (yet) is no reason to have the hook sent again.
async fn hint(app: &App<'_>, market: Market, id: String) -> Result<&'static str> {
    let hints = PollHints { market, source_event_ids: vec![id] };
    match app.aggregator()?.tell("/internal/hints", &hints).await {
        Ok(()) => Ok("hinted"),
        Err(failure) if failure.code == Code::NotFound => Ok("not_taken"),
        Err(failure) => Err(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://www.eventbriteapi.com";

    #[test]
    fn an_event_and_what_belongs_to_it_are_its_id() {
        for url in
            ["/v3/events/123/", "/v3/events/123", "/v3/events/123/ticket_classes/9/", "/v3/events/123?a=b"]
        {
            assert_eq!(resource(&format!("{BASE}{url}"), BASE), Resource::Event("123"), "{url}");
            assert_eq!(resource(&format!("{BASE}{url}"), &format!("{BASE}/v3")), Resource::Event("123"));
        }
        for url in ["/v3/orders/1/", "/v3/events/", "/v3/events/1x/", "/v3/events/../users/me/", "/v3/"] {
            assert_eq!(resource(&format!("{BASE}{url}"), BASE), Resource::Other, "{url}");
        }
    }

    #[test]
    fn what_only_looks_like_the_api_is_foreign() {
        for url in [
            "http://www.eventbriteapi.com/v3/events/1/",
            "https://www.eventbriteapi.com.evil.example/v3/events/1/",
            "https://www.eventbriteapi.com@evil.example/v3/events/1/",
            "https://evil.example/https://www.eventbriteapi.com/v3/events/1/",
            "//www.eventbriteapi.com/v3/events/1/",
            "",
        ] {
            assert_eq!(resource(url, BASE), Resource::Foreign, "{url}");
        }
    }

    #[test]
    fn one_body_is_one_delivery_for_an_hour() {
        let id = |body: &[u8], at| delivery_id(body, at);
        assert_eq!(id(b"a", 0), id(b"a", SAME_DELIVERY_MS.saturating_sub(1)));
        assert_ne!(id(b"a", 0), id(b"b", 0));
        assert_ne!(id(b"a", 0), id(b"a", SAME_DELIVERY_MS));
    }

    #[test]
    fn a_hook_is_read_by_topic_and_event_alone() {
        let hook: StubHubHook = serde_json::from_str(
            r#"{"topic":"sales","action":"created","barcodes":[{"seat":"1"}],"_embedded":{"event":{"id":155000001,"name":"x"},"sale":{"id":1}}}"#,
        )
        .unwrap();
        assert_eq!(hook.embedded.and_then(|embedded| embedded.event?.id), Some(155_000_001));
        let ping: StubHubHook = serde_json::from_str(r#"{"topic":"ping","_embedded":null}"#).unwrap();
        assert!(ping.embedded.is_none());
    }
}
