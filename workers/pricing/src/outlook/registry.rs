//! The register of models in D1: which there are, which of them is in service, and what was done to them.

use contract::ids::RequestId;
use contract::outlook::{ModelAction, ModelInfo, ModelList};
use contract::problem::Code;
use edge::clock::{Clock, from_ms};
use edge::d1;
use edge::failure::{Failure, Result};
use edge::json::{decode, encode};
use prices::accuracy::TrainingReport;
use serde::Deserialize;
use worker::Env;

use super::shelf::{self, digest};
use super::upload::Upload;

/// Actions told.
const ACTIONS: i64 = 100;
/// A row of the register.
#[derive(Clone, Debug, Deserialize)]
pub struct ModelRow {
    /// Its version.
    pub version: String,
    /// SHA-256 of the artefact.
    pub sha256: String,
    bytes: u64,
    state: String,
    report: String,
    /// SHA-256 of the whole training report; absent where it was registered before that was kept.
    pub report_sha256: Option<String>,
    registered_at_ms: i64,
    activated_at_ms: Option<i64>,
}

impl ModelRow {
    /// Its training report, without the list of advice.
    pub fn report(&self) -> Result<TrainingReport> {
        decode(&self.report)
    }

    fn info(self) -> Result<ModelInfo> {
        Ok(ModelInfo {
            report: self.report()?,
            state: decode(&format!("\"{}\"", self.state))?,
            version: self.version,
            sha256: self.sha256,
            bytes: self.bytes,
            registered_at: from_ms(self.registered_at_ms),
            activated_at: self.activated_at_ms.map(from_ms),
        })
    }
}

const COLUMNS: &str =
    "version, sha256, bytes, state, report, report_sha256, registered_at_ms, activated_at_ms";

/// Registers a model. The artefact and its report are written before the row that names both; the same upload twice is one
/// model, and of two different ones under one version the second is refused, also when they come at once.
pub async fn register(
    env: &Env,
    request_id: &RequestId,
    version: &str,
    upload: Upload<'_>,
) -> Result<ModelInfo> {
    let sha256 = upload.report.sha256.clone();
    let whole = encode(&upload.report)?;
    let report_sha256 = digest(whole.as_bytes());
    let same = |known: &ModelRow| {
        known.sha256 == sha256 && known.report_sha256.as_ref().is_none_or(|known| *known == report_sha256)
    };
    if let Some(known) = row(env, version).await? {
        return if same(&known) { known.info() } else { Err(taken()) };
    }
    shelf::put(env, &sha256, upload.artefact, &report_sha256, whole).await?;
    let report = TrainingReport { advice: Vec::new(), ..upload.report };
    let now_ms = Clock::wall_ms();
    let db = d1::database(env)?;
    let results = db
        .batch(vec![
            d1::statement(
                &db,
                "INSERT INTO outlook_models (version, sha256, bytes, state, report, report_sha256, registered_at_ms)
                 VALUES (?, ?, ?, 'registered', ?, ?, ?) ON CONFLICT DO NOTHING",
                &[
                    d1::text(version),
                    d1::text(&sha256),
                    d1::int(i64::try_from(upload.artefact.len()).unwrap_or(i64::MAX))?,
                    d1::text(encode(&report)?),
                    d1::text(&report_sha256),
                    d1::int(now_ms)?,
                ],
            )?,
            action(&db, now_ms, version, "registered", request_id)?,
        ])
        .await?;
    results.iter().try_for_each(|result| d1::changes(result).map(drop))?;
    let registered = known(env, version).await?;
    if same(&registered) { registered.info() } else { Err(taken()) }
}

fn taken() -> Failure {
    Failure::new(
        Code::Conflict,
        "This version is another artefact, or has another report. A version is never replaced: choose a new one.",
    )
}

/// Writes an action with what is in service after it; `before` is what the action before it left. A version is registered
/// once.
fn action(
    db: &worker::D1Database,
    now_ms: i64,
    version: &str,
    action: &str,
    request_id: &RequestId,
) -> Result<worker::D1PreparedStatement> {
    d1::statement(
        db,
        "INSERT INTO outlook_model_actions (at_ms, version, action, before, after, request_id)
         SELECT ?1, ?2, ?3, (SELECT after FROM outlook_model_actions ORDER BY id DESC LIMIT 1),
                (SELECT version FROM outlook_models WHERE state = 'active'), ?4
         WHERE ?3 <> 'registered' OR NOT EXISTS
           (SELECT 1 FROM outlook_model_actions WHERE version = ?2 AND action = 'registered')",
        &[d1::int(now_ms)?, d1::text(version), d1::text(action), d1::text(request_id.as_str())],
    )
}

