//! Many events in one file: rows in the order of time, so that what is learned from one event serves the others.
//!
//! ```text
//! archive = "RA" version body crc
//! body    = events ids rows (moment (event seen? row)*)*
//! ```
//! A moment is a second at which events were observed, each once; an event observed twice in a second, or out of its
//! order in time, is met at a further moment. Every yes and no of it is told by `mixer.rs` from what came before.

mod chances;
mod counts;
mod course;
mod ids;
mod mixer;
mod prices;
mod rounds;
mod teller;

use chrono::DateTime;

use self::course::{Company, Known};
use self::ids::Ids;
use self::mixer::Mixer;
use self::prices::{Given, Prices};
use self::rounds::Rounds;
use self::teller::{Teller, size};
use super::coder::{Coder, Reader};
use super::{ARCHIVE_MAGIC, ARCHIVE_VERSION, Course, MOST_OBSERVATIONS, NOTHING, SeriesError, seal, unseal};
use crate::observation::Observation;

const EVENTS: u64 = 30;
const ROWS: u64 = 31;

/// The courses of many events, for export and cold storage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive {
    /// Event id and course, in the order written.
    pub courses: Vec<(String, Course)>,
}

impl Archive {
    /// Encodes the archive. Fails only on [`SeriesError::TooLong`].
    pub fn encode(&self) -> Result<Vec<u8>, SeriesError> {
        let too_long = |(id, course): &(String, Course)| {
            id.len() > ids::LONGEST || u64::try_from(course.len()).is_ok_and(|rows| rows > MOST_OBSERVATIONS)
        };
        if self.courses.iter().any(too_long) {
            return Err(SeriesError::TooLong);
        }
        seal(ARCHIVE_MAGIC, ARCHIVE_VERSION, &[], |writer| {
            let mut model = Model::default();
            let mut left = model.begin(writer, &self.courses)?;
            let mut heads: Vec<_> = self.courses.iter().map(|(_, course)| course.iter().peekable()).collect();
            while left > 0 {
                let second = |row: &&Observation| row.at.timestamp();
                let next = heads.iter_mut().filter_map(|head| head.peek().map(second)).min();
                let at = next.ok_or(SeriesError::Malformed("length"))?;
                let again = heads
                    .iter_mut()
                    .enumerate()
                    .any(|(event, head)| head.peek().map(second) == Some(at) && model.rounds.in_round(event));
                model.moment(writer, again, at)?;
                for (event, head) in heads.iter_mut().enumerate() {
                    let row = head.next_if(|row| row.at.timestamp() == at);
                    if model.row(writer, event, row)?.is_some() {
                        left = left.saturating_sub(1);
                    }
                    if left == 0 {
                        break;
                    }
                }
            }
            Ok(())
        })
    }

    /// Decodes an archive.
    pub fn decode(bytes: &[u8]) -> Result<Self, SeriesError> {
        let rows = ArchiveRows::read(bytes)?;
        let mut courses: Vec<(String, Course)> =
            rows.events().iter().map(|id| (id.clone(), Vec::new())).collect();
        for row in rows {
            let (event, row) = row?;
            let (_, course) = courses.get_mut(event).ok_or(SeriesError::Malformed("event"))?;
            course.push(row);
        }
        Ok(Self { courses })
    }
}

/// A stored archive, decoded one observation at a time, in the order of time. After an error it ends.
#[derive(Debug)]
pub struct ArchiveRows<'a> {
    reader: Option<Reader<'a>>,
    model: Model,
    left: u64,
    /// The next event to ask for at this moment, and whether one was seen at it.
    event: usize,
    seen: bool,
}

impl<'a> ArchiveRows<'a> {
    /// Checks the seal and reads the ids; the rows are read as they are asked for.
    pub fn read(bytes: &'a [u8]) -> Result<Self, SeriesError> {
        let mut reader = Reader::new(unseal(ARCHIVE_MAGIC, ARCHIVE_VERSION, bytes)?);
        let mut model = Model::default();
        let left = model.begin(&mut reader, &[])?;
        Ok(Self { reader: Some(reader), event: model.ids.len(), model, left, seen: true })
    }

    /// The events' ids; rows name an event by its place here.
    pub fn events(&self) -> &[String] {
        &self.model.ids
    }

    /// How many observations are still to come.
    pub const fn left(&self) -> u64 {
        self.left
    }

