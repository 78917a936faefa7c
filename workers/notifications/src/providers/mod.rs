//! Who carries messages: requests and answers as values, the sending in one place.

use std::time::Duration;

use edge::outbound::{self, Answer, NoAnswer};
use worker::{Delay, Method};

pub mod resend;
pub mod twilio;

/// A provider answers within a second when it is well; a run of five waits at most this long.
const LIMIT: Duration = Duration::from_secs(8);
/// How long to wait when six requests of this isolate are under way already.
const WHEN_BUSY: Duration = Duration::from_millis(10);
/// After ten seconds of waiting the message goes back to the outbox.
const BUSY_TRIES: u32 = 1_000;

/// A request to a provider.
#[derive(Debug, PartialEq, Eq)]
pub struct Post {
    /// Where to.
    pub url: String,
    /// Headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

/// What a provider made of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has it.
    Accepted {
        /// Its id of it.
        provider_message_id: String,
    },
    /// It will never take it.
    Refused {
        /// Its code.
        code: String,
        /// The recipient has opted out there: nothing more is sent to the address.
        opted_out: bool,
    },
    /// It has not taken it and may do so later.
    NotNow {
        /// A short code.
        code: String,
        /// When it asks to be tried again.
        after: Option<Duration>,
    },
    /// It may have taken it; its answer did not come or cannot be read.
    Lost {
        /// A short code.
        code: String,
    },
}

/// Sends a request. An answer that does not come tells nothing of whether the message was taken.
pub async fn post(post: &Post) -> Result<Answer, Outcome> {
    let headers: Vec<(&str, &str)> =
        post.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    for _ in 0..BUSY_TRIES {
        match outbound::send(Method::Post, &post.url, &headers, Some(&post.body), LIMIT).await {
            Ok(answer) => return Ok(answer),
            Err(NoAnswer::Busy) => Delay::from(WHEN_BUSY).await,
            Err(lost) => return Err(Outcome::Lost { code: lost.as_str().to_owned() }),
        }
    }
    Err(Outcome::NotNow { code: NoAnswer::Busy.as_str().to_owned(), after: None })
}

/// Seconds of a `Retry-After`; dates, which neither provider sends, are not read.
fn retry_after(header: Option<&str>) -> Option<Duration> {
    header.and_then(|text| text.trim().parse().ok()).map(Duration::from_secs)
}
