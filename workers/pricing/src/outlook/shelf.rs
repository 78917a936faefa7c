//! Artefacts of models and their training reports in the bucket, each under its own digest: what is read is what was
//! registered, or it is not used.

use edge::failure::Result;
use prices::accuracy::TrainingReport;
use prices::outlook::artefact;
use prices::outlook::model::Outlook;
use sha2::{Digest, Sha256};
use worker::Env;

fn artefact_key(sha256: &str) -> String {
    format!("models/{sha256}.bin")
}

/// Of one artefact there may be several reports: a version each.
fn report_key(sha256: &str, report_sha256: &str) -> String {
    format!("models/{sha256}/{report_sha256}.json")
}

/// Hexadecimal SHA-256.
pub fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Writes an artefact and its report.
pub async fn put(
    env: &Env,
    sha256: &str,
    artefact: &[u8],
    report_sha256: &str,
    report: String,
) -> Result<()> {
    let bucket = env.bucket("HISTORY")?;
    bucket.put(artefact_key(sha256), artefact.to_vec()).execute().await?;
    bucket.put(report_key(sha256, report_sha256), report.into_bytes()).execute().await?;
    Ok(())
}

/// Reads a model and checks it against its digest; or why it cannot be used.
pub async fn load(env: &Env, sha256: &str) -> std::result::Result<Outlook, String> {
    let bytes = read(env, artefact_key(sha256), sha256, "artefact").await?;
    artefact::decode(&bytes).map_err(|error| error.to_string())
}

/// The whole training report of an artefact, with its list of advice; or why it cannot be used.
pub async fn report(
    env: &Env,
    sha256: &str,
    report_sha256: Option<&str>,
) -> std::result::Result<TrainingReport, String> {
    let digest = report_sha256.ok_or("its training report was registered without a digest")?;
    let bytes = read(env, report_key(sha256, digest), digest, "training report").await?;
    edge::json::from_bytes(&bytes).map_err(|_| "its training report is of another layout".to_owned())
}

async fn read(env: &Env, key: String, sha256: &str, what: &str) -> std::result::Result<Vec<u8>, String> {
    let unreadable = |error: worker::Error| format!("its {what} cannot be read ({error})");
    let bucket = env.bucket("HISTORY").map_err(unreadable)?;
    let object = bucket.get(key).execute().await.map_err(unreadable)?;
    let body = object.as_ref().and_then(worker::Object::body);
    let body = body.ok_or_else(|| format!("its {what} is not in the bucket"))?;
    let bytes = body.bytes().await.map_err(unreadable)?;
    if digest(&bytes) == sha256 {
        Ok(bytes)
    } else {
        Err(format!("its {what} is not the one that was registered"))
    }
}
