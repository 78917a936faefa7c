//! Access tokens: asked by client credentials, good for a day, never renewed but asked anew \[D\].

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::Config;
use crate::adapter::{Answer, Cursor, Reading, Request};
use crate::answer;
use crate::url::encode;

/// Assumed when the token answer names no life; the documented one is a day.
const SHORT_TOKEN_LIFE: Duration = Duration::from_hours(1);

/// Basic authorisation over the url-encoded pair, and the grant as a form \[D\].
pub(super) fn request(config: &Config) -> Request {
    let pair = format!("{}:{}", encode(config.client_id.reveal()), encode(config.client_secret.reveal()));
    let mut request = Request::get(config.token_url.as_str().to_owned(), "access token".to_owned())
        .header("authorization", format!("Basic {}", STANDARD.encode(pair)))
        .header("content-type", "application/x-www-form-urlencoded".to_owned());
    request.method = "POST";
    request.body = Some("grant_type=client_credentials&scope=read%3Aevents".to_owned());
    request
}

/// The token in an answer; the walk goes on at `then`.
pub(super) fn read(then: &Cursor, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
    #[derive(Deserialize)]
    struct Granted {
        access_token: String,
        expires_in: Option<u64>,
    }
    let Ok(granted) = serde_json::from_str::<Granted>(answer.body) else {
        return answer::malformed(answer, now);
    };
    // It will stand in a header: anything else could smuggle one in.
    if granted.access_token.is_empty() || !granted.access_token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return answer::malformed(answer, now);
    }
    Reading::Token {
        access_token: granted.access_token,
        expires_in: granted.expires_in.map_or(SHORT_TOKEN_LIFE, Duration::from_secs),
        next: then.clone(),
    }
}
