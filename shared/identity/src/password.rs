//! Passwords: which we accept, and how they are kept.
//!
//! argon2id with the parameters OWASP names first (Password Storage Cheat Sheet), the pepper as argon2's secret input,
//! stored as a PHC string. 19 MiB is one block that is taken and given back within a synchronous call, so an isolate
//! never holds two.

use argon2::password_hash::{Salt, SaltString};
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};

use crate::email::EmailAddress;
use crate::pepper::{Pepper, Purpose};

mod common;

/// Fewer characters are refused (ASVS 5.0, 6.2.1).
pub const MIN_CHARS: usize = 8;
/// More bytes are refused: far beyond the 64 characters that ASVS wants allowed, and a bound on what is hashed.
pub const MAX_BYTES: usize = 1024;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Of nobody's password: hashed against when there is no such person, so that the answer takes as long. Its parameters
/// are the current ones (a test holds it to that).
const STAND_IN: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why a password cannot be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unacceptable {
    /// Fewer than [`MIN_CHARS`] characters.
    TooShort,
    /// More than [`MAX_BYTES`] bytes.
    TooLong,
    /// Among the first that anybody would try.
    TooCommon,
}

/// argon2 could not run (no memory), so nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashFailed;

/// Whether a password is somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is not.
    Wrong,
    /// It is.
    Right,
    /// It is, and it should be stored anew with today's parameters.
    RightButOutdated,
}

/// Whether a person with this address may choose this password. No rules on which letters: length is what counts.
pub fn check(password: &str, address: &EmailAddress) -> Result<(), Unacceptable> {
    if password.chars().count() < MIN_CHARS {
        return Err(Unacceptable::TooShort);
    }
    if password.len() > MAX_BYTES {
        return Err(Unacceptable::TooLong);
    }
    let lower = password.to_lowercase();
    let own_name = lower == address.as_str() || lower == address.local_part();
    if own_name || common::is_common(&lower) { Err(Unacceptable::TooCommon) } else { Ok(()) }
}

/// The PHC string to store. `salt` is 16 bytes of a cryptographic random source.
pub fn hash(password: &str, salt: [u8; 16], pepper: &Pepper) -> Result<String, HashFailed> {
    let secret = pepper.keyed(Purpose::Password, &[]);
    let salt = SaltString::encode_b64(&salt).map_err(|_| HashFailed)?;
    let hashed =
        hasher(&secret)?.hash_password(password.as_bytes(), Salt::from(&salt)).map_err(|_| HashFailed)?;
    Ok(hashed.to_string())
}

/// Whether `password` is the one stored; `None` where there is no such person. Takes the same work in either case, and
/// the comparison is in constant time.
pub fn verify(password: &str, stored: Option<&str>, pepper: &Pepper) -> Result<Verdict, HashFailed> {
    if password.len() > MAX_BYTES {
        return Ok(Verdict::Wrong);
    }
    let secret = pepper.keyed(Purpose::Password, &[]);
    let hasher = hasher(&secret)?;
    let phc = PasswordHash::new(stored.unwrap_or(STAND_IN)).map_err(|_| HashFailed)?;
    let matches = match hasher.verify_password(password.as_bytes(), &phc) {
        Ok(()) => true,
        Err(argon2::password_hash::Error::Password) => false,
        Err(_) => return Err(HashFailed),
    };
    Ok(match (stored.is_some() && matches, is_outdated(&phc)) {
        (false, _) => Verdict::Wrong,
        (true, false) => Verdict::Right,
        (true, true) => Verdict::RightButOutdated,
    })
}

fn hasher(secret: &[u8]) -> Result<Argon2<'_>, HashFailed> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| HashFailed)?;
    Argon2::new_with_secret(secret, Algorithm::Argon2id, Version::V0x13, params).map_err(|_| HashFailed)
}

