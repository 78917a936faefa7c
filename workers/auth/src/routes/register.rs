//! `POST /v1/auth/register` and `POST /v1/auth/resend`.

use contract::account::{Credentials, Registered};
use contract::internal::AccountMail;
use edge::{Call, Clock, Failure, Result, random, reply};
use identity::password::{self, HashFailed, MAX_BYTES, MIN_CHARS, Unacceptable};
use identity::{EmailAddress, Token, TokenKind};
use worker::Response;

use crate::app::App;
use crate::limits::{self, Gate, MAIL_PER_ACCOUNT, REGISTER_PER_ADDRESS, Subject};
use crate::mails::{self, LINK_LIFE_MS};
use crate::store_d1::accounts::{self, Registration};

/// Registers. The answer is the same, and takes the same work, whether or not the address is known: hash, one batch
/// of the same statements, one mail.
pub async fn register(app: &App<'_>, call: &mut Call) -> Result<Response> {
    let body: Credentials = call.json().await?;
    let email = address(&body.email)?;
    password::check(&body.password, &email).map_err(unacceptable)?;
    let network = call.client_address();
    let wanted =
        [(REGISTER_PER_ADDRESS, Subject::Address(&network)), (MAIL_PER_ACCOUNT, Subject::Account(&email))];
    let standing = match limits::pass(app, &wanted).await? {
        Gate::Open(standing) => standing,
        Gate::Closed(response) => return Ok(response),
    };

    let token = Token::new(TokenKind::Verification, random::bytes()?);
    let password_hash =
        password::hash(&body.password, random::bytes()?, &app.config.pepper).map_err(hash_failed)?;
    let now_ms = Clock::wall_ms();
    let registered = accounts::register(
        &app.db,
        &Registration {
            user_id: &random::id()?,
            email: &email,
            password_hash: &password_hash,
            token_hash: &token.digest(),
            now_ms,
            link_expires_at_ms: now_ms.saturating_add(LINK_LIFE_MS),
        },
    )
    .await?;
    let mail = match registered {
        accounts::Registered::LinkMade => {
            mails::verification(random::id()?, &email, &app.config.site_url, &token)
        }
        accounts::Registered::AlreadyVerified => {
            mails::already_registered(random::id()?, &email, &app.config.site_url)
        }
    };
    send(app, &mail).await?;
    standing.tell(accepted()?)
}

/// Sends the link once more to somebody who is signed in with an address not proved yet.
pub async fn resend(app: &App<'_>, call: &Call) -> Result<Response> {
    let person = app.signed_in(call).await?;
    let email = accounts::stored_email(&person.email)?;
    let standing = match limits::pass(app, &[(MAIL_PER_ACCOUNT, Subject::Account(&email))]).await? {
        Gate::Open(standing) => standing,
        Gate::Closed(response) => return Ok(response),
    };
    let token = Token::new(TokenKind::Verification, random::bytes()?);
    let expires_at_ms = Clock::wall_ms().saturating_add(LINK_LIFE_MS);
    if accounts::add_link(&app.db, &person.user_id, &token.digest(), expires_at_ms).await? {
        send(app, &mails::verification(random::id()?, &email, &app.config.site_url, &token)).await?;
    }
    standing.tell(accepted()?)
}

async fn send(app: &App<'_>, mail: &AccountMail) -> Result<()> {
    app.notifications()?.tell("/internal/messages", mail).await
}

fn accepted() -> Result<Response> {
    let detail = "We have sent you a mail. Follow its link to confirm your address.".to_owned();
    reply::json_with_status(202, &Registered { detail })
}

/// The address typed, or what is wrong with it.
pub fn address(typed: &str) -> Result<EmailAddress> {
    EmailAddress::parse(typed)
        .map_err(|_| Failure::invalid("email", "This is not an e-mail address we can send to."))
}

/// argon2 did not run: nothing is known about the password.
pub fn hash_failed(_: HashFailed) -> Failure {
    Failure::internal("argon2 did not run")
}

fn unacceptable(why: Unacceptable) -> Failure {
    let detail = match why {
        Unacceptable::TooShort => format!("Choose a password of at least {MIN_CHARS} characters."),
        Unacceptable::TooLong => format!("Choose a password of at most {MAX_BYTES} bytes."),
        Unacceptable::TooCommon => {
            "Choose another password: this one is among the first that anybody would try.".to_owned()
        }
    };
    Failure::invalid("password", detail)
}
