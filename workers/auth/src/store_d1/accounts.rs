//! Tables `users`, `credentials` and `verifications`.

use contract::ids::UserId;
use edge::d1::{self, int, text};
use edge::{Failure, Result};
use identity::EmailAddress;
use serde::Deserialize;
use worker::D1Database;

use super::{result_at, stored_id};

/// What somebody who registers brings along.
pub struct Registration<'a> {
    pub user_id: &'a UserId,
    pub email: &'a EmailAddress,
    pub password_hash: &'a str,
    pub token_hash: &'a str,
    pub now_ms: i64,
    pub link_expires_at_ms: i64,
}

/// What registering came to, for the choice of the mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered {
    /// The link waits for its reader.
    LinkMade,
    /// The address was proved before; nothing was written.
    AlreadyVerified,
}

/// Makes the account unless there is one, and a link unless the address is proved. The same statements run in every
/// case, so that their time tells nothing about an address.
pub async fn register(db: &D1Database, new: &Registration<'_>) -> Result<Registered> {
    let (email, hash, now) = (text(new.email.as_str()), text(new.password_hash), int(new.now_ms)?);
    let results = db
        .batch(vec![
            d1::statement(
                db,
                "INSERT INTO users (id, email, created_at_ms) VALUES (?1, ?2, ?3) ON CONFLICT (email) DO NOTHING",
                &[text(new.user_id.as_str()), email.clone(), now.clone()],
            )?,
            // The first password of an account; a later one waits in its link until the address is proved by it.
            d1::statement(
                db,
                "INSERT INTO credentials (user_id, password_hash, changed_at_ms)
                 SELECT id, ?2, ?3 FROM users WHERE email = ?1 ON CONFLICT (user_id) DO NOTHING",
                &[email.clone(), hash.clone(), now.clone()],
            )?,
            d1::statement(
                db,
                "DELETE FROM verifications WHERE expires_at_ms <= ?2
                   AND user_id = (SELECT id FROM users WHERE email = ?1)",
                &[email.clone(), now],
            )?,
            d1::statement(
                db,
                "INSERT INTO verifications (token_hash, user_id, password_hash, expires_at_ms)
                 SELECT ?2, id, ?3, ?4 FROM users WHERE email = ?1 AND email_verified_at_ms IS NULL",
                &[email, text(new.token_hash), hash, int(new.link_expires_at_ms)?],
            )?,
        ])
        .await?;
    let made = d1::changes(result_at(&results, 3)?)? > 0;
    Ok(if made { Registered::LinkMade } else { Registered::AlreadyVerified })
}

/// Makes one more link for somebody who is signed in, with the password they have. Nothing if the address is proved.
pub async fn add_link(
    db: &D1Database,
    user_id: &UserId,
    token_hash: &str,
    expires_at_ms: i64,
) -> Result<bool> {
    let made = d1::run(
        db,
        "INSERT INTO verifications (token_hash, user_id, password_hash, expires_at_ms)
         SELECT ?2, u.id, c.password_hash, ?3 FROM users u JOIN credentials c ON c.user_id = u.id
         WHERE u.id = ?1 AND u.email_verified_at_ms IS NULL",
        &[text(user_id.as_str()), text(token_hash), int(expires_at_ms)?],
    )
    .await?;
    Ok(made > 0)
}

/// What a link leads to.
pub struct Link {
    pub user_id: UserId,
    pub email: String,
    /// This very link proved the address before: somebody clicked twice.
    pub used: bool,
}

#[derive(Deserialize)]
struct LinkRow {
    user_id: String,
    email: String,
    used_at_ms: Option<i64>,
}

/// The link behind a token, if it can prove its address still or has done so.
pub async fn link(db: &D1Database, token_hash: &str, now_ms: i64) -> Result<Option<Link>> {
    let row: Option<LinkRow> = d1::first(
        db,
        "SELECT v.user_id, u.email, v.used_at_ms FROM verifications v JOIN users u ON u.id = v.user_id
         WHERE v.token_hash = ?1 AND v.expires_at_ms > ?2
           AND (v.used_at_ms IS NOT NULL OR u.email_verified_at_ms IS NULL)",
        &[text(token_hash), int(now_ms)?],
    )
    .await?;
    row.map(|row| {
        Ok(Link { user_id: stored_id(&row.user_id)?, email: row.email, used: row.used_at_ms.is_some() })
    })
    .transpose()
}

