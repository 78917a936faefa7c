//! Calls to our other Workers over service bindings: JSON in, JSON or a problem out.

use std::time::Duration;

use contract::ids::RequestId;
use contract::problem::{Code, Problem};
use contract::{INTERNAL_KEY_HEADER, REQUEST_ID_HEADER};
use serde::Serialize;
use serde::de::DeserializeOwned;
use worker::{Env, Fetcher, Headers, RequestInit};

use crate::config::Vars;
use crate::failure::{Failure, Result};
use crate::json::{self, encode};
use crate::outbound;
use crate::timeout::within;

/// Longer than any internal call takes (argon2 is 0.2 s), shorter than a person waits.
const LIMIT: Duration = Duration::from_secs(5);

/// Another of our Workers.
pub struct Service {
    fetcher: Fetcher,
    binding: &'static str,
    internal_key: String,
    request_id: RequestId,
}

impl Service {
    /// The Worker behind `binding`, on behalf of `request_id`.
    pub fn new(env: &Env, binding: &'static str, request_id: &RequestId) -> Result<Self> {
        Ok(Self {
            fetcher: env.service(binding)?,
            binding,
            internal_key: Vars::new(env).required("INTERNAL_KEY")?,
            request_id: request_id.clone(),
        })
    }

    /// GET that answers `T`.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.read(worker::Method::Get, path, None).await
    }

    /// POST that answers `T`.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T> {
        self.read(worker::Method::Post, path, Some(encode(body)?)).await
    }

    /// POST whose answer does not matter beyond its success.
    pub async fn tell(&self, path: &str, body: &impl Serialize) -> Result<()> {
        self.send(worker::Method::Post, path, Some(encode(body)?)).await.map(drop)
    }

    /// PUT whose answer does not matter beyond its success.
    pub async fn put(&self, path: &str, body: &impl Serialize) -> Result<()> {
        self.send(worker::Method::Put, path, Some(encode(body)?)).await.map(drop)
    }

    /// Whether the Worker answers at all; that it knows no such path is an answer. (Its own `/healthz` would ask us back.)
    pub async fn answers(&self) -> Result<()> {
        match self.send(worker::Method::Get, "/", None).await {
            Err(failure) if failure.code != Code::NotFound => Err(failure),
            _ => Ok(()),
        }
    }

    async fn read<T: DeserializeOwned>(
        &self,
        method: worker::Method,
        path: &str,
        body: Option<String>,
    ) -> Result<T> {
        let bytes = self.send(method, path, body).await?;
        json::from_bytes(&bytes).map_err(|error| {
            Failure::internal(format!("{} {path} answered another shape: {error}", self.binding))
        })
    }

    async fn send(&self, method: worker::Method, path: &str, body: Option<String>) -> Result<Vec<u8>> {
        let headers = Headers::new();
        headers.set(REQUEST_ID_HEADER, self.request_id.as_str())?;
        headers.set(INTERNAL_KEY_HEADER, &self.internal_key)?;
        headers.set("content-type", "application/json")?;
        let mut init = RequestInit::new();
        init.with_method(method).with_headers(headers).with_body(body.map(Into::into));
        // The host is never resolved: the binding decides where the call goes.
        let url = format!("https://{}{path}", self.binding.to_ascii_lowercase());
        let (status, bytes) = within(LIMIT, async {
            let response = self.fetcher.fetch(url, Some(init)).await?;
            let status = response.status_code();
            Ok::<_, Failure>((status, outbound::body_bytes(response).await?))
        })
        .await
        .map_err(|_| Failure::upstream(format!("{} {path} gave no answer in {LIMIT:?}", self.binding)))??;
        if (200..300).contains(&status) { Ok(bytes) } else { Err(self.refusal(path, status, &bytes)) }
    }

    /// The caller's fault passes through with its code; anything else is a service that failed.
    fn refusal(&self, path: &str, status: u16, body: &[u8]) -> Failure {
        match json::from_bytes::<Problem>(body) {
            Ok(problem) if status < 500 => {
                let mut failure = Failure::new(problem.code, problem.detail);
                failure.errors = problem.errors;
                failure
            }
            _ => Failure::upstream(format!("{} {path} answered {status}", self.binding)),
        }
    }
}
