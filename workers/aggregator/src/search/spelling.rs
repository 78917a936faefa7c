//! Misspelt words: how far two words are apart, and which known words are worth comparing.
//!
//! The index of known words holds each word under its beginning with one and two letters left out. A slip leaves a
//! letter out, puts one in, takes a wrong one or turns two round; after a slip or two, both words less some letters
//! are the same, so a misspelt word meets its neighbours by equality and never by reading the vocabulary.

use std::collections::BTreeSet;

/// Letters of a word that the index looks at: people rarely err twice in a beginning of seven.
const INDEXED_LETTERS: usize = 7;
/// Longer words are no words that somebody types.
const LONGEST: usize = 40;

/// How many slips a word of so many letters may hold: none in one that a slip makes into any other.
pub const fn slips_allowed(letters: usize) -> usize {
    match letters {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    }
}

/// What a word stands under in the index, and what a misspelt one is looked up by. Words with digits have none: a wrong
/// digit is another number.
pub fn deletion_keys(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() > LONGEST || letters.iter().any(char::is_ascii_digit) {
        return Vec::new();
    }
    let beginning: String = letters.iter().take(INDEXED_LETTERS).collect();
    let mut keys = BTreeSet::from([beginning]);
    for _ in 0..slips_allowed(letters.len()) {
        let shorter: Vec<String> = keys.iter().flat_map(|key| less_one(key)).collect();
        keys.extend(shorter);
    }
    // A key of one letter would stand for a part of the alphabet.
    keys.into_iter().filter(|key| key.chars().nth(1).is_some()).collect()
}

fn less_one(word: &str) -> impl Iterator<Item = String> + '_ {
    word.char_indices().map(|(left_out, _)| {
        word.char_indices().filter(|(at, _)| *at != left_out).map(|(_, letter)| letter).collect()
    })
}

/// Slips between `typed` and `known`: letters left out, put in, wrong, or two neighbours turned round (each once).
pub fn distance(typed: &str, known: &str) -> usize {
    last_row(typed, known).last().copied().unwrap_or(usize::MAX)
}

/// Slips between `typed` and the nearest beginning of `known`: for a word that is still being typed.
pub fn distance_to_beginning(typed: &str, known: &str) -> usize {
    last_row(typed, known).into_iter().min().unwrap_or(usize::MAX)
}

/// Distances of the whole of `typed` to every beginning of `known`, the empty one first.
fn last_row(typed: &str, known: &str) -> Vec<usize> {
    let known: Vec<char> = known.chars().take(LONGEST).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=known.len()).collect();
    let mut previous: Option<char> = None;
    for (typed_letter, length) in typed.chars().take(LONGEST).zip(1..) {
        let mut next = vec![length];
        let mut left: usize = length;
        let mut known_before: Option<char> = None;
        for (&known_letter, at) in known.iter().zip(0_usize..) {
            let of = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX);
            let wrong = usize::from(known_letter != typed_letter);
            let mut least = of(&row, at)
                .saturating_add(wrong)
                .min(left.saturating_add(1))
                .min(of(&row, at.saturating_add(1)).saturating_add(1));
            if previous == Some(known_letter) && known_before == Some(typed_letter) {
                least = least.min(of(&before, at.saturating_sub(1)).saturating_add(1));
            }
            next.push(least);
            left = least;
            known_before = Some(known_letter);
        }
        before = std::mem::replace(&mut row, next);
        previous = Some(typed_letter);
    }
    row
}

/// A known word that a typed one may stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// The known words: two where a space was forgotten.
    pub words: Vec<String>,
    /// How many slips it takes.
    pub slips: usize,
}

/// Of `known` words with the number of documents that hold them, those `typed` may stand for: fewest slips first, then the same
/// first letter, then the more common word. `unfinished`: more letters may follow.
pub fn alternatives(typed: &str, known: &[(String, i64)], unfinished: bool, most: usize) -> Vec<Alternative> {
    let allowed = slips_allowed(typed.chars().count());
    let first = typed.chars().next();
    let mut found: Vec<_> = known
        .iter()
        .filter_map(|(term, docs)| {
            let whole = distance(typed, term);
            let slips = if unfinished { whole.min(distance_to_beginning(typed, term)) } else { whole };
            (slips <= allowed).then_some((
                slips,
                whole,
                term.chars().next() != first,
                docs.saturating_neg(),
                term,
            ))
        })
        .collect();
    // A word that ends where the typed one does is likelier than one that goes on.
    found.sort_unstable_by_key(|&(slips, whole, other_letter, docs, term)| {
        (slips, other_letter, whole.min(allowed.saturating_add(1)), docs, term)
    });
    found.dedup_by(|one, other| one.4 == other.4);
    found
        .into_iter()
        .take(most)
        .map(|(slips, .., term)| Alternative { words: vec![term.clone()], slips })
        .collect()
}

