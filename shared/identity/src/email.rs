//! E-mail addresses: which we accept, and when two spellings are one address.

use std::fmt;

/// Longest address that can be delivered to (RFC 3696 erratum 1690: a path of 256 with its angle brackets).
const MAX_BYTES: usize = 254;
/// Longest part before the `@` (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL_BYTES: usize = 64;
/// Longest label of a host name (RFC 1035, 2.3.4).
const MAX_LABEL_BYTES: usize = 63;

/// An address as we store and compare it: trimmed and in lower case.
///
/// Mail servers may tell `Ann@` from `ann@`, but none in use does, and two accounts that differ in case only would be
/// a trap for people. Dots and `+tags` stay: for many servers they are different mailboxes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

/// The text is not an address we can send to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnAddress;

impl EmailAddress {
    /// Reads what a person typed. Accepts `dot-atom@host.tld` in ASCII (RFC 5322, 3.2.3; RFC 1123 host names): quoted
    /// local parts, comments and address literals are legal mail but nobody's account.
    pub fn parse(typed: &str) -> Result<Self, NotAnAddress> {
        let address = typed.trim().to_ascii_lowercase();
        let (local, host) = address.rsplit_once('@').ok_or(NotAnAddress)?;
        let sound = address.len() <= MAX_BYTES && is_local_part(local) && is_host_name(host);
        if sound { Ok(Self(address)) } else { Err(NotAnAddress) }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

/// Addresses are personal data: a debug print does not show them.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

fn is_local_part(local: &str) -> bool {
    let atom = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
    };
    local.len() <= MAX_LOCAL_BYTES && local.split('.').all(atom)
}

fn is_host_name(host: &str) -> bool {
    let label = |part: &str| {
        (1..=MAX_LABEL_BYTES).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    // A last label of digits only would be an IPv4 address; one label alone is a host on somebody's own network.
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.') && host.split('.').all(label) && !last.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_surrounding_space_do_not_make_another_address() {
        let address = EmailAddress::parse("  Ann.Lee+Tickets@Example.COM\n").unwrap();
        assert_eq!(address.as_str(), "ann.lee+tickets@example.com");
        assert_eq!(address.local_part(), "ann.lee+tickets");
    }

    #[test]
    fn unusual_but_deliverable_addresses_are_accepted() {
        for text in [
            "a@b.co",
            "o'hara@mail.example.org",
            "x_y-z@sub-domain.example.museum",
            "user@xn--bcher-kva.example",
        ] {
            assert!(EmailAddress::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_sent_to_is_refused() {
        let long_local = format!("{}@example.com", "a".repeat(65));
        let long_host = format!("a@{}.com", "a.".repeat(130));
        for text in [
            "",
            "@",
            "ann",
            "ann@",
            "@example.com",
            "ann@localhost",
            "ann@127.0.0.1",
            "ann@[127.0.0.1]",
            "ann lee@example.com",
            "ann@exa mple.com",
            "ann@example..com",
            ".ann@example.com",
            "ann.@example.com",
            "a..b@example.com",
            "ann@-example.com",
            "ann@example-.com",
            "a@b@example.com",
            "\"ann\"@example.com",
            "ann@example.com\r\nBcc: x@y.zz",
            "anné@example.com",
            "ann@exämple.com",
            &long_local,
            &long_host,
        ] {
            assert_eq!(EmailAddress::parse(text), Err(NotAnAddress), "{text:?}");
        }
    }

    #[test]
    fn a_debug_print_does_not_show_the_address() {
        assert!(!format!("{:?}", EmailAddress::parse("ann@example.com")).contains("ann"));
    }
}
