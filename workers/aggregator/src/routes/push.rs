//! `POST /v1/sources/feed/push`: a partner, or ourselves, sends offers. Verified over the raw bytes, read as any feed,
//! and handed to the feed's planner part by part.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contract::problem::Code;
use contract::push::{
    MAX_PUSH_BYTES, PARTNER_HEADER, PushPart, Pushed, PushedPart, RejectedOffer, SIGNATURE_HEADER,
};
use edge::clock::{Clock, from_ms};
use edge::failure::{Failure, Result};
use edge::object::Objects;
use edge::{Call, Vars, reply};
use prices::Market;
use sha2::{Digest, Sha256};
use sources::push::{self, PushError};
use sources::{Page, SourceEvent};
use worker::{Env, Response};

/// `partner:secret,…`
const KEYS: &str = "FEED_PUSH_KEYS";
/// Events that a planner surely takes in within the time an object has to answer.
const EVENTS_A_PART: usize = 40;

/// Verifies, reads, hands on.
pub async fn receive(call: &mut Call, env: &Env) -> Result<Response> {
    let partner = call.header(PARTNER_HEADER).unwrap_or_default();
    let signed = call.header(SIGNATURE_HEADER).unwrap_or_default();
    let content_type = call.header("content-type").unwrap_or_default();
    let body = call.bytes(MAX_PUSH_BYTES).await?;
    let keys = Vars::new(env).optional(KEYS).unwrap_or_default();
    let secret = secret_of(&keys, &partner).ok_or_else(|| refusal(PushError::BadSignature))?;
    push::verify(secret, &signed, &body, from_ms(Clock::wall_ms())).map_err(refusal)?;
    let text = std::str::from_utf8(&body).map_err(|_| refusal(PushError::Malformed))?;
    let page = push::read(text, &content_type).map_err(refusal)?;

    let signed_at_s = stamp_of(&signed).ok_or_else(|| refusal(PushError::NoSignature))?;
    let delivery = delivery_id(&partner, signed_at_s, &body);
    let planners = Objects::new(env, "SOURCE_PLANNER", call.request_id())?;
    let mut taken = Vec::new();
    let entries = page.events.len();
    let rejected = rejected_of(&page);
    for part in parts(page, &partner, &delivery, signed_at_s) {
        let answer: PushedPart = planners.call(Market::Feed.as_str(), "/push", &part).await?;
        taken.push(answer);
    }
    reply::json(&summary(entries, rejected, &taken, &partner))
}

/// The secret of `partner` in `name:secret,name:secret`.
fn secret_of<'a>(keys: &'a str, partner: &str) -> Option<&'a str> {
    keys.split(',')
        .filter_map(|pair| pair.trim().split_once(':'))
        .find(|(name, secret)| *name == partner && !name.is_empty() && !secret.is_empty())
        .map(|(_, secret)| secret)
}

/// When the sender signed; the last `t`, as the verification reads it.
fn stamp_of(header: &str) -> Option<i64> {
    let mut stamps = header.split(',').filter_map(|item| item.trim().strip_prefix("t="));
    stamps.next_back()?.parse().ok()
}

/// One delivery is one body signed at one moment by one partner: the same body signed anew is a new one.
fn delivery_id(partner: &str, signed_at_s: i64, body: &[u8]) -> String {
    let mut digest = Sha256::new();
    digest.update(partner.as_bytes());
    digest.update([0]);
    digest.update(signed_at_s.to_be_bytes());
    digest.update(body);
    URL_SAFE_NO_PAD.encode(digest.finalize())
}

/// Partners number as they like: the partner's name keeps their ids apart.
fn own_id(partner: &str, id: &str) -> String {
    format!("{partner}:{id}")
}

fn parts(page: Page, partner: &str, delivery: &str, signed_at_s: i64) -> Vec<PushPart> {
    let events: Vec<SourceEvent> = page
        .events
        .into_iter()
        .map(|event| SourceEvent { id: own_id(partner, &event.id), ..event })
        .collect();
    let mut deleted = Some(page.deleted.iter().map(|id| own_id(partner, id)).collect::<Vec<_>>());
    let chunks: Vec<&[SourceEvent]> =
        if events.is_empty() { vec![&[]] } else { events.chunks(EVENTS_A_PART).collect() };
    (0..)
        .zip(chunks)
        .map(|(part, events)| PushPart {
            delivery: delivery.to_owned(),
            part,
            signed_at_s,
            events: events.to_vec(),
            deleted: deleted.take().unwrap_or_default(),
        })
        .collect()
}

