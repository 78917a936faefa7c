//! Pricing's configuration, checked before any work.

use edge::failure::Result;
use edge::{Clock, Vars};

/// What the variables say.
pub struct Config {
    /// Both times.
    pub clock: Clock,
}

impl Config {
    /// Reads and checks.
    pub fn read(vars: &Vars<'_>) -> Result<Self> {
        vars.required("INTERNAL_KEY")?;
        Ok(Self { clock: vars.clock()? })
    }
}
