//! Dates as providers write them: with `Z`, with an offset, with neither, and placeholders that mean "not known".

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};

/// A date that cannot be read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadDate;

/// Ticketmaster writes 1900-01-01 for "not known" \[O\], others the epoch; neither is a date of an event.
fn is_real(date: NaiveDate) -> bool {
    (1971..2200).contains(&date.year())
}

/// Reads `text` by `parse`: absent, empty and placeholder dates are `None`.
fn read<T>(
    text: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
    date: impl Fn(&T) -> NaiveDate,
) -> Result<Option<T>, BadDate> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => parse(text).map(|read| Some(read).filter(|read| is_real(date(read)))).ok_or(BadDate),
    }
}

/// `2020-03-08T19:30:00`, the form nearly every date has, read without the general parser; `None` for any other form.
fn plain(text: &str) -> Option<NaiveDateTime> {
    let is_plain = text.len() == FORM.len()
        && text.bytes().zip(FORM).all(
            |(letter, form)| {
                if *form == b'0' { letter.is_ascii_digit() } else { letter == *form }
            },
        );
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    if !is_plain {
        return None;
    }
    NaiveDate::from_ymd_opt(i32::try_from(number(0, 4)?).ok()?, number(5, 7)?, number(8, 10)?)?.and_hms_opt(
        number(11, 13)?,
        number(14, 16)?,
        number(17, 19)?,
    )
}

const FORM: &[u8; 19] = b"0000-00-00T00:00:00";

/// An instant with `Z` or an offset.
pub(crate) fn instant(text: Option<&str>) -> Result<Option<DateTime<Utc>>, BadDate> {
    let parse = |text: &str| match text.strip_suffix('Z').and_then(plain) {
        Some(wall) => Some(wall.and_utc()),
        None => DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc()),
    };
    read(text, parse, DateTime::date_naive)
}

/// An instant that keeps its offset.
pub(crate) fn offset(text: Option<&str>) -> Result<Option<DateTime<FixedOffset>>, BadDate> {
    read(text, |text| DateTime::parse_from_rfc3339(text).ok(), DateTime::date_naive)
}

/// A wall clock without offset.
pub(crate) fn wall(text: Option<&str>) -> Result<Option<NaiveDateTime>, BadDate> {
    read(text, |text| plain(text).or_else(|| text.parse().ok()), NaiveDateTime::date)
}

/// A UTC time written without suffix, as SeatGeek does \[O\]; one with a suffix is understood too.
pub(crate) fn bare_utc(text: Option<&str>) -> Result<Option<DateTime<Utc>>, BadDate> {
    wall(text).map(|found| found.map(|naive| naive.and_utc())).or_else(|BadDate| instant(text))
}

/// A date and a time of day in two fields; midnight stands in for a missing time.
pub(crate) fn date_and_time(
    date: Option<&str>,
    time: Option<&str>,
) -> Result<Option<NaiveDateTime>, BadDate> {
    let date = read(date, |text| text.parse::<NaiveDate>().ok(), |date| *date)?;
    let time = match time.map(str::trim).filter(|time| !time.is_empty()) {
        None => NaiveTime::MIN,
        Some(text) => text.parse().map_err(|_| BadDate)?,
    };
    Ok(date.map(|date| date.and_time(time)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_of_writing_a_date_is_understood() {
        let utc = "2020-03-08T19:30:00Z".parse::<DateTime<Utc>>().unwrap();
        assert_eq!(instant(Some("2020-03-08T19:30:00Z")), Ok(Some(utc)));
        assert_eq!(instant(Some("2020-03-08T12:30:00-07:00")), Ok(Some(utc)));
        assert_eq!(bare_utc(Some("2020-03-08T19:30:00")), Ok(Some(utc)));
        assert_eq!(bare_utc(Some("2020-03-08T19:30:00Z")), Ok(Some(utc)));
        assert_eq!(wall(Some("2020-03-08T19:30:00")), Ok(Some(utc.naive_utc())));
        assert_eq!(date_and_time(Some("2020-03-08"), Some("19:30:00")), Ok(Some(utc.naive_utc())));
    }

    #[test]
    fn the_short_way_reads_what_the_general_parser_reads() {
        for text in ["2020-03-08T19:30:00", "2024-02-29T00:00:00", "1999-12-31T23:59:59"] {
            assert_eq!(plain(text), text.parse().ok(), "{text}");
            assert_eq!(instant(Some(&format!("{text}Z"))), Ok(plain(text).map(|wall| wall.and_utc())));
        }
        for other in [
            "2020-03-08",
            "2020-03-08 19:30:00",
            "+020-03-08T19:30:00",
            "2023-02-29T00:00:00",
            "2020-03-08T24:00:00",
        ] {
            assert_eq!(plain(other), None, "{other}");
        }
    }

    #[test]
    fn placeholders_are_no_dates_and_rubbish_is_an_error() {
        assert_eq!(instant(Some("1900-01-01T18:00:00Z")), Ok(None));
        assert_eq!(wall(Some("1970-01-01T00:00:00")), Ok(None));
        assert_eq!(wall(Some(" ")), Ok(None));
        assert_eq!(instant(None), Ok(None));
        for bad in ["tomorrow", "2020-13-01T00:00:00", "2020-03-08"] {
            assert_eq!(wall(Some(bad)), Err(BadDate), "{bad}");
        }
        assert_eq!(date_and_time(Some("2020-03-08"), Some("evening")), Err(BadDate));
    }
}
