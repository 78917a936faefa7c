//! The live read of one event: every market that lists it and can be asked for it is asked now, at once, for a second.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use contract::catalog::MarketOffer;
use contract::ids::EventId;
use contract::planner::{FreshRead, MarketRead, ReadNow, ReadOutcome, ReadResult};
use edge::Call;
use edge::clock::Clock;
use edge::failure::Result;
use edge::log::Log;
use edge::object::Objects;
use edge::timeout::within;
use futures_util::future::join_all;
use prices::Market;
use serde_json::json;
use sources::ForeignId;
use worker::{Context, Delay, Env};

use crate::config::{Config, is_configured};
use crate::linking::listings;
use crate::planner::attention;

/// The answers are waited for this long, so that the whole request stays within a second.
const PATIENCE: Duration = Duration::from_millis(850);
/// How often it is looked whether all have answered.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// Listings of one event that are asked for; an event has one or two a market.
const LISTINGS: i64 = 12;

/// Notes that somebody opened `id`, behind the answer.
pub fn note_view(env: &Env, context: &Context, config: &Config, id: &EventId, log: &Log) {
    let now_ms = config.clock.market().timestamp_millis();
    if !attention::is_news(id, now_ms) {
        return;
    }
    let (env, id, log) = (env.clone(), id.clone(), log.clone());
    context.wait_until(async move {
        if let Err(failure) = attention::viewed(&env, &id, now_ms).await {
            log.warn("view_not_noted", json!({ "cause": failure.cause }));
        }
    });
}

/// One market's part, filled when it is known.
struct Asked {
    market: Market,
    source_event_id: String,
    answer: Rc<Cell<Option<(ReadResult, u32)>>>,
}

/// Reads `id` anew if the caller wants it fresh.
pub async fn read(call: &Call, env: &Env, context: &Context, id: &EventId) -> Result<Option<FreshRead>> {
    if call.query("fresh").as_deref() != Some("true") {
        return Ok(None);
    }
    let began_ms = Clock::wall_ms();
    let mut asked = Vec::new();
    for ForeignId { market, id } in listings::of_event(env, id, LISTINGS).await? {
        asked.push(ask(call, env, context, market, id, began_ms)?);
    }
    let all = asked.iter().map(|one| async {
        while is_open(&one.answer) {
            Delay::from(LOOK_EVERY).await;
        }
    });
    // Who has not answered by then is pending; the asking goes on behind.
    let _ = within(PATIENCE, join_all(all)).await;
    let ms = since(began_ms);
    let markets = asked.into_iter().map(|one| told(one, ms)).collect();
    Ok(Some(FreshRead { markets, ms: since(began_ms) }))
}

fn is_open(answer: &Cell<Option<(ReadResult, u32)>>) -> bool {
    let held = answer.take();
    let open = held.is_none();
    answer.set(held);
    open
}

/// Asks one market's planner, behind.
fn ask(
    call: &Call,
    env: &Env,
    context: &Context,
    market: Market,
    source_event_id: String,
    began_ms: i64,
) -> Result<Asked> {
    let answer = Rc::new(Cell::new(None));
    let by_id = sources::registry::provider(market).is_some_and(|provider| provider.capabilities.by_id);
    let not_asked = if !is_configured(env, market) {
        Some("not_configured")
    } else if by_id {
        None
    } else {
        Some(NOT_BY_ID)
    };
    if let Some(reason) = not_asked {
        let result = ReadResult { outcome: ReadOutcome::NotAsked, reason: Some(reason.to_owned()) };
        answer.set(Some((result, 0)));
        return Ok(Asked { market, source_event_id, answer });
    }
    let planners = Objects::new(env, "SOURCE_PLANNER", call.request_id())?;
    let wanted = ReadNow { source_event_id: source_event_id.clone() };
    let log = Log::new("aggregator", call.request_id().clone());
    let slot = Rc::clone(&answer);
    context.wait_until(async move {
        let result = planners.call::<ReadResult>(market.as_str(), "/read-now", &wanted).await;
        let result = result.unwrap_or_else(|failure| {
            log.warn("read_now_failed", json!({ "market": market, "cause": failure.cause }));
            ReadResult { outcome: ReadOutcome::Failed, reason: Some("internal".to_owned()) }
        });
        slot.set(Some((result, since(began_ms))));
    });
    Ok(Asked { market, source_event_id, answer })
}

const NOT_BY_ID: &str = "not_by_id";

fn told(asked: Asked, ms: u32) -> MarketRead {
    let pending = ReadResult { outcome: ReadOutcome::Pending, reason: None };
    let (ReadResult { outcome, reason }, ms) = asked.answer.take().unwrap_or((pending, ms));
    MarketRead { market: asked.market, source_event_id: asked.source_event_id, outcome, reason, ms }
}

fn since(began_ms: i64) -> u32 {
    u32::try_from(Clock::wall_ms().saturating_sub(began_ms)).unwrap_or(0)
}

/// Marks the offers whose market was to be asked and has not answered: what stands there is from before.
pub fn mark(offers: &mut [MarketOffer], fresh: &FreshRead) {
    for read in &fresh.markets {
        let cannot = read.outcome == ReadOutcome::NotAsked && read.reason.as_deref() == Some(NOT_BY_ID);
        if cannot || matches!(read.outcome, ReadOutcome::Answered | ReadOutcome::Shared) {
            continue;
        }
        let of_this = offers
            .iter_mut()
            .filter(|offer| offer.market == read.market && offer.source_event_id == read.source_event_id);
        for offer in of_this {
            offer.stale = true;
            offer.pending = read.outcome == ReadOutcome::Pending;
        }
    }
}
