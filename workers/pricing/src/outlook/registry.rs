//! The register of models: artefacts in the bucket by their digest, and in D1 which of them are in service.

use contract::ids::RequestId;
use contract::outlook::{ModelAction, ModelInfo, ModelList};
use contract::problem::Code;
use edge::clock::{Clock, from_ms};
use edge::d1;
use edge::failure::{Failure, Result};
use edge::json::{decode, encode};
use prices::accuracy::TrainingReport;
use prices::outlook::artefact;
use prices::outlook::model::Outlook;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use worker::{Bucket, Env};

/// An artefact is 1 to 2.5 MB and a report some hundred KB: a body beyond this is something else.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Actions told.
const ACTIONS: i64 = 100;
/// The longest version.
const MAX_VERSION: usize = 40;

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

const COLUMNS: &str = "version, sha256, bytes, state, report, registered_at_ms, activated_at_ms";

fn bucket(env: &Env) -> Result<Bucket> {
    Ok(env.bucket("HISTORY")?)
}

fn artefact_key(sha256: &str) -> String {
    format!("models/{sha256}.bin")
}

fn report_key(version: &str) -> String {
    format!("models/{version}/report.json")
}

/// Hexadecimal SHA-256.
pub fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// An uploaded model whose artefact is what its report says.
pub struct Upload<'a> {
    report: TrainingReport,
    artefact: &'a [u8],
}

impl<'a> Upload<'a> {
    /// Reads the body: the report as one line of JSON, a line feed, the artefact.
    pub fn read(body: &'a [u8]) -> Result<Self> {
        let end = body.iter().position(|byte| *byte == b'\n');
        let (line, artefact) =
            end.and_then(|end| Some((body.get(..end)?, body.get(end.saturating_add(1)..)?))).ok_or_else(
                || Failure::new(Code::InvalidBody, "Send the report on one line, then the artefact."),
            )?;
        let report: TrainingReport = edge::json::from_bytes(line).map_err(|error| {
            Failure::new(Code::InvalidBody, format!("The first line is no training report: {error}."))
        })?;
        let sha256 = digest(artefact);
        if sha256 != report.sha256 {
            return Err(Failure::invalid(
                "sha256",
                format!("The report names the digest {}, the artefact has {sha256}.", report.sha256),
            ));
        }
        artefact::decode(artefact).map_err(|error| {
            Failure::invalid("artefact", format!("The artefact cannot be used: {error}."))
        })?;
        Ok(Self { report, artefact })
    }
}

/// Whether a version can be one: letters, digits, dot, dash, underscore.
pub fn check_version(version: &str) -> Result<()> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if !version.is_empty() && version.len() <= MAX_VERSION && version.bytes().all(fits) {
        Ok(())
    } else {
        Err(Failure::new(
            Code::InvalidParameter,
            format!("A version has up to {MAX_VERSION} letters, digits, dots, dashes and underscores."),
        ))
    }
}

/// Registers a model. The artefact is written before the row that names it; the same upload twice is one model.
pub async fn register(
    env: &Env,
    request_id: &RequestId,
    version: &str,
    upload: Upload<'_>,
) -> Result<ModelInfo> {
    if let Some(known) = row(env, version).await? {
        return if known.sha256 == upload.report.sha256 {
            known.info()
        } else {
            Err(Failure::new(
                Code::Conflict,
                "This version is another artefact. A version is never replaced: choose a new one.",
            ))
        };
    }
    let sha256 = upload.report.sha256.clone();
    let bucket = bucket(env)?;
    bucket.put(artefact_key(&sha256), upload.artefact.to_vec()).execute().await?;
    bucket.put(report_key(version), encode(&upload.report)?.into_bytes()).execute().await?;
    let report = TrainingReport { advice: Vec::new(), ..upload.report };
    let now_ms = Clock::wall_ms();
    let db = d1::database(env)?;
    let results = db
        .batch(vec![
            d1::statement(
                &db,
                "INSERT INTO outlook_models (version, sha256, bytes, state, report, registered_at_ms)
                 VALUES (?, ?, ?, 'registered', ?, ?) ON CONFLICT DO NOTHING",
                &[
                    d1::text(version),
                    d1::text(&sha256),
                    d1::int(i64::try_from(upload.artefact.len()).unwrap_or(i64::MAX))?,
                    d1::text(encode(&report)?),
                    d1::int(now_ms)?,
                ],
            )?,
            action(&db, now_ms, version, "registered", request_id)?,
        ])
        .await?;
    results.iter().try_for_each(|result| d1::changes(result).map(drop))?;
    info(env, version).await
}

/// Writes an action with what is in service after it; `before` is what the action before it left.
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
         VALUES (?, ?, ?, (SELECT after FROM outlook_model_actions ORDER BY id DESC LIMIT 1),
                 (SELECT version FROM outlook_models WHERE state = 'active'), ?)",
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
    load(env, &model.sha256).await.map_err(|why| {
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

/// Reads a model from the bucket and checks it against its digest; or why it cannot be used.
pub async fn load(env: &Env, sha256: &str) -> std::result::Result<Outlook, String> {
    let unreadable = |error: worker::Error| format!("its artefact cannot be read ({error})");
    let bucket = env.bucket("HISTORY").map_err(unreadable)?;
    let object = bucket.get(artefact_key(sha256)).execute().await.map_err(unreadable)?;
    let body = object.as_ref().and_then(worker::Object::body).ok_or("its artefact is not in the bucket")?;
    let bytes = body.bytes().await.map_err(unreadable)?;
    if digest(&bytes) != sha256 {
        return Err("its artefact is not the one that was registered".to_owned());
    }
    artefact::decode(&bytes).map_err(|error| error.to_string())
}

/// The whole training report, with its list of advice.
pub async fn whole_report(env: &Env, version: &str) -> Result<TrainingReport> {
    let object = bucket(env)?.get(report_key(version)).execute().await?;
    let body = object.as_ref().and_then(worker::Object::body);
    let body = body.ok_or_else(|| Failure::internal("a training report is missing from the bucket"))?;
    edge::json::from_bytes(&body.bytes().await?)
        .map_err(|error| Failure::internal(format!("a training report: {error}")))
}
