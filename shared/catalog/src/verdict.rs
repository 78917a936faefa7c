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

impl Reason {
    /// As a sentence for a person who is to decide.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::OnlyOneIsAnAddOn => "One sells admission, the other something beside it.",
            Self::SameVenue => "The venue has the same name.",
            Self::LikelySameVenue => "The venues are very likely one building.",
            Self::OtherVenue => "The venues are not the same.",
            Self::OtherVenueInTown => "The venues are in one city, but their names have nothing in common.",
            Self::VenueUnknown => "One side does not say where.",
            Self::SameStart => "Both start at the same minute.",
            Self::NearStart => "The starts differ by a little.",
            Self::SameDayTimeOpen => "Both are on the same day, and one has no time yet.",
            Self::DateOpen => "A date is still open.",
            Self::OtherTimeSameDay => "Both are on the same day, hours apart.",
            Self::MovedFromThatDay => "One was moved away from the day that the other still has.",
            Self::OtherStart => "They start at quite different times.",
            Self::StartUnknown => "One side does not say when.",
            Self::SameSides => "The same sides meet.",
            Self::HomeSideSwapped => "Home and away are swapped.",
            Self::OpponentOpen => "One opponent is still to be determined.",
            Self::OtherSides => "Other sides meet.",
            Self::SameName => "The names say the same.",
            Self::SimilarName => "The names share most words.",
            Self::OtherName => "The names have little in common.",
            Self::SameSeriesGame => "Round and number of the game agree.",
            Self::OtherSeriesGame => "Round or number of the game disagree.",
            Self::OtherPart => "They are different parts of a day, run or season.",
            Self::ForeignIdAgrees => "A market says that they are one.",
            Self::ForeignIdDisagrees => "A market says that another event is meant.",
        }
    }
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