fn rejected_of(page: &Page) -> Vec<RejectedOffer> {
    page.rejected
        .iter()
        .map(|entry| RejectedOffer { id: entry.id.clone(), reason: entry.reason.clone() })
        .collect()
}

fn summary(entries: usize, mut rejected: Vec<RejectedOffer>, taken: &[PushedPart], partner: &str) -> Pushed {
    let superseded: Vec<&String> = taken.iter().flat_map(|part| &part.superseded).collect();
    let accepted = entries.saturating_sub(superseded.len());
    rejected.extend(superseded.into_iter().map(|id| RejectedOffer {
        id: id.strip_prefix(partner).and_then(|id| id.strip_prefix(':')).map(str::to_owned),
        reason: "superseded".to_owned(),
    }));
    Pushed {
        accepted: u32::try_from(accepted).unwrap_or(u32::MAX),
        rejected,
        changes: taken.iter().fold(0, |sum, part| sum.saturating_add(part.changes)),
        repeated: taken.iter().all(|part| part.repeated),
    }
}

/// What the sender is told; who is unknown learns no more than somebody with a wrong secret.
fn refusal(error: PushError) -> Failure {
    let code = match error {
        error if error.is_unverified() => Code::SignatureInvalid,
        PushError::UnsupportedType => Code::UnsupportedMediaType,
        _ => Code::InvalidBody,
    };
    let sentence = format!("The push was not taken: {error}.");
    Failure::new(code, sentence).because(error.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_belongs_to_its_partner_alone() {
        let keys = "acme:one, beta:two:half,empty:";
        assert_eq!(secret_of(keys, "acme"), Some("one"));
        assert_eq!(secret_of(keys, "beta"), Some("two:half"));
        for nobody in ["", "empty", "acm", "gamma"] {
            assert_eq!(secret_of(keys, nobody), None, "{nobody}");
        }
        assert_eq!(secret_of(":secret", ""), None);
    }

    #[test]
    fn one_body_signed_twice_is_two_deliveries_and_sent_twice_is_one() {
        let id = |partner, at| delivery_id(partner, at, b"body");
        assert_eq!(id("a", 1), id("a", 1));
        assert_ne!(id("a", 1), id("a", 2));
        assert_ne!(id("a", 1), id("b", 1));
        assert_eq!(stamp_of("t=1, v1=ab,t=2"), Some(2));
    }

    #[test]
    fn parts_hold_every_event_once_and_what_is_gone_in_the_first() {
        let body = |count: usize| {
            let offers: Vec<String> = (0..count)
                .map(|n| format!(r#"{{"event_id":"{n}","name":"Show {n}","start_local":"2026-12-01T19:00:00","venue":{{"name":"Hall"}}}}"#))
                .collect();
            format!(r#"{{"offers":[{}],"deleted":["x"]}}"#, offers.join(","))
        };
        for count in [0, 1, 40, 41, 95] {
            let page = push::read(&body(count), "application/json").unwrap();
            let parts = parts(page, "acme", "d", 1);
            let ids: Vec<&str> =
                parts.iter().flat_map(|part| part.events.iter().map(|event| event.id.as_str())).collect();
            assert_eq!(ids.len(), count);
            assert!(ids.iter().all(|id| id.starts_with("acme:")));
            let gone: Vec<&Vec<String>> = parts.iter().map(|part| &part.deleted).collect();
            assert_eq!(gone.first().map(|ids| ids.as_slice()), Some(["acme:x".to_owned()].as_slice()));
            assert!(gone.iter().skip(1).all(|ids| ids.is_empty()));
        }
    }

    #[test]
    fn what_was_superseded_is_rejected_under_the_partners_own_id() {
        let part = |changes, superseded: &[&str], repeated| PushedPart {
            changes,
            superseded: superseded.iter().map(|id| (*id).to_owned()).collect(),
            repeated,
        };
        let pushed = summary(3, Vec::new(), &[part(2, &["acme:7"], false), part(0, &[], true)], "acme");
        assert_eq!((pushed.accepted, pushed.changes, pushed.repeated), (2, 2, false));
        assert_eq!(
            pushed.rejected,
            [RejectedOffer { id: Some("7".to_owned()), reason: "superseded".to_owned() }]
        );
    }
}