/// Proves the address by its link: the person now has the password chosen with it, and whoever was signed in with
/// another one no longer is. Answers whether this call did it.
pub async fn use_link(db: &D1Database, token_hash: &str, now_ms: i64) -> Result<bool> {
    let (hash, now) = (text(token_hash), int(now_ms)?);
    let both = [hash.clone(), now.clone()];
    let results = db
        .batch(vec![
            // The link is marked last, so that each statement sees whether this batch may act.
            d1::statement(
                db,
                "UPDATE sessions SET ended_at_ms = ?2, end_reason = 'password_changed'
                 WHERE ended_at_ms IS NULL AND user_id = (
                   SELECT v.user_id FROM verifications v
                   JOIN users u ON u.id = v.user_id JOIN credentials c ON c.user_id = v.user_id
                   WHERE v.token_hash = ?1 AND v.used_at_ms IS NULL AND v.expires_at_ms > ?2
                     AND u.email_verified_at_ms IS NULL AND c.password_hash <> v.password_hash)",
                &both,
            )?,
            d1::statement(
                db,
                "UPDATE credentials SET changed_at_ms = ?2, password_hash = v.password_hash
                 FROM verifications v JOIN users u ON u.id = v.user_id
                 WHERE credentials.user_id = v.user_id AND v.token_hash = ?1 AND v.used_at_ms IS NULL
                   AND v.expires_at_ms > ?2 AND u.email_verified_at_ms IS NULL
                   AND credentials.password_hash <> v.password_hash",
                &both,
            )?,
            d1::statement(
                db,
                "UPDATE verifications SET used_at_ms = ?2
                 WHERE token_hash = ?1 AND used_at_ms IS NULL AND expires_at_ms > ?2
                   AND (SELECT email_verified_at_ms FROM users WHERE id = user_id) IS NULL",
                &both,
            )?,
            d1::statement(
                db,
                "UPDATE users SET email_verified_at_ms = ?2 WHERE email_verified_at_ms IS NULL
                   AND id = (SELECT user_id FROM verifications WHERE token_hash = ?1 AND used_at_ms IS NOT NULL)",
                &both,
            )?,
        ])
        .await?;
    Ok(d1::changes(result_at(&results, 3)?)? > 0)
}

/// What signing in needs to know of an account.
pub struct Credential {
    pub user_id: UserId,
    pub password_hash: String,
}

#[derive(Deserialize)]
struct CredentialRow {
    user_id: String,
    password_hash: String,
}

/// The credential of an address.
pub async fn credential(db: &D1Database, email: &EmailAddress) -> Result<Option<Credential>> {
    let row: Option<CredentialRow> = d1::first(
        db,
        "SELECT c.user_id, c.password_hash FROM users u JOIN credentials c ON c.user_id = u.id WHERE u.email = ?1",
        &[text(email.as_str())],
    )
    .await?;
    row.map(|row| Ok(Credential { user_id: stored_id(&row.user_id)?, password_hash: row.password_hash }))
        .transpose()
}

/// Stores the same password with today's parameters, unless it was changed meanwhile.
pub async fn rehash(db: &D1Database, old: &Credential, password_hash: &str) -> Result<()> {
    d1::run(
        db,
        "UPDATE credentials SET password_hash = ?3 WHERE user_id = ?1 AND password_hash = ?2",
        &[text(old.user_id.as_str()), text(&old.password_hash), text(password_hash)],
    )
    .await
    .map(drop)
}

/// A stored address that must be one, because we wrote it.
pub fn stored_email(stored: &str) -> Result<EmailAddress> {
    EmailAddress::parse(stored).map_err(|_| Failure::internal("a stored address is not of its form"))
}
