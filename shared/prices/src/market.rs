//! The markets we watch.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A place where tickets are sold and whose prices we read.
///
/// The serialised name is part of stored series, queue messages and the public API: add, never rename.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Market {
    /// Ticketmaster, by Discovery v2.
    Ticketmaster,
    /// SeatGeek, by Platform API v2.
    SeatGeek,
    /// StubHub, by the catalogue API v2.
    StubHub,
    /// Eventbrite, by API v3.
    Eventbrite,
    /// A feed in our own format: a partner's offers, or one's own.
    Feed,
    /// TicketEvolution, by API v9.
    TicketEvolution,
}

impl Market {
    /// Every market, in the order people see them.
    pub const ALL: [Self; 6] = [
        Self::Ticketmaster,
        Self::SeatGeek,
        Self::StubHub,
        Self::Eventbrite,
        Self::TicketEvolution,
        Self::Feed,
    ];

    /// The stable name used in URLs, storage and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ticketmaster => "ticketmaster",
            Self::SeatGeek => "seatgeek",
            Self::StubHub => "stubhub",
            Self::Eventbrite => "eventbrite",
            Self::Feed => "feed",
            Self::TicketEvolution => "ticketevolution",
        }
    }

    /// The name people know it by.
    pub const fn display_name(self) -> &'static str {
        match self {
            Self::Ticketmaster => "Ticketmaster",
            Self::SeatGeek => "SeatGeek",
            Self::StubHub => "StubHub",
            Self::Eventbrite => "Eventbrite",
            Self::Feed => "Partner feed",
            Self::TicketEvolution => "TicketEvolution",
        }
    }
}

impl fmt::Display for Market {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no market we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownMarket;

impl FromStr for Market {
    type Err = UnknownMarket;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|market| market.as_str() == text).ok_or(UnknownMarket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_market_reads_back_from_its_name_and_from_json() {
        for market in Market::ALL {
            assert_eq!(market.as_str().parse(), Ok(market));
            assert_eq!(serde_json::to_string(&market).unwrap(), format!("\"{market}\""));
        }
        assert_eq!("vividseats".parse::<Market>(), Err(UnknownMarket));
    }
}
