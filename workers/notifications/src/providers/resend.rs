//! Resend: `POST /emails`, with an idempotency key that is kept for 24 hours.

use serde::{Deserialize, Serialize};

use super::{Outcome, Post, retry_after};

/// The account.
pub struct Resend {
    /// Base URL, without a slash at its end.
    pub base: String,
    /// API key.
    pub key: String,
    /// `Name <address>` of the sender.
    pub from: String,
}

/// A mail to send.
#[derive(Clone, Copy, Debug)]
pub struct Mail<'a> {
    /// Idempotency key: our id of the message.
    pub id: &'a str,
    /// Recipient.
    pub to: &'a str,
    /// Subject line.
    pub subject: &'a str,
    /// Plain text.
    pub text: &'a str,
    /// HTML.
    pub html: &'a str,
    /// One-click address of RFC 8058, for mails that can be stopped.
    pub stop_url: Option<&'a str>,
}

#[derive(Serialize)]
struct Body<'a> {
    from: &'a str,
    to: [&'a str; 1],
    subject: &'a str,
    text: &'a str,
    html: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<StopHeaders>,
}

#[derive(Serialize)]
struct StopHeaders {
    #[serde(rename = "List-Unsubscribe")]
    address: String,
    #[serde(rename = "List-Unsubscribe-Post")]
    how: &'static str,
}

#[derive(Deserialize)]
struct Accepted {
    id: String,
}

#[derive(Deserialize)]
struct Refusal {
    name: String,
}

impl Resend {
    /// The request that sends `mail`.
    pub fn request(&self, mail: &Mail<'_>) -> Post {
        let headers = mail
            .stop_url
            .map(|url| StopHeaders { address: format!("<{url}>"), how: "List-Unsubscribe=One-Click" });
        let body = Body {
            from: &self.from,
            to: [mail.to],
            subject: mail.subject,
            text: mail.text,
            html: mail.html,
            headers,
        };
        Post {
            url: format!("{}/emails", self.base),
            headers: vec![
                ("authorization", format!("Bearer {}", self.key)),
                ("content-type", "application/json".to_owned()),
                ("idempotency-key", mail.id.to_owned()),
                ("user-agent", "rip-city-ticket-dispatch".to_owned()),
            ],
            body: serde_json::to_string(&body).unwrap_or_default(),
        }
    }
}

/// Reads an answer. Refused credentials are the operator's to mend, not the message's fault: it waits.
pub fn read(status: u16, after: Option<&str>, body: &[u8]) -> Outcome {
    let code = || {
        serde_json::from_slice::<Refusal>(body)
            .map_or_else(|_| format!("http_{status}"), |refusal| refusal.name)
    };
    match status {
        200..=299 => match serde_json::from_slice::<Accepted>(body) {
            Ok(Accepted { id }) => Outcome::Accepted { provider_message_id: id },
            Err(_) => Outcome::Lost { code: "unreadable_answer".to_owned() },
        },
        401 | 403 | 429 => Outcome::NotNow { code: code(), after: retry_after(after) },
        409 if code() == "concurrent_idempotent_requests" => Outcome::NotNow { code: code(), after: None },
        400..=499 if status != 408 => Outcome::Refused { code: code(), opted_out: false },
        _ => Outcome::Lost { code: code() },
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn resend() -> Resend {
        Resend {
            base: "https://api.resend.com".to_owned(),
            key: "re_1".to_owned(),
            from: "Rip City <a@b.example>".to_owned(),
        }
    }

    const MAIL: Mail<'_> = Mail {
        id: "msg_1",
        to: "ann@example.com",
        subject: "s",
        text: "t",
        html: "h",
        stop_url: Some("https://site.example/v1/alerts/stop/x"),
    };

    #[test]
    fn the_request_is_pinned() {
        let post = resend().request(&MAIL);
        assert_eq!(post.url, "https://api.resend.com/emails");
        assert!(post.headers.contains(&("idempotency-key", "msg_1".to_owned())));
        assert!(post.headers.contains(&("authorization", "Bearer re_1".to_owned())));
        assert_eq!(
            post.body,
            r#"{"from":"Rip City <a@b.example>","to":["ann@example.com"],"subject":"s","text":"t","html":"h","headers":{"List-Unsubscribe":"<https://site.example/v1/alerts/stop/x>","List-Unsubscribe-Post":"List-Unsubscribe=One-Click"}}"#
        );
        assert!(!resend().request(&Mail { stop_url: None, ..MAIL }).body.contains("headers"));
    }

    #[test]
    fn answers_are_told_apart_by_whether_the_mail_was_taken() {
        let named = |name: &str| format!(r#"{{"statusCode":0,"name":"{name}","message":"m"}}"#).into_bytes();
        assert_eq!(
            read(200, None, br#"{"id":"m1"}"#),
            Outcome::Accepted { provider_message_id: "m1".to_owned() }
        );
        assert_eq!(
            read(429, Some("2"), &named("rate_limit_exceeded")),
            Outcome::NotNow { code: "rate_limit_exceeded".to_owned(), after: Some(Duration::from_secs(2)) }
        );
        assert_eq!(
            read(422, None, &named("validation_error")),
            Outcome::Refused { code: "validation_error".to_owned(), opted_out: false }
        );
        assert!(matches!(read(409, None, &named("concurrent_idempotent_requests")), Outcome::NotNow { .. }));
        assert!(matches!(read(409, None, &named("invalid_idempotent_request")), Outcome::Refused { .. }));
        assert!(matches!(read(401, None, &named("missing_api_key")), Outcome::NotNow { .. }));
        for (status, body) in [(500, &b"<html>"[..]), (408, b""), (200, b"<html>"), (200, b""), (302, b"")] {
            assert!(matches!(read(status, None, body), Outcome::Lost { .. }), "{status}");
        }
    }
}
