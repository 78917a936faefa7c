//! What a ticket costs, what it cost before, and what that says.
//!
//! Pure: no clock, no I/O, no Workers. Money is integer minor units with a currency and a fee basis; an absent
//! price is a reason, never zero.

pub mod accuracy;
pub mod best;
pub mod candles;
pub mod fees;
pub mod market;
pub mod money;
pub mod moves;
pub mod observation;
pub mod outlook;
pub mod past;
pub mod price;
pub mod retention;
pub mod score;
pub mod seats;
pub mod series;
pub mod summary;
pub mod table;

pub use best::{BestPoint, best_of};
pub use candles::{Bucket, Candle, candles};
pub use fees::{AllIn, AllInKind, FeeModel, NoAllIn};
pub use market::Market;
pub use money::{Currency, Money};
pub use moves::{Direction, Level, Move, MoveDetector};
pub use observation::Observation;
pub use price::{AbsentReason, FeeBasis, Price};
pub use score::{
    Band, Confidence, CurrentQuote, Reason, ReasonCode, Score, ScoreInput, Uncertainty, Unknown, score,
};
pub use series::{Segment, SeriesError};
pub use summary::{Courses, Summary, Unit, summarise};
