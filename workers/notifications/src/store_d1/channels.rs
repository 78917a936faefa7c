//! A person's addresses.

use alerts::Channel;
use contract::alerts::ChannelInfo;
use contract::ids::{ChannelId, UserId};
use edge::d1::{self, int, statement, text};
use edge::failure::{Failure, Result};
use serde::Deserialize;
use worker::D1Database;

use super::batch;
use crate::address;

/// Wrong codes a person may send before a new one is needed: five out of a million.
const MAX_TRIES: i64 = 5;

/// A stored channel.
#[derive(Clone, Debug, Deserialize)]
pub struct ChannelRow {
    id: String,
    /// The kind.
    pub kind: Channel,
    /// The address.
    pub address: String,
    verified_at_ms: Option<i64>,
}

impl ChannelRow {
    /// Its id.
    pub fn id(&self) -> Result<ChannelId> {
        self.id.parse().map_err(|_| Failure::internal("a stored id cannot be read"))
    }

    /// Whether it may be used.
    pub const fn is_verified(&self) -> bool {
        self.verified_at_ms.is_some()
    }

    /// What its owner is shown.
    pub fn info(&self) -> Result<ChannelInfo> {
        Ok(ChannelInfo {
            id: self.id()?,
            kind: self.kind,
            address_masked: address::masked(self.kind, &self.address),
            verified: self.is_verified(),
        })
    }
}

/// A person's channels, e-mail first.
pub async fn of_person(db: &D1Database, user_id: &UserId) -> Result<Vec<ChannelRow>> {
    d1::rows(
        db,
        "SELECT id, kind, address, verified_at_ms FROM channels WHERE user_id = ?1 ORDER BY kind",
        &[text(user_id.as_str())],
    )
    .await
}

/// An address as it is written.
pub struct NewRow<'a> {
    /// Id of the channel, if it is new.
    pub id: &'a ChannelId,
    /// Whose it is.
    pub user_id: &'a UserId,
    /// The kind.
    pub kind: Channel,
    /// The address.
    pub address: &'a str,
    /// What it is known by.
    pub address_hash: &'a str,
    /// Wall clock, epoch milliseconds.
    pub now_ms: i64,
}

/// Sets an address that has been verified elsewhere; the person's old one of that kind is replaced.
pub async fn set_verified(db: &D1Database, row: &NewRow<'_>) -> Result<()> {
    d1::run(
        db,
        "INSERT INTO channels (id, user_id, kind, address, address_hash, verified_at_ms, created_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
         ON CONFLICT (user_id, kind) DO UPDATE SET address = excluded.address, address_hash = excluded.address_hash,
           verified_at_ms = excluded.verified_at_ms, code_hash = NULL, code_expires_at_ms = NULL, code_tries = 0",
        &[
            text(row.id.as_str()),
            text(row.user_id.as_str()),
            text(row.kind.as_str()),
            text(row.address),
            text(row.address_hash),
            int(row.now_ms)?,
        ],
    )
    .await
    .map(drop)
}

/// Sets an address that waits for its code, in place of another that is not verified; one that is verified stays. A
/// code that went to the other address proves nothing of this one, and no longer works. Answers the channel as it is then.
pub async fn set_unverified(db: &D1Database, row: &NewRow<'_>) -> Result<Option<ChannelRow>> {
    d1::run(
        db,
        "INSERT INTO channels (id, user_id, kind, address, address_hash, created_at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (user_id, kind) DO UPDATE SET address = excluded.address, address_hash = excluded.address_hash,
           code_hash = iif(excluded.address_hash = address_hash, code_hash, NULL)
         WHERE verified_at_ms IS NULL",
        &[
            text(row.id.as_str()),
            text(row.user_id.as_str()),
            text(row.kind.as_str()),
            text(row.address),
            text(row.address_hash),
            int(row.now_ms)?,
        ],
    )
    .await?;
    Ok(of_person(db, row.user_id).await?.into_iter().find(|channel| channel.kind == row.kind))
}

/// Puts a code on a channel, if it still has the address the code goes to; the one before no longer works, and the tries
/// are counted anew.
pub async fn set_code(
    db: &D1Database,
    id: &ChannelId,
    address_hash: &str,
    code_hash: &str,
    expires_at_ms: i64,
) -> Result<()> {
    d1::run(
        db,
        "UPDATE channels SET code_hash = ?3, code_expires_at_ms = ?4, code_tries = 0
         WHERE id = ?1 AND address_hash = ?2 AND verified_at_ms IS NULL",
        &[text(id.as_str()), text(address_hash), text(code_hash), int(expires_at_ms)?],
    )
    .await
    .map(drop)
}

#[derive(Deserialize)]
struct CodeRow {
    code_hash: String,
}

/// Takes one try at a channel's code and answers its hash; nothing if no code is under way or the tries are spent. The
/// try is counted before the code is compared, so that many at once get no more than the five.
pub async fn take_try(
    db: &D1Database,
    id: &ChannelId,
    user_id: &UserId,
    now_ms: i64,
) -> Result<Option<String>> {
    let row: Option<CodeRow> = d1::first(
        db,
        "UPDATE channels SET code_tries = code_tries + 1
         WHERE id = ?1 AND user_id = ?2 AND verified_at_ms IS NULL AND code_hash IS NOT NULL
           AND code_expires_at_ms > ?3 AND code_tries < ?4
         RETURNING code_hash",
        &[text(id.as_str()), text(user_id.as_str()), int(now_ms)?, int(MAX_TRIES)?],
    )
    .await?;
    Ok(row.map(|row| row.code_hash))
}

/// Marks a channel verified by the code of this hash; a code works once. Answers whether it did.
pub async fn verify(db: &D1Database, id: &ChannelId, code_hash: &str, now_ms: i64) -> Result<bool> {
    let changed = d1::run(
        db,
        "UPDATE channels SET verified_at_ms = ?3, code_hash = NULL, code_expires_at_ms = NULL
         WHERE id = ?1 AND code_hash = ?2",
        &[text(id.as_str()), text(code_hash), int(now_ms)?],
    )
    .await?;
    Ok(changed > 0)
}

/// Removes a phone number. Alerts that went there alone go out by e-mail from now on: none falls silent unseen.
pub async fn delete_sms(db: &D1Database, id: &ChannelId, user_id: &UserId) -> Result<bool> {
    let values = [text(id.as_str()), text(user_id.as_str())];
    let results = batch(
        db,
        vec![
            statement(
                db,
                "UPDATE alerts SET channels = '[\"email\"]', version = version + 1
                 WHERE user_id = ?2 AND channels LIKE '%\"sms\"%'
                   AND EXISTS (SELECT 1 FROM channels WHERE id = ?1 AND user_id = ?2 AND kind = 'sms')",
                &values,
            )?,
            statement(db, "DELETE FROM channels WHERE id = ?1 AND user_id = ?2 AND kind = 'sms'", &values)?,
        ],
    )
    .await?;
    Ok(results.get(1).map_or(Ok(0), d1::changes)? > 0)
}
