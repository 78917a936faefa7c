//! What only the holder of our key can make: stop links, and hashes of addresses and codes.

use alerts::Channel;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contract::ids::{AlertId, ChannelId};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// The key behind the links.
#[derive(Clone)]
pub struct Seal {
    /// SHA-256 of the secret, filled up to the block of HMAC-SHA256: of that size every key is accepted.
    key: [u8; 64],
}

/// The secret is shorter than 32 characters: half of a hex-written 256-bit secret would still be 128 bits strong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooShort;

impl Seal {
    /// Takes the secret as configured.
    pub fn new(secret: &str) -> Result<Self, TooShort> {
        if secret.len() < 32 {
            return Err(TooShort);
        }
        let mut key = [0; 64];
        for (slot, byte) in key.iter_mut().zip(Sha256::digest(secret)) {
            *slot = byte;
        }
        Ok(Self { key })
    }

    /// The token of an alert's stop link: the alert's id, a dot, and our mark. It opens nothing but the stop.
    pub fn stop_token(&self, alert: &AlertId) -> String {
        format!(
            "{alert}.{}",
            URL_SAFE_NO_PAD.encode(self.mac("stop", &[alert.as_str()]).finalize().into_bytes())
        )
    }

    /// The alert a stop link was made for; compares in constant time.
    pub fn open_stop_token(&self, token: &str) -> Option<AlertId> {
        let (id, mark) = token.split_once('.')?;
        let alert: AlertId = id.parse().ok()?;
        let mark = URL_SAFE_NO_PAD.decode(mark).ok()?;
        self.mac("stop", &[alert.as_str()]).verify_slice(&mark).ok().map(|()| alert)
    }

    /// What an address is known by where it must be recognised but not read. ASCII letters of either case are one address.
    pub fn address_hash(&self, channel: Channel, address: &str) -> String {
        self.hash("address", &[channel.as_str(), &address.trim().to_ascii_lowercase()])
    }

    /// What is kept of a code: six digits alone would be found by trying a million hashes.
    pub fn code_hash(&self, channel: &ChannelId, code: &str) -> String {
        self.hash("code", &[channel.as_str(), code])
    }

    fn hash(&self, purpose: &str, parts: &[&str]) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(purpose, parts).finalize().into_bytes())
    }

    /// No part holds a NUL byte, so no two lists of parts give one input.
    fn mac(&self, purpose: &str, parts: &[&str]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new((&self.key).into());
        mac.update(purpose.as_bytes());
        for part in parts {
            mac.update(&[0]);
            mac.update(part.as_bytes());
        }
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(letter: &str) -> Seal {
        Seal::new(&letter.repeat(32)).unwrap()
    }

    #[test]
    fn a_stop_link_opens_with_the_key_it_was_made_with_and_no_other() {
        let alert = AlertId::from_bytes([7; 16]);
        let token = seal("a").stop_token(&alert);
        assert_eq!(seal("a").open_stop_token(&token), Some(alert));
        assert_eq!(seal("b").open_stop_token(&token), None);
    }

    #[test]
    fn a_changed_stop_link_opens_nothing() {
        let token = seal("a").stop_token(&AlertId::from_bytes([7; 16]));
        for at in 0..token.len() {
            let changed: String = token
                .char_indices()
                .map(|(index, letter)| match letter {
                    'A' if index == at => 'B',
                    _ if index == at => 'A',
                    letter => letter,
                })
                .collect();
            // The last of 43 letters carries four bits only: two spellings, of which the decoder takes one.
            assert_eq!(seal("a").open_stop_token(&changed), None, "{at}");
        }
        for text in ["", ".", "alr_00000000000040008000000000000000", "alr_00000000000040008000000000000000."]
        {
            assert_eq!(seal("a").open_stop_token(text), None, "{text}");
        }
    }

    #[test]
    fn one_address_has_one_hash_a_channel() {
        let hash = |channel, address| seal("a").address_hash(channel, address);
        assert_eq!(hash(Channel::Email, "Ann@Example.com "), hash(Channel::Email, "ann@example.com"));
        assert_ne!(hash(Channel::Email, "ann@example.com"), hash(Channel::Sms, "ann@example.com"));
    }

    #[test]
    fn a_short_key_is_refused() {
        assert_eq!(Seal::new("short").err(), Some(TooShort));
    }
}
