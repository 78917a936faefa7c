//! What the markets say, in one vocabulary.
//!
//! One file per provider: which request comes next, how to read the answer, what an error means for budget and
//! retry, all as values. Pure: the edge performs the requests; our catalogue is unknown here.

pub mod adapter;
pub mod event;

pub use adapter::{Adapter, Answer, Cursor, Failure, FailureKind, Page, Reading, Rejected, Request};
pub use event::{
    EventKind, EventStatus, ForeignId, Quote, SourceEvent, SourcePerformer, SourceVenue, Start,
};
