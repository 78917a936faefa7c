//! Who speaks: the model in service, kept in memory by its digest; the one before it if it cannot be used; else past rates;
//! else nobody. The answer says which.

use std::cell::RefCell;
use std::rc::Rc;

use chrono::DateTime;
use contract::outlook::{ModelKind, Speaker};
use edge::clock::Clock;
use edge::failure::Result;
use edge::log::Log;
use prices::accuracy::TrainingReport;
use prices::outlook::model::Outlook;
use serde_json::json;
use worker::Env;

use super::registry::{self, ModelRow};
use super::{shelf, sums};

/// The register is read again after so long: an activation speaks everywhere within it.
const KNOWN_FOR_MS: i64 = 10_000;
/// An artefact that could not be used is not fetched again for so long.
const SPOILED_FOR_MS: i64 = 60_000;
/// Models kept in memory: some 5 MB each of 128.
const KEPT: usize = 2;

/// Who speaks, and by what.
#[derive(Clone)]
pub struct Voice {
    /// Who.
    pub speaker: Speaker,
    /// The model, or past rates in its shape; `None`: nobody speaks.
    pub outlook: Option<Rc<Outlook>>,
    /// The training report of a trained model, without its list of advice.
    pub report: Option<Rc<TrainingReport>>,
    /// SHA-256 of the artefact of a trained model.
    pub sha256: Option<String>,
    /// SHA-256 of its whole training report.
    pub report_sha256: Option<String>,
}

#[derive(Clone)]
struct Loaded {
    sha256: String,
    outlook: Rc<Outlook>,
}

struct Spoiled {
    sha256: String,
    until_ms: i64,
    why: String,
}

thread_local! {
    static LOADED: RefCell<Vec<Loaded>> = const { RefCell::new(Vec::new()) };
    static SPOILED: RefCell<Vec<Spoiled>> = const { RefCell::new(Vec::new()) };
    static VOICE: RefCell<Option<(i64, Voice)>> = const { RefCell::new(None) };
}

/// Forgets who spoke last: for who has just changed the register or the past rates.
pub fn forget() {
    VOICE.with_borrow_mut(|voice| *voice = None);
    SPOILED.with_borrow_mut(Vec::clear);
}

/// Who speaks now.
pub async fn speaking(env: &Env, log: &Log) -> Result<Voice> {
    let now_ms = Clock::wall_ms();
    let known = VOICE.with_borrow(Clone::clone);
    if let Some((_, voice)) = known.filter(|(read_ms, _)| now_ms.saturating_sub(*read_ms) < KNOWN_FOR_MS) {
        return Ok(voice);
    }
    let voice = find(env, log, now_ms).await?;
    VOICE.with_borrow_mut(|kept| *kept = Some((now_ms, voice.clone())));
    Ok(voice)
}

async fn find(env: &Env, log: &Log, now_ms: i64) -> Result<Voice> {
    let mut note: Option<String> = None;
    for row in registry::in_service(env).await? {
        let active = registry::is_active(&row);
        let report = row.report().map_err(|_| "its row in the register cannot be read".to_owned());
        let usable = load(env, &row.sha256, now_ms).await.and_then(|outlook| Ok((outlook, report?)));
        match usable {
            Ok((outlook, report)) => {
                if active {
                    note = None;
                }
                return Ok(voice(&row, outlook, report, note));
            }
            Err(why) => {
                log.error("model_unusable", json!({ "version": row.version, "cause": why }));
                let first = format!("Version {} could not be used: {why}.", row.version);
                note.get_or_insert(first);
            }
        }
    }
    let rates = sums::past_rates(env).await?;
    let kind = if rates.is_some() { ModelKind::PastRates } else { ModelKind::None };
    let fitted_at = rates.as_ref().and_then(|outlook| DateTime::from_timestamp(outlook.fitted_at, 0));
    let note = note.or_else(|| Some("No trained model is in service.".to_owned()));
    Ok(Voice {
        speaker: Speaker { kind, version: None, digest: None, fitted_at, data: None, note },
        outlook: rates.map(Rc::new),
        report: None,
        sha256: None,
        report_sha256: None,
    })
}

fn voice(row: &ModelRow, outlook: Rc<Outlook>, report: TrainingReport, note: Option<String>) -> Voice {
    let kind = if registry::is_active(row) { ModelKind::Trained } else { ModelKind::Previous };
    Voice {
        speaker: Speaker {
            kind,
            version: Some(row.version.clone()),
            digest: row.sha256.get(..12).map(str::to_owned),
            fitted_at: DateTime::from_timestamp(outlook.fitted_at, 0),
            data: Some(report.data),
            note,
        },
        outlook: Some(outlook),
        report: Some(Rc::new(report)),
        sha256: Some(row.sha256.clone()),
        report_sha256: row.report_sha256.clone(),
    }
}

async fn load(env: &Env, sha256: &str, now_ms: i64) -> std::result::Result<Rc<Outlook>, String> {
    let kept = LOADED.with_borrow(|loaded| loaded.iter().find(|one| one.sha256 == sha256).cloned());
    if let Some(kept) = kept {
        return Ok(kept.outlook);
    }
    let spoiled = SPOILED.with_borrow(|spoiled| {
        let known = spoiled.iter().find(|one| one.sha256 == sha256 && one.until_ms > now_ms);
        known.map(|one| one.why.clone())
    });
    if let Some(why) = spoiled {
        return Err(why);
    }
    match shelf::load(env, sha256).await {
        Ok(outlook) => {
            let outlook = Rc::new(outlook);
            LOADED.with_borrow_mut(|loaded| {
                loaded.retain(|one| one.sha256 != sha256);
                loaded.truncate(KEPT.saturating_sub(1));
                loaded.insert(0, Loaded { sha256: sha256.to_owned(), outlook: outlook.clone() });
            });
            Ok(outlook)
        }
        Err(why) => {
            SPOILED.with_borrow_mut(|spoiled| {
                spoiled.retain(|one| one.sha256 != sha256);
                let until_ms = now_ms.saturating_add(SPOILED_FOR_MS);
                spoiled.push(Spoiled { sha256: sha256.to_owned(), until_ms, why: why.clone() });
            });
            Err(why)
        }
    }
}
