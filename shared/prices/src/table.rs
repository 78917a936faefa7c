//! Observations as a table of text, one row an observation: what is exported, and what is imported again.
//!
//! Columns are [`HEADER`]. A price has `currency`, `basis` and `price_minor` (whole minor units) and an empty `absent`;
//! where there is none, `absent` says why and the three are empty. `listings` and `tickets` are empty where unknown.
//! No cell can begin a formula, need quoting or hold a separator: ids, words, digits and times are all there is.

use std::fmt::{self, Write};

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};

use crate::market::Market;
use crate::money::{Currency, Money};
use crate::observation::Observation;
use crate::price::{AbsentReason, FeeBasis, Price};

/// The first line.
pub const HEADER: &str = "event_id,market,observed_at,currency,basis,price_minor,absent,listings,tickets";
/// Cells of a row.
const COLUMNS: usize = 9;

/// One observation of one market of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// Its line, the header being 1.
    pub line: u64,
    /// The event's id, as it was written.
    pub event_id: &'a str,
    /// The market.
    pub market: Market,
    /// What was seen, to the second.
    pub observation: Observation,
}

/// Why a line is no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowError {
    /// The line, the header being 1.
    pub line: u64,
    /// What should have stood there.
    pub expected: &'static str,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: expected {}", self.line, self.expected)
    }
}

impl std::error::Error for RowError {}

/// Adds a row and its line end.
pub fn write_row(out: &mut String, event_id: &str, market: Market, seen: &Observation) {
    // Writing to a String cannot fail.
    let at = seen.at.trunc_subsecs(0).to_rfc3339_opts(SecondsFormat::Secs, true);
    let _ = write!(out, "{event_id},{market},{at},");
    let _ = match seen.price {
        Price::Quoted { money, basis } => {
            write!(out, "{},{},{},", money.currency, basis_word(basis), money.amount_minor)
        }
        Price::Absent { reason } => write!(out, ",,,{}", reason_word(reason)),
    };
    for count in [seen.listings, seen.tickets] {
        out.push(',');
        if let Some(count) = count {
            let _ = write!(out, "{count}");
        }
    }
    out.push('\n');
}

/// Reads a table row by row; the header must come first. Empty lines are passed over.
pub fn rows(text: &str) -> impl Iterator<Item = Result<Row<'_>, RowError>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = (1_u64..).zip(text.lines());
    let header = lines.next().map_or("", |(_, line)| line.trim_end());
    let wrong = (header != HEADER).then_some(Err(RowError {
        line: 1,
        expected: "the header event_id,market,observed_at,currency,basis,price_minor,absent,listings,tickets",
    }));
    let is_table = wrong.is_none();
    let rows = lines
        .filter(move |(_, line)| is_table && !line.trim().is_empty())
        .map(|(line, text)| row(line, text.trim_end()).map_err(|expected| RowError { line, expected }));
    wrong.into_iter().chain(rows)
}

fn row(line: u64, text: &str) -> Result<Row<'_>, &'static str> {
    let mut cells = [""; COLUMNS];
    let mut given = text.split(',');
    for cell in &mut cells {
        *cell = given.next().ok_or("nine cells")?.trim();
    }
    if given.next().is_some() {
        return Err("nine cells");
    }
    let [event_id, market, at, currency, basis, minor, absent, listings, tickets] = cells;
    if event_id.is_empty() {
        return Err("an event id");
    }
    Ok(Row {
        line,
        event_id,
        market: market.parse().map_err(|_| "a market we know")?,
        observation: Observation {
            at: at.parse::<DateTime<Utc>>().map_err(|_| "a time like 2026-11-21T08:00:00Z")?.trunc_subsecs(0),
            price: price(currency, basis, minor, absent)?,
            listings: count(listings)?,
            tickets: count(tickets)?,
        },
    })
}

fn price(currency: &str, basis: &str, minor: &str, absent: &str) -> Result<Price, &'static str> {
    if !absent.is_empty() {
        let reason = REASONS.into_iter().find(|reason| reason_word(*reason) == absent);
        let reason = reason.ok_or("restricted, not_on_sale, sold_out, free or unknown as reason")?;
        return if [currency, basis, minor].iter().all(|cell| cell.is_empty()) {
            Ok(Price::absent(reason))
        } else {
            Err("a price or the reason why there is none, not both")
        };
    }
    let currency: Currency = currency.parse().map_err(|_| "a currency like USD, or a reason in absent")?;
    let basis = BASES.into_iter().find(|known| basis_word(*known) == basis);
    let basis = basis.ok_or("all_in, before_fees or unknown as basis")?;
    let minor = minor.parse().ok().filter(|minor| (1..=Money::MOST_MINOR).contains(minor));
    let minor = minor.ok_or("a whole number of minor units from 1 to 1,000,000,000,000 as price")?;
    Ok(Price::quoted(Money::new(minor, currency), basis))
}

fn count(cell: &str) -> Result<Option<u32>, &'static str> {
    if cell.is_empty() { Ok(None) } else { cell.parse().map(Some).map_err(|_| "a whole number, or nothing") }
}

const BASES: [FeeBasis; 3] = [FeeBasis::AllIn, FeeBasis::BeforeFees, FeeBasis::Unknown];

/// The word for a basis, as in JSON.
pub const fn basis_word(basis: FeeBasis) -> &'static str {
    match basis {
        FeeBasis::AllIn => "all_in",
        FeeBasis::BeforeFees => "before_fees",
        FeeBasis::Unknown => "unknown",
    }
}

const REASONS: [AbsentReason; 5] = [
    AbsentReason::Restricted,
    AbsentReason::NotOnSale,
    AbsentReason::SoldOut,
    AbsentReason::Free,
    AbsentReason::Unknown,
];

