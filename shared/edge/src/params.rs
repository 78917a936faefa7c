//! Query parameters that are refused by name: what cannot be meant says which parameter it was and what it must be.

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
pub fn parsed<T: std::str::FromStr>(call: &Call, name: &str, expected: &str) -> Result<Option<T>> {
    text(call, name).map(|text| text.parse().map_err(|_| refused(name, expected))).transpose()
}

/// A parameter as `fold` reads it; of which nothing is left, or which is longer than [`MAX_TEXT`], is refused.
pub fn folded(
    call: &Call,
    name: &str,
    expected: &str,
    fold: impl Fn(&str) -> String,
) -> Result<Option<String>> {
    let Some(text) = text(call, name) else { return Ok(None) };
    let value = fold(&text);
    if value.is_empty() || text.len() > MAX_TEXT { Err(refused(name, expected)) } else { Ok(Some(value)) }
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
