//! The server's own secret, without which what the database holds is of no use.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// A secret known to the Worker and absent from the database. Every use has its own key, derived by HMAC-SHA256.
#[derive(Clone)]
pub struct Pepper {
    /// SHA-256 of the secret, filled up to the block of HMAC-SHA256: of that size every key is accepted.
    key: [u8; 64],
}

/// The secret is shorter than [`Pepper::MIN_BYTES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooShort;

impl Pepper {
    /// Half of a hex-written 256-bit secret would still be 128 bits strong.
    pub const MIN_BYTES: usize = 32;

    /// Takes the secret as configured.
    pub fn new(secret: &str) -> Result<Self, TooShort> {
        if secret.len() < Self::MIN_BYTES {
            return Err(TooShort);
        }
        let mut key = [0; 64];
        for (slot, byte) in key.iter_mut().zip(Sha256::digest(secret)) {
            *slot = byte;
        }
        Ok(Self { key })
    }

    /// 32 bytes that only the holder of the secret can compute from `data`. A purpose holds no NUL byte, so no
    /// two pairs of purpose and data give one input.
    pub fn keyed(&self, purpose: Purpose, data: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new((&self.key).into());
        mac.update(purpose.label());
        mac.update(&[0]);
        mac.update(data);
        mac.finalize().into_bytes().into()
    }
}

/// What a derived secret is for. Labels are part of the stored format: they never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The secret input of argon2.
    Password,
    /// The access token that follows a refresh token.
    NextAccessToken,
    /// The refresh token that follows a refresh token.
    NextRefreshToken,
    /// The name of a rate limiter, so that it shows no address.
    LimiterName,
    /// The mark of a device, so that its user agent is not kept.
    Device,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Password => b"password",
            Self::NextAccessToken => b"next-access-token",
            Self::NextRefreshToken => b"next-refresh-token",
            Self::LimiterName => b"limiter-name",
            Self::Device => b"device",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_short_secret_is_refused() {
        assert!(Pepper::new(&SECRET[1..]).is_err());
        assert!(Pepper::new(SECRET).is_ok());
    }

    #[test]
    fn each_purpose_and_each_input_has_its_own_key() {
        let pepper = Pepper::new(SECRET).unwrap();
        let other = Pepper::new("fedcba9876543210fedcba9876543210").unwrap();
        let key = pepper.keyed(Purpose::Password, b"x");
        assert_ne!(key, pepper.keyed(Purpose::LimiterName, b"x"));
        assert_ne!(key, pepper.keyed(Purpose::Password, b"y"));
        assert_ne!(key, other.keyed(Purpose::Password, b"x"));
    }
}
