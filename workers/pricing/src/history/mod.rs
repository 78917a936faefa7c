//! What was: the object of each event's history, its segments in the bucket, and what else is read with it.

pub mod aliases;
mod announcements;
mod backfill;
pub mod bucket;
mod cold;
mod compact;
mod flush;
mod give_up;
mod import;
mod kept;
pub mod listing;
mod lows;
mod mend;
mod meta;
mod object;
pub mod reading;
mod retry;
mod rows;
mod segments;
mod sift;
mod store;
mod tables;

pub use object::PriceHistory;
pub use tables::Tables;

/// A segment is closed at this many observations: about 12 KB in the bucket.
const SEGMENT_ROWS: usize = 4_096;
