//! What the markets say, in one vocabulary.
//!
//! One file per provider: which request comes next, how to read the answer, what an error means for budget and
//! retry, all as values. Pure: the edge performs the requests; our catalogue is unknown here. docs/SOURCES.md says
//! what each adapter reads and on which evidence.

pub mod adapter;
pub mod capabilities;
pub mod event;
pub mod push;
pub mod registry;
pub mod settings;

pub mod eventbrite;
pub mod feed;
pub mod seatgeek;
pub mod stubhub;
pub mod ticketevolution;
pub mod ticketmaster;

mod addon;
mod answer;
mod decode;
mod seats;
mod signature;
mod times;
mod url;

pub use adapter::{Adapter, Answer, Cursor, Failure, FailureKind, Page, Reading, Rejected, Request};
pub use capabilities::{Capabilities, Licence, Limits, PriceAccess, Push, Window};
pub use event::{
    Availability, EventKind, EventStatus, ForeignId, Listing, Offers, Quote, SourceEvent, SourcePerformer,
    SourceVenue, Start,
};
pub use registry::{PROVIDERS, Provider};
pub use settings::{Area, SettingError, Settings};
