//! The question: one event's course up to now, the price it stands at, and what other events did.

use chrono::{DateTime, Utc};
use contract::catalog::EventCard;
use prices::outlook::DAY;
use prices::outlook::best::{sights, unit_of};
use prices::outlook::course::{Course, Sight};
use prices::outlook::features::{COUNT, features};
use prices::outlook::market::Market as Others;
use prices::score::all_in_courses;
use prices::{CurrentQuote, Market, Money, Score, Unit};

use super::event::Event;

/// The price an outlook is about: the one that is scored, so that all that is told of an event is about one price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The cheapest confirmed quote: all-in where that is known or estimated.
    pub money: Money,
    /// Currency and basis.
    pub unit: Unit,
    /// Who asks it.
    pub market: Market,
    /// When it was last confirmed.
    pub seen_at: DateTime<Utc>,
}

impl Standing {
    /// What `score` is about.
    pub fn of(score: &Score, current: &[CurrentQuote]) -> Option<Self> {
        let theirs = current.iter().filter(|quote| quote.market == score.market);
        Some(Self {
            money: score.price,
            unit: Unit { currency: score.price.currency, basis: score.basis },
            market: score.market,
            seen_at: theirs.map(|quote| quote.seen_at).max()?,
        })
    }
}

/// A course as far as an outlook reads it: the best price every three hours, in one unit.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Currency and basis; `None` where nothing was quoted.
    pub unit: Option<Unit>,
    /// The best price, oldest first.
    pub sights: Vec<Sight>,
}

impl Seen {
    /// What was seen of `event` up to `now`, all-in where that is known: in the unit of what stands, else in the one most
    /// of it has.
    pub fn of(event: &Event, standing: Option<&Standing>, now: DateTime<Utc>) -> Self {
        let courses = all_in_courses(&event.courses, &event.fees);
        let unit = standing.map(|standing| standing.unit).or_else(|| unit_of(&courses));
        Self { unit, sights: unit.map_or_else(Vec::new, |unit| sights(&courses, unit, now.timestamp())) }
    }
}

/// What an outlook is asked about.
pub struct Asked<'a> {
    /// When (market time).
    pub now: DateTime<Utc>,
    /// The event.
    pub card: &'a EventCard,
    /// Its best price so far, ending with what stands now.
    pub course: Course,
    /// What stands now.
    pub standing: Option<Standing>,
    /// Its number among the others, so that it is not counted as one of them.
    pub index: usize,
    /// What the others did.
    pub others: &'a Others,
}

/// Where an event stands among the others.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Its number.
    pub index: usize,
    /// The number of its side or act.
    pub group: usize,
}

impl<'a> Asked<'a> {
    /// Puts the question together. The price of the last sight is what is confirmed: one odd poll is no price.
    pub fn new(
        now: DateTime<Utc>,
        card: &'a EventCard,
        seen: Seen,
        standing: Option<Standing>,
        place: Place,
        others: &'a Others,
    ) -> Self {
        let at = now.timestamp();
        let mut seen = seen.sights;
        let listings = seen.last().filter(|last| last.at == at).and_then(|last| last.listings);
        seen.retain(|sight| sight.at < at);
        let price = standing.and_then(|standing| u32::try_from(standing.money.amount_minor).ok());
        seen.extend(price.map(|price| Sight { at, price, listings }));
        let start = card.starts_at.map(|start| start.timestamp());
        let course = Course::new(start, place.group, seen);
        Self { now, card, course, standing, index: place.index, others }
    }

    /// Seconds since 1970.
    pub fn at(&self) -> i64 {
        self.now.timestamp()
    }

    /// The numbers a model reads; `None` while too little was seen.
    pub fn numbers(&self) -> Option<[f32; COUNT]> {
        let enough = self.course.until(self.at()).len() > LEAST_EARLIER;
        features(&self.course, self.index, self.at(), self.others).filter(|_| enough)
    }

    /// Seconds until the event begins.
    pub fn left(&self) -> Option<i64> {
        self.course.start.map(|start| start.saturating_sub(self.at()))
    }

    /// Whether there is still time to wait: a day before the start is the last day to buy.
    pub fn may_wait(&self) -> bool {
        self.left().is_none_or(|left| left >= DAY)
    }
}

/// Earlier sights a question needs, as those it is learned from have.
const LEAST_EARLIER: usize = 3;
