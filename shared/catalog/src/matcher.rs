//! Whether two listings are one event. The table behind it is in docs/MATCHING.md.

use std::collections::BTreeMap;

use crate::facts::EventFacts;
use crate::series::{Agreement, home_game_reading};
use crate::title::{Kind, Title, is_open};
use crate::venue::{Building, Venue};
use crate::verdict::{Decision, Reason, Verdict};
use crate::when::{self, Gap};
use crate::who::{Names, Who};

/// A pair at least this sure is one event, thousandths.
pub const SAME_FROM: i32 = 800;
/// A pair at least this sure is one event if neither side has another partner that could be meant.
pub(crate) const SAME_IF_ALONE_FROM: i32 = 600;
/// A pair at least this sure is for a person to decide.
pub const DOUBTFUL_FROM: i32 = 400;

/// Matches may be listed this far apart: clocks, time zones and television move them, minutes.
pub(crate) const MATCH_TOLERANCE_MINUTES: i64 = 125;
/// Shows have an early and a late performance: nearer than this is one, minutes.
const SHOW_TOLERANCE_MINUTES: i64 = 45;
/// Placeholder dates of one play-off game are at most this far apart, days.
const SERIES_WINDOW_DAYS: i64 = 45;
/// An open date of anything else may be off by this much, days.
const OPEN_WINDOW_DAYS: i64 = 10;
/// Season tickets and passes have a day only because a market needs one, days.
const SEASON_WINDOW_DAYS: i64 = 200;

/// An event, read once for many comparisons.
#[derive(Clone, Debug)]
pub(crate) struct Profile<'a> {
    event: &'a EventFacts,
    title: Title,
    names: Names,
    venue: Venue,
}

impl<'a> Profile<'a> {
    pub(crate) fn read(event: &'a EventFacts) -> Self {
        let title = Title::read(&event.name);
        Self { event, names: Names::read(event, &title), title, venue: Venue::read(event) }
    }

    /// The number of "Game 3", where nothing says whether it counts home games or the series.
    fn lone_number(&self) -> Option<u8> {
        let series = self.title.series;
        series.game.filter(|_| series.home_game.is_none() && !series.of_whole_round)
    }

    /// What the games of one host in one round have in common.
    fn block(&self) -> Option<String> {
        let (round, sides) = (self.title.series.round?, self.title.sides.as_ref()?);
        let known = if is_open(&sides.second) { &sides.first } else { &sides.second };
        let day = self.event.day()?;
        Some(format!("{round:?}|{}|{}|{}", known.concat(), self.event.venue, chrono::Datelike::year(&day)))
    }

    const fn is_add_on(&self) -> bool {
        self.event.add_on || !matches!(self.title.kind, Kind::Event)
    }

    /// Compares two listings.
    pub(crate) fn judge(&self, other: &Self) -> Verdict {
        let mut weighing = Weighing::new();
        weighing.offering(self, other);
        weighing.part(self, other);
        let agreement = self.title.series.compare(other.title.series);
        let (who, swapped) = self.names.compare(&other.names);
        // A host plays one game of that number in that round, and sells one season: wherever its house is said to be.
        let at_home =
            agreement == Agreement::Same || self.is_add_on() && other.is_add_on() && who == Who::Same;
        weighing.building(self.venue.compare(&other.venue), at_home);
        weighing.series(agreement);
        weighing.who(who, swapped, agreement);
        weighing.when(self, other, agreement);
        weighing.foreign_ids(self, other);
        weighing.verdict()
    }
}

