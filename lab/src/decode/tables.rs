//! Tables that others made of a market's data: catalogues, listings, prices over time. Rows about events are given to the
//! market's adapter in its own form, so that flags and words are read by the same rules.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use prices::{AbsentReason, Currency, FeeBasis, Money, Price};
use serde_json::{Value, json};
use sources::{Answer, Cursor, Reading};

use super::counts::Counts;
use super::fields::Known;
use super::provider::Provider;

/// A table with a header.
pub struct Table {
    columns: Vec<String>,
    rows: Vec<Row>,
}

/// A row, its fields by column; an empty field is none.
struct Row(HashMap<String, String>);

impl Row {
    fn get(&self, column: &str) -> Option<&str> {
        self.0.get(column).map(|field| field.trim()).filter(|field| !field.is_empty())
    }

    fn is(&self, column: &str) -> bool {
        self.get(column).is_some_and(|word| word.eq_ignore_ascii_case("true"))
    }

    /// A price in dollars, as the publishers of the tables say.
    fn price(&self, columns: &[(&str, FeeBasis)]) -> Price {
        let stated = columns.iter().find_map(|(column, basis)| Some((self.get(column)?, *basis)));
        stated
            .and_then(|(text, basis)| {
                Some((Money::from_decimal(text.trim_start_matches('$'), Currency::USD)?, basis))
            })
            .map_or(Price::absent(AbsentReason::Unknown), |(money, basis)| Price::quoted(money, basis))
    }
}

impl Table {
    /// Comma-separated values with a header; `None` when a row has more or fewer fields than that.
    pub fn csv(text: &str) -> Option<Self> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let columns: Vec<String> = reader.headers().ok()?.iter().map(|name| name.trim().to_owned()).collect();
        let rows = reader.records().map(|record| {
            let record = record.ok()?;
            Some(Row(columns.iter().cloned().zip(record.iter().map(str::to_owned)).collect()))
        });
        let rows = rows.collect::<Option<Vec<Row>>>()?;
        Some(Self { columns, rows })
    }

    /// One JSON object a line.
    pub fn lines(text: &str) -> Option<Self> {
        let mut columns: Vec<String> = Vec::new();
        let rows = text.lines().filter(|line| !line.trim().is_empty()).map(|line| {
            let fields: HashMap<String, Value> = serde_json::from_str(line).ok()?;
            let fields = fields.into_iter().map(|(name, value)| {
                if !columns.contains(&name) {
                    columns.push(name.clone());
                }
                (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            });
            Some(Row(fields.collect()))
        });
        let rows = rows.collect::<Option<Vec<Row>>>()?;
        Some(Self { columns, rows })
    }

    fn has(&self, columns: &[&str]) -> bool {
        columns.iter().all(|column| self.columns.iter().any(|present| present == column))
    }

    /// What the table is about, by its columns.
    fn kind(&self) -> Option<Kind> {
        Some(match self {
            _ if self.has(&["eventId", "name", "dateTbd", "timeTbd", "datetimeUtc"]) => Kind::SeatGeekEvents,
            _ if self.has(&["eventId", "name", "eventStartDatetime", "isTbd"]) => Kind::StubHubEvents,
            _ if self.has(&["listingId", "section", "quantity"])
                || self.has(&["listingId", "sectionId", "currentPrice"])
                || self.has(&["Id", "Section", "AvailableQuantities"]) =>
            {
                Kind::Listings
            }
            _ if self.has(&["event_id", "title", "date_local"])
                || self.has(&["event_id", "game_date", "name"]) =>
            {
                Kind::PlainEvents
            }
            _ if self.has(&["event_id", "extract_time_utc"])
                || self.has(&["event_id", "collected_at_us_eastern"])
                || self.has(&["date", "time", "min price"]) =>
            {
                Kind::Observations
            }
            _ if self.has(&["venueId", "name", "addressCity"]) => Kind::Other("venues"),
            _ if self.has(&["performerId", "name"]) => Kind::Other("performers"),
            _ => return None,
        })
    }
}

/// What a table is about.
#[derive(Clone, Copy)]
enum Kind {
    SeatGeekEvents,
    StubHubEvents,
    PlainEvents,
    Listings,
    Observations,
    Other(&'static str),
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::SeatGeekEvents | Self::StubHubEvents | Self::PlainEvents => "events",
            Self::Listings => "listings",
            Self::Observations => "observations",
            Self::Other(name) => name,
        }
    }
}

