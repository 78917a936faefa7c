//! The stored form of price histories: a few bytes an observation, lossless to the second and the minor unit.
//!
//! ```text
//! series  = "RS" version body crc               one market's course
//! segment = "RG" version length id body crc     all markets' courses of one event; `id` is the event's
//! archive = "RA" version body crc               the courses of many events (`series/archive.rs`)
//! ```
//! `crc` is the CRC-32 (big endian) of everything before it; the body is one arithmetic-coded stream. Series and
//! segment are pinned by tests (`tests/series.rs`): a version is never changed once written, a better layout is a
//! new version beside it. Sub-second parts of times are not kept, and an amount that is no price (zero or less)
//! is kept as [`AbsentReason::Unknown`].

mod amounts;
mod archive;
mod coder;
pub(crate) mod crc;
mod number;
mod rows;
mod times;

use std::fmt;

use chrono::DateTime;

pub use self::archive::{Archive, ArchiveRows};
use self::coder::{Coder, Reader, Writer};
use self::number::Number;
use self::rows::Rows;
use crate::market::Market;
use crate::observation::Observation;
use crate::price::{AbsentReason, Price};
use crate::summary::Courses;

const SERIES_MAGIC: [u8; 2] = *b"RS";
const SEGMENT_MAGIC: [u8; 2] = *b"RG";
const ARCHIVE_MAGIC: [u8; 2] = *b"RA";
const VERSION: u8 = 1;
/// Version 1 held the courses one after another; it was never pinned, and is no longer read.
const ARCHIVE_VERSION: u8 = 2;
/// More than five years of one observation every 30 seconds.
const MOST_OBSERVATIONS: u64 = 1 << 23;

/// One market's observations, oldest first.
pub type Course = Vec<Observation>;

/// Why stored bytes are no history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeriesError {
    /// The first bytes are not those of this kind of file.
    NotThisKind,
    /// Written by another version of this code.
    UnknownVersion(u8),
    /// The checksum does not match: the bytes were damaged.
    Checksum,
    /// The bytes end too early.
    Truncated,
    /// Bytes are left over.
    Trailing,
    /// More observations than any series may have, or an event id of more than 255 bytes.
    TooLong,
    /// A value that no writer writes; the word says where.
    Malformed(&'static str),
}

impl fmt::Display for SeriesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotThisKind => f.write_str("not a stored price history"),
            Self::UnknownVersion(version) => write!(f, "stored by an unknown version ({version})"),
            Self::Checksum => f.write_str("checksum mismatch: the stored bytes are damaged"),
            Self::Truncated => f.write_str("the stored bytes end too early"),
            Self::Trailing => f.write_str("bytes are left over after the last observation"),
            Self::TooLong => {
                write!(f, "more than {MOST_OBSERVATIONS} observations, or an id of more than 255 bytes")
            }
            Self::Malformed(what) => write!(f, "impossible {what}"),
        }
    }
}

impl std::error::Error for SeriesError {}

/// Encodes one market's course, in the order given. Fails only on [`SeriesError::TooLong`].
pub fn encode(course: &[Observation]) -> Result<Vec<u8>, SeriesError> {
    seal(SERIES_MAGIC, VERSION, &[], |writer| code_course(writer, &mut Rows::new(), course).map(drop))
}

/// Decodes one market's course.
pub fn decode(bytes: &[u8]) -> Result<Course, SeriesError> {
    Observations::read(bytes)?.collect()
}

/// A stored course, decoded one observation at a time. After an error it ends.
#[derive(Debug)]
pub struct Observations<'a> {
    reader: Option<Reader<'a>>,
    rows: Rows,
    left: u64,
}

impl<'a> Observations<'a> {
    /// Checks the seal and reads the length; the rows are read as they are asked for.
    pub fn read(bytes: &'a [u8]) -> Result<Self, SeriesError> {
        let mut reader = Reader::new(unseal(SERIES_MAGIC, VERSION, bytes)?);
        let mut rows = Rows::new();
        let left = begin_course(&mut reader, &mut rows, 0)?;
        Ok(Self { reader: Some(reader), rows, left })
    }

    /// How many observations are still to come.
    pub const fn left(&self) -> u64 {
        self.left
    }
}

impl Iterator for Observations<'_> {
    type Item = Result<Observation, SeriesError>;

    fn next(&mut self) -> Option<Self::Item> {
        let reader = self.reader.as_mut()?;
        let Some(left) = self.left.checked_sub(1) else {
            return self.reader.take()?.finish().err().map(Err);
        };
        self.left = left;
        let row = self.rows.row(reader, &NOTHING);
        if row.is_err() {
            self.reader = None;
            self.left = 0;
        }
        Some(row)
    }
}

/// Every market's course of one event, as one stored object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Segment {
    /// The event's id, up to 255 bytes of text.
    pub event_id: String,
    /// The courses, oldest observation first.
    pub courses: Courses,
}

