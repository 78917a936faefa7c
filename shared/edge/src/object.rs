//! Calls to Durable Objects: one typed door, always with a time limit.

use std::time::Duration;

use contract::REQUEST_ID_HEADER;
use contract::ids::RequestId;
use contract::problem::{Code, Problem};
use serde::Serialize;
use serde::de::DeserializeOwned;
use worker::{Env, Headers, ObjectNamespace, Request, RequestInit};

use crate::failure::{Failure, Result};
use crate::json::{self, encode};
use crate::outbound;
use crate::timeout::within;

/// A panicking object never answers in a plain build; a healthy one does within milliseconds.
const LIMIT: Duration = Duration::from_secs(4);

/// The objects of one class.
pub struct Objects {
    namespace: ObjectNamespace,
    binding: &'static str,
    request_id: RequestId,
}

impl Objects {
    /// The class behind `binding`, on behalf of `request_id`.
    pub fn new(env: &Env, binding: &'static str, request_id: &RequestId) -> Result<Self> {
        Ok(Self { namespace: env.durable_object(binding)?, binding, request_id: request_id.clone() })
    }

    /// Sends `body` to `path` of the object called `name`; answers `T`.
    pub async fn call<T: DeserializeOwned>(
        &self,
        name: &str,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        let bytes = self.send(name, path, body).await?;
        json::from_bytes(&bytes).map_err(|error| {
            Failure::internal(format!("{} {path} answered another shape: {error}", self.binding))
        })
    }

    /// Sends `body` to `path` of the object called `name`; only success matters.
    pub async fn tell(&self, name: &str, path: &str, body: &impl Serialize) -> Result<()> {
        self.send(name, path, body).await.map(drop)
    }

    /// Whether the object called `name` answers at all; that it knows no such path is an answer.
    pub async fn answers(&self, name: &str) -> Result<()> {
        match self.tell(name, "/healthz", &()).await {
            Err(failure) if failure.code != Code::NotFound => Err(failure),
            _ => Ok(()),
        }
    }

    async fn send(&self, name: &str, path: &str, body: &impl Serialize) -> Result<Vec<u8>> {
        let headers = Headers::new();
        headers.set(REQUEST_ID_HEADER, self.request_id.as_str())?;
        headers.set("content-type", "application/json")?;
        let mut init = RequestInit::new();
        init.with_method(worker::Method::Post).with_headers(headers).with_body(Some(encode(body)?.into()));
        let request = Request::new_with_init(&format!("https://object{path}"), &init)?;
        let stub = self.namespace.get_by_name(name)?;
        let (status, bytes) = within(LIMIT, async {
            let response = stub.fetch_with_request(request).await?;
            let status = response.status_code();
            Ok::<_, Failure>((status, outbound::body_bytes(response).await?))
        })
        .await
        .map_err(|_| Failure::upstream(format!("{} {path} gave no answer in {LIMIT:?}", self.binding)))??;
        if (200..300).contains(&status) {
            return Ok(bytes);
        }
        match json::from_bytes::<Problem>(&bytes) {
            // What an operator must mend is told as it is: nobody is helped by trying again.
            Ok(problem) if status < 500 || problem.code == Code::HistoryDamaged => {
                Err(Failure::new(problem.code, problem.detail))
            }
            _ => Err(Failure::upstream(format!("{} {path} answered {status}", self.binding))),
        }
    }
}
