//! Keeps the search index true to the catalogue: takes the events that triggers noted as changed, makes their documents
//! anew and writes the difference, a few hundred events to a transaction.
//!
//! A claim (a row in `search_dirty` that nobody else takes for a while) makes two planners work on different events. A
//! document that was not written (the claim ran out, the place in the order was taken) stays noted and is made again.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use contract::ids::EventId;
use edge::clock::Clock;
use edge::d1;
use edge::failure::{Failure, Result};
use edge::json::{decode, encode};
use serde::{Deserialize, Serialize};
use worker::{D1Database, Env};

use crate::search::document::{Document, Name, Source};
use crate::search::spelling::deletion_keys;

/// Events to a transaction: about a page of a source's answer.
const BATCH: u32 = 400;
/// Longer than any transaction takes; after it a claim is taken to be lost.
const CLAIM_MS: i64 = 30_000;

/// Brings the index up to date, at most `batches` transactions of it; answers how many events were looked at.
pub async fn refresh(env: &Env, batches: usize) -> Result<usize> {
    let db = d1::database(env)?;
    let mut looked_at: usize = 0;
    for _ in 0..batches {
        let claim = Claim::take(&db).await?;
        if claim.events.is_empty() {
            break;
        }
        looked_at = looked_at.saturating_add(claim.events.len());
        Change::read(&db, &claim).await?.write(&db, &claim).await?;
    }
    Ok(looked_at)
}

/// Events that are ours alone to work on.
struct Claim {
    events: Vec<EventId>,
    until_ms: i64,
}

#[derive(Deserialize)]
struct Claimed {
    event_id: EventId,
}

impl Claim {
    async fn take(db: &D1Database) -> Result<Self> {
        let now_ms = Clock::wall_ms();
        let until_ms = now_ms.saturating_add(CLAIM_MS);
        let rows: Vec<Claimed> = d1::rows(
            db,
            "UPDATE search_dirty SET claimed_until_ms = ? WHERE event_id IN
               (SELECT event_id FROM search_dirty WHERE claimed_until_ms < ? LIMIT ?) RETURNING event_id",
            &[d1::int(until_ms)?, d1::int(now_ms)?, d1::int(i64::from(BATCH))?],
        )
        .await?;
        Ok(Self { events: rows.into_iter().map(|row| row.event_id).collect(), until_ms })
    }
}

/// A document as it stands in the index.
#[derive(Deserialize)]
struct Standing {
    doc: i64,
    names: String,
    words: String,
}

#[derive(Deserialize)]
struct Taken {
    doc: i64,
}

#[derive(Deserialize)]
struct Term {
    term: String,
}

/// A name with the change in the number of its events.
#[derive(Serialize)]
struct NameChange {
    #[serde(flatten)]
    name: Name,
    events: i64,
}

/// The difference between the index and the catalogue.
struct Change {
    gone: Vec<Standing>,
    documents: Vec<Document>,
    terms: BTreeMap<String, i64>,
    new_terms: Vec<String>,
    names: NameCounts,
}

/// By kind and key: the name, unless it is only taken away from, and the change in the number of its events.
type NameCounts = BTreeMap<(String, String), (Option<Name>, i64)>;