/// Whole queries to try, one list of alternatives a word: fewest slips in all first, then by the rank of each word.
pub fn combinations(words: &[Vec<Alternative>], most: usize) -> Vec<Vec<String>> {
    let mut queries: Vec<(usize, usize, Vec<String>)> = vec![(0, 0, Vec::new())];
    for alternatives in words {
        queries = queries
            .iter()
            .flat_map(|(slips, rank, query)| {
                alternatives.iter().zip(0_usize..).map(move |(alternative, at)| {
                    let mut longer = query.clone();
                    longer.extend(alternative.words.iter().cloned());
                    (slips.saturating_add(alternative.slips), rank.saturating_add(at), longer)
                })
            })
            .collect();
        queries.sort();
        queries.truncate(most);
    }
    queries.into_iter().map(|(_, _, query)| query).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn best(typed: &str, known: &[&str]) -> Option<String> {
        let known: Vec<_> = known.iter().map(|term| ((*term).to_owned(), 1)).collect();
        let met: Vec<_> = known
            .into_iter()
            .filter(|(term, _)| deletion_keys(term).iter().any(|key| deletion_keys(typed).contains(key)))
            .collect();
        alternatives(typed, &met, true, 1).first().map(|found| found.words.join(" "))
    }

    #[test]
    fn common_slips_find_the_word() {
        let known = ["blazers", "trail", "springsteen", "taylor", "lakers", "utah", "seattle"];
        for (typed, meant) in [
            ("blazres", "blazers"),
            ("blzers", "blazers"),
            ("blazzers", "blazers"),
            ("trial", "trail"),
            ("sprignst", "springsteen"),
            ("springstein", "springsteen"),
            ("talyor", "taylor"),
            ("lakres", "lakers"),
            ("utha", "utah"),
            ("seatle", "seattle"),
        ] {
            assert_eq!(best(typed, &known).as_deref(), Some(meant), "{typed}");
        }
    }

    #[test]
    fn short_words_and_numbers_stay_as_they_are() {
        assert_eq!(best("u3", &["u2"]), None);
        assert_eq!(best("2026", &["2027"]), None);
    }

    #[test]
    fn two_turned_letters_are_one_slip() {
        assert_eq!(distance("trial", "trail"), 1);
        assert_eq!(distance("ca", "abc"), 3, "turned letters are not turned again");
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance_to_beginning("bla", "blazers"), 0);
    }

    #[test]
    fn fewest_slips_in_all_come_first() {
        let one = |word: &str, slips| Alternative { words: vec![word.to_owned()], slips };
        let words = [vec![one("trial", 0), one("trail", 1)], vec![one("blazers", 1)]];
        assert_eq!(combinations(&words, 8), [["trial", "blazers"], ["trail", "blazers"]]);
        assert_eq!(combinations(&[vec![], vec![one("x", 0)]], 8), Vec::<Vec<String>>::new());
    }

    proptest! {
        #[test]
        fn distance_is_symmetric_and_zero_only_for_the_same(one in "[a-d]{0,8}", other in "[a-d]{0,8}") {
            prop_assert_eq!(distance(&one, &other), distance(&other, &one));
            prop_assert_eq!(distance(&one, &other) == 0, one == other);
        }

        #[test]
        fn words_within_the_allowed_slips_share_a_key(word in "[a-z]{3,7}", at in 0_usize..7, letter in "[a-z]", how in 0..4) {
            let mut letters: Vec<char> = word.chars().collect();
            let at = at.min(letters.len().saturating_sub(1));
            let letter = letter.chars().next().unwrap();
            match how {
                0 => letters[at] = letter,
                1 => letters.insert(at, letter),
                2 if letters.len() > 3 => { letters.remove(at); }
                _ => letters.swap(at, at.saturating_sub(1)),
            }
            let typed: String = letters.into_iter().collect();
            prop_assert!(distance(&typed, &word) <= 1);
            let keys = deletion_keys(&word);
            prop_assert!(deletion_keys(&typed).iter().any(|key| keys.contains(key)), "{} {}", typed, word);
        }

        #[test]
        fn the_index_never_holds_more_than_29_keys_a_word(word in "\\PC{0,60}") {
            prop_assert!(deletion_keys(&word).len() <= 29);
        }
    }
}
