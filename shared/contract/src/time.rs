//! Times in bodies with many of them.

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::{Serialize, Serializer};

/// Writes a time as chrono does, RFC 3339 in UTC. A whole second, which nearly every time in a history is, is written digit by
/// digit: chrono's own way through formatting is most of what a long series costs.
pub fn serialize<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    match whole_second(at) {
        Some(text) => serializer.serialize_str(std::str::from_utf8(&text).unwrap_or_default()),
        None => at.serialize(serializer),
    }
}

fn whole_second(at: &DateTime<Utc>) -> Option<[u8; 20]> {
    let year = u32::try_from(at.year()).ok().filter(|year| (1..=9_999).contains(year))?;
    if at.nanosecond() != 0 {
        return None;
    }
    let mut text = *b"0000-00-00T00:00:00Z";
    let parts =
        [(0, 4, year), (5, 2, at.month()), (8, 2, at.day()), (11, 2, at.hour()), (14, 2, at.minute())];
    for (place, width, value) in parts.into_iter().chain([(17, 2, at.second())]) {
        let mut rest = value;
        for digit in text.iter_mut().skip(place).take(width).rev() {
            *digit = b'0'.saturating_add(u8::try_from(rest % 10).unwrap_or(0));
            rest /= 10;
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Body(#[serde(serialize_with = "serialize")] DateTime<Utc>);

    #[test]
    fn it_is_written_as_chrono_writes_it() {
        let seconds = (-100_000_000_000_i64..260_000_000_000).step_by(777_777_777);
        let times = seconds.filter_map(|second| DateTime::from_timestamp(second, 0));
        let odd = [(1_700_000_000, 1_000_000), (1_700_000_000, 123_456_789), (-62_200_000_000, 0)];
        let odd = odd.into_iter().filter_map(|(second, nanos)| DateTime::from_timestamp(second, nanos));
        for at in times.chain(odd) {
            assert_eq!(serde_json::to_string(&Body(at)).unwrap(), serde_json::to_string(&at).unwrap());
        }
    }
}
