//! Twilio: `X-Twilio-Signature`, base64 of HMAC-SHA1 over the full URL followed by every form parameter, sorted by name,
//! name and value joined. There is no stamp: what keeps a replay harmless is that statuses never go backwards.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha1::Sha1;

use super::Unverified;

/// Whether Twilio sent these parameters to `url`, which is the address as it was given to Twilio, query included. The
/// default port may be written or not: Twilio signs what it was given, proxies on the way may have dropped it.
pub fn verify(
    signature: &str,
    url: &str,
    parameters: &[(String, String)],
    auth_token: &str,
) -> Result<(), Unverified> {
    let signature = STANDARD.decode(signature).map_err(|_| Unverified::Malformed)?;
    let mut sorted: Vec<&(String, String)> = parameters.iter().collect();
    sorted.sort();
    // A parameter sent twice with one value counts once, as in the official library.
    sorted.dedup();
    for url in [without_port(url), with_port(url)] {
        let mut mac =
            Hmac::<Sha1>::new_from_slice(auth_token.as_bytes()).map_err(|_| Unverified::BadSecret)?;
        mac.update(url.as_bytes());
        for (name, value) in &sorted {
            mac.update(name.as_bytes());
            mac.update(value.as_bytes());
        }
        if mac.verify_slice(&signature).is_ok() {
            return Ok(());
        }
    }
    Err(Unverified::Mismatch)
}

/// A URL cut into `scheme://`, authority, and the rest.
fn split(url: &str) -> Option<(&str, &str, &str)> {
    let authority_at = url.find("://")?.checked_add(3)?;
    let (scheme, rest) = url.split_at_checked(authority_at)?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at_checked(end)?;
    Some((scheme, authority, rest))
}

fn port_at(authority: &str) -> Option<usize> {
    let colon = authority.rfind(':')?;
    let port = authority.get(colon.checked_add(1)?..)?;
    (!port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())).then_some(colon)
}

fn without_port(url: &str) -> String {
    match split(url) {
        Some((scheme, authority, rest)) => {
            let host = port_at(authority).and_then(|colon| authority.get(..colon)).unwrap_or(authority);
            format!("{scheme}{host}{rest}")
        }
        None => url.to_owned(),
    }
}

fn with_port(url: &str) -> String {
    match split(url) {
        Some((scheme, authority, rest)) if port_at(authority).is_none() => {
            let port = if scheme.eq_ignore_ascii_case("https://") { 443 } else { 80 };
            format!("{scheme}{authority}:{port}{rest}")
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "12345";
    const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
    const SIGNATURE: &str = "GvWf1cFY/Q7PnoempGyD5oXAezc=";

    fn parameters() -> Vec<(String, String)> {
        [
            ("To", "+18005551212"),
            ("CallSid", "CA1234567890ABCDE"),
            ("Digits", "1234"),
            ("From", "+14158675310"),
            ("Caller", "+14158675310"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// From the official library (twilio-node 6.2, `getExpectedTwilioSignature`).
    #[test]
    fn the_official_signature_is_accepted_in_any_order_of_parameters() {
        assert_eq!(verify(SIGNATURE, URL, &parameters(), TOKEN), Ok(()));
        let mut reversed = parameters();
        reversed.reverse();
        assert_eq!(verify(SIGNATURE, URL, &reversed, TOKEN), Ok(()));
    }

    #[test]
    fn a_port_on_the_way_does_no_harm() {
        for port in ["443", "8443"] {
            let url = format!("https://mycompany.com:{port}/myapp.php?foo=1&bar=2");
            assert_eq!(verify(SIGNATURE, &url, &parameters(), TOKEN), Ok(()), "{url}");
        }
    }

    #[test]
    fn a_signature_over_the_written_default_port_is_accepted() {
        assert_eq!(with_port("https://a.example/x?y=:1"), "https://a.example:443/x?y=:1");
        assert_eq!(with_port("http://a.example"), "http://a.example:80");
        assert_eq!(with_port("http://a.example:8787/x"), "http://a.example:8787/x");
        assert_eq!(without_port("http://a.example:8787/x:9"), "http://a.example/x:9");
        assert_eq!(without_port("not a url:80"), "not a url:80");
        assert_eq!(verify("ecAv6V3blD09e64Bk0zrTR16qlo=", "https://mycompany.com/x", &[], TOKEN), Ok(()));
    }

    #[test]
    fn a_parameter_sent_twice_counts_once_and_two_values_are_sorted() {
        let twice = |values: &[&str]| {
            values.iter().map(|value| ("Media".to_owned(), (*value).to_owned())).collect::<Vec<_>>()
        };
        for values in [["b", "a", "a"], ["a", "b", "b"]] {
            assert_eq!(
                verify("xrk719g+gnIXm47fZFlyEg2PjHs=", "https://mycompany.com/x", &twice(&values), TOKEN),
                Ok(())
            );
        }
    }

    #[test]
    fn url_query_parameters_and_token_are_all_signed() {
        let mut changed = parameters();
        changed[2].1 = "1235".to_owned();
        let mut more = parameters();
        more.push(("Extra".to_owned(), String::new()));
        assert_eq!(verify(SIGNATURE, URL, &changed, TOKEN), Err(Unverified::Mismatch));
        assert_eq!(verify(SIGNATURE, URL, &more, TOKEN), Err(Unverified::Mismatch));
        assert_eq!(
            verify(SIGNATURE, "https://mycompany.com/myapp.php?foo=1", &parameters(), TOKEN),
            Err(Unverified::Mismatch)
        );
        assert_eq!(
            verify(SIGNATURE, "http://mycompany.com/myapp.php?foo=1&bar=2", &parameters(), TOKEN),
            Err(Unverified::Mismatch)
        );
        assert_eq!(verify(SIGNATURE, URL, &parameters(), "12346"), Err(Unverified::Mismatch));
    }

    #[test]
    fn a_signature_that_is_no_base64_is_refused() {
        assert_eq!(verify("", URL, &parameters(), TOKEN), Err(Unverified::Mismatch));
        assert_eq!(verify("***", URL, &parameters(), TOKEN), Err(Unverified::Malformed));
    }
}