impl Change {
    async fn read(db: &D1Database, claim: &Claim) -> Result<Self> {
        let ids = encode(&claim.events)?;
        let sources: Vec<Source> = d1::rows(db, SOURCES, &[d1::text(&ids)]).await?;
        let gone: Vec<Standing> = d1::rows(db, STANDING, &[d1::text(&ids)]).await?;
        let mut documents =
            sources.into_iter().filter(Source::is_searched).map(Document::of).collect::<Result<Vec<_>>>()?;
        let mut terms: BTreeMap<String, i64> = BTreeMap::new();
        let mut names = NameCounts::new();
        for document in &documents {
            for term in document.terms() {
                add(&mut terms, term.to_owned(), 1);
            }
            for name in &document.names {
                let (known, events) = names.entry((name.kind.clone(), name.key.clone())).or_default();
                *known = Some(name.clone());
                *events = events.saturating_add(1);
            }
        }
        for standing in &gone {
            for term in standing.words.split(' ').filter(|term| !term.is_empty()).collect::<BTreeSet<_>>() {
                add(&mut terms, term.to_owned(), -1);
            }
            for counted in decode::<Vec<(String, String)>>(&standing.names)? {
                let (_, events) = names.entry(counted).or_default();
                *events = events.saturating_sub(1);
            }
        }
        let wanted: Vec<i64> = documents.iter().map(|document| document.doc).collect();
        let taken: Vec<Taken> = d1::rows(db, TAKEN, &[d1::text(encode(&wanted)?), d1::text(&ids)]).await?;
        find_places(&mut documents, taken.into_iter().map(|row| row.doc).collect());
        let more: Vec<&String> = terms.iter().filter(|(_, docs)| **docs > 0).map(|(term, _)| term).collect();
        let known: Vec<Term> = d1::rows(db, KNOWN_TERMS, &[d1::text(encode(&more)?)]).await?;
        let known: HashSet<String> = known.into_iter().map(|row| row.term).collect();
        let new_terms = more.into_iter().filter(|term| !known.contains(*term)).cloned().collect();
        Ok(Self { gone, documents, terms, new_terms, names })
    }

    async fn write(self, db: &D1Database, claim: &Claim) -> Result<()> {
        let gone: Vec<i64> = self.gone.iter().map(|standing| standing.doc).collect();
        let mut old_performers = Vec::new();
        for standing in &self.gone {
            for (kind, key) in decode::<Vec<(String, String)>>(&standing.names)? {
                if kind == "performer" {
                    old_performers.push((key, standing.doc));
                }
            }
        }
        let indexed: HashSet<&EventId> = self.documents.iter().map(|document| &document.event_id).collect();
        let absent: Vec<&EventId> = claim.events.iter().filter(|id| !indexed.contains(id)).collect();
        let terms: Vec<(&String, i64)> =
            self.terms.iter().filter(|(_, docs)| **docs != 0).map(|(term, docs)| (term, *docs)).collect();
        let keys: Vec<(&String, Vec<String>)> =
            self.new_terms.iter().map(|term| (term, deletion_keys(term))).collect();
        let names: Vec<NameChange> = self
            .names
            .into_iter()
            .map(|((kind, key), (name, events))| NameChange {
                name: name.unwrap_or_else(|| Name::counted(kind, key)),
                events,
            })
            .collect();
        let documents = encode(&self.documents)?;
        let (gone, names) = (encode(&gone)?, encode(&names)?);
        let statements = [
            ("DELETE FROM event_search WHERE rowid IN (SELECT value FROM json_each(?))", &gone),
            (
                "DELETE FROM search_performers WHERE (performer_key, doc) IN
                   (SELECT value ->> 0, value ->> 1 FROM json_each(?))",
                &encode(&old_performers)?,
            ),
            ("DELETE FROM search_docs WHERE doc IN (SELECT value FROM json_each(?))", &gone),
            (INSERT_DOCS, &documents),
            (INSERT_WORDS, &documents),
            (INSERT_PERFORMERS, &documents),
            (COUNT_TERMS, &encode(&terms)?),
            (
                "DELETE FROM search_terms WHERE docs <= 0 AND term IN (SELECT value ->> 0 FROM json_each(?))",
                &encode(&terms)?,
            ),
            (
                "INSERT INTO search_deletes (key, term) SELECT k.value, t.value ->> 0
                 FROM json_each(?) AS t, json_each(t.value, '$[1]') AS k WHERE true ON CONFLICT DO NOTHING",
                &encode(&keys)?,
            ),
            (COUNT_NAMES, &names),
            (
                "DELETE FROM search_names WHERE events <= 0 AND (kind, key) IN
                   (SELECT value ->> 'kind', value ->> 'key' FROM json_each(?))",
                &names,
            ),
        ];
        let mut batch = statements
            .iter()
            .map(|(sql, values)| d1::statement(db, sql, &[d1::text(values)]))
            .collect::<Result<Vec<_>>>()?;
        batch.push(d1::statement(
            db,
            SETTLE,
            &[d1::int(claim.until_ms)?, d1::text(encode(&claim.events)?), d1::text(encode(&absent)?)],
        )?);
        for result in &db.batch(batch).await.map_err(Failure::from)? {
            d1::changes(result)?;
        }
        Ok(())
    }
}

