//! What an operator uploads: a model with its training report, checked before anything is written.

use contract::problem::Code;
use edge::failure::{Failure, Result};
use prices::accuracy::TrainingReport;
use prices::outlook::artefact;

use super::shelf::digest;

/// An artefact is 1 to 2.5 MB and a report some hundred KB: a body beyond this is something else.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;
/// The longest version.
const MAX_VERSION: usize = 40;

/// An uploaded model whose artefact is what its report says.
pub struct Upload<'a> {
    /// What it was made of and how it fared.
    pub report: TrainingReport,
    /// The model.
    pub artefact: &'a [u8],
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
