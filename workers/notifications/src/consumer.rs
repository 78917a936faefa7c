//! The queue `price-changes`: who is told of a move. Idempotent by (alert, change): a repeat finds its firings there.

use alerts::Sight;
use contract::internal::BestPrice;
use contract::problem::Code;
use contract::queues::{CatalogChange, PriceChange};
use edge::failure::{Failure, Result};
use edge::log::Log;
use edge::queue::{Delivery, Verdict};
use edge::{Clock, d1};
use prices::Money;
use serde_json::json;
use worker::Env;

use crate::app::App;
use crate::outbox::SHARDS;
use crate::store_d1::aliases;
use crate::store_d1::news::{self, PAGE};
use crate::telling::{News, Offer, Watcher, outcomes};

/// Handles one message.
pub async fn price_change(env: &Env, delivery: &Delivery) -> Verdict {
    let change: PriceChange = match delivery.decode() {
        Ok(change) => change,
        Err(reason) => return bury(env, "price-changes", delivery, &reason).await,
    };
    let log = Log::new("notifications.consumer", change.request_id.clone());
    match tell(env, &change, log.clone()).await {
        Ok(told) => {
            log.info("change_weighed", json!({
                "change_id": change.id, "event_id": change.event.id, "alerts_fired": told.fired, "messages": told.messages,
            }));
            Verdict::Done
        }
        Err(failure) => {
            log.error(
                "change_failed",
                json!({ "change_id": change.id, "code": failure.code, "cause": failure.cause }),
            );
            delivery.later()
        }
    }
}

/// Handles one message of the queue `catalog-alerts`: what events are read as. Idempotent by event and version.
pub async fn catalog_change(env: &Env, delivery: &Delivery) -> Verdict {
    let change: CatalogChange = match delivery.decode() {
        Ok(change) => change,
        Err(reason) => return bury(env, "catalog-alerts", delivery, &reason).await,
    };
    let log = Log::new("notifications.consumer", change.request_id.clone());
    let heard = async { aliases::hear(&d1::database(env)?, &change).await };
    match heard.await {
        Ok(()) => Verdict::Done,
        Err(failure) => {
            log.error("aliases_failed", json!({ "code": failure.code, "cause": failure.cause }));
            delivery.later()
        }
    }
}

/// Handles one message that failed too often: it is kept as a row. Whatever of it was written down is sent.
pub async fn dead_letter(env: &Env, queue: &str, delivery: &Delivery) -> Verdict {
    let log = Log::of_alarm("notifications.consumer");
    if let Ok(app) = App::new(env, log.clone())
        && let Err(failure) = app.kick(&SHARDS).await
    {
        log.error("kick_failed", json!({ "cause": failure.cause }));
    }
    bury(env, queue, delivery, "failed too often").await
}

async fn bury(env: &Env, queue: &str, delivery: &Delivery, reason: &str) -> Verdict {
    let log = Log::of_alarm("notifications.consumer");
    log.error("dead_letter", json!({ "queue": queue, "message_id": delivery.id(), "reason": reason }));
    let kept = async {
        let db = d1::database(env)?;
        news::bury(&db, &delivery.id(), queue, &delivery.text(), reason, Clock::wall_ms()).await
    };
    match kept.await {
        Ok(()) => Verdict::Done,
        Err(_) => delivery.later(),
    }
}

/// What a change led to.
#[derive(Default)]
struct Told {
    fired: usize,
    messages: usize,
}

async fn tell(env: &Env, change: &PriceChange, log: Log) -> Result<Told> {
    let app = App::new(env, log)?;
    let Some(standing) = news::hear(&app.db, change).await? else { return Ok(Told::default()) };
    let at_ms = app.market_ms();
    let is_over = standing.starts_at_ms.is_some_and(|starts_at_ms| starts_at_ms <= at_ms);
    let told = if is_over { Told::default() } else { weigh(&app, change, standing.best).await? };
    // Also what an earlier try of this message wrote down before it failed.
    app.kick(&news::shards_waiting(&app.db, &change.id).await?).await?;
    Ok(told)
}

/// Decides about every alert on the event, page by page.
async fn weigh(app: &App<'_>, change: &PriceChange, best: Option<Money>) -> Result<Told> {
    let sight = sight(change, best);
    let mut told = Told::default();
    let mut offer = None;
    let mut after = String::new();
    loop {
        let mut page = news::watchers(&app.db, change.event_id(), &change.id, &after).await?;
        let is_last = page.len() < PAGE;
        let end = page.last().map(|watcher| watcher.user_id.clone());
        if let (false, Some(end)) = (is_last, &end)
            && page.first().is_some_and(|first| first.user_id != *end)
        {
            // The last person may go on beyond the page: whole people only, so that each gets one message.
            page.retain(|watcher| watcher.user_id != *end);
        }
        let Some(last) = page.last() else { return Ok(told) };
        after = last.user_id.as_str().to_owned();
        let outcomes = outcomes(&page, &sight, &change.id);
        let firing: Vec<_> = outcomes.iter().filter(|outcome| outcome.firing.is_some()).collect();
        let fired: Vec<&Watcher> = page
            .iter()
            .filter(|watcher| firing.iter().any(|outcome| outcome.alert_id == watcher.alert_id))
            .collect();
        let letters = match sight.now {
            Some(price) if !fired.is_empty() => {
                let offer = match offer {
                    Some(offer) => offer,
                    None => *offer.insert(find_offer(app, change, price).await?),
                };
                let news = News {
                    change: &change.id,
                    card: &change.event,
                    price,
                    offer,
                    lowest_ever: sight.lowest_ever,
                    seen_at_ms: Some(change.seen_at_ms),
                    request_id: &change.request_id,
                };
                app.scribe().letters(&fired, &news)
            }
            _ => Vec::new(),
        };
        if !outcomes.is_empty() {
            let at_ms = change.confirmed_at.timestamp_millis();
            let now_ms = Clock::wall_ms();
            let standing = news::write(&app.db, &outcomes, &letters, &change.id, at_ms, now_ms).await?;
            if standing < firing.len() {
                // Another change, or the person, was quicker: what they wrote is read before deciding again.
                return Err(Failure::new(Code::Conflict, "An alert changed while it was decided on."));
            }
        }
        told.fired = told.fired.saturating_add(firing.len());
        told.messages = told.messages.saturating_add(letters.len());
        if is_last {
            return Ok(told);
        }
    }
}

/// What the change says to the rules. A low that is no longer the best price by a newer word is no news.
fn sight(change: &PriceChange, best: Option<Money>) -> Sight {
    let new = change.new.money();
    let fell = new
        .is_some_and(|new| new.currency == change.old.currency && new.amount_minor < change.old.amount_minor);
    Sight { now: best, fell, lowest_ever: change.lowest_ever && best.is_some() && best == new }
}

/// Who has `price`: the market that moved, or, if another is cheaper, the one pricing names.
async fn find_offer(app: &App<'_>, change: &PriceChange, price: Money) -> Result<Offer> {
    if change.new.money() == Some(price) {
        return Ok(Offer {
            market: Some(change.market),
            basis: change.new.basis(),
            before: Some(change.old),
        });
    }
    let best: BestPrice = app.pricing()?.get(&format!("/internal/best/{}", change.event.id)).await?;
    Ok(best.best.filter(|quote| quote.price == price).map_or_else(Offer::default, |quote| Offer {
        market: Some(quote.market),
        basis: quote.basis,
        before: None,
    }))
}