    fn row(&mut self) -> Result<(usize, Observation), SeriesError> {
        let reader = self.reader.as_mut().ok_or(SeriesError::Truncated)?;
        loop {
            if self.event >= self.model.ids.len() {
                if !self.seen {
                    return Err(SeriesError::Malformed("moment"));
                }
                self.model.moment(reader, false, 0)?;
                self.event = 0;
                self.seen = false;
            }
            let event = self.event;
            let row = self.model.row(reader, event, None)?;
            self.event = event.saturating_add(1);
            if let Some(row) = row {
                self.seen = true;
                return Ok((event, row));
            }
        }
    }
}

impl Iterator for ArchiveRows<'_> {
    type Item = Result<(usize, Observation), SeriesError>;

    fn next(&mut self) -> Option<Self::Item> {
        let Some(left) = self.left.checked_sub(1) else {
            return self.reader.take()?.finish().err().map(Err);
        };
        self.left = left;
        let row = self.row();
        if row.is_err() {
            self.reader = None;
            self.left = 0;
        }
        Some(row)
    }
}

/// All that writer and reader know alike.
#[derive(Debug)]
struct Model {
    mixer: Mixer,
    ids: Vec<String>,
    rounds: Rounds,
    known: Vec<Known>,
    company: Company,
    prices: Prices,
    at: i64,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            mixer: Mixer::default(),
            ids: Vec::new(),
            rounds: Rounds::new(0),
            known: Vec::new(),
            company: Company::default(),
            prices: Prices::default(),
            at: 0,
        }
    }
}

impl Model {
    /// Codes the ids and how many rows there are; answers the latter.
    fn begin(&mut self, coder: &mut impl Coder, courses: &[(String, Course)]) -> Result<u64, SeriesError> {
        let mut teller = Teller { coder, mixer: &mut self.mixer };
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX).saturating_add(1);
        let events = teller.above_zero(EVENTS, 0, &[0], count(courses.len()))?;
        let rows = courses.iter().map(|(_, course)| course.len()).sum();
        let rows = teller.above_zero(ROWS, 0, &[0], count(rows))?;
        let mut ids = Ids::default();
        let mut given = courses.iter();
        // Grows as ids are read: a number of events that lies costs nothing.
        for _ in 1..events {
            self.ids.push(ids.code(&mut teller, given.next().map_or("", |(id, _)| id))?);
        }
        self.rounds = Rounds::new(self.ids.len());
        self.known = vec![Known::default(); self.ids.len()];
        let rows = rows.saturating_sub(1);
        if rows > 0 && self.ids.is_empty() { Err(SeriesError::Malformed("length")) } else { Ok(rows) }
    }

    /// Codes the next moment.
    fn moment(&mut self, coder: &mut impl Coder, again: bool, at: i64) -> Result<(), SeriesError> {
        let mut teller = Teller { coder, mixer: &mut self.mixer };
        self.at = self.rounds.moment(&mut teller, again, at)?;
        self.company.begin(self.rounds.round());
        Ok(())
    }

    /// Codes what was seen of this event at this moment, if anything.
    fn row(
        &mut self,
        coder: &mut impl Coder,
        event: usize,
        row: Option<&Observation>,
    ) -> Result<Option<Observation>, SeriesError> {
        let mut teller = Teller { coder, mixer: &mut self.mixer };
        if !self.rounds.present(&mut teller, event, row.is_some())? {
            return Ok(None);
        }
        let row = row.unwrap_or(&NOTHING);
        let known = self.known.get_mut(event).ok_or(SeriesError::Malformed("event"))?;
        let gap = size(self.at.wrapping_sub(known.at).unsigned_abs());
        let event = u64::try_from(event).unwrap_or(u64::MAX);
        let company = &mut self.company;
        let listings = counts::code(&mut teller, 0, (event, known), company, gap, row.listings)?;
        let tickets = counts::code(&mut teller, 1, (event, known), company, gap, row.tickets)?;
        let given = Given { event, known, company, gap, listings };
        let price = self.prices.code(&mut teller, given, row.price)?;
        let at = DateTime::from_timestamp(self.at, 0).ok_or(SeriesError::Malformed("time"))?;
        let row = Observation { at, price, listings, tickets };
        known.learn(&row, company);
        Ok(Some(row))
    }
}