async fn row(env: &Env, version: &str) -> Result<Option<ModelRow>> {
    let sql = format!("SELECT {COLUMNS} FROM outlook_models WHERE version = ?");
    d1::first(&d1::database(env)?, &sql, &[d1::text(version)]).await
}

async fn known(env: &Env, version: &str) -> Result<ModelRow> {
    row(env, version).await?.ok_or_else(|| Failure::not_found("There is no model of this version."))
}

async fn info(env: &Env, version: &str) -> Result<ModelInfo> {
    known(env, version).await?.info()
}

/// Puts a model into service, after reading it back from the bucket.
pub async fn activate(env: &Env, request_id: &RequestId, version: &str) -> Result<ModelInfo> {
    let model = known(env, version).await?;
    shelf::load(env, &model.sha256).await.map_err(|why| {
        Failure::new(
            Code::Conflict,
            format!("It was not put into service: {why}. Upload it under a new version."),
        )
    })?;
    if model.state == "active" {
        return model.info();
    }
    let now_ms = Clock::wall_ms();
    let db = d1::database(env)?;
    let results = db
        .batch(vec![
            d1::statement(&db, "UPDATE outlook_models SET state = 'retired' WHERE state = 'active'", &[])?,
            d1::statement(
                &db,
                "UPDATE outlook_models SET state = 'active', activated_at_ms = ? WHERE version = ?",
                &[d1::int(now_ms)?, d1::text(version)],
            )?,
            action(&db, now_ms, version, "activated", request_id)?,
        ])
        .await?;
    results.iter().try_for_each(|result| d1::changes(result).map(drop))?;
    info(env, version).await
}

/// Takes a model out of service. If it was in service, the one that was before it is again.
pub async fn roll_back(env: &Env, request_id: &RequestId, version: &str) -> Result<ModelInfo> {
    let model = known(env, version).await?;
    if !matches!(model.state.as_str(), "active" | "retired") {
        return Err(Failure::new(Code::Conflict, "This model is not and was not in service."));
    }
    let was_active = i64::from(model.state == "active");
    let now_ms = Clock::wall_ms();
    let db = d1::database(env)?;
    let results = db
        .batch(vec![
            d1::statement(
                &db,
                "UPDATE outlook_models SET state = 'rolled_back' WHERE version = ?",
                &[d1::text(version)],
            )?,
            d1::statement(
                &db,
                "UPDATE outlook_models SET state = 'active' WHERE ? = 1 AND version =
                   (SELECT version FROM outlook_models WHERE state = 'retired'
                    ORDER BY activated_at_ms DESC, version LIMIT 1)",
                &[d1::int(was_active)?],
            )?,
            action(&db, now_ms, version, "rolled_back", request_id)?,
        ])
        .await?;
    results.iter().try_for_each(|result| d1::changes(result).map(drop))?;
    info(env, version).await
}

/// All models and what was done to them.
pub async fn list(env: &Env) -> Result<ModelList> {
    #[derive(Deserialize)]
    struct ActionRow {
        at_ms: i64,
        version: String,
        action: String,
        before: Option<String>,
        after: Option<String>,
        request_id: String,
    }
    let db = d1::database(env)?;
    let sql =
        format!("SELECT {COLUMNS} FROM outlook_models ORDER BY registered_at_ms DESC, version LIMIT 200");
    let models: Vec<ModelRow> = d1::rows(&db, &sql, &[]).await?;
    let actions: Vec<ActionRow> = d1::rows(
        &db,
        "SELECT at_ms, version, action, before, after, request_id FROM outlook_model_actions
         ORDER BY id DESC LIMIT ?",
        &[d1::int(ACTIONS)?],
    )
    .await?;
    Ok(ModelList {
        models: models.into_iter().map(ModelRow::info).collect::<Result<_>>()?,
        actions: actions
            .into_iter()
            .map(|row| ModelAction {
                at: from_ms(row.at_ms),
                version: row.version,
                action: row.action,
                before: row.before,
                after: row.after,
                request_id: row.request_id,
            })
            .collect(),
    })
}

/// The model in service and those that were before it, the latest first.
pub async fn in_service(env: &Env) -> Result<Vec<ModelRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM outlook_models WHERE state IN ('active', 'retired')
         ORDER BY state = 'active' DESC, activated_at_ms DESC LIMIT 4"
    );
    d1::rows(&d1::database(env)?, &sql, &[]).await
}

/// Whether a row is the one in service.
pub fn is_active(row: &ModelRow) -> bool {
    row.state == "active"
}