impl Segment {
    /// Encodes the segment. Fails only on [`SeriesError::TooLong`].
    pub fn encode(&self) -> Result<Vec<u8>, SeriesError> {
        let mut head = vec![u8::try_from(self.event_id.len()).map_err(|_| SeriesError::TooLong)?];
        head.extend(self.event_id.bytes());
        seal(SEGMENT_MAGIC, VERSION, &head, |writer| {
            let mut rows = Rows::new();
            let mut number = Number::new();
            number.unsigned(writer, u64::try_from(self.courses.len()).unwrap_or(0))?;
            for (market, course) in &self.courses {
                number.unsigned(writer, market_code(*market))?;
                code_course(writer, &mut rows, course)?;
            }
            Ok(())
        })
    }

    /// Decodes a segment.
    pub fn decode(bytes: &[u8]) -> Result<Self, SeriesError> {
        let body = unseal(SEGMENT_MAGIC, VERSION, bytes)?;
        let (length, body) = body.split_first().ok_or(SeriesError::Truncated)?;
        let (id, body) = body.split_at_checked(usize::from(*length)).ok_or(SeriesError::Truncated)?;
        let event_id = std::str::from_utf8(id).map_err(|_| SeriesError::Malformed("event id"))?.to_owned();
        let mut reader = Reader::new(body);
        let mut rows = Rows::new();
        let mut number = Number::new();
        let mut courses = Courses::new();
        for _ in 0..number.unsigned(&mut reader, 0)? {
            let code = number.unsigned(&mut reader, 0)?;
            let market = market_of(code).ok_or(SeriesError::Malformed("market"))?;
            let course = code_course(&mut reader, &mut rows, &[])?;
            if courses.insert(market, course).is_some() {
                return Err(SeriesError::Malformed("market twice"));
            }
        }
        reader.finish()?;
        Ok(Self { event_id, courses })
    }
}

/// What a reader tells the model, which does not listen.
const NOTHING: Observation =
    Observation::of_price(DateTime::UNIX_EPOCH, Price::absent(AbsentReason::Unknown));

/// Writes the length of a course, or reads one.
fn begin_course(coder: &mut impl Coder, rows: &mut Rows, length: usize) -> Result<u64, SeriesError> {
    rows.begin();
    let length = Number::new().unsigned(coder, u64::try_from(length).unwrap_or(u64::MAX))?;
    if length > MOST_OBSERVATIONS { Err(SeriesError::TooLong) } else { Ok(length) }
}

/// Writes the course, or reads one: its length, then its rows.
fn code_course(
    coder: &mut impl Coder,
    rows: &mut Rows,
    course: &[Observation],
) -> Result<Course, SeriesError> {
    let length = begin_course(coder, rows, course.len())?;
    // Grows as rows are read: a length that lies costs nothing.
    let mut answer = Vec::new();
    let mut given = course.iter();
    for _ in 0..length {
        answer.push(rows.row(coder, given.next().unwrap_or(&NOTHING))?);
    }
    Ok(answer)
}

fn seal(
    magic: [u8; 2],
    version: u8,
    head: &[u8],
    body: impl FnOnce(&mut Writer) -> Result<(), SeriesError>,
) -> Result<Vec<u8>, SeriesError> {
    let mut writer = Writer::new();
    body(&mut writer)?;
    let mut bytes = Vec::from(magic);
    bytes.push(version);
    bytes.extend_from_slice(head);
    bytes.extend(writer.finish());
    bytes.extend(crc::crc32(&bytes).to_be_bytes());
    Ok(bytes)
}

fn unseal(magic: [u8; 2], version: u8, bytes: &[u8]) -> Result<&[u8], SeriesError> {
    let rest = bytes.strip_prefix(&magic).ok_or(SeriesError::NotThisKind)?;
    let (found, _) = rest.split_first().ok_or(SeriesError::Truncated)?;
    if *found != version {
        return Err(SeriesError::UnknownVersion(*found));
    }
    let (sealed, crc) = bytes.split_last_chunk::<4>().ok_or(SeriesError::Truncated)?;
    if crc::crc32(sealed).to_be_bytes() != *crc {
        return Err(SeriesError::Checksum);
    }
    sealed.get(3..).ok_or(SeriesError::Truncated)
}

/// Stable numbers of stored markets: add, never renumber.
const fn market_code(market: Market) -> u64 {
    match market {
        Market::Ticketmaster => 0,
        Market::SeatGeek => 1,
        Market::StubHub => 2,
        Market::Eventbrite => 3,
        Market::Feed => 4,
        Market::TicketEvolution => 5,
    }
}

fn market_of(code: u64) -> Option<Market> {
    Market::ALL.into_iter().find(|market| market_code(*market) == code)
}