/// Counts a table; 1 when it is of no kind we know.
pub fn read(
    provider: &Provider,
    table: &Table,
    known: &Known,
    now: DateTime<Utc>,
    counts: &mut Counts,
) -> u32 {
    let Some(kind) = table.kind() else {
        counts.reject("unrecognised");
        return 1;
    };
    known.columns(kind.name(), &table.columns, |path| counts.unknown_field(path));
    for row in &table.rows {
        match kind {
            Kind::SeatGeekEvents => event(provider, &seatgeek(row), now, counts),
            Kind::StubHubEvents => event(provider, &stubhub(row), now, counts),
            Kind::PlainEvents => plain_event(row, counts),
            Kind::Listings => listing(row, counts),
            Kind::Observations => {
                counts.row(kind.name());
                counts.price(&row.price(&[
                    ("min_price_usd", FeeBasis::Unknown),
                    ("lowest_price", FeeBasis::AllIn),
                    ("min price", FeeBasis::BeforeFees),
                ]));
            }
            Kind::Other(name) => counts.row(name),
        }
    }
    0
}

/// Reads a row's event by the market's adapter.
fn event(provider: &Provider, body: &Value, now: DateTime<Utc>, counts: &mut Counts) {
    let Some(adapter) = provider.adapter() else {
        return counts.reject("no_adapter");
    };
    let body = body.to_string();
    let answer =
        Answer { status: 200, content_type: None, retry_after: None, rate_limit: (None, None), body: &body };
    match adapter.read(&Cursor::Event { id: "unnamed".to_owned() }, &answer, now) {
        Reading::Page(mut page) => {
            // Asked by another id on purpose.
            page.deleted.clear();
            counts.page(&page);
        }
        Reading::Token { .. } => counts.reject("token"),
        Reading::Failed(failure) => counts.reject(&failure.code),
    }
}

/// As the Platform API would say it. The table has no local clock: where date and time are known, UTC stands in.
fn seatgeek(row: &Row) -> Value {
    let utc = row.get("datetimeUtc").map(|text| text.replacen(' ', "T", 1));
    json!({
        "id": row.get("eventId"), "title": row.get("name"), "short_title": row.get("shortName"),
        "type": row.get("type"), "status": row.get("status"), "conditional": row.is("conditional"),
        "datetime_local": utc, "datetime_utc": utc,
        "date_tbd": row.is("dateTbd"), "time_tbd": row.is("timeTbd"), "datetime_tbd": row.is("datetimeTbd"),
        "taxonomies": [{ "name": row.get("taxonomyName") }], "url": row.get("url"),
        "venue": { "id": row.get("venueId") },
    })
}

/// As the catalogue would say it; state codes by the data set's own description \[O\].
fn stubhub(row: &Row) -> Value {
    let status = match row.get("eventState") {
        Some("1" | "11") => "Normal",
        Some("4") => "Postponed",
        Some("5") => "Cancelled",
        Some("6") | None => "",
        Some(other) => other,
    };
    let start = row.get("eventStartDatetime").map(|text| format!("{}Z", text.replacen(' ', "T", 1)));
    json!({
        "id": row.get("eventId"), "name": row.get("name"), "start_date": start, "status": status,
        "date_confirmed": row.is("isDateConfirmed") && !row.is("isTbd"),
        "time_confirmed": row.is("isTimeConfirmed") && !row.is("isTbd"),
        "type": if row.is("isParkingEvent") { "Parking" } else { "Main" },
        "_links": { "event:webpage": { "href": row.get("url") } },
        "_embedded": { "venue": { "id": row.get("venueId") } },
    })
}

/// An event of a market without an adapter: three in the morning and midnight are placeholders \[O\].
fn plain_event(row: &Row, counts: &mut Counts) {
    let name = row.get("title").or(row.get("name"));
    if row.get("event_id").is_none() || name.is_none() {
        return counts.reject("malformed");
    }
    let tbd = matches!(row.get("time_local"), Some("03:00" | "12:00 AM" | "3:00 AM"));
    counts.plain_event(&row.price(&[("low_price", FeeBasis::AllIn)]), tbd);
}

fn listing(row: &Row, counts: &mut Counts) {
    if row.get("listingId").or(row.get("Id")).is_none() {
        return counts.reject("no_id");
    }
    counts.listing(&row.price(&[
        ("currentPrice", FeeBasis::AllIn),
        ("PriceWithFees", FeeBasis::AllIn),
        ("RawPrice", FeeBasis::BeforeFees),
    ]));
}
