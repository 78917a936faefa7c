//! What a search reads: one page of hits, how they divide, and names that begin with what is typed.
//!
//! Documents are numbered in the order of the calendar (`search_document.rs`), and so are the rows of the text index: both
//! are read in order and no further than a page or the facets need.

use std::collections::HashMap;

use contract::ids::VenueId;
use edge::d1;
use edge::failure::Result;
use edge::json::encode;
use serde::Deserialize;
use wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement};

use crate::search::document::first_doc;
use crate::search::events::{SUMMARY_COLUMNS, SUMMARY_JOINS, prefixes};
use crate::search::params::{Search, Sort};

/// Facets are counted over at most so many hits: what a person narrows down from, in a few milliseconds.
pub const FACETS_OF: u32 = 2_000;

/// Upper ends of the price bands in major units; the last band is open.
pub const BAND_ENDS: [i64; 5] = [25, 50, 100, 200, 500];

/// How the hits divide: lists as JSON text.
#[derive(Deserialize)]
pub struct FacetsRow {
    /// How many hits were counted.
    pub hits: u32,
    /// `[value, label, hits]` each, as are the next three.
    pub cities: String,
    /// By market.
    pub markets: String,
    /// By genre.
    pub genres: String,
    /// By month.
    pub months: String,
    /// `[band, hits]` each.
    pub prices: String,
}

/// Parameters of one statement, each used as often as the statement likes.
#[derive(Default)]
struct Params(Vec<JsValue>);

impl Params {
    fn put(&mut self, value: JsValue) -> String {
        self.0.push(value);
        format!("?{}", self.0.len())
    }

    fn text(&mut self, value: impl AsRef<str>) -> String {
        self.put(d1::text(value))
    }

    fn int(&mut self, value: i64) -> Result<String> {
        Ok(self.put(d1::int(value)?))
    }
}

/// The page, and one hit more that tells whether there is another.
pub fn page(
    db: &D1Database,
    search: &Search,
    words: &[String],
    venues: Option<&[VenueId]>,
) -> Result<D1PreparedStatement> {
    let mut params = Params::default();
    let hits = hits(&mut params, search, words, venues, search.limit.saturating_add(1), true)?;
    let sql = format!(
        "WITH hits AS MATERIALIZED ({hits})
         SELECT {SUMMARY_COLUMNS}, h.tier, h.doc
         FROM hits h CROSS JOIN events e ON e.id = h.event_id {SUMMARY_JOINS} ORDER BY h.tier, h.doc"
    );
    d1::statement(db, &sql, &params.0)
}

/// How the hits divide, paging aside.
pub fn facets(
    db: &D1Database,
    search: &Search,
    words: &[String],
    venues: Option<&[VenueId]>,
) -> Result<D1PreparedStatement> {
    let mut params = Params::default();
    let hits = hits(&mut params, search, words, venues, FACETS_OF, false)?;
    let currency = params.text(search.currency.as_str());
    let ends = BAND_ENDS.map(|end| end.saturating_mul(search.currency.minor_per_major()));
    let bands: Vec<String> =
        ends.iter().zip(0..).map(|(end, band)| format!("WHEN minor < {end} THEN {band}")).collect();
    let (bands, last) = (bands.join(" "), ends.len());
    let cheapest = cheapest(&currency, &markets_condition(&mut params, search)?);
    // One row of lists: D1 takes at most five parts in a compound of SELECTs.
    let sql = format!(
        "WITH hits AS MATERIALIZED ({hits})
         SELECT (SELECT count(*) FROM hits) AS hits,
           (SELECT json_group_array(json_array(
                n.name || CASE WHEN h.place_key LIKE '%|' THEN '' ELSE ', ' || n.detail END,
                n.name || coalesce(', ' || n.detail, ''), h.hits))
            FROM (SELECT place_key, count(*) AS hits FROM hits WHERE place_key <> '' GROUP BY place_key
                  ORDER BY hits DESC, place_key LIMIT 20) h
            CROSS JOIN search_names n ON n.kind = 'city' AND n.key = h.place_key) AS cities,
           (SELECT json_group_array(json_array(market, market, hits))
            FROM (SELECT l.market, count(DISTINCT h.event_id) AS hits
                  FROM hits h CROSS JOIN event_links l ON l.event_id = h.event_id
                  GROUP BY l.market ORDER BY hits DESC, l.market)) AS markets,
           (SELECT json_group_array(json_array(genre, genre, hits))
            FROM (SELECT genre, count(*) AS hits FROM hits WHERE genre IS NOT NULL
                  GROUP BY genre ORDER BY hits DESC, genre LIMIT 20)) AS genres,
           (SELECT json_group_array(json_array(month, month, hits))
            FROM (SELECT month, count(*) AS hits FROM hits WHERE month IS NOT NULL
                  GROUP BY month ORDER BY month)) AS months,
           (SELECT json_group_array(json_array(band, hits))
            FROM (SELECT band, count(*) AS hits
                  FROM (SELECT CASE WHEN minor IS NULL THEN NULL {bands} ELSE {last} END AS band
                        FROM (SELECT {cheapest} AS minor FROM hits d))
                  WHERE band IS NOT NULL GROUP BY band ORDER BY band)) AS prices"
    );
    d1::statement(db, &sql, &params.0)
}

