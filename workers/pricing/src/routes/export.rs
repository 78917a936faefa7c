//! `GET /v1/prices/{event_id}/export`: every observation, a row each, streamed.

use contract::history::ExportedObservation;
use contract::ids::EventId;
use edge::Call;
use edge::failure::Result;
use edge::json::encode;
use edge::params::one_of;
use futures_util::stream;
use prices::table::{HEADER, write_row};
use prices::{Courses, Market, Observation, Price};
use worker::{Env, Response};

use crate::config::Config;
use crate::history::reading::Histories;
use crate::routes::etag;
use crate::routes::prices::{event_id, no_history};
use crate::routes::question::Question;

/// Rows written at a time: about 60 KB of text, so that a long history is never text as a whole.
const ROWS_AT_ONCE: usize = 600;

#[derive(Clone, Copy)]
enum Format {
    Csv,
    Json,
}

/// `GET /v1/prices/{event_id}/export`.
pub async fn export(call: &Call, env: &Env, config: &Config, id: &str) -> Result<Response> {
    let id = event_id(id)?;
    let formats = [("csv", Format::Csv), ("json", Format::Json)];
    let format = one_of(call, "format", &formats)?.unwrap_or(Format::Csv);
    let now = config.clock.market();
    let question = Question::read(call, now, Some("format"))?;
    let (path, kind, ending) = match format {
        Format::Csv => (format!("{id}/csv"), "text/csv; charset=utf-8; header=present", "csv"),
        Format::Json => (format!("{id}/json"), "application/json", "json"),
    };
    let histories = Histories::of(env, call.request_id(), &id).await?;
    if call.header("if-none-match").is_some() {
        let tag = etag::of(&histories.version().await?, &question, &path, now);
        if etag::is_held(call, &tag) {
            return etag::not_modified(&question, &tag);
        }
    }
    let reading = histories.read().await?;
    let tag = etag::of(&reading.version, &question, &path, now);
    let courses = question.known(reading.courses);
    if courses.is_empty() {
        return Err(no_history());
    }
    let rows = rows(courses, &question);
    let response = Response::builder()
        .with_header("content-type", kind)?
        .with_header("content-disposition", &format!("attachment; filename=\"{}.{ending}\"", reading.id))?
        .from_stream(stream::iter(chunks(reading.id, format, rows).map(Ok::<_, worker::Error>)))?;
    etag::marked(&question, &tag, response)
}

type Row = (Market, Observation);

fn rows(courses: Courses, question: &Question) -> Vec<Row> {
    courses
        .into_iter()
        .filter(|(market, _)| question.market.is_none_or(|only| only == *market))
        .flat_map(|(market, course)| course.into_iter().map(move |seen| (market, seen)))
        .filter(|(_, seen)| question.wants(seen))
        .collect()
}

/// The answer in pieces: what comes before the rows, the rows, what comes after.
fn chunks(id: EventId, format: Format, rows: Vec<Row>) -> impl Iterator<Item = Vec<u8>> {
    let (before, after) = match format {
        Format::Csv => (format!("{HEADER}\n"), ""),
        Format::Json => (format!("{{\"event_id\":\"{id}\",\"observations\":["), "]}"),
    };
    let pieces = rows.len().div_ceil(ROWS_AT_ONCE);
    let rows = (0..pieces).map(move |piece| {
        let mut text = String::new();
        let from = piece.saturating_mul(ROWS_AT_ONCE);
        for (place, (market, seen)) in rows.iter().enumerate().skip(from).take(ROWS_AT_ONCE) {
            match format {
                Format::Csv => write_row(&mut text, id.as_str(), *market, seen),
                Format::Json => {
                    text.push_str(if place == 0 { "" } else { "," });
                    // Plain numbers and words: writing them as JSON cannot fail.
                    text.push_str(&encode(&exported(*market, seen)).unwrap_or_default());
                }
            }
        }
        text.into_bytes()
    });
    std::iter::once(before.into_bytes()).chain(rows).chain(std::iter::once(after.as_bytes().to_vec()))
}

fn exported(market: Market, seen: &Observation) -> ExportedObservation {
    let absent = match seen.price {
        Price::Absent { reason } => Some(reason),
        Price::Quoted { .. } => None,
    };
    ExportedObservation {
        market,
        observed_at: seen.at,
        currency: seen.price.money().map(|money| money.currency),
        basis: seen.price.basis(),
        price_minor: seen.price.money().map(|money| money.amount_minor),
        absent,
        listings: seen.listings,
        tickets: seen.tickets,
    }
}
