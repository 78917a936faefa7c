//! How many listings or tickets an event has: unknown, none, or so many more or fewer than last time.

use super::course::{Company, Known, mean_size};
use super::mixer::key;
use super::teller::{Teller, signed_size, size};
use crate::series::SeriesError;
use crate::series::coder::Coder;

const SOME: u64 = 20;
const NONE: u64 = 21;
const FIRST: u64 = 22;
const CHANGE: u64 = 23;
/// Questions of tickets are those of listings, this much further on.
const PER_COUNT: u64 = 10;

/// Writes a count (0: listings, 1: tickets) of an event, or reads one. `gap` is the size of the time since the last row.
pub(super) fn code<C: Coder>(
    teller: &mut Teller<C>,
    place: usize,
    (event, known): (u64, &Known),
    company: &Company,
    gap: u64,
    count: Option<u32>,
) -> Result<Option<u32>, SeriesError> {
    let (own, before) = known
        .counts
        .get(place)
        .zip(company.before.counts.get(place))
        .ok_or(SeriesError::Malformed("count"))?;
    let kind = u64::try_from(place).unwrap_or(0).wrapping_mul(PER_COUNT);
    let was = if known.rows == 0 { 3 } else { state(own.last) };
    let near = state(before.last);
    let contexts = [
        was,
        key(&[was, near]),
        key(&[was, event, 1]),
        key(&[was, known.rows.min(20), 2]),
        key(&[was, u64::from(known.price.is_some_and(|price| price.money().is_none())), 3]),
    ];
    if !teller.bit(SOME.wrapping_add(kind), was, &contexts, count.is_some_and(|count| count > 0))? {
        let none = teller.bit(NONE.wrapping_add(kind), was, &contexts, count == Some(0))?;
        return Ok(none.then_some(0));
    }
    let Some(last) = own.last.filter(|last| *last > 0) else {
        let contexts = [0, key(&[size(u64::from(before.last.unwrap_or(0)))])];
        let first =
            teller.above_zero(FIRST.wrapping_add(kind), 0, &contexts, u64::from(count.unwrap_or(1)))?;
        return u32::try_from(first).map(Some).map_err(|_| SeriesError::Malformed("count"));
    };
    let last = i64::from(last);
    let swing = mean_size(own.swing);
    let others = if company.rows == 0 { 99 } else { mean_size(per_row(company.swing, company.rows)) };
    let share = company.counted.saturating_mul(4).checked_div(company.rows).unwrap_or(9);
    let [change, earlier] = own.changes;
    let level = last.unsigned_abs();
    let contexts = [
        key(&[swing, gap]),
        key(&[own.moves & 15, swing, 1]),
        key(&[signed_size(change), signed_size(earlier), 2]),
        key(&[change.cast_unsigned(), 3]),
        key(&[swing, others, 4]),
        key(&[u64::from(before.change != 0), signed_size(before.change), swing, 5]),
        key(&[event, gap, 6]),
        key(&[size(level), swing, 7]),
        key(&[level & 1, own.moves & 1, swing, 8]),
        key(&[level, event, 9]),
        key(&[share, own.moves & 7, gap, 10]),
        key(&[known.rows.min(40) >> 1, swing, others, 11]),
    ];
    let change = teller.signed(CHANGE.wrapping_add(kind), swing, &contexts, own.change(count))?;
    let count = u32::try_from(last.wrapping_add(change)).ok().filter(|count| *count > 0);
    count.map(Some).ok_or(SeriesError::Malformed("count"))
}

/// Unknown, none, some.
pub(super) const fn state(count: Option<u32>) -> u64 {
    match count {
        None => 0,
        Some(0) => 1,
        Some(_) => 2,
    }
}

fn per_row(sum: f64, rows: u64) -> f64 {
    sum / f64::from(u32::try_from(rows).unwrap_or(u32::MAX))
}
