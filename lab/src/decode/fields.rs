//! Which fields we know: those documented by the provider or observed in its answers by 2026-11, one path a line
//! (`_embedded.events[].name`; columns of a table as `kind:column`). A field that is not in the list is no error; it is
//! counted, so that somebody looks.

use std::collections::HashSet;

use serde_json::Value;

const LISTS: [(&str, &str); 5] = [
    ("ticketmaster", include_str!("known/ticketmaster.txt")),
    ("seatgeek", include_str!("known/seatgeek.txt")),
    ("stubhub", include_str!("known/stubhub.txt")),
    ("eventbrite", include_str!("known/eventbrite.txt")),
    ("ticketevolution", include_str!("known/ticketevolution.txt")),
];

/// The known fields of a provider.
pub struct Known(HashSet<&'static str>);

impl Known {
    /// The list of the provider called `name`; empty, and so counting nothing, where none is kept.
    pub fn of(name: &str) -> Self {
        let list = LISTS.iter().find(|(of, _)| *of == name).map_or("", |(_, list)| list);
        Self(list.lines().map(str::trim).filter(|line| !line.is_empty()).collect())
    }

    /// Names every field below `value` that is not in the list; what is below an unknown field is not looked at.
    pub fn count(&self, path: &str, value: &Value, unknown: &mut impl FnMut(&str)) {
        match value {
            _ if self.0.is_empty() => {}
            Value::Object(fields) => {
                for (name, value) in fields {
                    let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    if self.0.contains(below.as_str()) {
                        self.count(&below, value, unknown);
                    } else {
                        unknown(&below);
                    }
                }
            }
            Value::Array(items) => {
                let below = format!("{path}[]");
                for item in items {
                    self.count(&below, item, unknown);
                }
            }
            _ => {}
        }
    }

    /// Names every column of a table of `kind` that is not in the list.
    pub fn columns(&self, kind: &str, columns: &[String], mut unknown: impl FnMut(&str)) {
        if self.0.is_empty() {
            return;
        }
        for column in columns {
            let path = format!("{kind}:{column}");
            if !self.0.contains(path.as_str()) {
                unknown(&path);
            }
        }
    }
}
