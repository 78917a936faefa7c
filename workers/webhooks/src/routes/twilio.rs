//! `POST /hooks/twilio/status`.

use contract::internal::{DeliveryOutcome, MessageProvider, SettleDelivery};
use contract::problem::Code;
use edge::{Call, Failure, Result};
use worker::Response;

use super::settle::settle;
use super::{MAX_HOOK_BYTES, unverified};
use crate::app::App;
use crate::form;
use crate::signature;
use crate::store_d1::events::{Provider, Received};

/// What became of a text message. Twilio gives its callbacks no id: message and status together are one.
pub async fn receive_status(app: &App<'_>, call: &mut Call) -> Result<Response> {
    let parameters = verified_parameters(app, call).await?;
    let value = |name: &str| parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let (Some(sid), Some(status)) = (value("MessageSid"), value("MessageStatus")) else {
        return Err(Failure::new(Code::InvalidBody, "MessageSid and MessageStatus are missing."));
    };
    let event_id = format!("{sid}/{status}");
    let received =
        Received { provider: Provider::Twilio, event_id: &event_id, kind: status, object_id: Some(sid) };
    let news = outcome(status).map(|outcome| SettleDelivery {
        provider: MessageProvider::Twilio,
        provider_message_id: sid.to_owned(),
        // Part of the URL that Twilio signed, so it is as genuine as the rest.
        message_id: call.query("message").and_then(|id| id.parse().ok()),
        outcome,
        code: value("ErrorCode").map(str::to_owned),
    });
    settle(app, &received, news).await
}

/// The form of a request that Twilio signed for the address it was given.
async fn verified_parameters(app: &App<'_>, call: &mut Call) -> Result<Vec<(String, String)>> {
    let signed = call.header("x-twilio-signature").unwrap_or_default();
    let body = call.bytes(MAX_HOOK_BYTES).await?;
    let parameters = form::decode(&body);
    let query = call.query_text();
    let separator = if query.is_empty() { "" } else { "?" };
    let url = format!("{}{}{separator}{query}", app.config.twilio_webhook_url, call.path());
    signature::twilio::verify(&signed, &url, &parameters, &app.config.twilio_auth_token)
        .map_err(unverified)?;
    Ok(parameters)
}

/// Our word for Twilio's; one we do not know settles nothing.
fn outcome(status: &str) -> Option<DeliveryOutcome> {
    match status {
        "accepted" | "scheduled" | "queued" | "sending" => Some(DeliveryOutcome::Accepted),
        "sent" => Some(DeliveryOutcome::Sent),
        "delivered" | "read" => Some(DeliveryOutcome::Delivered),
        "undelivered" | "failed" | "canceled" => Some(DeliveryOutcome::Failed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twilios_words_rank_in_the_order_of_a_messages_life() {
        let life = ["queued", "sent", "delivered"].map(|status| outcome(status).unwrap());
        assert!(life.is_sorted());
        assert_eq!(outcome("undelivered"), Some(DeliveryOutcome::Failed));
        assert_eq!(outcome("receiving"), None);
    }
}
