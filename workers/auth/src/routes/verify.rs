//! `POST /v1/auth/verify`.

use alerts::Channel;
use contract::account::{Registered, VerifyEmail};
use contract::internal::SetChannel;
use contract::problem::Code;
use edge::{Call, Clock, Failure, Result, reply};
use identity::{Token, TokenKind};
use worker::Response;

use crate::app::App;
use crate::store_d1::accounts;

/// Proves an address by the token of its link. A second click within the link's life is answered like the first: mail
/// programs follow links before their readers do. The channel is set every time, in case the first time was cut short.
pub async fn verify(app: &App<'_>, call: &mut Call) -> Result<Response> {
    let body: VerifyEmail = call.json().await?;
    let token = Token::parse(TokenKind::Verification, &body.token).ok_or_else(invalid)?;
    let now_ms = Clock::wall_ms();
    let link = accounts::link(&app.db, &token.digest(), now_ms).await?.ok_or_else(invalid)?;
    if !link.used && !accounts::use_link(&app.db, &token.digest(), now_ms).await? {
        // Somebody else came between the two statements: this same link, which is fine, or another one.
        accounts::link(&app.db, &token.digest(), now_ms).await?.ok_or_else(invalid)?;
    }
    let channel = SetChannel { user_id: link.user_id, kind: Channel::Email, address: link.email };
    app.notifications()?.put("/internal/channels", &channel).await?;
    reply::json(&Registered { detail: "Your address is confirmed.".to_owned() })
}

fn invalid() -> Failure {
    Failure::new(Code::TokenInvalid, "This link is used or too old. Sign in and ask for a new one.")
}
