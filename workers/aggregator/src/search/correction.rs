//! What somebody meant whose words find nothing: known words near the typed ones, tried together until an event answers.

use edge::d1;
use edge::failure::Result;
use edge::json::encode;
use serde::Deserialize;
use worker::D1Database;

use crate::search::queries::first_that_is_found;
use crate::search::spelling::{Alternative, alternatives, combinations, deletion_keys};

/// Known words to try for a typed one.
const ALTERNATIVES: usize = 4;
/// Whole queries to try; each is one look into the text index.
const QUERIES: usize = 12;
/// Neighbours to look at, all words together. A key of four letters or more has a few dozen.
const MOST_NEIGHBOURS: i64 = 3_000;

#[derive(Deserialize)]
struct Neighbour {
    word: usize,
    term: String,
    docs: i64,
}

#[derive(Deserialize)]
struct Split {
    word: usize,
    first: String,
    second: String,
}

/// The words to search instead of `words`, or nothing if some event answers to them as they are, or to none that is near.
pub async fn correct(db: &D1Database, words: &[String]) -> Result<Option<Vec<String>>> {
    if words.is_empty() {
        return Ok(None);
    }
    let (neighbours, splits) = near(db, words).await?;
    let last = words.len().saturating_sub(1);
    let options: Vec<Vec<Alternative>> = words
        .iter()
        .zip(0_usize..)
        .map(|(word, at)| {
            let known: Vec<(String, i64)> = neighbours
                .iter()
                .filter(|neighbour| neighbour.word == at)
                .map(|neighbour| (neighbour.term.clone(), neighbour.docs))
                .collect();
            let mut options = alternatives(word, &known, at == last, ALTERNATIVES);
            let apart = splits.iter().filter(|split| split.word == at);
            options.extend(apart.map(|split| Alternative {
                words: vec![split.first.clone(), split.second.clone()],
                slips: 1,
            }));
            if deletion_keys(word).is_empty() {
                options.push(Alternative { words: vec![word.clone()], slips: 0 });
            }
            options
        })
        .collect();
    let mut queries = vec![words.to_vec()];
    queries.extend(joined(words));
    queries.extend(combinations(&options, QUERIES).into_iter().filter(|query| query != words));
    Ok(first_that_is_found(db, queries).await?.filter(|found| found != words))
}

/// The words with two neighbours written as one: "sea hawks".
fn joined(words: &[String]) -> Vec<Vec<String>> {
    (0..words.len().saturating_sub(1))
        .filter_map(|at| {
            let (before, rest) = words.split_at_checked(at)?;
            let [first, second, after @ ..] = rest else { return None };
            let mut joined = before.to_vec();
            joined.push(format!("{first}{second}"));
            joined.extend_from_slice(after);
            Some(joined)
        })
        .collect()
}

async fn near(db: &D1Database, words: &[String]) -> Result<(Vec<Neighbour>, Vec<Split>)> {
    let keys: Vec<(usize, String)> = words
        .iter()
        .zip(0..)
        .flat_map(|(word, at)| deletion_keys(word).into_iter().map(move |key| (at, key)))
        .collect();
    let splits: Vec<(usize, &str, &str)> = words
        .iter()
        .zip(0..)
        .flat_map(|(word, at)| {
            let cuts = word.char_indices().map(|(cut, _)| cut).skip(2);
            cuts.filter_map(move |cut| word.split_at_checked(cut))
                .filter(|(_, second)| second.chars().nth(1).is_some())
                .map(move |(first, second)| (at, first, second))
        })
        .collect();
    let statements = vec![
        d1::statement(
            db,
            "SELECT DISTINCT j.value ->> 0 AS word, t.term, t.docs
             FROM json_each(?) AS j
             CROSS JOIN search_deletes k ON k.key = j.value ->> 1
             CROSS JOIN search_terms t ON t.term = k.term LIMIT ?",
            &[d1::text(encode(&keys)?), d1::int(MOST_NEIGHBOURS)?],
        )?,
        d1::statement(
            db,
            "SELECT j.value ->> 0 AS word, j.value ->> 1 AS first, j.value ->> 2 AS second
             FROM json_each(?) AS j
             WHERE EXISTS (SELECT 1 FROM search_terms WHERE term = j.value ->> 1)
               AND EXISTS (SELECT 1 FROM search_terms WHERE term = j.value ->> 2)",
            &[d1::text(encode(&splits)?)],
        )?,
    ];
    let mut results = db.batch(statements).await?.into_iter();
    let mut next = || results.next().ok_or_else(|| edge::failure::Failure::internal("a batch fell short"));
    Ok((next()?.results()?, next()?.results()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_joined_one_pair_at_a_time() {
        let words = ["sea", "hawks", "seattle"].map(str::to_owned);
        assert_eq!(joined(&words), [vec!["seahawks", "seattle"], vec!["sea", "hawksseattle"]]);
        assert_eq!(joined(&words[..1]), Vec::<Vec<String>>::new());
    }
}
