//! What the operator sets for this Worker.

use edge::config::{Vars, invalid};
use edge::{Clock, Result};
use worker::Env;

use crate::providers::resend::Resend;
use crate::providers::twilio::Twilio;
use crate::seal::{Seal, TooShort};

/// The checked configuration.
pub struct Config {
    /// Both times.
    pub clock: Clock,
    /// Where people open the site: links in messages begin with it.
    pub site_url: String,
    /// The account that carries e-mail.
    pub resend: Resend,
    /// The account that carries text messages.
    pub twilio: Twilio,
    /// Makes stop links and keyed hashes.
    pub seal: Seal,
    /// Says in every alert message that the market is not real, wherever it is not.
    pub label: Option<String>,
}

impl Config {
    /// Reads and checks every variable.
    pub fn read(env: &Env) -> Result<Self> {
        let vars = Vars::new(env);
        vars.required("INTERNAL_KEY")?;
        vars.required("OPERATOR_TOKEN")?;
        let seal = Seal::new(&vars.required("UNSUBSCRIBE_KEY")?)
            .map_err(|TooShort| invalid("UNSUBSCRIBE_KEY", "must have at least 32 characters"))?;
        let site_url = vars.base_url("SITE_URL")?;
        let resend = Resend {
            base: vars.base_url("RESEND_BASE")?,
            key: vars.required("RESEND_KEY")?,
            from: vars.required("MAIL_FROM")?,
        };
        let base = vars.base_url("TWILIO_BASE")?;
        // Where Twilio reaches us, if not under the address people open: a tunnel to a laptop.
        let callback_base = match vars.optional("TWILIO_WEBHOOK_URL") {
            Some(_) => vars.base_url("TWILIO_WEBHOOK_URL")?,
            None => site_url.clone(),
        };
        let twilio = Twilio {
            // A local site cannot be reached by the real Twilio, which refuses such a callback address.
            callback_base: (callback_base.starts_with("https://") || base.starts_with("http://"))
                .then_some(callback_base),
            base,
            account_sid: vars.required("TWILIO_ACCOUNT_SID")?,
            auth_token: vars.required("TWILIO_AUTH_TOKEN")?,
            from: vars.required("TWILIO_FROM")?,
        };
        Ok(Self {
            clock: vars.clock()?,
            site_url,
            resend,
            twilio,
            seal,
            label: vars.optional("SANDBOX_LABEL"),
        })
    }
}
