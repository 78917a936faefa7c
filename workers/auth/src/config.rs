//! What the operator sets for this Worker.

use edge::Result;
use edge::config::{Vars, invalid};
use identity::Pepper;
use identity::pepper::TooShort;
use worker::Env;

/// The checked configuration.
pub struct Config {
    /// The secret behind passwords, tokens and limiter names.
    pub pepper: Pepper,
    /// Where people open the site: links in mails begin with it.
    pub site_url: String,
}

impl Config {
    /// Reads and checks every variable.
    pub fn read(env: &Env) -> Result<Self> {
        let vars = Vars::new(env);
        vars.required("INTERNAL_KEY")?;
        let pepper = Pepper::new(&vars.required("PEPPER")?)
            .map_err(|TooShort| invalid("PEPPER", "must have at least 32 characters"))?;
        Ok(Self { pepper, site_url: vars.base_url("SITE_URL")? })
    }
}
