//! `POST /hooks/resend`.

use contract::internal::{DeliveryOutcome, MessageProvider, SettleDelivery};
use edge::{Call, Result};
use serde::Deserialize;
use worker::Response;

use super::settle::settle;
use super::{MAX_HOOK_BYTES, unreadable, unverified};
use crate::app::{App, now_s};
use crate::signature::{self, svix::SvixHeaders};
use crate::store_d1::events::{Provider, Received};

/// An event of Resend's; addresses and subjects are left unread.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    email_id: Option<String>,
    bounce: Option<Bounce>,
}

#[derive(Deserialize)]
struct Bounce {
    /// `Permanent`, `Transient` or `Undetermined`.
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(rename = "subType")]
    sub_kind: Option<String>,
}

/// What became of a mail.
pub async fn receive(app: &App<'_>, call: &mut Call) -> Result<Response> {
    let header = |name| call.header(name).unwrap_or_default();
    let (id, timestamp, signed) = (header("svix-id"), header("svix-timestamp"), header("svix-signature"));
    let body = call.bytes(MAX_HOOK_BYTES).await?;
    let headers = SvixHeaders { id: &id, timestamp: &timestamp, signature: &signed };
    signature::svix::verify(headers, &body, &app.config.resend_webhook_secret, now_s())
        .map_err(unverified)?;
    let event: Event = serde_json::from_slice(&body).map_err(|error| unreadable(&error))?;
    let received = Received {
        provider: Provider::Resend,
        event_id: &id,
        kind: &event.kind,
        object_id: event.data.email_id.as_deref(),
    };
    settle(app, &received, news(&event)).await
}

fn news(event: &Event) -> Option<SettleDelivery> {
    Some(SettleDelivery {
        provider: MessageProvider::Resend,
        provider_message_id: event.data.email_id.clone()?,
        message_id: None,
        outcome: outcome(event)?,
        code: event.data.bounce.as_ref().and_then(|bounce| bounce.sub_kind.clone()),
    })
}

/// Our word for Resend's; opened, clicked, delayed and the like say nothing about arrival.
fn outcome(event: &Event) -> Option<DeliveryOutcome> {
    let bounced_for_good =
        || event.data.bounce.as_ref().and_then(|bounce| bounce.kind.as_deref()) != Some("Transient");
    match event.kind.as_str() {
        "email.sent" => Some(DeliveryOutcome::Sent),
        "email.delivered" => Some(DeliveryOutcome::Delivered),
        "email.bounced" if bounced_for_good() => Some(DeliveryOutcome::Bounced),
        "email.bounced" | "email.failed" => Some(DeliveryOutcome::Failed),
        "email.complained" => Some(DeliveryOutcome::Complained),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(text: &str) -> Event {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_full_mailbox_is_not_an_address_that_does_not_exist() {
        let bounce = |kind: &str| {
            event(&format!(
                r#"{{"type":"email.bounced","data":{{"email_id":"m","bounce":{{"type":"{kind}","subType":"MailboxFull"}}}}}}"#
            ))
        };
        assert_eq!(outcome(&bounce("Permanent")), Some(DeliveryOutcome::Bounced));
        assert_eq!(outcome(&bounce("Transient")), Some(DeliveryOutcome::Failed));
        assert_eq!(news(&bounce("Transient")).unwrap().code.as_deref(), Some("MailboxFull"));
    }

    #[test]
    fn events_that_say_nothing_of_arrival_settle_nothing() {
        for kind in ["email.opened", "email.clicked", "email.delivery_delayed", "contact.created"] {
            assert!(
                news(&event(&format!(r#"{{"type":"{kind}","data":{{"email_id":"m"}}}}"#))).is_none(),
                "{kind}"
            );
        }
        assert!(news(&event(r#"{"type":"email.delivered","data":{}}"#)).is_none());
    }
}
