//! Tables `sessions`, `access_tokens` and `refresh_tokens`.

use contract::account::{Me, OpenSession};
use contract::ids::{SessionId, UserId};
use contract::internal::Principal;
use edge::clock::from_ms;
use edge::d1::{self, int, text};
use edge::{Failure, Result};
use identity::session::{Lifetimes, Pair, RefreshState};
use identity::{Entitlements, Plan, Token};
use serde::Deserialize;
use worker::D1Database;

use super::{result_at, stored_id};

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// The person said so.
    SignedOut,
    /// A refresh token was used twice.
    TokenReused,
}

impl EndReason {
    const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::TokenReused => "token_reused",
        }
    }
}

/// A session that is to begin.
pub struct NewSession<'a> {
    pub id: &'a SessionId,
    pub user_id: &'a UserId,
    pub device_hash: &'a str,
    pub pair: &'a Pair,
    pub lifetimes: Lifetimes,
    pub now_ms: i64,
    pub ends_at_ms: i64,
}

/// Begins a session, and clears away the person's sessions that are over.
pub async fn begin(db: &D1Database, new: &NewSession<'_>) -> Result<()> {
    let (id, user, now) = (text(new.id.as_str()), text(new.user_id.as_str()), int(new.now_ms)?);
    db.batch(vec![
        d1::statement(
            db,
            "DELETE FROM sessions WHERE user_id = ?1 AND (ended_at_ms IS NOT NULL OR ends_at_ms <= ?2)",
            &[user.clone(), now.clone()],
        )?,
        d1::statement(
            db,
            "INSERT INTO sessions (id, user_id, device_hash, created_at_ms, last_used_at_ms, ends_at_ms)
             VALUES (?1, ?2, ?3, ?4, ?4, ?5)",
            &[id.clone(), user, text(new.device_hash), now, int(new.ends_at_ms)?],
        )?,
        d1::statement(
            db,
            "INSERT INTO access_tokens (token_hash, session_id, expires_at_ms) VALUES (?1, ?2, ?3)",
            &[text(new.pair.access.digest()), id.clone(), int(new.lifetimes.access_expires_at_ms)?],
        )?,
        d1::statement(
            db,
            "INSERT INTO refresh_tokens (token_hash, session_id, expires_at_ms) VALUES (?1, ?2, ?3)",
            &[text(new.pair.refresh.digest()), id, int(new.lifetimes.refresh_expires_at_ms)?],
        )?,
    ])
    .await
    .map(drop)
    .map_err(Failure::from)
}

/// Somebody who is signed in.
pub struct SignedIn {
    pub session_id: SessionId,
    pub user_id: UserId,
    pub email: String,
    pub email_verified: bool,
    pub entitlements: Entitlements,
    created_at_ms: i64,
}

impl SignedIn {
    /// As other Workers need to know them.
    pub fn principal(&self) -> Principal {
        Principal {
            user_id: self.user_id.clone(),
            email_verified: self.email_verified,
            entitlements: self.entitlements,
        }
    }

    /// As they see themselves.
    pub fn me(&self) -> Me {
        Me {
            id: self.user_id.clone(),
            email: self.email.clone(),
            email_verified: self.email_verified,
            entitlements: self.entitlements,
            created_at: from_ms(self.created_at_ms),
        }
    }
}

#[derive(Deserialize)]
struct SignedInRow {
    session_id: String,
    user_id: String,
    email: String,
    email_verified_at_ms: Option<i64>,
    created_at_ms: i64,
    plan: Option<String>,
    valid_until_ms: Option<i64>,
}

/// Who an access token belongs to, if it is good at `now_ms`.
pub async fn signed_in(db: &D1Database, access_token_hash: &str, now_ms: i64) -> Result<Option<SignedIn>> {
    let row: Option<SignedInRow> = d1::first(
        db,
        "SELECT s.id AS session_id, u.id AS user_id, u.email, u.email_verified_at_ms, u.created_at_ms,
                e.plan, e.valid_until_ms
         FROM access_tokens t
         JOIN sessions s ON s.id = t.session_id
         JOIN users u ON u.id = s.user_id
         LEFT JOIN entitlements e ON e.user_id = u.id
         WHERE t.token_hash = ?1 AND t.expires_at_ms > ?2 AND s.ended_at_ms IS NULL",
        &[text(access_token_hash), int(now_ms)?],
    )
    .await?;
    row.map(|row| {
        // A plan of a newer version of this code reads as free until this one is replaced.
        let plan = row.plan.as_deref().and_then(Plan::parse).unwrap_or_default();
        Ok(SignedIn {
            session_id: stored_id(&row.session_id)?,
            user_id: stored_id(&row.user_id)?,
            email: row.email,
            email_verified: row.email_verified_at_ms.is_some(),
            entitlements: plan.in_force(row.valid_until_ms, now_ms).entitlements(),
            created_at_ms: row.created_at_ms,
        })
    })
    .transpose()
}

/// A refresh token as it stands.
pub struct RefreshToken {
    pub session_id: SessionId,
    pub session_ends_at_ms: i64,
    pub state: RefreshState,
    /// What the next pair was derived from, once it was used.
    pub next_seed: Option<String>,
}

#[derive(Deserialize)]
struct RefreshRow {
    session_id: String,
    expires_at_ms: i64,
    used_at_ms: Option<i64>,
    next_seed: Option<String>,
    ends_at_ms: i64,
    ended_at_ms: Option<i64>,
    device_hash: String,
    next_used_at_ms: Option<i64>,
}

