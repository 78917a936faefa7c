//! `/v1/prices/{event_id}`: hot and cold history as one.

use chrono::{DateTime, Utc};
use contract::ids::EventId;
use contract::internal::BestPrice;
use contract::objects::HeldHistory;
use contract::pricing::{Candle, HistorySummary, MarketSeries, PriceHistory, PricePoint, Resolution};
use contract::problem::Code;
use edge::failure::{Failure, Result};
use edge::object::Objects;
use edge::{Call, reply};
use prices::{Bucket, Courses, CurrentQuote, FeeBasis, Market, Observation, ScoreInput, Unit};
use worker::{Env, Response};

use crate::config::Config;
use crate::history::{aliases, bucket};

/// `GET /v1/prices/{event_id}`.
pub async fn history(call: &Call, env: &Env, config: &Config, id: &str) -> Result<Response> {
    let id = event_id(id)?;
    let resolution = match call.query("resolution").as_deref() {
        None | Some("" | "raw") => Resolution::Raw,
        Some("hour") => Resolution::Hour,
        Some("day") => Resolution::Day,
        Some(_) => {
            return Err(Failure::new(
                Code::InvalidParameter,
                "The parameter resolution must be raw, hour or day.",
            ));
        }
    };
    let time = "a time like 2026-12-01T00:00:00Z";
    let from: Option<DateTime<Utc>> = call.query_as("from", time)?;
    let to: Option<DateTime<Utc>> = call.query_as("to", time)?;

    let family = aliases::family(env, &id).await?;
    let histories = Objects::new(env, "PRICE_HISTORY", call.request_id())?;
    let held: HeldHistory = histories.call(family.canonical.as_str(), "/read", &()).await?;
    let mut courses = whole(env, &held).await?;
    for alias in &family.aliases {
        // What was seen under another id is part of the course; what is on sale now is told by the event itself.
        let before: HeldHistory = histories.call(alias.as_str(), "/read", &()).await?;
        join(&mut courses, whole(env, &before).await?);
    }
    if courses.is_empty() {
        return Err(no_history());
    }
    let id = family.canonical;
    let now = config.clock.market();
    let current: Vec<CurrentQuote> = held
        .current
        .iter()
        .map(|offer| CurrentQuote { market: offer.market, price: offer.price, seen_at: offer.seen_at })
        .collect();
    let score =
        prices::score(&ScoreInput { now, starts_at: held.starts_at, current: &current, history: &courses });
    let within =
        |seen: &Observation| from.is_none_or(|from| seen.at >= from) && to.is_none_or(|to| seen.at <= to);
    let series = courses
        .iter()
        .map(|(market, course)| {
            let course: Vec<Observation> = course.iter().copied().filter(within).collect();
            market_series(*market, &course, resolution)
        })
        .collect();
    let summary = summary(&courses, now);
    reply::json(&PriceHistory { event_id: id, resolution, series, best: None, summary, score, as_of: now })
}

/// `GET /internal/best/{event_id}`.
pub async fn best(call: &Call, env: &Env, id: &str) -> Result<Response> {
    let family = aliases::family(env, &event_id(id)?).await?;
    let histories = Objects::new(env, "PRICE_HISTORY", call.request_id())?;
    let mut best: BestPrice = histories.call(family.canonical.as_str(), "/best", &()).await?;
    for alias in &family.aliases {
        let before: Result<BestPrice> = histories.call(alias.as_str(), "/best", &()).await;
        let low = before.ok().and_then(|before| before.lowest_ever);
        let lower = low.filter(|low| {
            best.lowest_ever
                .is_none_or(|ever| ever.currency == low.currency && low.amount_minor < ever.amount_minor)
        });
        best.lowest_ever = lower.or(best.lowest_ever);
    }
    reply::json(&best)
}

/// Puts the courses of one event into those of another.
fn join(courses: &mut Courses, more: Courses) {
    for (market, mut course) in more {
        let whole = courses.entry(market).or_default();
        whole.append(&mut course);
        whole.sort_by_key(|seen| seen.at);
    }
}

fn event_id(text: &str) -> Result<EventId> {
    text.parse().map_err(|_| no_history())
}

fn no_history() -> Failure {
    Failure::not_found("There is no price history for this event id.")
}

/// What the object holds, with what it has let go of read from the bucket.
async fn whole(env: &Env, held: &HeldHistory) -> Result<Courses> {
    let mut courses = bucket::get_all(env, &held.segments).await?;
    for (market, course) in &held.courses {
        courses.entry(*market).or_default().extend_from_slice(course);
    }
    for course in courses.values_mut() {
        course.sort_by_key(|seen| seen.at);
    }
    Ok(courses)
}

fn market_series(market: Market, course: &[Observation], resolution: Resolution) -> MarketSeries {
    let latest =
        course.iter().rev().find_map(|seen| Some((seen.price.money()?.currency, seen.price.basis()?)));
    let basis = latest.map_or(FeeBasis::Unknown, |(_, basis)| basis);
    let bucket = match resolution {
        Resolution::Raw => None,
        Resolution::Hour => Some(Bucket::Hour),
        Resolution::Day => Some(Bucket::Day),
    };
    let points = |seen: &Observation| PricePoint {
        at: seen.at,
        price: seen.price,
        listings: seen.listings,
        tickets: seen.tickets,
    };
    let candles = latest.zip(bucket).map_or_else(Vec::new, |((currency, basis), bucket)| {
        prices::candles(course, Unit { currency, basis }, bucket)
    });
    MarketSeries {
        market,
        basis,
        points: if bucket.is_none() { course.iter().map(points).collect() } else { Vec::new() },
        candles: candles
            .into_iter()
            .map(|candle| Candle {
                start: candle.start,
                open_minor: candle.open_minor,
                low_minor: candle.low_minor,
                high_minor: candle.high_minor,
                close_minor: candle.close_minor,
            })
            .collect(),
        left_out: 0,
    }
}

fn summary(courses: &Courses, now: DateTime<Utc>) -> HistorySummary {
    let summary = prices::summarise(courses, now);
    HistorySummary {
        now: summary.map(|summary| summary.now),
        now_market: summary.map(|summary| summary.now_market),
        lowest: summary.and_then(|summary| summary.lowest),
        lowest_at: summary.and_then(|summary| summary.lowest_at),
        highest: summary.and_then(|summary| summary.highest),
        median_7d: summary.and_then(|summary| summary.median_7d),
        change_7d_percent_hundredths: summary.and_then(|summary| summary.change_7d_percent_hundredths),
        observations: courses.values().map(|course| u64::try_from(course.len()).unwrap_or(0)).sum(),
    }
}
