//! Twilio: `POST …/Messages.json`. It has no idempotency key: a message whose answer was lost is settled by its callback.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::{Outcome, Post, retry_after};

/// The recipient has sent STOP.
const OPTED_OUT: i64 = 21_610;
/// The sender's queue is full.
const QUEUE_FULL: i64 = 21_611;

/// The account.
pub struct Twilio {
    /// Base URL, without a slash at its end.
    pub base: String,
    /// Account SID: user name and part of the path.
    pub account_sid: String,
    /// Password; Twilio signs its callbacks with it.
    pub auth_token: String,
    /// The number that sends, in E.164 form.
    pub from: String,
    /// Where callbacks come in, if Twilio can reach us.
    pub callback_base: Option<String>,
}

#[derive(Deserialize)]
struct Created {
    sid: String,
}

#[derive(Deserialize)]
struct Refusal {
    code: i64,
}

impl Twilio {
    /// The request that sends `body` to `to`; the callback names our id of the message.
    pub fn request(&self, id: &str, to: &str, body: &str) -> Post {
        let mut form = format!("To={}&From={}&Body={}", encode(to), encode(&self.from), encode(body));
        if let Some(base) = &self.callback_base {
            let callback = format!("{base}/hooks/twilio/status?message={id}");
            form = format!("{form}&StatusCallback={}", encode(&callback));
        }
        let credentials = STANDARD.encode(format!("{}:{}", self.account_sid, self.auth_token));
        Post {
            url: format!("{}/2010-04-01/Accounts/{}/Messages.json", self.base, self.account_sid),
            headers: vec![
                ("authorization", format!("Basic {credentials}")),
                ("content-type", "application/x-www-form-urlencoded".to_owned()),
                ("user-agent", "rip-city-ticket-dispatch".to_owned()),
            ],
            body: form,
        }
    }

    /// Whether a message that was lost will be heard of again.
    pub const fn calls_back(&self) -> bool {
        self.callback_base.is_some()
    }
}

/// Reads an answer. 429 and 503 say that nothing was taken; any other 5xx may come after the message was.
pub fn read(status: u16, after: Option<&str>, body: &[u8]) -> Outcome {
    let refusal = serde_json::from_slice::<Refusal>(body).ok().map(|refusal| refusal.code);
    let code = refusal.map_or_else(|| format!("http_{status}"), |code| code.to_string());
    match status {
        200..=299 => match serde_json::from_slice::<Created>(body) {
            Ok(Created { sid }) => Outcome::Accepted { provider_message_id: sid },
            Err(_) => Outcome::Lost { code: "unreadable_answer".to_owned() },
        },
        401 | 403 | 429 | 503 => Outcome::NotNow { code, after: retry_after(after) },
        400..=499 if refusal == Some(QUEUE_FULL) => Outcome::NotNow { code, after: retry_after(after) },
        400..=499 if status != 408 => Outcome::Refused { code, opted_out: refusal == Some(OPTED_OUT) },
        _ => Outcome::Lost { code },
    }
}

/// A value in a form body: everything but letters, digits and `-._` as `%XX`.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for half in [byte >> 4, byte & 0x0f] {
                encoded.push(char::from_digit(u32::from(half), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn twilio() -> Twilio {
        Twilio {
            base: "https://api.twilio.com".to_owned(),
            account_sid: "AC1".to_owned(),
            auth_token: "secret".to_owned(),
            from: "+15005550006".to_owned(),
            callback_base: Some("https://site.example".to_owned()),
        }
    }

    #[test]
    fn the_request_is_pinned() {
        let post = twilio().request("msg_1", "+15035550123", "now $38 & é");
        assert_eq!(post.url, "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json");
        assert!(post.headers.contains(&("authorization", "Basic QUMxOnNlY3JldA==".to_owned())));
        assert_eq!(
            post.body,
            "To=%2B15035550123&From=%2B15005550006&Body=now%20%2438%20%26%20%C3%A9\
             &StatusCallback=https%3A%2F%2Fsite.example%2Fhooks%2Ftwilio%2Fstatus%3Fmessage%3Dmsg_1"
        );
        let local = Twilio { callback_base: None, ..twilio() };
        assert!(!local.request("msg_1", "+15035550123", "x").body.contains("StatusCallback"));
    }

    #[test]
    fn answers_are_told_apart_by_whether_the_message_was_taken() {
        let coded = |code: i64| format!(r#"{{"code":{code},"message":"m","status":400}}"#).into_bytes();
        let created = br#"{"sid":"SM1","status":"queued"}"#;
        assert_eq!(read(201, None, created), Outcome::Accepted { provider_message_id: "SM1".to_owned() });
        assert_eq!(
            read(400, None, &coded(21_610)),
            Outcome::Refused { code: "21610".to_owned(), opted_out: true }
        );
        assert_eq!(
            read(400, None, &coded(21_211)),
            Outcome::Refused { code: "21211".to_owned(), opted_out: false }
        );
        for (status, body) in
            [(429, coded(20_429)), (503, Vec::new()), (400, coded(21_611)), (401, coded(20_003))]
        {
            assert!(matches!(read(status, None, &body), Outcome::NotNow { .. }), "{status}");
        }
        for (status, body) in [(500, &b"<html>"[..]), (502, b""), (201, b"{}"), (408, b"")] {
            assert!(matches!(read(status, None, body), Outcome::Lost { .. }), "{status}");
        }
    }
}