/// The refresh token with this hash, seen by a device with that mark.
pub async fn refresh_token(
    db: &D1Database,
    token_hash: &str,
    device_hash: &str,
) -> Result<Option<RefreshToken>> {
    let row: Option<RefreshRow> = d1::first(
        db,
        "SELECT t.session_id, t.expires_at_ms, t.used_at_ms, t.next_seed, s.ends_at_ms, s.ended_at_ms, s.device_hash,
                n.used_at_ms AS next_used_at_ms
         FROM refresh_tokens t
         JOIN sessions s ON s.id = t.session_id
         LEFT JOIN refresh_tokens n ON n.token_hash = t.next_hash
         WHERE t.token_hash = ?1",
        &[text(token_hash)],
    )
    .await?;
    row.map(|row| {
        Ok(RefreshToken {
            session_id: stored_id(&row.session_id)?,
            session_ends_at_ms: row.ends_at_ms,
            state: RefreshState {
                expires_at_ms: row.expires_at_ms,
                used_at_ms: row.used_at_ms,
                session_ended: row.ended_at_ms.is_some(),
                same_device: row.device_hash == device_hash,
                next_used: row.next_used_at_ms.is_some(),
            },
            next_seed: row.next_seed,
        })
    })
    .transpose()
}

/// Uses up a refresh token in favour of `next`. One transaction, of which the first statement decides: of two parties
/// that come at once, one gets `true`.
pub async fn rotate(
    db: &D1Database,
    used: &Token,
    seed: &str,
    next: &Pair,
    lifetimes: Lifetimes,
    now_ms: i64,
) -> Result<bool> {
    let (used, seed, now) = (text(used.digest()), text(seed), int(now_ms)?);
    let next_hash = text(next.refresh.digest());
    let results = db
        .batch(vec![
            d1::statement(
                db,
                "UPDATE refresh_tokens SET used_at_ms = ?2, next_seed = ?3, next_hash = ?4
                 WHERE token_hash = ?1 AND used_at_ms IS NULL AND expires_at_ms > ?2
                   AND (SELECT ended_at_ms FROM sessions WHERE id = session_id) IS NULL",
                &[used.clone(), now.clone(), seed.clone(), next_hash.clone()],
            )?,
            d1::statement(
                db,
                "INSERT INTO refresh_tokens (token_hash, session_id, expires_at_ms)
                 SELECT ?3, session_id, ?4 FROM refresh_tokens WHERE token_hash = ?1 AND next_seed = ?2",
                &[used.clone(), seed.clone(), next_hash, int(lifetimes.refresh_expires_at_ms)?],
            )?,
            d1::statement(
                db,
                "INSERT INTO access_tokens (token_hash, session_id, expires_at_ms)
                 SELECT ?3, session_id, ?4 FROM refresh_tokens WHERE token_hash = ?1 AND next_seed = ?2",
                &[used.clone(), seed, text(next.access.digest()), int(lifetimes.access_expires_at_ms)?],
            )?,
            d1::statement(
                db,
                "UPDATE sessions SET last_used_at_ms = ?2
                 WHERE id = (SELECT session_id FROM refresh_tokens WHERE token_hash = ?1)",
                &[used.clone(), now.clone()],
            )?,
            d1::statement(
                db,
                "DELETE FROM access_tokens WHERE expires_at_ms <= ?2
                   AND session_id = (SELECT session_id FROM refresh_tokens WHERE token_hash = ?1)",
                &[used.clone(), now.clone()],
            )?,
            d1::statement(
                db,
                "DELETE FROM refresh_tokens WHERE expires_at_ms <= ?2
                   AND session_id = (SELECT session_id FROM refresh_tokens WHERE token_hash = ?1)",
                &[used, now],
            )?,
        ])
        .await?;
    Ok(d1::changes(result_at(&results, 0)?)? > 0)
}

/// Ends a session of this person; answers whether there was one to end.
pub async fn end(
    db: &D1Database,
    session_id: &SessionId,
    user_id: Option<&UserId>,
    reason: EndReason,
    now_ms: i64,
) -> Result<bool> {
    let ended = d1::run(
        db,
        "UPDATE sessions SET ended_at_ms = ?3, end_reason = ?4
         WHERE id = ?1 AND ended_at_ms IS NULL AND (?2 IS NULL OR user_id = ?2)",
        &[
            text(session_id.as_str()),
            d1::optional_text(user_id.map(UserId::as_str)),
            int(now_ms)?,
            text(reason.as_str()),
        ],
    )
    .await?;
    Ok(ended > 0)
}

#[derive(Deserialize)]
struct OpenRow {
    id: String,
    created_at_ms: i64,
    last_used_at_ms: i64,
}

/// The person's sessions that are not over, last used first; 100 at most.
pub async fn open(db: &D1Database, asking: &SignedIn, now_ms: i64) -> Result<Vec<OpenSession>> {
    let rows: Vec<OpenRow> = d1::rows(
        db,
        "SELECT id, created_at_ms, last_used_at_ms FROM sessions
         WHERE user_id = ?1 AND ended_at_ms IS NULL AND ends_at_ms > ?2 ORDER BY last_used_at_ms DESC, id LIMIT 100",
        &[text(asking.user_id.as_str()), int(now_ms)?],
    )
    .await?;
    rows.into_iter()
        .map(|row| {
            let id = stored_id(&row.id)?;
            Ok(OpenSession {
                current: id == asking.session_id,
                id,
                created_at: from_ms(row.created_at_ms),
                last_used_at: from_ms(row.last_used_at_ms),
            })
        })
        .collect()
}
