//! The mails that concern an account.

use contract::ids::MessageId;
use contract::internal::AccountMail;
use identity::{EmailAddress, Token};

/// A link in a mail works this long.
pub const LINK_LIFE_MS: i64 = 24 * 60 * 60 * 1000;

/// Asks the reader of `to` to prove that they registered.
pub fn verification(id: MessageId, to: &EmailAddress, site_url: &str, token: &Token) -> AccountMail {
    let link = format!("{site_url}/verify?token={}", token.text());
    AccountMail {
        id,
        to: to.as_str().to_owned(),
        subject: "Confirm your e-mail address".to_owned(),
        text: format!(
            "Somebody registered this address at Rip City Ticket Dispatch. If it was you, confirm it here:\n\n{link}\n\n\
             The link works for 24 hours. If it was not you, ignore this mail: nothing will be sent to you.\n"
        ),
        html: format!(
            "<p>Somebody registered this address at Rip City Ticket Dispatch. If it was you, confirm it:</p>\
             <p><a href=\"{link}\">Confirm this address</a></p>\
             <p>The link works for 24 hours. If it was not you, ignore this mail: nothing will be sent to you.</p>"
        ),
    }
}

/// Tells the owner of an account that somebody registered its address once more.
pub fn already_registered(id: MessageId, to: &EmailAddress, site_url: &str) -> AccountMail {
    let link = format!("{site_url}/sign-in");
    AccountMail {
        id,
        to: to.as_str().to_owned(),
        subject: "You already have an account".to_owned(),
        text: format!(
            "Somebody tried to register this address at Rip City Ticket Dispatch, where you have an account. If it was \
             you, sign in here:\n\n{link}\n\nIf it was not you, nothing has changed.\n"
        ),
        html: format!(
            "<p>Somebody tried to register this address at Rip City Ticket Dispatch, where you have an account.</p>\
             <p>If it was you, <a href=\"{link}\">sign in</a>. If it was not you, nothing has changed.</p>"
        ),
    }
}

#[cfg(test)]
mod tests {
    use identity::TokenKind;

    use super::*;

    #[test]
    fn both_forms_carry_the_whole_link() {
        let token = Token::new(TokenKind::Verification, [7; 32]);
        let ann = EmailAddress::parse("ann@example.com").unwrap();
        let mail = verification(MessageId::from_bytes([0; 16]), &ann, "https://site.example", &token);
        let link = format!("https://site.example/verify?token={}", token.text());
        assert!(mail.text.contains(&format!("\n{link}\n")));
        assert!(mail.html.contains(&format!("href=\"{link}\"")));
        assert_eq!(mail.to, "ann@example.com");
    }
}
