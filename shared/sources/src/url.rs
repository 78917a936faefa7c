//! URLs by concatenation: the `url` crate would bring its Unicode tables into every Worker (+70 KB gzipped).

/// A URL that grows by query parameters.
pub(crate) struct Url(String);

impl Url {
    /// Begins with a whole URL, which may already have a query.
    pub(crate) const fn new(text: String) -> Self {
        Self(text)
    }

    /// Adds `name=value`, encoded.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.push(if self.0.contains('?') { '&' } else { '?' });
        encode_into(&mut self.0, name);
        self.0.push('=');
        encode_into(&mut self.0, value);
        self
    }

    /// The text.
    pub(crate) fn finish(self) -> String {
        self.0
    }
}

/// `text` with everything but RFC 3986 unreserved characters percent-encoded; also what a form body wants.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    encode_into(&mut encoded, text);
    encoded
}

fn encode_into(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 0x0f] {
                out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
}

/// A link that may be shown to people: http or https, of sane length. Anything else (`javascript:` above all) is
/// dropped.
pub(crate) fn web_link(text: Option<String>) -> Option<String> {
    text.map(|link| link.trim().to_owned()).filter(|link| {
        link.len() <= 2_048
            && (link.starts_with("https://") || link.starts_with("http://"))
            && !link.bytes().any(|byte| byte.is_ascii_control() || byte == b' ')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded_and_joined() {
        let url = Url::new("http://h/p".to_owned()).with("sort", "id,asc").with("a b", "é&=").finish();
        assert_eq!(url, "http://h/p?sort=id%2Casc&a%20b=%C3%A9%26%3D");
        assert_eq!(Url::new("http://h/p?x=1".to_owned()).with("y", "2").finish(), "http://h/p?x=1&y=2");
    }

    #[test]
    fn only_web_links_reach_people() {
        assert_eq!(
            web_link(Some(" https://a.example/x ".to_owned())).as_deref(),
            Some("https://a.example/x")
        );
        for bad in ["javascript:alert(1)", "//a.example", "https://a b", ""] {
            assert_eq!(web_link(Some(bad.to_owned())), None, "{bad}");
        }
    }
}
