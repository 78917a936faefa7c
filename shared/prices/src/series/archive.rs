//! Many events in one file: what is learned from one event's course serves the next.

use super::coder::{Coder, Reader};
use super::number::Number;
use super::rows::Rows;
use super::{ARCHIVE_MAGIC, Course, SeriesError, code_course, seal, unseal};

/// The courses of many events, for export and cold storage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive {
    /// Event id and course, in the order written.
    pub courses: Vec<(String, Course)>,
}

impl Archive {
    /// Encodes the archive. Fails only on [`SeriesError::TooLong`].
    pub fn encode(&self) -> Result<Vec<u8>, SeriesError> {
        seal(ARCHIVE_MAGIC, &[], |writer| {
            let mut number = Number::new();
            let mut rows = Rows::new();
            number.unsigned(writer, u64::try_from(self.courses.len()).unwrap_or(0))?;
            for (id, course) in &self.courses {
                number.unsigned(writer, u64::try_from(id.len()).unwrap_or(0))?;
                for byte in id.bytes() {
                    plain_byte(writer, byte)?;
                }
                code_course(writer, &mut rows, course)?;
            }
            Ok(())
        })
    }

    /// Decodes an archive.
    pub fn decode(bytes: &[u8]) -> Result<Self, SeriesError> {
        let mut reader = Reader::new(unseal(ARCHIVE_MAGIC, bytes)?);
        let mut number = Number::new();
        let mut rows = Rows::new();
        let mut courses = Vec::new();
        for _ in 0..number.unsigned(&mut reader, 0)? {
            let mut id = Vec::new();
            for _ in 0..number.unsigned(&mut reader, 0)? {
                id.push(plain_byte(&mut reader, 0)?);
            }
            let id = String::from_utf8(id).map_err(|_| SeriesError::Malformed("event id"))?;
            courses.push((id, code_course(&mut reader, &mut rows, &[])?));
        }
        reader.finish()?;
        Ok(Self { courses })
    }
}

fn plain_byte(coder: &mut impl Coder, byte: u8) -> Result<u8, SeriesError> {
    (0..8).rev().try_fold(0_u8, |answer, position| {
        Ok((answer << 1) | u8::from(coder.plain(byte.wrapping_shr(position) & 1 == 1)?))
    })
}
