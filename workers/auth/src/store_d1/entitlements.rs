//! Table `entitlements`.

use contract::internal::SetEntitlement;
use edge::Result;
use edge::d1::{self, int, optional_int, text};
use serde::de::IgnoredAny;
use worker::D1Database;

/// What setting an entitlement came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetOutcome {
    /// It holds now.
    Set,
    /// A newer one holds already.
    Older,
    /// There is no such person.
    NoSuchUser,
}

/// Sets what was paid for, unless a newer version is there: messages may come twice and in any order.
pub async fn set(db: &D1Database, new: &SetEntitlement) -> Result<SetOutcome> {
    let user = text(new.user_id.as_str());
    let changed = d1::run(
        db,
        "INSERT INTO entitlements (user_id, plan, valid_until_ms, version)
         SELECT id, ?2, ?3, ?4 FROM users WHERE id = ?1
         ON CONFLICT (user_id) DO UPDATE
           SET plan = excluded.plan, valid_until_ms = excluded.valid_until_ms, version = excluded.version
           WHERE excluded.version > entitlements.version",
        &[
            user.clone(),
            text(new.plan.as_str()),
            optional_int(new.valid_until.map(|until| until.timestamp_millis()))?,
            int(new.version)?,
        ],
    )
    .await?;
    if changed > 0 {
        return Ok(SetOutcome::Set);
    }
    let known: Option<IgnoredAny> = d1::first(db, "SELECT id FROM users WHERE id = ?1", &[user]).await?;
    Ok(if known.is_some() { SetOutcome::Older } else { SetOutcome::NoSuchUser })
}