fn add<K: Ord>(counts: &mut BTreeMap<K, i64>, key: K, by: i64) {
    let count = counts.entry(key).or_default();
    *count = count.saturating_add(by);
}

/// Moves documents whose place is taken, by another event or by one of this batch, to the next free one.
fn find_places(documents: &mut [Document], mut taken: HashSet<i64>) {
    for document in documents {
        while !taken.insert(document.doc) {
            document.doc = document.doc.saturating_add(1);
        }
    }
}

const SOURCES: &str =
    "SELECT e.id AS event_id, e.venue_id, e.name, e.performers, e.starts_at_ms, e.local_start, e.date_tbd,
    e.genre, e.addon, e.merged_into, e.sort_at_ms, v.name AS venue, v.city, v.region, v.country
  FROM json_each(?) AS j CROSS JOIN events e ON e.id = j.value JOIN venues v ON v.id = e.venue_id";

const STANDING: &str = "SELECT d.doc, d.names, f.name || ' ' || f.performers || ' ' || f.place AS words
  FROM json_each(?) AS j CROSS JOIN search_docs d ON d.event_id = j.value JOIN event_search f ON f.rowid = d.doc";

const TAKEN: &str = "SELECT d.doc FROM json_each(?) AS j CROSS JOIN search_docs d ON d.doc = j.value
  WHERE d.event_id NOT IN (SELECT value FROM json_each(?))";

const KNOWN_TERMS: &str =
    "SELECT t.term FROM json_each(?) AS j CROSS JOIN search_terms t ON t.term = j.value";

const INSERT_DOCS: &str = "INSERT INTO search_docs
  (doc, event_id, venue_id, place_key, genre, month, sort_at_ms, names)
  SELECT value ->> 'doc', value ->> 'event_id', value ->> 'venue_id', value ->> 'place_key', value ->> 'genre',
         value ->> 'month', value ->> 'sort_at_ms', value -> 'counted'
  FROM json_each(?) WHERE true ON CONFLICT DO NOTHING";

const INSERT_WORDS: &str = "INSERT INTO event_search (rowid, name, performers, place)
  SELECT d.doc, value ->> 'name', value ->> 'performers', value ->> 'place'
  FROM json_each(?) AS j CROSS JOIN search_docs d ON d.doc = value ->> 'doc' AND d.event_id = value ->> 'event_id'";

const INSERT_PERFORMERS: &str = "INSERT INTO search_performers (performer_key, doc)
  SELECT k.value, d.doc
  FROM json_each(?) AS j
  CROSS JOIN search_docs d ON d.doc = j.value ->> 'doc' AND d.event_id = j.value ->> 'event_id',
  json_each(j.value, '$.performer_keys') AS k WHERE true ON CONFLICT DO NOTHING";

const COUNT_TERMS: &str = "INSERT INTO search_terms (term, docs)
  SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE true
  ON CONFLICT DO UPDATE SET docs = docs + excluded.docs";

const COUNT_NAMES: &str = "INSERT INTO search_names (kind, key, name, folded, detail, events)
  SELECT value ->> 'kind', value ->> 'key', value ->> 'name', value ->> 'folded', value ->> 'detail', value ->> 'events'
  FROM json_each(?) WHERE true
  ON CONFLICT (kind, key) DO UPDATE SET events = events + excluded.events,
    name = CASE WHEN excluded.folded = '' THEN name ELSE excluded.name END,
    folded = CASE WHEN excluded.folded = '' THEN folded ELSE excluded.folded END,
    detail = CASE WHEN excluded.folded = '' THEN detail ELSE excluded.detail END";

/// What was done is no longer noted: unless it changed meanwhile (another claim), or its place turned out to be taken.
const SETTLE: &str = "DELETE FROM search_dirty WHERE claimed_until_ms = ?1
  AND event_id IN (SELECT value FROM json_each(?2))
  AND (event_id IN (SELECT value FROM json_each(?3)) OR event_id IN (SELECT event_id FROM search_docs))";
