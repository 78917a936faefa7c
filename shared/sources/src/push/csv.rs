//! Comma-separated values as RFC 4180 has them: quoted fields may hold commas, line ends and doubled quotes.

/// The records of `text`, each as its fields; empty lines are none. `None` when a quote is not closed, or something
/// other than a comma or a line end follows a closed one.
pub(super) fn records(text: &str) -> Option<Vec<Vec<String>>> {
    let mut records = Vec::new();
    let mut record = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (field, after) = field(rest)?;
        record.push(field);
        rest = if let Some(after) = after.strip_prefix(',') {
            // A comma at the very end opens one more, empty field.
            if after.is_empty() {
                record.push(String::new());
            }
            after
        } else {
            let line = std::mem::take(&mut record);
            if line.iter().any(|field| !field.is_empty()) {
                records.push(line);
            }
            after.strip_prefix("\r\n").or_else(|| after.strip_prefix('\n')).unwrap_or(after)
        };
    }
    if !record.is_empty() {
        records.push(record);
    }
    Some(records)
}

/// The field at the head of `text`, and what follows it: nothing, a comma or a line end.
fn field(text: &str) -> Option<(String, &str)> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find([',', '\n']).unwrap_or(text.len());
        let end = if text.get(..end)?.ends_with('\r') { end.checked_sub(1)? } else { end };
        return Some((text.get(..end)?.to_owned(), text.get(end..)?)).filter(|(_, after)| ends(after));
    };
    let mut field = String::new();
    loop {
        let (within, after) = rest.split_once('"')?;
        field.push_str(within);
        let Some(doubled) = after.strip_prefix('"') else {
            return Some((field, after)).filter(|(_, after)| ends(after));
        };
        field.push('"');
        rest = doubled;
    }
}

fn ends(after: &str) -> bool {
    after.is_empty() || after.starts_with(',') || after.starts_with('\n') || after.starts_with("\r\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fields(text: &str) -> Option<Vec<Vec<String>>> {
        records(text)
    }

    #[test]
    fn quotes_hold_commas_quotes_and_line_ends() {
        let read = fields("a,b\r\n\"x, \"\"y\"\"\nz\",\n\n1,2").unwrap();
        assert_eq!(read, [vec!["a", "b"], vec!["x, \"y\"\nz", ""], vec!["1", "2"]]);
        assert_eq!(fields("a,").unwrap(), [vec!["a", ""]]);
        assert_eq!(fields("").unwrap(), Vec::<Vec<String>>::new());
        for bad in ["\"a", "\"a\"b,c", "a,\"\"\""] {
            assert_eq!(fields(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(table in prop::collection::vec(prop::collection::vec(".{0,12}", 2..4), 1..6)) {
            let table: Vec<Vec<String>> =
                table.into_iter().filter(|line| line.iter().any(|field| !field.is_empty())).collect();
            let line = |line: &Vec<String>| {
                line.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect::<Vec<_>>().join(",")
            };
            let text = table.iter().map(line).collect::<Vec<_>>().join("\r\n");
            prop_assert_eq!(records(&text), Some(table));
        }

        #[test]
        fn arbitrary_text_never_panics(text in "[\",\r\nab]{0,40}") {
            let _ = records(&text);
        }
    }
}
