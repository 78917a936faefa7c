//! `application/x-www-form-urlencoded`: what Stripe takes and Twilio sends.

/// Pairs as a form body.
pub fn encode(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    pairs.join("&")
}

/// The pairs of a form body, in their order. Broken escapes stay as they are; bytes that are no UTF-8 are replaced, so
/// that such a body fails its signature instead of the parser.
pub fn decode(body: &[u8]) -> Vec<(String, String)> {
    body.split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut parts = pair.splitn(2, |byte| *byte == b'=');
            let mut next = || unescape(parts.next().unwrap_or_default());
            (next(), next())
        })
        .collect()
}

fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => {
                char::from(byte).to_string()
            }
            b' ' => "+".to_owned(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn unescape(text: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        let pair = tail.get(..2).filter(|_| *first == b'%').and_then(|pair| std::str::from_utf8(pair).ok());
        let escaped = pair
            .filter(|pair| pair.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.push(escaped.unwrap_or(if *first == b'+' { b' ' } else { *first }));
        rest = if escaped.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_reads_back() {
        let pairs = [("line_items[0][price]", "price_1"), ("a b", "c&d=é+%"), ("empty", "")];
        let text = encode(&pairs);
        assert_eq!(text, "line_items%5B0%5D%5Bprice%5D=price_1&a+b=c%26d%3D%C3%A9%2B%25&empty=");
        let owned = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        assert_eq!(decode(text.as_bytes()), owned);
    }

    #[test]
    fn odd_bodies_do_no_harm() {
        assert_eq!(decode(b""), []);
        assert_eq!(
            decode(b"&&a&=b&c=%zz%4=x"),
            [
                ("a".to_owned(), String::new()),
                (String::new(), "b".to_owned()),
                ("c".to_owned(), "%zz%4=x".to_owned()),
            ]
        );
        assert_eq!(decode(b"a=%+1%FF"), [("a".to_owned(), "% 1\u{fffd}".to_owned())]);
    }
}