/// What the cheapest ticket of `d` comes to all-in, in a currency.
fn cheapest(currency: &str, markets: &str) -> String {
    format!(
        "(SELECT min(l.all_in_minor) FROM event_links l
          WHERE l.event_id = d.event_id AND l.all_in_minor IS NOT NULL AND l.currency = {currency}{markets})"
    )
}

fn markets_condition(params: &mut Params, search: &Search) -> Result<String> {
    if search.markets.is_empty() {
        return Ok(String::new());
    }
    let markets = params.text(encode(&search.markets)?);
    Ok(format!(" AND l.market IN (SELECT value FROM json_each({markets}))"))
}

/// Documents that fit, in order, at most `limit`.
fn hits(
    params: &mut Params,
    search: &Search,
    words: &[String],
    venues: Option<&[VenueId]>,
    limit: u32,
    paged: bool,
) -> Result<String> {
    let conditions = conditions(params, search, venues)?;
    let earliest = params.int(first_doc(search.from.timestamp_millis()))?;
    let limit = params.int(i64::from(limit))?;
    let after = search.after.as_ref().filter(|_| paged);
    let mut branches = Vec::new();
    for (tier, expression) in expressions(search.sort, words) {
        if after.is_some_and(|cursor| tier < cursor.tier) {
            continue;
        }
        let last = match after.filter(|cursor| cursor.tier == tier) {
            Some(cursor) => Some(params.int(cursor.doc)?),
            None => None,
        };
        let place = |column: &str| {
            let after = last.as_ref().map_or_else(String::new, |last| format!(" AND {column} > {last}"));
            format!("{column} >= {earliest}{after}")
        };
        let columns = format!("{tier} AS tier, d.doc, d.event_id, d.place_key, d.genre, d.month");
        branches.push(match expression {
            Some(expression) => format!(
                "SELECT * FROM (SELECT {columns} FROM event_search f CROSS JOIN search_docs d ON d.doc = f.rowid
                 WHERE event_search MATCH {} AND {} {conditions} ORDER BY f.rowid LIMIT {limit})",
                params.text(expression),
                place("f.rowid"),
            ),
            None => format!(
                "SELECT * FROM (SELECT {columns} FROM search_docs d WHERE {} {conditions}
                 ORDER BY d.doc LIMIT {limit})",
                place("d.doc"),
            ),
        });
    }
    Ok(format!("{} ORDER BY tier, doc LIMIT {limit}", branches.join(" UNION ALL ")))
}

/// What to match in the text index, tier by tier; nothing where no word narrows the search. The tiers exclude each other.
fn expressions(sort: Sort, words: &[String]) -> Vec<(u8, Option<String>)> {
    let anywhere = prefixes(words);
    if words.is_empty() {
        return vec![(0, None)];
    }
    if sort == Sort::Date {
        return vec![(0, Some(anywhere))];
    }
    let whole = words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" AND ");
    let who = format!("{{name performers}} : ({anywhere})");
    let who_in_full = format!("{{name performers}} : ({whole})");
    vec![
        (1, Some(who_in_full.clone())),
        (2, Some(format!("({who}) NOT ({who_in_full})"))),
        (3, Some(format!("({anywhere}) NOT ({who})"))),
    ]
}

