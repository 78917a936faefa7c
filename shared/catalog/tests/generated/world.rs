//! Two markets' lists of the same made-up events, with the truth beside them.

use std::collections::{BTreeMap, BTreeSet};

use catalog::{Decision, EventFacts, Pairing, assign, filing_keys, lookup_keys};
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use sources::Start;

use crate::dice::Dice;

/// Where something takes place, as each market writes it.
#[derive(Clone, Copy)]
pub struct Place {
    pub venue: &'static str,
    /// The second market's name of it.
    pub other: &'static str,
    pub city: &'static str,
    pub region: &'static str,
    pub latitude: f64,
    pub longitude: f64,
    /// Hours behind UTC.
    pub behind: i64,
}

/// What is true of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Truth {
    pub kind: &'static str,
    pub event: usize,
}

/// The two lists.
#[derive(Default)]
pub struct World {
    pub left: Vec<EventFacts>,
    pub right: Vec<EventFacts>,
    pub left_truth: Vec<Truth>,
    pub right_truth: Vec<Truth>,
    events: usize,
}

/// What may be open about a start.
#[derive(Clone, Copy, Default)]
pub struct Open {
    pub date: bool,
    pub time: bool,
}

pub const SET: Open = Open { date: false, time: false };
pub const TIME_OPEN: Open = Open { date: false, time: true };
pub const ALL_OPEN: Open = Open { date: true, time: true };

pub fn on(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(year, month, day).unwrap().and_hms_opt(hour, minute, 0).unwrap()
}

/// As the first market writes it: local time, a point on the map, performers.
pub fn first(name: &str, performers: &[&str], place: &Place, local: NaiveDateTime, open: Open) -> EventFacts {
    EventFacts {
        name: name.to_owned(),
        performers: performers.iter().map(|name| (*name).to_owned()).collect(),
        venue: place.venue.to_owned(),
        city: Some(place.city.to_owned()),
        region: Some(place.region.to_owned()),
        latitude: Some(place.latitude),
        longitude: Some(place.longitude),
        start: Start { local: Some(local), ..second_start(place, local, open) },
        ..EventFacts::default()
    }
}

/// As the second market writes it: an instant only, no map.
pub fn second(name: &str, place: &Place, local: NaiveDateTime, open: Open) -> EventFacts {
    EventFacts {
        name: name.to_owned(),
        venue: place.other.to_owned(),
        city: Some(place.city.to_owned()),
        region: Some(place.region.to_owned()),
        start: second_start(place, local, open),
        ..EventFacts::default()
    }
}

fn second_start(place: &Place, local: NaiveDateTime, open: Open) -> Start {
    let utc: DateTime<Utc> = (local + TimeDelta::hours(place.behind)).and_utc();
    Start { utc: Some(utc), local: None, date_tbd: open.date, time_tbd: open.time }
}

impl World {
    /// A number for the next event.
    pub fn event(&mut self, kind: &'static str) -> Truth {
        self.events += 1;
        Truth { kind, event: self.events }
    }

    pub fn list_left(&mut self, truth: Truth, facts: EventFacts) {
        self.left.push(facts);
        self.left_truth.push(truth);
    }

    pub fn list_right(&mut self, truth: Truth, facts: EventFacts) {
        self.right.push(facts);
        self.right_truth.push(truth);
    }

    /// An event both markets list.
    pub fn both(&mut self, kind: &'static str, left: EventFacts, right: EventFacts) {
        let truth = self.event(kind);
        self.list_left(truth, left);
        self.list_right(truth, right);
    }

    /// The same with about one listing in `n` missing on either side: partners that are not there must not be found.
    pub fn thinned(self, dice: &mut Dice, n: usize) -> Self {
        let mut thin = Self { events: self.events, ..Self::default() };
        for (facts, truth) in self.left.into_iter().zip(self.left_truth) {
            if !dice.once_in(n) {
                thin.list_left(truth, facts);
            }
        }
        for (facts, truth) in self.right.into_iter().zip(self.right_truth) {
            if !dice.once_in(n) {
                thin.list_right(truth, facts);
            }
        }
        thin
    }

    /// Pairs that share a key, as `lab match` and the aggregator find them.
    pub fn candidates(&self) -> Vec<(usize, usize)> {
        let mut filed: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, facts) in self.right.iter().enumerate() {
            for key in filing_keys(facts) {
                filed.entry(key).or_default().push(index);
            }
        }
        let partners = |facts: &EventFacts| -> BTreeSet<usize> {
            lookup_keys(facts).iter().filter_map(|key| filed.get(key)).flatten().copied().collect()
        };
        let left = self.left.iter().enumerate();
        left.flat_map(|(index, facts)| partners(facts).into_iter().map(move |other| (index, other))).collect()
    }

    pub fn pairings(&self) -> Vec<Pairing> {
        assign(&self.left, &self.right, &self.candidates())
    }

    pub fn is_right(&self, pairing: &Pairing) -> bool {
        self.left_truth[pairing.left] == self.right_truth[pairing.right]
    }
}

/// How one kind of event fared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    pub pairs: usize,
    pub right: usize,
    pub wrong: usize,
    /// True pairs handed to a person.
    pub doubtful: usize,
    /// Wrong pairs handed to a person.
    pub asked: usize,
}

pub fn score(world: &World, pairings: &[Pairing]) -> BTreeMap<&'static str, Score> {
    let mut scores: BTreeMap<&'static str, Score> = BTreeMap::new();
    for left in &world.left_truth {
        let score = scores.entry(left.kind).or_default();
        score.pairs += world.right_truth.iter().filter(|right| *right == left).count();
    }
    for pairing in pairings {
        let score = scores.entry(world.left_truth[pairing.left].kind).or_default();
        match (pairing.verdict.decision, world.is_right(pairing)) {
            (Decision::Same, true) => score.right += 1,
            (Decision::Same, false) => score.wrong += 1,
            (Decision::Doubtful, true) => score.doubtful += 1,
            (Decision::Doubtful, false) => score.asked += 1,
            (Decision::Different, _) => {}
        }
    }
    scores
}
