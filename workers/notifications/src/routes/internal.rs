//! `/internal/*`: what the other Workers ask of us.

use std::time::Duration;

use alerts::Channel;
use contract::internal::{AccountMail, AlertEvents, AskAlertEvents, SetChannel, SettleDelivery};
use contract::planner::{OperatorMail, Watched};
use edge::failure::{Failure, Result};
use edge::{Call, Clock, Vars, guard, random, reply};
use worker::{Delay, Response};

use crate::address::is_phone_number;
use crate::app::App;
use crate::derived;
use crate::outbox::{Letter, Purpose};
use crate::store_d1::channels::{self, NewRow};
use crate::store_d1::{alerts as alert_store, deliveries, outbox};

/// `PUT /internal/channels`: an address that auth has verified. Repeats change nothing.
pub async fn set_channel(app: &App<'_>, call: &mut Call) -> Result<Response> {
    guard::internal(call, &Vars::new(app.env))?;
    let wanted: SetChannel = call.json().await?;
    let is_address = match wanted.kind {
        Channel::Email => wanted.address.contains('@') && !wanted.address.chars().any(char::is_control),
        Channel::Sms => is_phone_number(&wanted.address),
    };
    if !is_address {
        return Err(Failure::invalid("address", "This is no address of that kind."));
    }
    let row = NewRow {
        id: &random::id()?,
        user_id: &wanted.user_id,
        kind: wanted.kind,
        address: &wanted.address,
        address_hash: &app.config.seal.address_hash(wanted.kind, &wanted.address),
        now_ms: Clock::wall_ms(),
    };
    channels::set_verified(&app.db, &row).await?;
    Ok(reply::no_content())
}

/// `POST /internal/messages`: an account mail. The same id is sent once; a repeat only makes sure that it is under way.
pub async fn send_mail(app: &App<'_>, call: &mut Call) -> Result<Response> {
    guard::internal(call, &Vars::new(app.env))?;
    let mail: AccountMail = call.json_within(64 * 1024).await?;
    if mail.subject.chars().any(char::is_control) || mail.to.chars().any(char::is_control) {
        return Err(Failure::invalid("subject", "Subject and recipient are single lines."));
    }
    let letter = Letter {
        id: mail.id,
        kind: Purpose::Account,
        channel: Channel::Email,
        user_id: None,
        event_id: None,
        change_id: None,
        address_hash: app.config.seal.address_hash(Channel::Email, &mail.to),
        address: mail.to,
        subject: mail.subject,
        body: mail.text,
        html: mail.html,
        stop_url: None,
        request_id: app.request_id().clone(),
        seen_at_ms: None,
    };
    outbox::put(&app.db, &letter, Clock::wall_ms()).await?;
    app.kick(&[letter.shard()]).await?;
    reply::json_with_status(202, &letter.id)
}

/// `GET /internal/watched`: events with alerts that may fire.
pub async fn watched(app: &App<'_>, call: &Call) -> Result<Response> {
    guard::internal(call, &Vars::new(app.env))?;
    reply::json(&Watched { events: alert_store::watched(&app.db).await? })
}

/// `POST /internal/alert-events`: the events a person has alerts on.
pub async fn alert_events(app: &App<'_>, call: &mut Call) -> Result<Response> {
    guard::internal(call, &Vars::new(app.env))?;
    let AskAlertEvents { user_id } = call.json().await?;
    reply::json(&AlertEvents { event_ids: alert_store::events_of(&app.db, &user_id).await? })
}

/// `POST /internal/operator-messages`: a mail to the operator, where an address is set. Its id is made from its key, so
/// that a repeat is the same mail.
pub async fn operator_message(app: &App<'_>, call: &mut Call) -> Result<Response> {
    guard::internal(call, &Vars::new(app.env))?;
    let mail: OperatorMail = call.json().await?;
    let Some(address) = Vars::new(app.env).optional("OPERATOR_EMAIL") else { return Ok(reply::no_content()) };
    if mail.subject.chars().any(char::is_control) {
        return Err(Failure::invalid("subject", "The subject is a single line."));
    }
    let letter = Letter {
        id: derived::operator_message(&mail.key),
        kind: Purpose::Account,
        channel: Channel::Email,
        user_id: None,
        event_id: None,
        change_id: None,
        address_hash: app.config.seal.address_hash(Channel::Email, &address),
        address,
        subject: mail.subject,
        html: paragraph(&mail.text),
        body: mail.text,
        stop_url: None,
        request_id: app.request_id().clone(),
        seen_at_ms: None,
    };
    outbox::put(&app.db, &letter, Clock::wall_ms()).await?;
    app.kick(&[letter.shard()]).await?;
    Ok(reply::no_content())
}

/// Plain text as HTML.
fn paragraph(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<p>{}</p>", escaped.replace('\n', "<br>"))
}

/// A callback can overtake the writing down of the very answer it is about: it waits this long, look by look, before the
/// message counts as unknown. Together less than our caller waits for us (5 s).
const LOOKS_AFTER_MS: [u64; 4] = [0, 300, 700, 1_500];

/// `POST /internal/deliveries/settle`: 404 for a message we do not know (yet).
pub async fn settle(app: &App<'_>, call: &mut Call) -> Result<Response> {
    guard::internal(call, &Vars::new(app.env))?;
    let news: SettleDelivery = call.json().await?;
    for wait_ms in LOOKS_AFTER_MS {
        if wait_ms > 0 {
            Delay::from(Duration::from_millis(wait_ms)).await;
        }
        if deliveries::settle(&app.db, &news, Clock::wall_ms()).await? {
            return Ok(reply::no_content());
        }
    }
    Err(Failure::not_found("There is no message of that id."))
}
