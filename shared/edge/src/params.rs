//! Query parameters that are refused by name: what cannot be meant says which parameter it was and what it must be.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use contract::problem::{Code, FieldError};

use crate::call::Call;
use crate::failure::{Failure, Result};

/// Longer texts are nobody's city or performer, bytes.
pub const MAX_TEXT: usize = 200;

/// A parameter without blanks around it, if anything is left.
pub fn text(call: &Call, name: &str) -> Option<String> {
    call.query(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A parameter that must read as `T` if it is there.
pub fn parsed<T: FromStr>(call: &Call, name: &str, expected: &str) -> Result<Option<T>> {
    read(call, name, expected, |text| text.parse().ok())
}

/// A parameter that `read` must understand if it is there.
pub fn read<T>(
    call: &Call,
    name: &str,
    expected: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>> {
    text(call, name).map(|text| read(&text).ok_or_else(|| refused(name, expected))).transpose()
}

/// A whole number within a range.
pub fn whole<T>(call: &Call, name: &str, range: RangeInclusive<T>) -> Result<Option<T>>
where
    T: FromStr + PartialOrd + Display,
{
    let expected = format!("a whole number from {} to {}", range.start(), range.end());
    read(call, name, &expected, |text| text.parse().ok().filter(|number| range.contains(number)))
}

/// One of a few words, each with what it means.
pub fn one_of<T: Copy>(call: &Call, name: &str, words: &[(&str, T)]) -> Result<Option<T>> {
    let Some(text) = text(call, name) else { return Ok(None) };
    let found = words.iter().find(|(word, _)| *word == text).map(|(_, meant)| *meant);
    found.map(Some).ok_or_else(|| {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        refused(name, &listed(&words))
    })
}

/// "raw, hour or day".
fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// Refuses parameters that are none of ours: a misspelt filter would else answer what was not asked.
pub fn refuse_unknown(call: &Call, is_known: impl Fn(&str) -> bool) -> Result<()> {
    call.query_names().find(|name| !is_known(name)).map_or(Ok(()), |name| {
        let name: String = name.chars().take(40).collect();
        Err(named(&name, format!("There is no parameter {name} here.")))
    })
}

/// A parameter as `fold` reads it; of which nothing is left, or which is longer than [`MAX_TEXT`], is refused.
pub fn folded(
    call: &Call,
    name: &str,
    expected: &str,
    fold: impl Fn(&str) -> String,
) -> Result<Option<String>> {
    read(call, name, expected, |text| {
        Some(fold(text)).filter(|value| !value.is_empty() && text.len() <= MAX_TEXT)
    })
}

/// "The parameter `name` must be `expected`."
pub fn refused(name: &str, expected: &str) -> Failure {
    named(name, format!("The parameter {name} must be {expected}."))
}

/// What is wrong with the parameter `name`, in a sentence.
pub fn named(name: &str, detail: String) -> Failure {
    let mut failure = Failure::new(Code::InvalidParameter, detail.clone());
    failure.errors.push(FieldError { field: name.to_owned(), detail });
    failure
}