fn is_outdated(phc: &PasswordHash<'_>) -> bool {
    let current = Params::try_from(phc).is_ok_and(|params| {
        (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, LANES)
    });
    !(current && phc.algorithm == Algorithm::Argon2id.ident())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with the reference implementation (argon2-cffi 25.1): password `rose garden tip-off`, salt 16 times 07,
    /// secret HMAC-SHA256(SHA-256(pepper), "password\0").
    const REFERENCE: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$lFq7fFToucwaduc7B6Tay1C6y9WWsGLxwH4qEpYii9I";
    const PASSWORD: &str = "rose garden tip-off";

    fn pepper() -> Pepper {
        Pepper::new("0123456789abcdef0123456789abcdef").unwrap()
    }

    fn ann() -> EmailAddress {
        EmailAddress::parse("annlee77@example.com").unwrap()
    }

    #[test]
    fn the_stored_form_is_what_the_reference_implementation_makes() {
        assert_eq!(hash(PASSWORD, [7; 16], &pepper()).as_deref(), Ok(REFERENCE));
    }

    #[test]
    fn only_the_password_itself_is_right() {
        assert_eq!(verify(PASSWORD, Some(REFERENCE), &pepper()), Ok(Verdict::Right));
        for wrong in ["", "rose garden tip-of", "Rose garden tip-off", "rose garden tip-off "] {
            assert_eq!(verify(wrong, Some(REFERENCE), &pepper()), Ok(Verdict::Wrong), "{wrong:?}");
        }
    }

    #[test]
    fn without_the_pepper_the_stored_hash_is_of_no_use() {
        let other = Pepper::new("fedcba9876543210fedcba9876543210").unwrap();
        assert_eq!(verify(PASSWORD, Some(REFERENCE), &other), Ok(Verdict::Wrong));
    }

    /// RFC 9106, 5.3: the algorithm underneath, with secret and associated data.
    #[test]
    fn argon2id_gives_the_tag_of_the_rfc() {
        let params = argon2::ParamsBuilder::new()
            .m_cost(32)
            .t_cost(3)
            .p_cost(4)
            .data(argon2::AssociatedData::new(&[4; 12]).unwrap())
            .build()
            .unwrap();
        let argon2 = Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params).unwrap();
        let mut tag = [0; 32];
        argon2.hash_password_into(&[1; 32], &[2; 16], &mut tag).unwrap();
        assert_eq!(
            crate::token::hex(&tag),
            "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
        );
    }

    #[test]
    fn nobody_has_the_stand_ins_password_and_it_costs_as_much_as_a_real_one() {
        assert_eq!(verify(PASSWORD, None, &pepper()), Ok(Verdict::Wrong));
        assert!(!is_outdated(&PasswordHash::new(STAND_IN).unwrap()));
    }

    #[test]
    fn weaker_parameters_are_noticed() {
        let weak = Argon2::new_with_secret(
            &pepper().keyed(Purpose::Password, &[]),
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(7 * 1024, 5, 1, None).unwrap(),
        )
        .unwrap()
        .hash_password(PASSWORD.as_bytes(), Salt::from_b64("BwcHBwcHBwcHBwcHBwcHBw").unwrap())
        .unwrap()
        .to_string();
        assert_eq!(verify(PASSWORD, Some(&weak), &pepper()), Ok(Verdict::RightButOutdated));
        assert_eq!(verify("wrong password", Some(&weak), &pepper()), Ok(Verdict::Wrong));
    }

    #[test]
    fn a_damaged_record_lets_nobody_in() {
        assert_eq!(verify(PASSWORD, Some("not a hash"), &pepper()), Err(HashFailed));
    }

    #[test]
    fn length_is_asked_for_and_bounded() {
        assert_eq!(check("1a!Xz-q", &ann()), Err(Unacceptable::TooShort));
        assert_eq!(check("ünübertr", &ann()), Ok(()));
        assert_eq!(check(&"long ".repeat(204), &ann()), Ok(()));
        assert_eq!(check(&"long ".repeat(205), &ann()), Err(Unacceptable::TooLong));
        assert_eq!(verify(&"long ".repeat(205), Some(REFERENCE), &pepper()), Ok(Verdict::Wrong));
    }

    #[test]
    fn what_anybody_would_try_first_is_refused() {
        for common in [
            "password",
            "PassWord1",
            "12345678",
            "qwertyuiop",
            "aaaaaaaa",
            "abcdefgh",
            "87654321",
            "iloveyou",
        ] {
            assert_eq!(check(common, &ann()), Err(Unacceptable::TooCommon), "{common}");
        }
        for own in ["annlee77", "AnnLee77@example.com"] {
            assert_eq!(check(own, &ann()), Err(Unacceptable::TooCommon), "{own}");
        }
        for fine in ["correct horse", "aaaaaaab1", "trail blazers 77"] {
            assert_eq!(check(fine, &ann()), Ok(()), "{fine}");
        }
    }
}
