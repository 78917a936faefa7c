//! `/v1/alerts`.

use alerts::decide::set;
use alerts::rule::RuleError;
use alerts::{Channel, Rule};
use contract::alerts::{AlertList, NewAlert, StoppedAlert};
use contract::catalog::EventCard;
use contract::ids::{AlertId, EventId};
use contract::internal::{BestPrice, BestQuote, Principal};
use contract::problem::Code;
use edge::failure::{Failure, Result};
use edge::{Call, Clock, guard, random, reply};
use serde_json::json;
use worker::Response;

use crate::app::App;
use crate::derived;
use crate::store_d1::alerts as store;
use crate::store_d1::channels::{self, ChannelRow};
use crate::telling::{Address, Firing, News, Offer, Outcome, Watcher};

/// `POST /v1/alerts`.
pub async fn create(app: &App<'_>, call: &mut Call) -> Result<Response> {
    let who = guard::signed_in(call, app.env).await?;
    let wanted: NewAlert = call.json().await?;
    let channels = check(&who, &wanted)?;
    let theirs = channels::of_person(&app.db, &who.user_id).await?;
    reachable(&channels, &theirs)?;
    // The detail of an event begins with its card; the rest of it is of no use here.
    let card: EventCard = app.aggregator()?.get(&format!("/v1/events/{}", wanted.event_id)).await?;
    let at_ms = app.market_ms();
    if card.starts_at.is_some_and(|starts_at| starts_at.timestamp_millis() <= at_ms) {
        return Err(Failure::invalid("event_id", "This event has begun or is over."));
    }
    let best = best_quote(app, &card.id).await?;
    let rule = settled(wanted.rule, best.as_ref())?;
    let alert_id: AlertId = random::id()?;
    let (memory, at_once) = set(&rule, best.as_ref().map(|quote| quote.price));

    let change = derived::change_of_setting(&alert_id);
    let firing = at_once.zip(best.as_ref()).map(|(reason, quote)| Firing {
        id: derived::firing(&alert_id, &change),
        reason,
        price: quote.price,
    });
    let outcome = Outcome { alert_id: alert_id.clone(), version: 1, memory, firing };
    let watcher = Watcher {
        alert_id: alert_id.clone(),
        user_id: who.user_id.clone(),
        rule,
        channels: channels.clone(),
        memory,
        version: 1,
        email: address(app, &theirs, Channel::Email),
        sms: address(app, &theirs, Channel::Sms),
    };
    let letters = match (&outcome.firing, &best) {
        (Some(_), Some(quote)) => app.scribe().letters(&[&watcher], &news(app, &change, &card, quote)),
        _ => Vec::new(),
    };
    let row = store::NewRow {
        id: &alert_id,
        user_id: &who.user_id,
        card: &card,
        rule: &rule,
        channels: &channels,
        memory: &memory,
        max_alerts: who.entitlements.max_alerts,
        at_ms,
        now_ms: Clock::wall_ms(),
    };
    let fires = outcome.firing.is_some().then_some((&outcome, &change, letters.as_slice()));
    if !store::set(&app.db, &row, fires).await? {
        let most = who.entitlements.max_alerts;
        return Err(Failure::new(
            Code::LimitReached,
            format!("Your plan holds {most} alerts at once: delete one, or take a larger plan."),
        ));
    }
    let shards: Vec<&str> = letters.iter().map(crate::outbox::Letter::shard).collect();
    if let Err(failure) = app.kick(&shards).await {
        // The alert is set and its message written down; it goes out with the next one of its shard.
        app.log.error("kick_failed", json!({ "cause": failure.cause }));
    }
    let alert = store::by_id(&app.db, &alert_id, at_ms).await?;
    reply::json_with_status(201, &alert.ok_or_else(|| Failure::internal("an alert just set is not there"))?)
}

/// `GET /v1/alerts`.
pub async fn list(app: &App<'_>, call: &Call) -> Result<Response> {
    let who = guard::signed_in(call, app.env).await?;
    let alerts = store::of_person(&app.db, &who.user_id, app.market_ms()).await?;
    reply::json(&AlertList { alerts, max_alerts: who.entitlements.max_alerts })
}

/// `DELETE /v1/alerts/{id}`. Somebody else's is as unknown as one that never was.
pub async fn delete(app: &App<'_>, call: &Call, id: &str) -> Result<Response> {
    let who = guard::signed_in(call, app.env).await?;
    let gone = match id.parse::<AlertId>() {
        Ok(id) => store::delete(&app.db, &id, &who.user_id).await?,
        Err(_) => false,
    };
    if gone { Ok(reply::no_content()) } else { Err(no_such_alert()) }
}

/// `POST /v1/alerts/stop/{token}`: by the button of our page, or by a mail program (RFC 8058), whose form says nothing
/// that the path does not. Nobody is asked to sign in.
pub async fn stop(app: &App<'_>, token: &str) -> Result<Response> {
    let id = app.config.seal.open_stop_token(token).ok_or_else(|| {
        Failure::new(Code::TokenInvalid, "This link is not complete. Open it from the message once more.")
    })?;
    store::stop(&app.db, &id).await?;
    let alert = store::by_id(&app.db, &id, app.market_ms()).await?.ok_or_else(no_such_alert)?;
    reply::json(&StoppedAlert { event: alert.event, state: alert.state })
}

fn no_such_alert() -> Failure {
    Failure::not_found("There is no such alert, or it is not yours.")
}

