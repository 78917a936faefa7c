//! Names from markets are other people's text: made safe here before they enter a message.

/// Longest name we repeat; the longest honest event name seen has 118 letters.
const MAX_NAME: usize = 120;

/// One line of plain text: no control characters (a line break in a subject would begin a new header), no marks that
/// turn the reading direction, no runs of blanks, at most [`MAX_NAME`] letters.
pub fn clean(name: &str) -> String {
    let printable: String =
        name.chars().map(|letter| if letter.is_control() || steers(letter) { ' ' } else { letter }).collect();
    cut(&printable.split_whitespace().collect::<Vec<_>>().join(" "), MAX_NAME)
}

/// At most `limit` letters; what was cut is marked.
pub fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let kept: String = text.chars().take(limit.saturating_sub(3)).collect();
    format!("{}...", kept.trim_end())
}

/// Text as it may stand in HTML, in an element or a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
    }
    safe
}

/// The text in letters of the GSM alphabet (3GPP TS 23.038, without its escape table): one other letter would more
/// than halve what a text message holds. Typographic marks get their plain form, the rest is left out.
pub fn gsm(text: &str) -> String {
    let plain: String = text
        .chars()
        .filter_map(|letter| match letter {
            '\u{2018}' | '\u{2019}' | '`' | '\u{b4}' => Some('\''),
            '\u{201c}' | '\u{201d}' => Some('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{b7}' | '\u{2022}' | '|' => Some('-'),
            '[' | '{' => Some('('),
            ']' | '}' => Some(')'),
            letter if in_gsm(letter) => Some(letter),
            _ => None,
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn in_gsm(letter: char) -> bool {
    let plain =
        letter.is_ascii_graphic() && !matches!(letter, '[' | ']' | '{' | '}' | '\\' | '^' | '~' | '|' | '`');
    plain || " £¥èéùìòÇØøÅåÆæßÉ¡ÄÖÑÜ§¿äöñüà".contains(letter)
}

/// Invisible marks that join, hide or reorder what a reader sees.
const fn steers(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_begin_a_header_or_turn_the_text_round() {
        assert_eq!(clean("Jazz\r\nBcc: all@example.com"), "Jazz Bcc: all@example.com");
        assert_eq!(clean(" A\u{202e}B\u{0}  C\t"), "A B C");
        assert_eq!(clean(&"x".repeat(500)).chars().count(), 120);
    }

    #[test]
    fn html_is_text() {
        assert_eq!(
            escape(r#"<a href="x">Tom & 'Jerry'</a>"#),
            "&lt;a href=&quot;x&quot;&gt;Tom &amp; &#39;Jerry&#39;&lt;/a&gt;"
        );
    }

    #[test]
    fn a_text_message_keeps_to_the_short_alphabet() {
        assert_eq!(gsm("Beyoncé – “Renaissance” [VIP] 🎟️ ^~"), "Beyoncé - \"Renaissance\" (VIP)");
    }
}
