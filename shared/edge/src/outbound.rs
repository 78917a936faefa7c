//! Requests to the outside, with a time limit, a size limit, and the body read the fast way.

use std::borrow::Cow;
use std::cell::Cell;
use std::time::Duration;

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::{Headers, Method, Request, RequestInit, RequestRedirect, Response};

use crate::failure::{Failure, Result};
use crate::timeout::within;

/// Headers may take this long by default; the slowest healthy provider page seen took 3 s.
pub const DEFAULT_LIMIT: Duration = Duration::from_secs(10);

/// The largest answer we read: 20 times the largest provider page (500 KB), far below the 128 MB of an isolate.
pub const MAX_ANSWER_BYTES: usize = 10 * 1024 * 1024;

/// The platform allows six connections that wait for their headers; a seventh would queue unseen (PLATFORM 1).
pub const MAX_IN_FLIGHT: u32 = 6;

thread_local! {
    /// Requests of this isolate that wait for an answer.
    static IN_FLIGHT: Cell<u32> = const { Cell::new(0) };
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    headers: web_sys::Headers,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header, where it was sent.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).ok().flatten()
    }

    /// The body as text; bytes that are no UTF-8 are replaced. Checked whole first: the replacing reader goes byte by
    /// byte, which was the dearest single step of reading a page.
    pub fn text(&self) -> Cow<'_, str> {
        std::str::from_utf8(&self.body).map_or_else(|_| String::from_utf8_lossy(&self.body), Cow::Borrowed)
    }
}

/// Why nothing came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// Not within the limit.
    TimedOut,
    /// The connection failed or broke.
    Broken,
    /// More than [`MAX_ANSWER_BYTES`].
    TooLarge,
    /// Six requests of this isolate wait already: ask again later.
    Busy,
}

impl NoAnswer {
    /// A short stable word for logs and health rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TimedOut => "timed_out",
            Self::Broken => "connection_broken",
            Self::TooLarge => "answer_too_large",
            Self::Busy => "too_many_in_flight",
        }
    }
}

/// Sends one request. Redirects are not followed: none of our providers needs one, and a key must not travel.
pub async fn send(
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
    limit: Duration,
) -> std::result::Result<Answer, NoAnswer> {
    // The place first: who waits for one asks often, and a request is dear to build.
    let _slot = Slot::take().ok_or(NoAnswer::Busy)?;
    let request = build(method, url, headers, body).map_err(|_| NoAnswer::Broken)?;
    let controller = web_sys::AbortController::new().map_err(|_| NoAnswer::Broken)?;
    let signal = controller.signal();
    let work = async {
        let response = fetched(&request, &signal).await.map_err(|_| NoAnswer::Broken)?;
        let (status, headers) = (response.status(), response.headers());
        let announced = headers.get("content-length").ok().flatten();
        if announced
            .and_then(|text| text.parse::<usize>().ok())
            .is_some_and(|length| length > MAX_ANSWER_BYTES)
        {
            return Err(NoAnswer::TooLarge);
        }
        let body = whole_body(&response).await.map_err(|_| NoAnswer::Broken)?;
        if body.len() > MAX_ANSWER_BYTES {
            return Err(NoAnswer::TooLarge);
        }
        Ok(Answer { status, headers, body })
    };
    within(limit, work).await.unwrap_or_else(|_| {
        controller.abort();
        Err(NoAnswer::TimedOut)
    })
}

/// The runtime's own response. The SDK's type takes it apart and has to build another one before its body can be read
/// whole.
async fn fetched(
    request: &Request,
    signal: &web_sys::AbortSignal,
) -> std::result::Result<web_sys::Response, JsValue> {
    let init = web_sys::RequestInit::new();
    init.set_signal(Some(signal));
    let scope: web_sys::WorkerGlobalScope = js_sys::global().unchecked_into();
    JsFuture::from(scope.fetch_with_request_and_init(request.inner(), &init)).await?.dyn_into()
}

fn build(method: Method, url: &str, headers: &[(&str, &str)], body: Option<&str>) -> worker::Result<Request> {
    let sent = Headers::new();
    for (name, value) in headers {
        sent.set(name, value)?;
    }
    let mut init = RequestInit::new();
    init.with_method(method).with_headers(sent).with_body(body.map(Into::into));
    init.with_redirect(RequestRedirect::Manual);
    Request::new_with_init(url, &init)
}

/// The body by `array_buffer()`: one crossing instead of one a chunk (0.4 of the time, EDGE-MEASUREMENTS).
async fn whole_body(response: &web_sys::Response) -> std::result::Result<Vec<u8>, JsValue> {
    let buffer = JsFuture::from(response.array_buffer()?).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// The whole body of an answer the SDK has wrapped.
pub async fn body_bytes(response: Response) -> Result<Vec<u8>> {
    whole_body(&web_sys::Response::from(response))
        .await
        .map_err(|error| Failure::upstream(format!("the body could not be read: {error:?}")))
}

/// One of the six; given back when dropped.
struct Slot;

impl Slot {
    fn take() -> Option<Self> {
        IN_FLIGHT.with(|count| {
            let taken = count.get();
            (taken < MAX_IN_FLIGHT).then(|| {
                count.set(taken.saturating_add(1));
                Self
            })
        })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        IN_FLIGHT.with(|count| count.set(count.get().saturating_sub(1)));
    }
}
