//! `/v1/search`, `/v1/search/suggest`.

use contract::ids::VenueId;
use contract::search::{
    FacetCount, Facets, PriceBand, SearchHit, SearchResults, Suggestion, SuggestionKind, Suggestions,
};
use edge::failure::{Failure, Result};
use edge::json::decode;
use edge::params::{refuse_unknown, whole};
use edge::{Call, d1, reply};
use prices::{Currency, Market};
use worker::{D1Database, D1Result, Env, Response};

use crate::config::Config;
use crate::search::correction::correct;
use crate::search::events::SummaryRow;
use crate::search::params::{Cursor, Search, query_words};
use crate::search::queries::{self, BAND_ENDS, Distances, FACETS_OF, FacetsRow, NameRow};
use crate::search::venues;

/// Events among the suggestions: names come first, so that an artist's hundred dates do not hide the artist.
const SUGGESTED_EVENTS: u32 = 4;

/// `GET /v1/search`.
pub async fn search(call: &Call, env: &Env, config: &Config) -> Result<Response> {
    let search = Search::read(call, config.clock.market())?;
    let db = d1::database(env)?;
    let near = match search.near {
        Some(near) => Some(venues::near(&db, near).await?),
        None => None,
    };
    let venues: Option<Vec<VenueId>> =
        near.as_ref().map(|found| found.iter().map(|(id, _)| id.clone()).collect());
    let distances: Distances = near.into_iter().flatten().collect();
    let mut corrected = search.after.as_ref().map(|cursor| cursor.corrected.clone()).unwrap_or_default();
    let words = if corrected.is_empty() { &search.words } else { &corrected };
    let (mut rows, mut facets) = read(&db, &search, words, venues.as_deref()).await?;
    if rows.is_empty()
        && search.after.is_none()
        && let Some(meant) = correct(&db, &search.words).await?
    {
        (rows, facets) = read(&db, &search, &meant, venues.as_deref()).await?;
        corrected = meant;
    }
    let page = usize::try_from(search.limit).unwrap_or(usize::MAX);
    let more = rows.len() > page;
    rows.truncate(page);
    let next_cursor = rows
        .last()
        .filter(|_| more)
        .map(|row| Cursor { tier: row.tier, doc: row.doc, corrected: corrected.clone() }.to_text());
    let events = rows
        .iter()
        .map(|row| {
            let distance_m = distances.get(&row.venue().id).copied();
            Ok(SearchHit { summary: row.summary()?, distance_m })
        })
        .collect::<Result<_>>()?;
    let facets = facets.map(|row| divided(&row, &search)).transpose()?;
    let corrected = (!corrected.is_empty()).then(|| corrected.join(" "));
    reply::cached_for(10, reply::json(&SearchResults { events, next_cursor, corrected, facets })?)
}

/// The page, and with the first page how the hits divide; one call to the database.
async fn read(
    db: &D1Database,
    search: &Search,
    words: &[String],
    venues: Option<&[VenueId]>,
) -> Result<(Vec<SummaryRow>, Option<FacetsRow>)> {
    let mut statements = vec![queries::page(db, search, words, venues)?];
    if search.after.is_none() {
        statements.push(queries::facets(db, search, words, venues)?);
    }
    let mut results = db.batch(statements).await?.into_iter();
    let rows = next(&mut results)?.results()?;
    let facets = match search.after {
        None => next(&mut results)?.results()?.into_iter().next(),
        Some(_) => None,
    };
    Ok((rows, facets))
}

fn next(results: &mut impl Iterator<Item = D1Result>) -> Result<D1Result> {
    results.next().ok_or_else(|| Failure::internal("a batch fell short"))
}

