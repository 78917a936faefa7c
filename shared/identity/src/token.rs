//! Opaque tokens: 256 random bits that mean nothing without our tables, kept there only as a hash.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// What a token is good for. The prefix lets people and secret scanners tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Opens the API for a quarter of an hour.
    Access,
    /// Trades for a new pair, once.
    Refresh,
    /// Proves that its holder reads the mail of an address.
    Verification,
}

impl TokenKind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Access => "rca_",
            Self::Refresh => "rcr_",
            Self::Verification => "rcv_",
        }
    }
}

/// A token in the clear. Handed to its owner once, never stored, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    kind: TokenKind,
    secret: [u8; 32],
}

impl Token {
    /// A token from 32 bytes of a cryptographic random source.
    pub const fn new(kind: TokenKind, secret: [u8; 32]) -> Self {
        Self { kind, secret }
    }

    /// Reads a token of this kind; anything but the one spelling of 32 bytes is none.
    pub fn parse(kind: TokenKind, text: &str) -> Option<Self> {
        let encoded = text.strip_prefix(kind.prefix())?;
        let secret = URL_SAFE_NO_PAD.decode(encoded).ok()?.try_into().ok()?;
        Some(Self { kind, secret })
    }

    /// The token as its owner gets it: prefix and 43 characters of base64url.
    pub fn text(&self) -> String {
        format!("{}{}", self.kind.prefix(), URL_SAFE_NO_PAD.encode(self.secret))
    }

    /// What we store and look up: SHA-256 of the text, in hex. A fast hash is enough for 256 random bits, and a lookup
    /// by hash tells nothing by its time.
    pub fn digest(&self) -> String {
        hex(&Sha256::digest(self.text()))
    }

    pub(crate) const fn secret(&self) -> &[u8; 32] {
        &self.secret
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", self.kind.prefix())
    }
}

/// Bytes in lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// 32 bytes from lower-case hex, as [`hex`] wrote them.
pub fn from_hex(text: &str) -> Option<[u8; 32]> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let bytes: Option<Vec<u8>> = text
        .as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some((digit(high)? << 4) | digit(low)?),
            _ => None,
        })
        .collect();
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_as_its_own_kind_only() {
        let token = Token::new(TokenKind::Access, [0xA5; 32]);
        assert_eq!(token.text().len(), 47);
        assert_eq!(Token::parse(TokenKind::Access, &token.text()).as_ref(), Some(&token));
        assert_eq!(Token::parse(TokenKind::Refresh, &token.text()), None);
    }

    #[test]
    fn text_that_is_no_token_is_refused() {
        let text = Token::new(TokenKind::Refresh, [0; 32]).text();
        let one_bit_more = format!("{}B", &text[..text.len() - 1]);
        for bad in [
            "",
            "rcr_",
            "rcr_AAAA",
            &text[..46],
            &format!("{text}A"),
            &format!("{text}="),
            &one_bit_more,
            &text[4..],
        ] {
            assert_eq!(Token::parse(TokenKind::Refresh, bad), None, "{bad}");
        }
    }

    /// What stands in the tables of a running system: a change would sign everybody out.
    #[test]
    fn the_stored_form_is_pinned() {
        let token = Token::new(TokenKind::Access, [0; 32]);
        assert_eq!(token.text(), "rca_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(token.digest(), "549f27ae27e369cb7bd033b3616c1c624b62205ff926d9a65e95692a938390d4");
    }

    #[test]
    fn a_debug_print_does_not_show_the_secret() {
        assert_eq!(format!("{:?}", Token::new(TokenKind::Access, [1; 32])), "rca_…");
    }

    #[test]
    fn hex_reads_back() {
        let bytes: [u8; 32] = std::array::from_fn(|index| u8::try_from(index * 8).unwrap());
        assert_eq!(from_hex(&hex(&bytes)), Some(bytes));
        assert_eq!(hex(&[0x0f, 0xa0]), "0fa0");
        for bad in ["", "0", "zz", &"0".repeat(63), &"0".repeat(66), &"é".repeat(32)] {
            assert_eq!(from_hex(bad), None, "{bad}");
        }
    }
}