/// Gives "Game n" the meaning that the numbers beside it leave: of home games or of the series. Only games of one host,
/// round and building stand beside each other.
pub(crate) fn settle_lone_numbers(profiles: &mut [Profile<'_>]) {
    let mut blocks: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for profile in &*profiles {
        if let (Some(block), Some(game)) = (profile.block(), profile.lone_number()) {
            blocks.entry(block).or_default().push(game);
        }
    }
    for profile in profiles {
        if let (Some(block), Some(game)) = (profile.block(), profile.lone_number()) {
            let numbers = blocks.get(&block).map_or(&[][..], Vec::as_slice);
            profile.title.series.home_game = home_game_reading(numbers, game);
        }
    }
}

/// Compares two listings. Symmetric: `judge(a, b) == judge(b, a)`.
pub fn judge(left: &EventFacts, right: &EventFacts) -> Verdict {
    Profile::read(left).judge(&Profile::read(right))
}

/// The best partner among `candidates`: the index of the surest that is not `Different`, with its verdict.
///
/// When two candidates are equally sure, the answer is `Doubtful`: which one it is cannot be told.
pub fn best_match(event: &EventFacts, candidates: &[EventFacts]) -> Option<(usize, Verdict)> {
    let event = Profile::read(event);
    let mut judged: Vec<(usize, Verdict)> = candidates
        .iter()
        .map(|candidate| event.judge(&Profile::read(candidate)))
        .enumerate()
        .filter(|(_, verdict)| verdict.decision != Decision::Different)
        .collect();
    judged.sort_by_key(|(index, verdict)| (std::cmp::Reverse(verdict.confidence_permille), *index));
    let mut judged = judged.into_iter();
    let (index, mut best) = judged.next()?;
    if judged.next().is_some_and(|(_, second)| second.confidence_permille == best.confidence_permille) {
        best.decision = Decision::Doubtful;
    }
    Some((index, best))
}

/// Evidence on its way to a verdict.
struct Weighing {
    permille: i32,
    /// A fact that two listings of one event never differ in.
    excluded: bool,
    agreed_by_foreign_id: bool,
    reasons: Vec<Reason>,
    matches: bool,
    who: Who,
}

impl Weighing {
    const fn new() -> Self {
        Self {
            permille: 990,
            excluded: false,
            agreed_by_foreign_id: false,
            reasons: Vec::new(),
            matches: false,
            who: Who::Other,
        }
    }

    fn note(&mut self, reason: Reason, change: i32) {
        self.reasons.push(reason);
        self.permille = self.permille.saturating_add(change);
    }

    fn exclude(&mut self, reason: Reason) {
        self.reasons.push(reason);
        self.excluded = true;
    }

    fn offering(&mut self, left: &Profile<'_>, right: &Profile<'_>) {
        let kinds = (left.title.kind, right.title.kind);
        let named_apart = kinds.0 != kinds.1 && kinds.0 != Kind::Event && kinds.1 != Kind::Event;
        if left.is_add_on() != right.is_add_on() || named_apart {
            self.exclude(Reason::OnlyOneIsAnAddOn);
        }
        self.matches = left.title.sides.is_some() && right.title.sides.is_some();
    }

    fn part(&mut self, left: &Profile<'_>, right: &Profile<'_>) {
        let parts_differ = matches!((&left.title.part, &right.title.part), (Some(a), Some(b)) if a != b);
        let (a, b) = (&left.title.years, &right.title.years);
        let disciplines = (&left.title.discipline, &right.title.discipline);
        let sports_differ =
            !disciplines.0.is_empty() && !disciplines.1.is_empty() && disciplines.0 != disciplines.1;
        let years_differ = !a.is_empty() && !b.is_empty() && !a.iter().any(|year| b.contains(year));
        if parts_differ || years_differ || sports_differ {
            self.exclude(Reason::OtherPart);
        }
    }

    fn building(&mut self, building: Building, at_home: bool) {
        match building {
            Building::Same => self.note(Reason::SameVenue, 0),
            Building::Likely => self.note(Reason::LikelySameVenue, -20),
            Building::SameCity if at_home => self.note(Reason::OtherVenueInTown, -60),
            Building::SameCity if self.matches => self.note(Reason::OtherVenueInTown, -150),
            // A performer is in one house at a time; a play or a candlelight concert is not.
            Building::SameCity => self.note(Reason::OtherVenueInTown, -250),
            Building::Unknown => self.note(Reason::VenueUnknown, -200),
            Building::Other => self.exclude(Reason::OtherVenue),
        }
    }

    fn series(&mut self, agreement: Agreement) {
        match agreement {
            Agreement::Same => self.note(Reason::SameSeriesGame, 0),
            Agreement::Differs => self.exclude(Reason::OtherSeriesGame),
            Agreement::Silent => {}
        }
    }

    fn who(&mut self, who: Who, swapped: bool, agreement: Agreement) {
        self.who = who;
        match (who, self.matches) {
            (Who::Same, true) => self.note(Reason::SameSides, 0),
            (Who::Same, false) => self.note(Reason::SameName, 0),
            (Who::Open, _) => {
                self.note(Reason::OpponentOpen, if agreement == Agreement::Same { -20 } else { -80 });
            }
            (Who::Similar, _) => self.note(Reason::SimilarName, -60),
            (Who::Weak, _) => self.note(Reason::OtherName, -420),
            (Who::Other, true) => self.exclude(Reason::OtherSides),
            (Who::Other, false) => self.note(Reason::OtherName, -600),
        }
        if swapped {
            self.note(Reason::HomeSideSwapped, -60);
        }
    }

    fn when(&mut self, left: &Profile<'_>, right: &Profile<'_>, agreement: Agreement) {
        let tolerance = if self.matches { MATCH_TOLERANCE_MINUTES } else { SHOW_TOLERANCE_MINUTES };
        let season = left.is_add_on() && right.is_add_on();
        let same_game = agreement == Agreement::Same && self.who >= Who::Open;
        let (left_start, right_start) = (&left.event.start, &right.event.start);
        let undecided = self.who == Who::Open || left_start.time_tbd || right_start.time_tbd;
        match when::compare(left_start, right_start) {
            Gap::None => self.note(Reason::SameStart, 0),
            Gap::Minutes(minutes) if minutes <= tolerance => self.note(Reason::NearStart, -30),
            Gap::Minutes(_) if same_game => self.note(Reason::OtherTimeSameDay, -60),
            // Which of the day's games or shows it is, one side says, and by its time the other is another.
            Gap::Minutes(_) if left.title.part.is_some() || right.title.part.is_some() => {
                self.note(Reason::OtherTimeSameDay, -400);
            }
            // Farther apart than carelessness explains, yet the same day: a moved game, or the day's other one.
            Gap::Minutes(_) if self.who >= Who::Open && self.matches => {
                self.note(Reason::OtherTimeSameDay, -340);
            }
            // A matinée and an evening have one name.
            Gap::Minutes(_) if self.who >= Who::Open => self.note(Reason::OtherTimeSameDay, -400),
            // Which game of the day it is, one side says and the other does not show by its time.
            Gap::SameDay if left.title.part.is_some() != right.title.part.is_some() => {
                self.note(Reason::SameDayTimeOpen, -200);
            }
            Gap::SameDay => self.note(Reason::SameDayTimeOpen, -40),
            Gap::Open(days) if agreement == Agreement::Same => match days {
                Some(days) if days > SERIES_WINDOW_DAYS => self.exclude(Reason::OtherStart),
                _ => self.note(Reason::DateOpen, -40),
            },
            // A play-off placeholder against a game that says nothing of play-offs: any home game would do.
            Gap::Open(_) if left.title.series.is_said() != right.title.series.is_said() => {
                self.exclude(Reason::OtherStart);
            }
            Gap::Open(Some(days)) if season && days <= SEASON_WINDOW_DAYS => {
                self.note(Reason::DateOpen, -100);
            }
            Gap::Open(Some(days)) if days <= OPEN_WINDOW_DAYS => self.note(Reason::DateOpen, -350),
            Gap::Open(None) | Gap::Unknown => self.note(Reason::StartUnknown, -450),
            // The same game of the same series, and its day is not as settled as the markets make it look.
            Gap::OtherDay
                if same_game && when::days_between(left_start, right_start) <= SERIES_WINDOW_DAYS =>
            {
                self.note(Reason::DateOpen, if undecided { -60 } else { -150 });
            }
            Gap::Minutes(_) | Gap::Open(_) | Gap::OtherDay => {
                let moved = |old: &Profile<'_>, new: &Profile<'_>| {
                    new.title
                        .rescheduled_from
                        .is_some_and(|from| when::falls_on(&old.event.start, &new.event.start, from))
                };
                if self.who == Who::Same && (moved(left, right) || moved(right, left)) {
                    // One market may not have moved it yet; or it is the game that was there all along.
                    self.note(Reason::MovedFromThatDay, -450);
                } else {
                    self.exclude(Reason::OtherStart);
                }
            }
        }
    }

    fn foreign_ids(&mut self, left: &Profile<'_>, right: &Profile<'_>) {
        let says = |one: &EventFacts, two: &EventFacts| {
            let mut claims = one
                .foreign_ids
                .iter()
                .filter(|claim| two.own_ids.iter().any(|own| own.market == claim.market));
            claims.clone().next()?;
            Some(claims.any(|claim| two.own_ids.contains(claim)))
        };
        let said = [says(left.event, right.event), says(right.event, left.event)];
        if said.contains(&Some(true)) {
            self.agreed_by_foreign_id = true;
            self.note(Reason::ForeignIdAgrees, 250);
        } else if said.contains(&Some(false)) {
            self.note(Reason::ForeignIdDisagrees, -250);
        }
    }

    fn verdict(self) -> Verdict {
        let permille = match (self.excluded, self.agreed_by_foreign_id) {
            (false, _) => self.permille.clamp(10, 990),
            // A market's word against a fact: somebody is wrong, a person must look.
            (true, true) => DOUBTFUL_FROM,
            (true, false) => 0,
        };
        let decision = match permille {
            SAME_FROM.. => Decision::Same,
            DOUBTFUL_FROM.. => Decision::Doubtful,
            _ => Decision::Different,
        };
        Verdict { decision, confidence_permille: u16::try_from(permille).unwrap_or(0), reasons: self.reasons }
    }
}
