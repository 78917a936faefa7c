//! Every source we know, in one table. A new provider is its own file, its `mod` line in lib.rs and its row here.

use prices::Market;

use crate::adapter::Adapter;
use crate::capabilities::Capabilities;
use crate::settings::{SettingError, Settings};

/// An adapter; `None` where the settings give no credentials for it, an error where what they give is incomplete or
/// wrong.
pub type Configured = Result<Option<Box<dyn Adapter>>, SettingError>;

/// A source: what it can do, and how its adapter is made from variables.
pub struct Provider {
    /// The market it reads.
    pub market: Market,
    /// What it can do and on which terms.
    pub capabilities: Capabilities,
    /// Makes the adapter from variables.
    pub configure: fn(&Settings<'_>) -> Configured,
}

/// The sources, in the order people see them.
pub const PROVIDERS: &[Provider] = &[
    crate::ticketmaster::PROVIDER,
    crate::seatgeek::PROVIDER,
    crate::stubhub::PROVIDER,
    crate::eventbrite::PROVIDER,
    crate::ticketevolution::PROVIDER,
    crate::feed::PROVIDER,
];

/// The source that reads `market`.
pub fn provider(market: Market) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.market == market)
}

/// The adapter for `market`.
pub fn adapter(market: Market, settings: &Settings<'_>) -> Configured {
    provider(market).map_or(Ok(None), |provider| (provider.configure)(settings))
}

/// The adapters of every source that the settings give credentials for.
pub fn adapters(settings: &Settings<'_>) -> Result<Vec<Box<dyn Adapter>>, SettingError> {
    PROVIDERS.iter().filter_map(|provider| (provider.configure)(settings).transpose()).collect()
}