fn divided(row: &FacetsRow, search: &Search) -> Result<Facets> {
    let prices: Vec<(usize, u32)> = decode(&row.prices)?;
    Ok(Facets {
        facets_of: row.hits,
        complete: row.hits < FACETS_OF,
        cities: counts(&row.cities)?,
        markets: counts(&row.markets)?,
        genres: counts(&row.genres)?,
        months: counts(&row.months)?,
        prices: prices.into_iter().map(|(band, count)| price_band(band, count, search.currency)).collect(),
    })
}

fn counts(list: &str) -> Result<Vec<FacetCount>> {
    let counts: Vec<(String, String, u32)> = decode(list)?;
    Ok(counts
        .into_iter()
        .map(|(value, label, count)| {
            let market = value.parse::<Market>().ok();
            FacetCount {
                label: market.map_or(label, |market| market.display_name().to_owned()),
                value,
                count,
            }
        })
        .collect())
}

fn price_band(band: usize, count: u32, currency: Currency) -> PriceBand {
    let minor = |end: &i64| end.saturating_mul(currency.minor_per_major());
    PriceBand {
        from_minor: band.checked_sub(1).and_then(|below| BAND_ENDS.get(below)).map_or(0, minor),
        to_minor: BAND_ENDS.get(band).map(|end| minor(end).saturating_sub(1)),
        currency,
        count,
    }
}

/// `GET /v1/search/suggest`.
pub async fn suggest(call: &Call, env: &Env, config: &Config) -> Result<Response> {
    refuse_unknown(call, |name| ["q", "limit"].contains(&name))?;
    let words = query_words(call)?;
    let limit = whole(call, "limit", 1..=20)?.unwrap_or(10);
    if words.is_empty() {
        return reply::json(&Suggestions { suggestions: Vec::new(), corrected: None });
    }
    let db = d1::database(env)?;
    let now_ms = config.clock.market().timestamp_millis();
    let mut suggestions = suggested(&db, &words, now_ms, limit).await?;
    let mut corrected = None;
    if suggestions.is_empty()
        && let Some(meant) = correct(&db, &words).await?
    {
        suggestions = suggested(&db, &meant, now_ms, limit).await?;
        corrected = Some(meant.join(" "));
    }
    reply::cached_for(60, reply::json(&Suggestions { suggestions, corrected })?)
}

async fn suggested(db: &D1Database, words: &[String], from_ms: i64, limit: u32) -> Result<Vec<Suggestion>> {
    let events = limit.min(SUGGESTED_EVENTS);
    let statements =
        vec![queries::names(db, words, limit)?, queries::next_events(db, words, from_ms, events)?];
    let mut results = db.batch(statements).await?.into_iter();
    let names: Vec<NameRow> = next(&mut results)?.results()?;
    let events: Vec<SummaryRow> = next(&mut results)?.results()?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let room = limit.saturating_sub(events.len());
    let mut suggestions: Vec<Suggestion> = names.into_iter().take(room).map(name).collect();
    for row in events {
        let card = row.summary()?.card;
        suggestions.push(Suggestion {
            kind: SuggestionKind::Event,
            text: card.name,
            detail: Some(match card.city {
                Some(city) => format!("{}, {city}", card.venue),
                None => card.venue,
            }),
            value: card.id.as_str().to_owned(),
            events: None,
            starts_at: card.starts_at,
            local_start: card.local_start.filter(|_| !card.date_tbd),
        });
    }
    Ok(suggestions)
}

fn name(row: NameRow) -> Suggestion {
    let (kind, value) = match row.kind.as_str() {
        "venue" => (SuggestionKind::Venue, row.key),
        "city" => {
            let region = row.detail.as_deref().filter(|_| !row.key.ends_with('|'));
            let value = region.map_or_else(|| row.name.clone(), |region| format!("{}, {region}", row.name));
            (SuggestionKind::City, value)
        }
        _ => (SuggestionKind::Performer, row.name.clone()),
    };
    Suggestion {
        kind,
        text: row.name,
        detail: row.detail,
        value,
        events: Some(row.events),
        starts_at: None,
        local_start: None,
    }
}
