//! What was: the object of each event's history, its segments in the bucket, and what else is read with it.

pub mod aliases;
mod announcements;
mod backfill;
pub mod bucket;
mod cold;
mod compact;
mod flush;
mod import;
mod kept;
pub mod listing;
mod lows;
mod mend;
mod object;
pub mod reading;
mod sift;
mod store;

pub use object::PriceHistory;

/// A segment is closed at this many observations: about 12 KB in the bucket.
const SEGMENT_ROWS: usize = 4_096;