fn conditions(params: &mut Params, search: &Search, venues: Option<&[VenueId]>) -> Result<String> {
    let from = params.int(search.from.timestamp_millis())?;
    let mut conditions = vec![format!("d.sort_at_ms >= {from}")];
    if let Some(to) = search.to {
        let to_ms = to.timestamp_millis();
        let end = params.int(first_doc(to_ms.saturating_add(60_000)))?;
        conditions.push(format!("d.doc < {end} AND d.sort_at_ms <= {}", params.int(to_ms)?));
    }
    if let Some(performer) = &search.performer {
        let (key, first) = (params.text(performer), params.int(first_doc(search.from.timestamp_millis()))?);
        // Under all names the catalogue knows them by.
        conditions.push(format!(
            "d.doc IN (SELECT doc FROM search_performers WHERE doc >= {first} AND performer_key IN
               (SELECT {key} UNION SELECT other.name_key FROM performer_names own
                CROSS JOIN performer_names other ON other.performer_id = own.performer_id WHERE own.name_key = {key}))"
        ));
    }
    if let Some(venue) = &search.venue {
        conditions.push(format!("d.venue_id = {}", params.text(venue.as_str())));
    }
    if let Some(venues) = venues {
        let venues = params.text(encode(&venues)?);
        conditions.push(format!("d.venue_id IN (SELECT value FROM json_each({venues}))"));
    }
    if let Some(place) = &search.place {
        conditions.push(match place.strip_suffix('|') {
            // Of any region: `}` follows `|`.
            Some(city) => {
                let (first, end) = (params.text(place), params.text(format!("{city}}}")));
                format!("d.place_key >= {first} AND d.place_key < {end}")
            }
            None => format!("d.place_key = {}", params.text(place)),
        });
    }
    if let Some(genre) = &search.genre {
        conditions.push(format!("d.genre = {}", params.text(genre)));
    }
    if let Some(month) = &search.month {
        conditions.push(format!("d.month = {}", params.text(month)));
    }
    let markets = markets_condition(params, search)?;
    if search.min_minor.is_some() || search.max_minor.is_some() {
        let currency = params.text(search.currency.as_str());
        let least = params.int(search.min_minor.unwrap_or(0))?;
        let most = params.int(search.max_minor.unwrap_or(1 << 52))?;
        conditions.push(format!("{} BETWEEN {least} AND {most}", cheapest(&currency, &markets)));
    } else if !markets.is_empty() {
        conditions
            .push(format!("EXISTS (SELECT 1 FROM event_links l WHERE l.event_id = d.event_id{markets})"));
    }
    Ok(format!(" AND {}", conditions.join(" AND ")))
}

/// A name that can be suggested.
#[derive(Deserialize)]
pub struct NameRow {
    /// `performer`, `venue` or `city`.
    pub kind: String,
    /// Venue: its id.
    pub key: String,
    /// For people.
    pub name: String,
    /// What tells it from others.
    pub detail: Option<String>,
    /// How many events it has.
    pub events: u32,
}

/// Names that hold words beginning like `words`, those with most events first. One or two letters alone are looked up
/// as the beginning of the whole name: as the beginning of any word they would stand for half of all names.
pub fn names(db: &D1Database, words: &[String], limit: u32) -> Result<D1PreparedStatement> {
    let limit = d1::int(i64::from(limit))?;
    let short = match words {
        [word] if word.chars().nth(2).is_none() => Some((word, word.chars().count())),
        _ => None,
    };
    match short {
        Some((word, letters)) => {
            let sql = format!(
                "SELECT kind, key, name, detail, events FROM search_names
                 WHERE substr(folded, 1, {letters}) = ? ORDER BY events DESC LIMIT ?"
            );
            d1::statement(db, &sql, &[d1::text(word), limit])
        }
        None => d1::statement(
            db,
            "SELECT n.kind, n.key, n.name, n.detail, n.events
             FROM name_search f CROSS JOIN search_names n ON n.id = f.rowid
             WHERE name_search MATCH ? ORDER BY n.events DESC, n.folded LIMIT ?",
            &[d1::text(prefixes(words)), limit],
        ),
    }
}

/// The next events whose name or performers hold words beginning like `words`.
pub fn next_events(
    db: &D1Database,
    words: &[String],
    from_ms: i64,
    limit: u32,
) -> Result<D1PreparedStatement> {
    let sql = format!(
        "WITH hits AS MATERIALIZED (
           SELECT d.doc, d.event_id FROM event_search f CROSS JOIN search_docs d ON d.doc = f.rowid
           WHERE event_search MATCH ?1 AND f.rowid >= ?2 ORDER BY f.rowid LIMIT ?3)
         SELECT {SUMMARY_COLUMNS}, h.doc
         FROM hits h CROSS JOIN events e ON e.id = h.event_id {SUMMARY_JOINS} ORDER BY h.doc"
    );
    let expression = format!("{{name performers}} : ({})", prefixes(words));
    let values = [d1::text(expression), d1::int(first_doc(from_ms))?, d1::int(i64::from(limit))?];
    d1::statement(db, &sql, &values)
}

/// Distances of hits from the point that was searched near.
pub type Distances = HashMap<VenueId, u32>;

/// The first of `queries` (lists of words) that any event answers to.
pub async fn first_that_is_found(db: &D1Database, queries: Vec<Vec<String>>) -> Result<Option<Vec<String>>> {
    #[derive(Deserialize)]
    struct Found {
        #[expect(dead_code, reason = "that there is a row is all that is asked")]
        rowid: i64,
    }
    let statements = queries
        .iter()
        .map(|words| {
            let sql = "SELECT rowid FROM event_search WHERE event_search MATCH ? LIMIT 1";
            d1::statement(db, sql, &[d1::text(prefixes(words))])
        })
        .collect::<Result<Vec<_>>>()?;
    let results = db.batch(statements).await?;
    for (words, result) in queries.into_iter().zip(results) {
        if !result.results::<Found>()?.is_empty() {
            return Ok(Some(words));
        }
    }
    Ok(None)
}
