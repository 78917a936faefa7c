//! What the operator sets for this Worker.

use edge::Result;
use edge::config::Vars;
use worker::Env;

/// The checked configuration.
pub struct Config {
    /// Where people open the site, and where senders reach us.
    pub site_url: String,
    /// Where Twilio reaches us, where that is not the site: what it was given as the start of its callback's URL.
    pub twilio_webhook_url: String,
    /// Stripe's API.
    pub stripe_base: String,
    /// The key of our account there.
    pub stripe_key: String,
    /// What Stripe signs with.
    pub stripe_webhook_secret: String,
    /// What people buy.
    pub stripe_price_id: String,
    /// What Resend signs with.
    pub resend_webhook_secret: String,
    /// What Twilio signs with.
    pub twilio_auth_token: String,
    /// The word that StubHub sends as `Authorization`.
    pub stubhub_webhook_authorization: String,
    /// Eventbrite's API: hooks may name nothing else.
    pub eventbrite_base: String,
}

impl Config {
    /// Reads and checks every variable.
    pub fn read(env: &Env) -> Result<Self> {
        let vars = Vars::new(env);
        vars.required("INTERNAL_KEY")?;
        let site_url = vars.base_url("SITE_URL")?;
        let twilio_webhook_url = match vars.optional("TWILIO_WEBHOOK_URL") {
            Some(_) => vars.base_url("TWILIO_WEBHOOK_URL")?,
            None => site_url.clone(),
        };
        Ok(Self {
            site_url,
            twilio_webhook_url,
            stripe_base: vars.base_url("STRIPE_BASE")?,
            stripe_key: vars.required("STRIPE_KEY")?,
            stripe_webhook_secret: vars.required("STRIPE_WEBHOOK_SECRET")?,
            stripe_price_id: vars.required("STRIPE_PRICE_ID")?,
            resend_webhook_secret: vars.required("RESEND_WEBHOOK_SECRET")?,
            twilio_auth_token: vars.required("TWILIO_AUTH_TOKEN")?,
            stubhub_webhook_authorization: vars.required("STUBHUB_WEBHOOK_AUTHORIZATION")?,
            eventbrite_base: vars.base_url("EVENTBRITE_BASE")?,
        })
    }
}
