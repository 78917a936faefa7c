//! Files of recorded answers: one answer, a list of answers, an answer with what was noted about it, several kept by
//! name, a cassette of exchanges, or a table.

use serde_json::Value;

use super::cassette;
use super::tables::Table;

/// What a file holds.
pub enum Recording {
    /// Answers of an API.
    Answers(Vec<Recorded>),
    /// A table with a header.
    Table(Table),
}

/// One answer.
pub struct Recorded {
    /// HTTP status; 200 where it was not noted.
    pub status: u16,
    /// The body.
    pub body: String,
}

impl Recorded {
    /// A success.
    pub fn ok(value: &Value) -> Self {
        Self { status: 200, body: value.to_string() }
    }

    /// The body as JSON, where it is.
    pub fn value(&self) -> Option<Value> {
        serde_json::from_str(&self.body).ok()
    }
}

/// What `text` of the file called `name` holds; `None` when it is damaged.
pub fn open(name: &str, text: &str) -> Option<Recording> {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending.to_ascii_lowercase().as_str() {
        "csv" | "tsv" => Table::csv(text).map(Recording::Table),
        "jsonl" | "ndjson" => Table::lines(text).map(Recording::Table),
        "yml" | "yaml" => Some(cassette::answers(text)).filter(|all| !all.is_empty()).map(Recording::Answers),
        _ => answers(text).map(Recording::Answers),
    }
}

fn answers(text: &str) -> Option<Vec<Recorded>> {
    let value: Value = serde_json::from_str(text).ok()?;
    if let Value::Array(all) = &value
        && all.iter().all(|one| one.is_object() && one.get("events").is_some())
    {
        return Some(all.iter().map(Recorded::ok).collect());
    }
    if let (Some(body), Some(_)) = (value.get("body"), value.get("request")) {
        let status =
            value.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
        return Some(vec![Recorded { status: status.unwrap_or(200), ..Recorded::ok(body) }]);
    }
    if let Value::Object(named) = &value
        && !named.is_empty()
        && named
            .keys()
            .all(|name| name.trim_end_matches(|last: char| last.is_ascii_digit()).ends_with("_dict"))
    {
        return Some(named.values().map(Recorded::ok).collect());
    }
    // The text itself, so that numbers stay as they were written.
    Some(vec![Recorded { status: 200, body: text.to_owned() }])
}
