//! Whose answers are read, and by which adapter.

use prices::Market;
use sources::{Adapter, registry};

use crate::failure::Failure;

/// A provider, with an adapter where we have one. `TickPick` is known by its recordings only.
pub struct Provider {
    name: String,
    /// The market it sells on; `None` for one we do not read.
    pub market: Option<Market>,
    adapter: Option<Box<dyn Adapter>>,
    partner: Option<Box<dyn Adapter>>,
}

impl Provider {
    /// The provider called `name`.
    pub fn named(name: &str) -> Result<Self, Failure> {
        if name == "tickpick" {
            return Ok(Self { name: name.to_owned(), market: None, adapter: None, partner: None });
        }
        let market: Market =
            name.parse().map_err(|_| Failure::usage(format!("no provider is called {name}")))?;
        let adapter = |partner: bool| {
            registry::adapter(market, &|variable| Some(setting(variable, partner)))
                .map_err(|why| Failure::work(name, why))
        };
        let partner = if market == Market::Ticketmaster { adapter(true)? } else { None };
        Ok(Self { name: name.to_owned(), market: Some(market), adapter: adapter(false)?, partner })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its adapter.
    pub fn adapter(&self) -> Option<&dyn Adapter> {
        self.adapter.as_deref()
    }

    /// Its adapter with a key that is approved for more.
    pub fn partner(&self) -> Option<&dyn Adapter> {
        self.partner.as_deref()
    }
}

/// Nothing is fetched: any well-formed setting will do.
fn setting(variable: &str, partner: bool) -> String {
    let value = match variable {
        "SOURCES_AREA" => "everywhere",
        "STUBHUB_FIELDS" => "all",
        "EVENTBRITE_ORGANIZATIONS" => "1",
        "TICKETMASTER_PARTNER" if partner => "1",
        "TICKETMASTER_PARTNER" | "EVENTBRITE_VENUES" | "EVENTBRITE_EVENTS" => "",
        url if url.ends_with("_BASE") || url.ends_with("_URL") => "https://offline.invalid",
        _ => "offline",
    };
    value.to_owned()
}
