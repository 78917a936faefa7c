//! `POST /v1/auth/refresh`.

use contract::account::{Refresh, Session};
use edge::clock::from_ms;
use edge::{Call, Clock, Failure, Result, random, reply};
use identity::session::{Decision, Lifetimes, Pair, decide};
use identity::token::{from_hex, hex};
use identity::{Token, TokenKind};
use serde_json::json;
use worker::Response;

use crate::app::{App, unauthenticated};
use crate::store_d1::sessions::{self, EndReason, RefreshToken};

/// Trades a refresh token for the next pair. Two callers may come at once; the one that is second finds the token used
/// and is decided upon again, as if it had come later.
pub async fn refresh(app: &App<'_>, call: &mut Call) -> Result<Response> {
    let body: Refresh = call.json().await?;
    let used = Token::parse(TokenKind::Refresh, &body.refresh_token).ok_or_else(unauthenticated)?;
    let device_hash = app.device_hash(call);
    for _ in 0..2 {
        let row = sessions::refresh_token(&app.db, &used.digest(), &device_hash)
            .await?
            .ok_or_else(unauthenticated)?;
        let now_ms = Clock::wall_ms();
        match decide(&row.state, now_ms) {
            Decision::Rotate => {
                let seed = random::bytes()?;
                let pair = Pair::following(&used, &seed, &app.config.pepper);
                let lifetimes = Lifetimes::at(now_ms, row.session_ends_at_ms);
                if sessions::rotate(&app.db, &used, &hex(&seed), &pair, lifetimes, now_ms).await? {
                    return session_answer(app, &pair, lifetimes).await;
                }
            }
            Decision::Repeat => return repeat(app, &used, &row).await,
            Decision::EndSession => {
                sessions::end(&app.db, &row.session_id, None, EndReason::TokenReused, now_ms).await?;
                app.log.warn("refresh_token_reused", json!({ "session_id": row.session_id }));
                return Err(unauthenticated());
            }
            Decision::Expired => return Err(unauthenticated()),
        }
    }
    Err(Failure::internal("a refresh token was neither rotated by this call nor by another"))
}

/// The pair that was issued for this token a moment ago, once more.
async fn repeat(app: &App<'_>, used: &Token, row: &RefreshToken) -> Result<Response> {
    let (seed, used_at_ms) = row
        .next_seed
        .as_deref()
        .and_then(from_hex)
        .zip(row.state.used_at_ms)
        .ok_or_else(|| Failure::internal("a used refresh token has no seed"))?;
    let pair = Pair::following(used, &seed, &app.config.pepper);
    session_answer(app, &pair, Lifetimes::at(used_at_ms, row.session_ends_at_ms)).await
}

/// The answer that hands out a pair.
pub async fn session_answer(app: &App<'_>, pair: &Pair, lifetimes: Lifetimes) -> Result<Response> {
    let access_token = pair.access.text();
    let user = app.session_of(&access_token).await?.me();
    reply::json(&Session {
        access_token,
        access_expires_at: from_ms(lifetimes.access_expires_at_ms),
        refresh_token: pair.refresh.text(),
        refresh_expires_at: from_ms(lifetimes.refresh_expires_at_ms),
        user,
    })
}
