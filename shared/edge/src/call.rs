//! A request as a handler sees it: method, path, query, headers and a body with a limit.

use contract::REQUEST_ID_HEADER;
use contract::ids::{NotAnId, RequestId};
use contract::problem::Code;
use serde::de::DeserializeOwned;
use worker::Request;

use crate::failure::{Failure, Result};
use crate::json;
use crate::random;

/// The methods we answer. The SDK reads an unknown one as GET, so the raw word is looked at. HEAD is a GET to whoever
/// answers it; that it is sent without a body is seen to where answers leave (serve.rs).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words of HTTP")]
pub enum Method {
    Get,
    Post,
    Put,
    Delete,
    Other,
}

/// Largest JSON body an endpoint takes unless it says otherwise: our largest is an alert of under 1 KB.
pub const MAX_JSON_BYTES: usize = 16 * 1024;

/// An incoming request.
pub struct Call {
    request: Request,
    method: Method,
    wants_body: bool,
    path: String,
    query: String,
    request_id: RequestId,
}

impl Call {
    /// Reads what every handler needs; takes over a well-formed request id, else makes one.
    pub fn new(request: Request) -> Result<Self> {
        let word = request.inner().method();
        let method = match word.as_str() {
            "GET" | "HEAD" => Method::Get,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            "DELETE" => Method::Delete,
            _ => Method::Other,
        };
        let url = request.inner().url();
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let query = query.split_once('#').map_or(query, |(query, _)| query).to_owned();
        let path = request.path();
        let request_id = match request.headers().get(REQUEST_ID_HEADER)?.map(|text| text.parse()) {
            Some(Ok(id)) => id,
            Some(Err(NotAnId)) | None => random::id()?,
        };
        Ok(Self { request, method, wants_body: word != "HEAD", path, query, request_id })
    }

    /// The method.
    pub const fn method(&self) -> Method {
        self.method
    }

    /// Whether the answer is sent with its body.
    pub const fn wants_body(&self) -> bool {
        self.wants_body
    }

    /// The path, without query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The path cut at its slashes, empty parts left out: `/v1/events/x` is `["v1", "events", "x"]`.
    pub fn segments(&self) -> Vec<&str> {
        self.path.split('/').filter(|part| !part.is_empty()).collect()
    }

    /// The request this belongs to.
    pub const fn request_id(&self) -> &RequestId {
        &self.request_id
    }

    /// A header, if it was sent and is readable text.
    pub fn header(&self, name: &str) -> Option<String> {
        self.request.headers().get(name).ok().flatten()
    }

    /// The token of `Authorization: Bearer`.
    pub fn bearer(&self) -> Option<String> {
        let header = self.header("authorization")?;
        let (scheme, token) = header.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    }

    /// The caller's network address as the platform states it; `unknown` where it does not (locally).
    pub fn client_address(&self) -> String {
        self.header("cf-connecting-ip").unwrap_or_else(|| "unknown".to_owned())
    }

    /// The query as it was sent, without the question mark.
    pub fn query_text(&self) -> &str {
        &self.query
    }

    /// The names of all query parameters, percent-decoded.
    pub fn query_names(&self) -> impl Iterator<Item = String> + '_ {
        let names = self.query.split('&').map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name));
        names.filter(|name| !name.is_empty()).map(decode)
    }

    /// A query parameter, percent-decoded; the first if it is there more than once.
    pub fn query(&self, name: &str) -> Option<String> {
        self.query
            .split('&')
            .filter_map(|pair| pair.split_once('=').or(Some((pair, ""))))
            .find(|(key, _)| decode(key) == name)
            .map(|(_, value)| decode(value))
    }

    /// The raw body, at most `limit` bytes.
    pub async fn bytes(&mut self, limit: usize) -> Result<Vec<u8>> {
        let too_large =
            || Failure::new(Code::BodyTooLarge, format!("The body may hold at most {limit} bytes."));
        // The announced length first, so that an honest large body is refused without being read.
        let announced = self.header("content-length").and_then(|text| text.parse::<usize>().ok());
        if announced.is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let bytes = self.request.bytes().await?;
        if bytes.len() > limit { Err(too_large()) } else { Ok(bytes) }
    }

    /// The body as JSON of shape `T`.
    pub async fn json<T: DeserializeOwned>(&mut self) -> Result<T> {
        self.json_within(MAX_JSON_BYTES).await
    }

    /// The body as JSON of shape `T`, at most `limit` bytes.
    pub async fn json_within<T: DeserializeOwned>(&mut self, limit: usize) -> Result<T> {
        let is_json = self
            .header("content-type")
            .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("application/json"));
        if !is_json {
            return Err(Failure::new(
                Code::UnsupportedMediaType,
                "Send the body as JSON with content-type application/json.",
            ));
        }
        let bytes = self.bytes(limit).await?;
        json::from_bytes(&bytes).map_err(|error| {
            Failure::new(Code::InvalidBody, format!("The body is not as expected: {error}."))
        })
    }
}

/// Undoes percent and plus encoding; broken escapes stay as they are.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = (first == b'%')
            .then(|| tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok()))
            .flatten()
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        rest = if let Some(byte) = escaped {
            bytes.push(byte);
            tail.get(2..).unwrap_or_default()
        } else {
            bytes.push(if first == b'+' { b' ' } else { first });
            tail
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_text_is_decoded_and_broken_escapes_stay() {
        assert_eq!(decode("rip+city%20%C3%A9"), "rip city é");
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%zz%4"), "%zz%4");
        assert_eq!(decode("%FF"), "\u{fffd}");
    }
}
