//! `POST /v1/auth/sign-in`.

use contract::account::Credentials;
use contract::problem::Code;
use edge::{Call, Clock, Failure, Result, random};
use identity::password::{self, Verdict};
use identity::session::{Lifetimes, Pair, SESSION_LIFE_MS};
use worker::Response;

use super::refresh::session_answer;
use super::register::{address, hash_failed};
use crate::app::App;
use crate::limits::{self, Gate, SIGN_IN_PER_ACCOUNT, SIGN_IN_PER_ADDRESS, Subject};
use crate::store_d1::accounts::{self, Credential};
use crate::store_d1::sessions::{self, NewSession};

/// Signs in. The limits come before the hash, which is what an attempt costs us; an unknown address costs the same.
/// An address not proved yet may sign in: `email_verified` tells the others what to withhold.
pub async fn sign_in(app: &App<'_>, call: &mut Call) -> Result<Response> {
    let body: Credentials = call.json().await?;
    let email = address(&body.email)?;
    let network = call.client_address();
    let wanted =
        [(SIGN_IN_PER_ADDRESS, Subject::Address(&network)), (SIGN_IN_PER_ACCOUNT, Subject::Account(&email))];
    let standing = match limits::pass(app, &wanted).await? {
        Gate::Open(standing) => standing,
        Gate::Closed(response) => return Ok(response),
    };

    let known = accounts::credential(&app.db, &email).await?;
    let stored = known.as_ref().map(|credential| credential.password_hash.as_str());
    let verdict = password::verify(&body.password, stored, &app.config.pepper).map_err(hash_failed)?;
    let credential = match (known, verdict) {
        (None, _) | (_, Verdict::Wrong) => return Err(wrong_credentials()),
        (Some(credential), Verdict::Right) => credential,
        (Some(credential), Verdict::RightButOutdated) => rehashed(app, credential, &body.password).await?,
    };
    standing.tell(begin_session(app, call, &credential).await?)
}

async fn begin_session(app: &App<'_>, call: &Call, credential: &Credential) -> Result<Response> {
    let now_ms = Clock::wall_ms();
    let ends_at_ms = now_ms.saturating_add(SESSION_LIFE_MS);
    let lifetimes = Lifetimes::at(now_ms, ends_at_ms);
    let pair = Pair::first(random::bytes()?, random::bytes()?);
    sessions::begin(
        &app.db,
        &NewSession {
            id: &random::id()?,
            user_id: &credential.user_id,
            device_hash: &app.device_hash(call),
            pair: &pair,
            lifetimes,
            now_ms,
            ends_at_ms,
        },
    )
    .await?;
    session_answer(app, &pair, lifetimes).await
}

async fn rehashed(app: &App<'_>, credential: Credential, password: &str) -> Result<Credential> {
    let anew = password::hash(password, random::bytes()?, &app.config.pepper).map_err(hash_failed)?;
    accounts::rehash(&app.db, &credential, &anew).await?;
    Ok(credential)
}

/// The same for an unknown address and a wrong password.
fn wrong_credentials() -> Failure {
    Failure::new(Code::WrongCredentials, "There is no account with this e-mail address and password.")
}