/// The word for a reason, as in JSON.
pub const fn reason_word(reason: AbsentReason) -> &'static str {
    match reason {
        AbsentReason::Restricted => "restricted",
        AbsentReason::NotOnSale => "not_on_sale",
        AbsentReason::SoldOut => "sold_out",
        AbsentReason::Free => "free",
        AbsentReason::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "a test may fail by panicking")]

    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    const EVENT: &str = "evt_00000000000040008000000000000001";

    fn table(rows: &str) -> String {
        format!("{HEADER}\n{rows}")
    }

    fn only(rows: &str) -> Result<Observation, RowError> {
        super::rows(&table(rows)).next().unwrap().map(|row| row.observation)
    }

    #[test]
    fn words_are_those_of_json() {
        for basis in BASES {
            assert_eq!(serde_json::to_string(&basis).unwrap(), format!("\"{}\"", basis_word(basis)));
        }
        for reason in REASONS {
            assert_eq!(serde_json::to_string(&reason).unwrap(), format!("\"{}\"", reason_word(reason)));
        }
    }

    #[test]
    fn what_is_no_row_is_told_by_line_and_cell() {
        let cases = [
            ("evt_1,moon,2026-11-21T08:00:00Z,USD,all_in,100,,,", "a market we know"),
            ("evt_1,seatgeek,yesterday,USD,all_in,100,,,", "a time like 2026-11-21T08:00:00Z"),
            (
                "evt_1,seatgeek,2026-11-21T08:00:00Z,USD,all_in,1.5,,,",
                "a whole number of minor units from 1 to 1,000,000,000,000 as price",
            ),
            (
                "evt_1,seatgeek,2026-11-21T08:00:00Z,USD,all_in,0,,,",
                "a whole number of minor units from 1 to 1,000,000,000,000 as price",
            ),
            ("evt_1,seatgeek,2026-11-21T08:00:00Z,USD,net,100,,,", "all_in, before_fees or unknown as basis"),
            ("evt_1,seatgeek,2026-11-21T08:00:00Z,,,,,,", "a currency like USD, or a reason in absent"),
            (
                "evt_1,seatgeek,2026-11-21T08:00:00Z,USD,,,sold_out,,",
                "a price or the reason why there is none, not both",
            ),
            (
                "evt_1,seatgeek,2026-11-21T08:00:00Z,,,,gone,,",
                "restricted, not_on_sale, sold_out, free or unknown as reason",
            ),
            ("evt_1,seatgeek,2026-11-21T08:00:00Z,USD,all_in,100,,-1,", "a whole number, or nothing"),
            ("evt_1,seatgeek", "nine cells"),
            ("evt_1,seatgeek,2026-11-21T08:00:00Z,USD,all_in,100,,,,", "nine cells"),
            (",seatgeek,2026-11-21T08:00:00Z,USD,all_in,100,,,", "an event id"),
        ];
        for (line, expected) in cases {
            assert_eq!(only(line), Err(RowError { line: 2, expected }), "{line}");
        }
    }

    #[test]
    fn without_the_header_nothing_is_read() {
        let mut rows = super::rows("evt_1,seatgeek,2026-11-21T08:00:00Z,USD,all_in,100,,,\n");
        assert_eq!(rows.next().unwrap().unwrap_err().line, 1);
        assert_eq!(rows.next(), None);
        assert!(super::rows("").next().unwrap().is_err());
    }

    #[test]
    fn a_mark_of_byte_order_other_line_ends_and_empty_lines_do_no_harm() {
        let text = format!("\u{feff}{HEADER}\r\n\r\n{EVENT},feed,2026-11-21T08:00:00Z,,,,free,0,7\r\n\n");
        let rows: Vec<_> = super::rows(&text).collect::<Result<_, _>>().unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].observation.listings, rows[0].observation.tickets), (Some(0), Some(7)));
    }

    prop_compose! {
        fn any_observation()(
            second in 0_i64..4_000_000_000,
            minor in prop::option::of(1_i64..=Money::MOST_MINOR),
            currency in prop::sample::select(vec!["USD", "JPY", "KWD"]),
            basis in prop::sample::select(BASES.to_vec()),
            reason in prop::sample::select(REASONS.to_vec()),
            listings in prop::option::of(any::<u32>()),
            tickets in prop::option::of(any::<u32>()),
        ) -> Observation {
            let price = minor.map_or(Price::absent(reason), |minor| {
                Price::quoted(Money::new(minor, currency.parse().unwrap()), basis)
            });
            Observation { at: DateTime::UNIX_EPOCH + TimeDelta::seconds(second), price, listings, tickets }
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            seen in prop::collection::vec(any_observation(), 0..20),
            market in prop::sample::select(Market::ALL.to_vec()),
        ) {
            let mut text = table("");
            for seen in &seen {
                write_row(&mut text, EVENT, market, seen);
            }
            let cells = text.lines().flat_map(|line| line.split(','));
            for cell in cells {
                prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '"', '\'']), "{cell}");
            }
            let read: Vec<_> = rows(&text).collect::<Result<_, _>>().unwrap();
            prop_assert!(read.iter().all(|row| row.event_id == EVENT && row.market == market));
            prop_assert_eq!(read.into_iter().map(|row| row.observation).collect::<Vec<_>>(), seen);
        }

        #[test]
        fn any_text_is_rows_or_clear_errors(text in "(.{0,80}\n){0,6}", cells in "[a-z0-9_,:TZ-]{0,120}") {
            let _ = rows(&text).count();
            let _ = rows(&table(&cells)).count();
        }
    }
}
