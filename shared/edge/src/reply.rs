//! Answers.

use contract::REQUEST_ID_HEADER;
use contract::ids::RequestId;
use contract::problem::Problem;
use serde::Serialize;
use worker::Response;

use crate::failure::{Failure, Result};

/// 200 with a JSON body.
pub fn json(body: &impl Serialize) -> Result<Response> {
    json_with_status(200, body)
}

/// `status` with a JSON body.
pub fn json_with_status(status: u16, body: &impl Serialize) -> Result<Response> {
    json_text(status, crate::json::encode(body)?)
}

/// `status` with a body that is JSON text already.
pub fn json_text(status: u16, text: String) -> Result<Response> {
    Ok(Response::builder()
        .with_status(status)
        .with_header("content-type", "application/json")?
        .fixed(text.into_bytes()))
}

/// 204.
pub fn no_content() -> Response {
    Response::builder().with_status(204).empty()
}

/// Lets shared caches and browsers keep an answer for `seconds`.
pub fn cached_for(seconds: u32, response: Response) -> Result<Response> {
    response.headers().set("cache-control", &format!("public, max-age={seconds}"))?;
    Ok(response)
}

/// The problem that tells the caller of `failure`.
pub fn problem(failure: &Failure, request_id: &RequestId) -> worker::Result<Response> {
    let code = serde_json::to_string(&failure.code)?;
    let body = Problem {
        kind: format!("/problems/{}", code.trim_matches('"')),
        title: failure.code.title().to_owned(),
        status: failure.code.status(),
        code: failure.code,
        detail: failure.detail.clone(),
        request_id: request_id.clone(),
        errors: failure.errors.clone(),
    };
    let mut builder = Response::builder()
        .with_status(body.status)
        .with_header("content-type", "application/problem+json")?
        .with_header(REQUEST_ID_HEADER, request_id.as_str())?;
    if let Some(seconds) = failure.retry_after_seconds {
        builder = builder.with_header("retry-after", &seconds.to_string())?;
    }
    Ok(builder.fixed(serde_json::to_vec(&body)?))
}