/// What can be said of the request itself; answers the channels, each once.
fn check(who: &Principal, wanted: &NewAlert) -> Result<Vec<Channel>> {
    if !who.email_verified {
        return Err(Failure::new(
            Code::EmailUnverified,
            "Open the link we sent to your address, then set the alert.",
        ));
    }
    wanted.rule.validate().map_err(|error| match error {
        RuleError::TargetNotPositive => {
            Failure::invalid("rule.amount_minor", "The target must be above zero.")
        }
        RuleError::PercentOutOfRange => {
            Failure::invalid("rule.percent", "The percentage must be from 1 to 90.")
        }
    })?;
    let mut channels = wanted.channels.clone();
    channels.sort_unstable();
    channels.dedup();
    if channels.is_empty() {
        return Err(Failure::invalid("channels", "Name at least one way to tell you: email or sms."));
    }
    if channels.contains(&Channel::Sms) && !who.entitlements.sms {
        return Err(Failure::new(Code::UpgradeRequired, "Text messages are part of the premium plan."));
    }
    Ok(channels)
}

fn reachable(channels: &[Channel], theirs: &[ChannelRow]) -> Result<()> {
    let verified = |kind| theirs.iter().any(|channel| channel.kind == kind && channel.is_verified());
    for kind in channels {
        if !verified(*kind) {
            let detail = match kind {
                Channel::Sms => "Add a phone number and prove it by its code first.",
                Channel::Email => "Your address is not known here yet. Please try again in a moment.",
            };
            return Err(Failure::invalid("channels", detail));
        }
    }
    Ok(())
}

fn address(app: &App<'_>, theirs: &[ChannelRow], kind: Channel) -> Option<Address> {
    let channel = theirs.iter().find(|channel| channel.kind == kind && channel.is_verified())?;
    let hash = app.config.seal.address_hash(kind, &channel.address);
    Some(Address { address: channel.address.clone(), hash })
}

/// The cheapest confirmed quote, if any market has one; an event nobody has priced yet is none.
async fn best_quote(app: &App<'_>, event_id: &EventId) -> Result<Option<BestQuote>> {
    match app.pricing()?.get::<BestPrice>(&format!("/internal/best/{event_id}")).await {
        Ok(best) => Ok(best.best),
        Err(failure) if failure.code == Code::NotFound => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// The rule as it is kept: measured by us, in the currency of the event.
fn settled(rule: Rule, best: Option<&BestQuote>) -> Result<Rule> {
    match rule {
        Rule::Below { target } => match best {
            Some(quote) if quote.price.currency != target.currency => Err(Failure::invalid(
                "rule.currency",
                format!("Prices of this event are in {}.", quote.price.currency),
            )),
            _ => Ok(rule),
        },
        Rule::FallsBy { percent, .. } => Ok(Rule::FallsBy { percent, from: best.map(|quote| quote.price) }),
        Rule::LowestEver => Ok(rule),
    }
}

fn news<'a>(
    app: &'a App<'_>,
    change: &'a contract::ids::ChangeId,
    card: &'a EventCard,
    quote: &BestQuote,
) -> News<'a> {
    News {
        change,
        card,
        price: quote.price,
        offer: Offer { market: Some(quote.market), basis: quote.basis, before: None },
        lowest_ever: false,
        seen_at_ms: None,
        request_id: app.request_id(),
    }
}

#[cfg(test)]
mod tests {
    use contract::ids::UserId;
    use prices::{Currency, Market, Money};

    use super::*;

    fn who(email_verified: bool, sms: bool) -> Principal {
        let entitlements =
            serde_json::json!({ "plan": if sms { "premium" } else { "free" }, "max_alerts": 5, "sms": sms });
        serde_json::from_value(serde_json::json!({
            "user_id": UserId::from_bytes([1; 16]), "email_verified": email_verified, "entitlements": entitlements,
        }))
        .unwrap()
    }

    fn wanted(rule: Rule, channels: &[Channel]) -> NewAlert {
        NewAlert { event_id: EventId::from_bytes([1; 16]), rule, channels: channels.to_vec() }
    }

    const USD_40: Rule = Rule::Below { target: Money::new(4_000, Currency::USD) };

    #[test]
    fn what_a_plan_does_not_hold_is_refused_by_name() {
        let code = |who: &Principal, wanted: &NewAlert| check(who, wanted).map_err(|failure| failure.code);
        let both = [Channel::Sms, Channel::Email, Channel::Sms];
        assert_eq!(code(&who(true, true), &wanted(USD_40, &both)), Ok(vec![Channel::Email, Channel::Sms]));
        assert_eq!(code(&who(true, false), &wanted(USD_40, &both)), Err(Code::UpgradeRequired));
        assert_eq!(code(&who(false, true), &wanted(USD_40, &both)), Err(Code::EmailUnverified));
        assert_eq!(code(&who(true, true), &wanted(USD_40, &[])), Err(Code::ValidationFailed));
        let nothing = Rule::Below { target: Money::new(0, Currency::USD) };
        assert_eq!(code(&who(true, true), &wanted(nothing, &both)), Err(Code::ValidationFailed));
    }

    #[test]
    fn a_share_is_measured_by_us_and_a_target_in_another_currency_refused() {
        let quote = BestQuote {
            market: Market::SeatGeek,
            price: Money::new(5_000, Currency::USD),
            basis: None,
            url: None,
            observed_at: chrono::DateTime::UNIX_EPOCH,
        };
        let claimed = Rule::FallsBy { percent: 10, from: Some(Money::new(1, Currency::USD)) };
        let kept = Rule::FallsBy { percent: 10, from: Some(quote.price) };
        assert_eq!(settled(claimed, Some(&quote)).ok(), Some(kept));
        let euro = Rule::Below { target: Money::new(4_000, "EUR".parse().unwrap()) };
        assert_eq!(
            settled(euro, Some(&quote)).err().map(|failure| failure.code),
            Some(Code::ValidationFailed)
        );
        assert_eq!(settled(euro, None).ok(), Some(euro));
    }
}
