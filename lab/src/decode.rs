//! `lab decode`: recorded answers through a provider's adapter, counted.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use prices::{AbsentReason, Market, Price};
use serde::Serialize;
use serde_json::value::RawValue;
use sources::{Adapter, Answer, Cursor, EventKind, Page, Reading, registry};

use crate::arguments::Arguments;
use crate::failure::Failure;

/// What the files held.
#[derive(Debug, Default, Serialize)]
struct Counts {
    files: u32,
    events: u32,
    priced: u32,
    free: u32,
    addons: u32,
    tbd: u32,
    rejected: u32,
    /// Answers that are no page of events.
    unread: u32,
    /// Why entries and answers could not be read, and how often.
    reasons: BTreeMap<String, u32>,
    /// Entries left out on purpose.
    skipped: u32,
    /// Provider's words that are new to us.
    unknown_words: BTreeMap<String, u32>,
}

/// Reads every file as answers of `--provider`, as of `--as-of DAY` (events before it are past).
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let name = arguments.need("provider")?;
    let market: Market = name.parse().map_err(|_| Failure::usage(format!("no provider is called {name}")))?;
    let day: NaiveDate = arguments
        .get("as-of")
        .unwrap_or("2000-01-01")
        .parse()
        .map_err(|why| Failure::usage(format!("--as-of: {why}")))?;
    if arguments.plain.is_empty() {
        return Err(Failure::usage("decode needs at least one file"));
    }
    let adapter = registry::adapter(market, &placeholder)
        .map_err(|why| Failure::work(name, why))?
        .ok_or_else(|| Failure::work(name, "cannot be configured offline"))?;
    let now = day.and_time(NaiveTime::MIN).and_utc();
    let mut counts = Counts::default();
    for file in &arguments.plain {
        let text = std::fs::read_to_string(file).map_err(|why| Failure::work(file, why))?;
        add(&mut counts.files, 1);
        for body in answers(&text) {
            match read(adapter.as_ref(), market, body, now) {
                Ok(page) => counts.take(&page),
                Err(code) => {
                    eprintln!("lab: {file}: an answer is no page of events ({code})");
                    add(&mut counts.unread, 1);
                    add(counts.reasons.entry(code).or_default(), 1);
                }
            }
        }
    }
    let line = serde_json::to_string(&counts).map_err(|why| Failure::work("counts", why))?;
    println!("{line}");
    match (counts.rejected, counts.unread) {
        (0, 0) => Ok(()),
        (entries, answers) => {
            Err(Failure::work("decode", format!("{entries} entries and {answers} answers could not be read")))
        }
    }
}

/// Nothing is fetched: any well-formed setting will do.
#[expect(clippy::unnecessary_wraps, reason = "the signature of `sources::Settings`")]
fn placeholder(variable: &str) -> Option<String> {
    let value = match variable {
        "SOURCES_AREA" => "everywhere",
        "EVENTBRITE_ORGANIZATIONS" => "1",
        url if url.ends_with("_BASE") || url.ends_with("_URL") => "https://offline.invalid",
        _ => "offline",
    };
    Some(value.to_owned())
}

/// A recording is one answer, a list of answers, or an answer kept under a name with what was noted about it.
#[derive(serde::Deserialize)]
struct Kept<'a> {
    #[serde(borrow, alias = "event_dict")]
    body: &'a RawValue,
}

fn answers(text: &str) -> Vec<&str> {
    if let Ok(answers) = serde_json::from_str::<Vec<&RawValue>>(text) {
        return answers.into_iter().map(RawValue::get).collect();
    }
    vec![serde_json::from_str::<Kept<'_>>(text).map_or(text, |kept| kept.body.get())]
}

/// The page an answer holds, or the failure's code.
fn read(adapter: &dyn Adapter, market: Market, body: &str, now: DateTime<Utc>) -> Result<Page, String> {
    let answer = Answer {
        status: 200,
        content_type: Some("application/json"),
        retry_after: None,
        rate_limit: (None, None),
        body,
    };
    match adapter.read(&midway(market, now), &answer, now) {
        Reading::Page(page) => Ok(page),
        Reading::Token { .. } => Err("token".to_owned()),
        Reading::Failed(failure) => Err(failure.code),
    }
}

/// Far into a walk, so that an empty page is an end and not a suspicion; for Ticketmaster in a narrow window, so
/// that a page that counts more than can be paged to is read and not asked again in parts.
fn midway(market: Market, now: DateTime<Utc>) -> Cursor {
    match market {
        Market::Ticketmaster => {
            let until = now.checked_add_signed(TimeDelta::hours(3)).unwrap_or(now);
            Cursor::Window { scope: 0, from: now, until, page: 0 }
        }
        _ => Cursor::Page { scope: 0, page: 1_000_000 },
    }
}

impl Counts {
    fn take(&mut self, page: &Page) {
        for event in &page.events {
            add(&mut self.events, 1);
            match event.quote.price {
                Price::Quoted { .. } => add(&mut self.priced, 1),
                Price::Absent { reason: AbsentReason::Free } => add(&mut self.free, 1),
                Price::Absent { .. } => {}
            }
            add(&mut self.addons, u32::from(event.kind == EventKind::AddOn));
            add(&mut self.tbd, u32::from(event.start.date_tbd || event.start.time_tbd));
        }
        for rejected in &page.rejected {
            add(&mut self.rejected, 1);
            add(self.reasons.entry(rejected.reason.clone()).or_default(), 1);
        }
        add(&mut self.skipped, page.skipped);
        for word in &page.unknown_words {
            add(self.unknown_words.entry(word.clone()).or_default(), 1);
        }
    }
}

fn add(count: &mut u32, more: u32) {
    *count = count.saturating_add(more);
}
