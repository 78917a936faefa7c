//! Which attempts are limited, and how the answer says so (draft-ietf-httpapi-ratelimit-headers-11).

use contract::objects::{Permit, TakePermit};
use contract::problem::Code;
use edge::{Failure, Result, reply};
use identity::EmailAddress;
use identity::pepper::Purpose;
use identity::token::hex;
use worker::Response;

use crate::app::App;

/// One limit. Each is counted apart, for each subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    name: &'static str,
    permits: u32,
    window_seconds: u32,
}

const QUARTER_HOUR: u32 = 15 * 60;

/// Guesses at one account's password, wherever they come from: 10 in 15 minutes are 960 a day, against the first few
/// thousand passwords of which the commonest are refused at registration.
pub const SIGN_IN_PER_ACCOUNT: Policy =
    Policy { name: "sign-in-account", permits: 10, window_seconds: QUARTER_HOUR };
/// Guesses at many accounts from one address; an office behind one address still gets in.
pub const SIGN_IN_PER_ADDRESS: Policy =
    Policy { name: "sign-in-address", permits: 60, window_seconds: QUARTER_HOUR };
/// Mails that anybody can have sent to somebody else's inbox.
pub const MAIL_PER_ACCOUNT: Policy = Policy { name: "mail-account", permits: 5, window_seconds: 60 * 60 };
/// Accounts made from one address.
pub const REGISTER_PER_ADDRESS: Policy =
    Policy { name: "register-address", permits: 60, window_seconds: QUARTER_HOUR };

/// What a limit counts.
pub enum Subject<'a> {
    /// Attempts that concern an account.
    Account(&'a EmailAddress),
    /// Attempts from a network address.
    Address(&'a str),
}

/// Whether to go on.
pub enum Gate {
    /// Go on; the answer should say what is left.
    Open(Standing),
    /// The answer is this 429.
    Closed(Response),
}

/// What is left of each limit that was asked.
pub struct Standing(Vec<(Policy, Permit)>);

/// Takes a permit of each limit, in order; the first refusal ends it, so that attempts refused by address do not use up
/// what the account's owner may try.
pub async fn pass(app: &App<'_>, wanted: &[(Policy, Subject<'_>)]) -> Result<Gate> {
    let mut standing = Standing(Vec::with_capacity(wanted.len()));
    for (policy, subject) in wanted {
        let ask = TakePermit { limit: policy.permits, window_seconds: policy.window_seconds };
        let permit: Permit =
            app.limiters()?.call(&limiter_name(app, *policy, subject), "/take", &ask).await?;
        standing.0.push((*policy, permit));
        if !permit.allowed {
            app.log.warn("rate_limited", serde_json::json!({ "policy": policy.name }));
            let failure =
                Failure::new(Code::RateLimited, "Too many attempts. Please wait before the next one.")
                    .retry_after(permit.retry_after_seconds);
            return Ok(Gate::Closed(standing.tell(reply::problem(&failure, app.request_id())?)?));
        }
    }
    Ok(Gate::Open(standing))
}

impl Standing {
    /// Adds the headers that say what is left.
    pub fn tell(&self, response: Response) -> Result<Response> {
        let join =
            |item: fn(&(Policy, Permit)) -> String| self.0.iter().map(item).collect::<Vec<_>>().join(", ");
        let headers = response.headers();
        headers.set("ratelimit-policy", &join(policy_item))?;
        headers.set("ratelimit", &join(standing_item))?;
        Ok(response)
    }
}

fn policy_item((policy, _): &(Policy, Permit)) -> String {
    format!("\"{}\";q={};w={}", policy.name, policy.permits, policy.window_seconds)
}

fn standing_item((policy, permit): &(Policy, Permit)) -> String {
    // `t`: when more will be there; while some are left, when all are.
    let wait = if permit.remaining == 0 { permit.retry_after_seconds } else { permit.reset_seconds };
    format!("\"{}\";r={};t={wait}", policy.name, permit.remaining)
}

/// Names show up in the platform's dashboards, so they hold no address that could be read.
fn limiter_name(app: &App<'_>, policy: Policy, subject: &Subject<'_>) -> String {
    let subject = match subject {
        Subject::Account(email) => email.as_str(),
        Subject::Address(address) => address,
    };
    format!("{}/{}", policy.name, hex(&app.config.pepper.keyed(Purpose::LimiterName, subject.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headers_are_structured_fields() {
        let permit = Permit { allowed: true, remaining: 9, retry_after_seconds: 0, reset_seconds: 900 };
        let entry = (SIGN_IN_PER_ACCOUNT, permit);
        assert_eq!(policy_item(&entry), "\"sign-in-account\";q=10;w=900");
        assert_eq!(standing_item(&entry), "\"sign-in-account\";r=9;t=900");
        let refused = Permit { allowed: false, remaining: 0, retry_after_seconds: 12, reset_seconds: 900 };
        assert_eq!(standing_item(&(SIGN_IN_PER_ACCOUNT, refused)), "\"sign-in-account\";r=0;t=12");
    }
}
