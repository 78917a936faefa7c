//! How long a session lives and what a refresh token is still good for (RFC 9700, 4.14.2: rotation).
//!
//! Every refresh token works once. Its use gives a new pair; a second use means that two parties hold the token, and
//! since nobody can tell which is the thief, the whole session ends. The one exception is an answer that was lost on its
//! way: within [`GRACE_MS`] the same device is given *the same* pair again, so that no second line of tokens comes up.

use crate::pepper::{Pepper, Purpose};
use crate::token::{Token, TokenKind};

const MINUTE_MS: i64 = 60 * 1000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// An access token lives 15 minutes.
pub const ACCESS_LIFE_MS: i64 = 15 * MINUTE_MS;
/// A session that is not used for 30 days is over.
pub const REFRESH_LIFE_MS: i64 = 30 * DAY_MS;
/// After 90 days everybody signs in again.
pub const SESSION_LIFE_MS: i64 = 90 * DAY_MS;
/// How long a used refresh token is answered once more: longer than a phone needs to repeat a request that got no
/// answer, shorter than a thief needs to make use of it unnoticed.
pub const GRACE_MS: i64 = 10 * 1000;

/// What is known of a refresh token when it comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshState {
    /// When it runs out unused.
    pub expires_at_ms: i64,
    /// When it was used, if it was.
    pub used_at_ms: Option<i64>,
    /// Whether its session was ended.
    pub session_ended: bool,
    /// Whether it comes from the device that signed in.
    pub same_device: bool,
    /// Whether the refresh token that followed it was used already: then its answer did arrive.
    pub next_used: bool,
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Use it up and issue the next pair.
    Rotate,
    /// Its answer may have been lost: give the pair that was issued once more.
    Repeat,
    /// It was used before: end the session, whoever this is.
    EndSession,
    /// It is of no use any more, and that is nobody's fault.
    Expired,
}

/// What a refresh token is still good for at `now_ms`.
pub const fn decide(state: &RefreshState, now_ms: i64) -> Decision {
    if state.session_ended {
        return Decision::Expired;
    }
    match state.used_at_ms {
        Some(used_at_ms) => {
            let just_now = now_ms.saturating_sub(used_at_ms) <= GRACE_MS;
            if just_now && state.same_device && !state.next_used {
                Decision::Repeat
            } else {
                Decision::EndSession
            }
        }
        None if now_ms >= state.expires_at_ms => Decision::Expired,
        None => Decision::Rotate,
    }
}

/// When a pair issued now runs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// The access token.
    pub access_expires_at_ms: i64,
    /// The refresh token.
    pub refresh_expires_at_ms: i64,
}

impl Lifetimes {
    /// Of a pair issued at `now_ms` in a session that is over at `session_ends_at_ms` at the latest.
    pub fn at(now_ms: i64, session_ends_at_ms: i64) -> Self {
        Self {
            access_expires_at_ms: now_ms.saturating_add(ACCESS_LIFE_MS).min(session_ends_at_ms),
            refresh_expires_at_ms: now_ms.saturating_add(REFRESH_LIFE_MS).min(session_ends_at_ms),
        }
    }
}

/// An access token and the refresh token that follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Opens the API.
    pub access: Token,
    /// Trades for the next pair.
    pub refresh: Token,
}

impl Pair {
    /// The first pair of a session, from two draws of 32 random bytes.
    pub const fn first(access: [u8; 32], refresh: [u8; 32]) -> Self {
        Self {
            access: Token::new(TokenKind::Access, access),
            refresh: Token::new(TokenKind::Refresh, refresh),
        }
    }

    /// The pair that follows `used`. `seed` is 32 random bytes drawn when `used` was used and stored beside it; with
    /// it the same pair can be given again without keeping it in the clear. Who holds the database lacks the pepper and
    /// the used token; who holds the used token lacks the other two.
    pub fn following(used: &Token, seed: &[u8; 32], pepper: &Pepper) -> Self {
        let input = [seed.as_slice(), used.secret().as_slice()].concat();
        Self::first(
            pepper.keyed(Purpose::NextAccessToken, &input),
            pepper.keyed(Purpose::NextRefreshToken, &input),
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "test arithmetic on small constants")]
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn unused() -> RefreshState {
        RefreshState {
            expires_at_ms: NOW + 1,
            used_at_ms: None,
            session_ended: false,
            same_device: true,
            next_used: false,
        }
    }

    fn used(ago_ms: i64) -> RefreshState {
        RefreshState { used_at_ms: Some(NOW - ago_ms), ..unused() }
    }

    #[test]
    fn an_unused_token_rotates_until_the_moment_it_expires() {
        assert_eq!(decide(&unused(), NOW), Decision::Rotate);
        assert_eq!(decide(&unused(), NOW + 1), Decision::Expired);
    }

    #[test]
    fn a_new_device_may_carry_an_unused_token() {
        assert_eq!(decide(&RefreshState { same_device: false, ..unused() }, NOW), Decision::Rotate);
    }

    #[test]
    fn a_lost_answer_is_repeated_for_ten_seconds() {
        assert_eq!(decide(&used(0), NOW), Decision::Repeat);
        assert_eq!(decide(&used(GRACE_MS), NOW), Decision::Repeat);
        assert_eq!(decide(&used(GRACE_MS + 1), NOW), Decision::EndSession);
    }

    #[test]
    fn another_device_has_no_grace() {
        assert_eq!(decide(&RefreshState { same_device: false, ..used(1) }, NOW), Decision::EndSession);
    }

    #[test]
    fn an_answer_that_did_arrive_is_not_repeated() {
        assert_eq!(decide(&RefreshState { next_used: true, ..used(1) }, NOW), Decision::EndSession);
    }

    #[test]
    fn reuse_is_noticed_even_after_the_token_expired() {
        assert_eq!(
            decide(&RefreshState { expires_at_ms: NOW - DAY_MS, ..used(DAY_MS * 2) }, NOW),
            Decision::EndSession
        );
    }

    #[test]
    fn nothing_comes_out_of_an_ended_session() {
        for state in [unused(), used(0), used(DAY_MS)] {
            assert_eq!(decide(&RefreshState { session_ended: true, ..state }, NOW), Decision::Expired);
        }
    }

    #[test]
    fn no_token_outlives_its_session() {
        let fresh = Lifetimes::at(NOW, NOW + SESSION_LIFE_MS);
        assert_eq!(fresh.access_expires_at_ms, NOW + ACCESS_LIFE_MS);
        assert_eq!(fresh.refresh_expires_at_ms, NOW + REFRESH_LIFE_MS);
        let last = Lifetimes::at(NOW, NOW + 5);
        assert_eq!((last.access_expires_at_ms, last.refresh_expires_at_ms), (NOW + 5, NOW + 5));
    }

    #[test]
    fn the_following_pair_is_the_same_again_and_needs_all_three_secrets() {
        let pepper = Pepper::new("0123456789abcdef0123456789abcdef").unwrap();
        let other = Pepper::new("fedcba9876543210fedcba9876543210").unwrap();
        let token = Token::new(TokenKind::Refresh, [1; 32]);
        let pair = Pair::following(&token, &[2; 32], &pepper);
        assert_eq!(pair, Pair::following(&token, &[2; 32], &pepper));
        assert_ne!(pair.access.secret(), pair.refresh.secret());
        assert_ne!(pair, Pair::following(&token, &[3; 32], &pepper));
        assert_ne!(pair, Pair::following(&Token::new(TokenKind::Refresh, [9; 32]), &[2; 32], &pepper));
        assert_ne!(pair, Pair::following(&token, &[2; 32], &other));
    }
}
