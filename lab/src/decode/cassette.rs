//! Cassettes of HTTP exchanges, as Ruby's VCR writes them: the status and body of each response. Only the scalars that
//! such files use are understood, not YAML.

use super::recording::Recorded;

/// The responses of a cassette.
pub fn answers(text: &str) -> Vec<Recorded> {
    let mut answers = Vec::new();
    let (mut in_response, mut status) = (false, 200);
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let trimmed = line.trim();
        if trimmed.starts_with("response:") {
            (in_response, status) = (true, 200);
        } else if trimmed.starts_with("- !ruby/struct") {
            in_response = false;
        } else if in_response && let Some(code) = trimmed.strip_prefix("code:") {
            status = code.trim().parse().unwrap_or(200);
        } else if in_response && let Some(found) = line.trim_start().strip_prefix("body:") {
            let from =
                text.len().saturating_sub(rest.len()).saturating_add(line.len().saturating_sub(found.len()));
            if let Some(body) = scalar(text.get(from..).unwrap_or_default().trim_start_matches(['!', ' '])) {
                answers.push(Recorded { status, body });
            }
        }
        rest = after;
    }
    answers
}

/// The scalar at the head of `text`: quoted once, quoted twice, or plain to the end of its line.
fn scalar(text: &str) -> Option<String> {
    if let Some(text) = text.strip_prefix('\'') {
        return single(text);
    }
    if let Some(text) = text.strip_prefix('"') {
        return double(text);
    }
    text.lines().next().map(|line| line.trim().to_owned())
}

/// Up to the closing quote; a doubled one stands for itself, a line break with its indentation for a space.
fn single(text: &str) -> Option<String> {
    let mut scalar = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' if letters.next_if_eq(&'\'').is_some() => scalar.push('\''),
            '\'' => return Some(scalar),
            '\n' => fold(&mut scalar, &mut letters),
            letter => scalar.push(letter),
        }
    }
    None
}

/// The same with backslash escapes.
fn double(text: &str) -> Option<String> {
    let mut scalar = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => return Some(scalar),
            '\n' => fold(&mut scalar, &mut letters),
            '\\' => match letters.next()? {
                '\n' => while letters.next_if_eq(&' ').is_some() {},
                'n' => scalar.push('\n'),
                't' => scalar.push('\t'),
                'r' => scalar.push('\r'),
                letter => scalar.push(letter),
            },
            letter => scalar.push(letter),
        }
    }
    None
}

fn fold(scalar: &mut String, letters: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    while letters.next_if(|letter| matches!(letter, ' ' | '\n')).is_some() {}
    scalar.push(' ');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_scalar_is_read_from_responses_only() {
        let text = "---\n- !ruby/struct:VCR::HTTPInteraction\n  request: x\n    body: !!null\n  response: y\n    code: 401\n    \
            body: ! '{\"a\":\"it''s\n      folded\"}'\n- !ruby/struct:VCR::HTTPInteraction\n  response:\n    code: 200\n    \
            body: \"{\\\"b\\\":\\\n      1}\"\n- !ruby/struct:VCR::HTTPInteraction\n  response:\n    code: 301\n    body: <html>\n";
        let read: Vec<(u16, String)> =
            answers(text).into_iter().map(|answer| (answer.status, answer.body)).collect();
        let expected = [(401, "{\"a\":\"it's folded\"}"), (200, "{\"b\":1}"), (301, "<html>")];
        assert_eq!(read, expected.map(|(status, body)| (status, body.to_owned())));
        assert!(answers("response:\n  body: 'open").is_empty());
    }
}
