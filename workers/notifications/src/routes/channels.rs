//! `/v1/channels`.

use alerts::Channel;
use contract::alerts::{ChannelCode, ChannelList, NewChannel};
use contract::ids::ChannelId;
use contract::problem::Code;
use edge::failure::{Failure, Result};
use edge::guard::{same_secret, signed_in};
use edge::{Call, Clock, random, reply};
use worker::Response;

use crate::address::is_phone_number;
use crate::app::App;
use crate::outbox::{Letter, Purpose};
use crate::store_d1::channels::{self as store, ChannelRow, NewRow};
use crate::store_d1::outbox;

/// A code works this long (ASVS 6.5.5).
const CODE_LIFE_MS: i64 = 10 * 60 * 1_000;

/// `GET /v1/channels`.
pub async fn list(app: &App<'_>, call: &Call) -> Result<Response> {
    let who = signed_in(call, app.env).await?;
    let rows = store::of_person(&app.db, &who.user_id).await?;
    let channels = rows.iter().map(ChannelRow::info).collect::<Result<Vec<_>>>()?;
    reply::json(&ChannelList { channels })
}

/// `POST /v1/channels`: a phone number; a code goes there. Asked again for the same number, a new code goes there.
pub async fn add(app: &App<'_>, call: &mut Call) -> Result<Response> {
    let who = signed_in(call, app.env).await?;
    let wanted: NewChannel = call.json().await?;
    if wanted.kind != Channel::Sms {
        return Err(Failure::invalid(
            "kind",
            "Only phone numbers are added here; your e-mail address is your account's.",
        ));
    }
    if !who.entitlements.sms {
        return Err(Failure::new(Code::UpgradeRequired, "Text messages are part of the premium plan."));
    }
    if !is_phone_number(&wanted.address) {
        return Err(Failure::invalid(
            "address",
            "Write the number with its country code, such as +15035550123.",
        ));
    }
    let now_ms = Clock::wall_ms();
    let row = NewRow {
        id: &random::id()?,
        user_id: &who.user_id,
        kind: Channel::Sms,
        address: &wanted.address,
        address_hash: &app.config.seal.address_hash(Channel::Sms, &wanted.address),
        now_ms,
    };
    let channel =
        store::set_unverified(&app.db, &row).await?.filter(|channel| !channel.is_verified()).ok_or_else(
            || Failure::new(Code::Conflict, "You have a verified number: remove it first, then add another."),
        )?;
    let code = six_digits()?;
    let code_hash = app.config.seal.code_hash(&channel.id()?, &code);
    let letter = Letter {
        id: random::id()?,
        kind: Purpose::Code,
        channel: Channel::Sms,
        user_id: Some(who.user_id.clone()),
        event_id: None,
        change_id: None,
        address: wanted.address.clone(),
        address_hash: row.address_hash.to_owned(),
        subject: String::new(),
        body: format!("{code} is your code for Rip City Ticket Dispatch. It works for 10 minutes."),
        html: String::new(),
        stop_url: None,
        request_id: app.request_id().clone(),
        seen_at_ms: None,
    };
    if !outbox::put_code(&app.db, &letter, now_ms).await? {
        let detail =
            "A code can be sent once a minute, and five times a day. Please wait before you ask for another.";
        let seconds = u32::try_from(outbox::CODE_GAP_MS / 1_000).unwrap_or(60);
        return Err(Failure::new(Code::RateLimited, detail).retry_after(seconds));
    }
    let expires_at_ms = now_ms.saturating_add(CODE_LIFE_MS);
    store::set_code(&app.db, &channel.id()?, row.address_hash, &code_hash, expires_at_ms).await?;
    app.kick(&[letter.shard()]).await?;
    reply::json_with_status(201, &channel.info()?)
}

/// `POST /v1/channels/{id}/verify`.
pub async fn verify(app: &App<'_>, call: &mut Call, id: &str) -> Result<Response> {
    let who = signed_in(call, app.env).await?;
    let sent: ChannelCode = call.json().await?;
    let id: ChannelId = id.parse().map_err(|_| no_such_channel())?;
    let channel = store::of_person(&app.db, &who.user_id)
        .await?
        .into_iter()
        .find(|channel| channel.id().ok().as_ref() == Some(&id));
    let channel = channel.ok_or_else(no_such_channel)?;
    if channel.is_verified() {
        return reply::json(&channel.info()?);
    }
    let now_ms = Clock::wall_ms();
    let wrong =
        || Failure::new(Code::TokenInvalid, "That code is wrong, used up or too old. Ask for a new one.");
    let kept = store::take_try(&app.db, &id, &who.user_id, now_ms).await?.ok_or_else(wrong)?;
    let hash = app.config.seal.code_hash(&id, sent.code.trim());
    if !same_secret(&hash, &kept) || !store::verify(&app.db, &id, &kept, now_ms).await? {
        return Err(wrong());
    }
    let mut info = channel.info()?;
    info.verified = true;
    reply::json(&info)
}

/// `DELETE /v1/channels/{id}`.
pub async fn delete(app: &App<'_>, call: &Call, id: &str) -> Result<Response> {
    let who = signed_in(call, app.env).await?;
    let id: ChannelId = id.parse().map_err(|_| no_such_channel())?;
    let theirs = store::of_person(&app.db, &who.user_id).await?;
    let channel =
        theirs.iter().find(|channel| channel.id().ok().as_ref() == Some(&id)).ok_or_else(no_such_channel)?;
    if channel.kind == Channel::Email {
        return Err(Failure::new(
            Code::Conflict,
            "Your e-mail address belongs to your account and cannot be removed here.",
        ));
    }
    store::delete_sms(&app.db, &id, &who.user_id).await?;
    Ok(reply::no_content())
}

fn no_such_channel() -> Failure {
    Failure::not_found("There is no such channel, or it is not yours.")
}

/// Six random digits, evenly: of 2^64 values the remainder favours none by more than one in 10^13.
fn six_digits() -> Result<String> {
    let number = u64::from_le_bytes(random::bytes()?).checked_rem(1_000_000).unwrap_or(0);
    Ok(format!("{number:06}"))
}
