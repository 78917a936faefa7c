//! What comparing two events answers.

use serde::{Deserialize, Serialize};

/// Whether two listings are one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// One event.
    Same,
    /// Two events.
    Different,
    /// For a person to decide.
    Doubtful,
}

/// A fact that spoke for or against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// One sells admission, the other something beside it.
    OnlyOneIsAnAddOn,
    /// The venue has the same name.
    SameVenue,
    /// One venue's name holds the other's, or they are the same building by place.
    LikelySameVenue,
    /// The venues are not the same.
    OtherVenue,
    /// The same city, but nothing in common by name: perhaps renamed.
    OtherVenueInTown,
    /// One side does not say where.
    VenueUnknown,
    /// Same start, to the minute.
    SameStart,
    /// Starts differ by a little.
    NearStart,
    /// Same day, and one side has no time yet.
    SameDayTimeOpen,
    /// A date is still open, so dates say little.
    DateOpen,
    /// The same day at quite another time: moved, or the day's other game.
    OtherTimeSameDay,
    /// One side says it was moved from the day that the other still has.
    MovedFromThatDay,
    /// Starts differ by more than a market's carelessness.
    OtherStart,
    /// One side does not say when.
    StartUnknown,
    /// The same sides meet.
    SameSides,
    /// The same sides, with home and away swapped.
    HomeSideSwapped,
    /// One side's opponent is still to be determined.
    OpponentOpen,
    /// Other sides meet.
    OtherSides,
    /// Names say the same.
    SameName,
    /// Names share most words.
    SimilarName,
    /// Names have little in common.
    OtherName,
    /// Round and home game (or series game) agree.
    SameSeriesGame,
    /// Round, home game or series game disagree.
    OtherSeriesGame,
    /// Another game of a double-header, another session, another day of the run.
    OtherPart,
    /// A market says that the other's id is this event.
    ForeignIdAgrees,
    /// A market says that another id of the other's market is this event.
    ForeignIdDisagrees,
}

/// The answer, with its reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether they are one event.
    pub decision: Decision,
    /// How sure it is that they are one event, thousandths.
    pub confidence_permille: u16,
    /// What spoke for or against, in the order it was looked at.
    pub reasons: Vec<Reason>,
}
