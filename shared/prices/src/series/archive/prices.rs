//! What an event's price is now: the same, one it had before, or so many whole units more or less.

use super::counts;
use super::course::{Company, Known, mean_size};
use super::mixer::key;
use super::teller::{Teller, signed_size, size};
use crate::money::{Currency, Money};
use crate::price::{AbsentReason, FeeBasis, Price};
use crate::series::SeriesError;
use crate::series::amounts::{basis_code, basis_of, reason_code, reason_of};
use crate::series::coder::Coder;

const SAME: u64 = 40;
const QUOTED: u64 = 41;
const REASON: u64 = 42;
const SAME_CURRENCY: u64 = 43;
const CURRENCY: u64 = 44;
const SAME_BASIS: u64 = 45;
const BASIS: u64 = 46;
const BEFORE: u64 = 47;
const WHOLE: u64 = 48;
const FIRST_UNITS: u64 = 49;
const UNITS: u64 = 50;
const PARTS: u64 = 51;
/// How many of an event's earlier amounts are tried.
const TRIED: usize = 5;

/// Codes prices; knows what amounts are in.
#[derive(Debug)]
pub(super) struct Prices {
    currency: Currency,
    basis: FeeBasis,
}

/// What a price is told from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given<'a> {
    pub event: u64,
    pub known: &'a Known,
    pub company: &'a Company,
    /// The size of the time since the last row.
    pub gap: u64,
    /// The listings of this row.
    pub listings: Option<u32>,
}

impl Given<'_> {
    /// How the listings changed with this row: the change, and whether there was one.
    fn listings_change(&self) -> (i64, u64) {
        match self.known.counts {
            [listings, _] if self.known.rows > 0 => {
                (listings.change(self.listings), u64::from(listings.last != self.listings))
            }
            _ => (0, 2),
        }
    }
}

impl Default for Prices {
    fn default() -> Self {
        Self { currency: Currency::USD, basis: FeeBasis::AllIn }
    }
}

impl Prices {
    /// Writes `price`, or reads one. A quoted amount that is no price is written as `Absent { Unknown }`.
    pub(super) fn code<C: Coder>(
        &mut self,
        teller: &mut Teller<C>,
        given: Given,
        price: Price,
    ) -> Result<Price, SeriesError> {
        let price = match price {
            Price::Quoted { money, basis } => Price::quoted(money, basis),
            absent @ Price::Absent { .. } => absent,
        };
        if let Some(last) = given.known.price
            && same(teller, given, last, price == last)?
        {
            return Ok(last);
        }
        let was = given.known.price.map_or(2, |last| u64::from(last.money().is_some()));
        let (_, counted) = given.listings_change();
        let last = given.known.money().map_or(0, |money| money.amount_minor.cast_unsigned());
        let contexts = [was, key(&[was, last]), key(&[was, counted, 1]), key(&[was, given.event, 2])];
        if teller.bit(QUOTED, was, &contexts, price.money().is_some())? {
            return self.quoted(teller, given, price);
        }
        let reason = match price {
            Price::Absent { reason } => reason,
            Price::Quoted { .. } => AbsentReason::Unknown,
        };
        let code = teller.choice(REASON, 3, &[was, key(&[given.event, was])], reason_code(reason))?;
        Ok(Price::absent(reason_of(code).ok_or(SeriesError::Malformed("absent reason"))?))
    }

    fn quoted<C: Coder>(
        &mut self,
        teller: &mut Teller<C>,
        given: Given,
        price: Price,
    ) -> Result<Price, SeriesError> {
        if let Some(Price::Quoted { money, basis }) = given.known.price {
            (self.currency, self.basis) = (money.currency, basis);
        }
        let (money, basis) = match price {
            Price::Quoted { money, basis } => (money, basis),
            Price::Absent { .. } => (Money::new(0, self.currency), self.basis),
        };
        if !teller.bit(SAME_CURRENCY, 0, &[0], money.currency == self.currency)? {
            let mut code = String::with_capacity(3);
            for letter in money.currency.as_str().bytes() {
                let letter = teller.choice(CURRENCY, 5, &[0], u64::from(letter.wrapping_sub(b'A')))?;
                code.push(char::from(b'A'.wrapping_add(u8::try_from(letter).unwrap_or(u8::MAX))));
            }
            self.currency = code.parse().map_err(|_| SeriesError::Malformed("currency"))?;
        }
        if !teller.bit(SAME_BASIS, 0, &[0], basis == self.basis)? {
            let code = teller.choice(BASIS, 2, &[0], basis_code(basis))?;
            self.basis = basis_of(code).ok_or(SeriesError::Malformed("fee basis"))?;
        }
        let minor = self.amount(teller, given, money.amount_minor)?;
        if minor <= 0 {
            return Err(SeriesError::Malformed("amount"));
        }
        Ok(Price::quoted(Money::new(minor, self.currency), self.basis))
    }

    fn amount<C: Coder>(&self, teller: &mut Teller<C>, given: Given, minor: i64) -> Result<i64, SeriesError> {
        let Given { event, known, company, .. } = given;
        let quoted = known.money().map(|money| money.amount_minor);
        let last = quoted.or(known.amounts.front().copied());
        let (change, _) = given.listings_change();
        let listings = signed_size(change);
        let from = last.unwrap_or(company.amount);
        let tried = known.amounts.iter().copied().filter(|amount| Some(*amount) != quoted).take(TRIED);
        for (place, amount) in (0_u64..).zip(tried) {
            let way = (place << 1) | u64::from(amount > from);
            let contexts = [
                key(&[way]),
                key(&[way, known.moves & 7, 1]),
                key(&[way, size(amount.abs_diff(from)), 2]),
                key(&[way, listings, known.moves & 1, 3]),
                key(&[amount.cast_unsigned(), from.cast_unsigned(), event]),
                key(&[place, size(known.since), mean_size(known.restless), 4]),
                key(&[way, company.up.signum().cast_unsigned(), 5]),
            ];
            if teller.bit(BEFORE, place, &contexts, amount == minor)? {
                return Ok(amount);
            }
        }
        let per_unit = self.currency.minor_per_major();
        let units = |minor: i64| minor.div_euclid(per_unit);
        let parts = |minor: i64| minor.rem_euclid(per_unit).unsigned_abs();
        let (dollars, cents) = (units(from).cast_unsigned(), parts(from));
        let was_whole = u64::from(cents == 0);
        let contexts = [was_whole, key(&[was_whole, event]), key(&[was_whole, dollars, 1])];
        let whole = teller.bit(WHOLE, was_whole, &contexts, parts(minor) == 0)?;
        let w = u64::from(whole);
        let change = units(minor).wrapping_sub(units(from));
        let change = if last.is_none() {
            let contexts = [w, key(&[w, size(dollars)]), key(&[w, company.rows.min(3), 1])];
            teller.signed(FIRST_UNITS, w, &contexts, change)?
        } else {
            let way = known.last_move.signum().cast_unsigned();
            let contexts = [
                w,
                key(&[w, size(dollars)]),
                key(&[w, signed_size(known.last_move / 100), 1]),
                key(&[w, listings, 2]),
                key(&[w, company.up.signum().cast_unsigned(), way, 3]),
                key(&[w, event, 4]),
                key(&[w, dollars, 5]),
                key(&[given.gap, size(known.since), size(dollars), 6]),
                key(&[w, known.moves & 7, way, 7]),
                key(&[from.cast_unsigned(), 8]),
            ];
            teller.signed(UNITS, (w << 3) | size(dollars).min(7), &contexts, change)?
        };
        let unit = units(from).wrapping_add(change);
        let rounded = unit.wrapping_mul(per_unit);
        if whole {
            return Ok(rounded);
        }
        // Prices of a market often lie on a grid (fees on whole dollars), so the units tell the parts.
        let bits = 64_u32.saturating_sub(per_unit.leading_zeros());
        let contexts = [
            0,
            key(&[unit.cast_unsigned(), 1]),
            key(&[unit.cast_unsigned(), event, 2]),
            key(&[cents, change.cast_unsigned(), 3]),
            key(&[cents, change.signum().cast_unsigned(), unit.cast_unsigned(), 4]),
            key(&[change.signum().cast_unsigned(), 5]),
        ];
        Ok(rounded.wrapping_add_unsigned(teller.choice(PARTS, bits, &contexts, parts(minor))?))
    }
}

/// Is the price the one it was?
fn same<C: Coder>(
    teller: &mut Teller<C>,
    given: Given,
    last: Price,
    same: bool,
) -> Result<bool, SeriesError> {
    let Given { event, known, company, gap, listings } = given;
    let (change, counted) = given.listings_change();
    let absent = u64::from(last.money().is_none());
    let amount = last.money().map_or(0, |money| money.amount_minor.cast_unsigned());
    let share = company.moved.saturating_mul(16).checked_div(company.rows).unwrap_or(99).min(12);
    let (since, restless) = (size(known.since), mean_size(known.restless));
    let [own, _] = known.counts;
    let swing = mean_size(own.swing);
    let change_size = if known.rows == 0 { 99 } else { signed_size(change) };
    let contexts = [
        key(&[absent, gap]),
        key(&[known.moves & 7, counted, 1]),
        key(&[share, known.moves & 3, absent, 2]),
        key(&[since, restless, gap, 3]),
        key(&[change_size, known.moves & 1, 4]),
        key(&[u64::from(company.before.moved), company.moved.min(4), size(company.rows), 5]),
        key(&[event, 6]),
        key(&[size(known.rows), absent, 7]),
        key(&[swing, change_size, since, 8]),
        key(&[amount, event, 9]),
        key(&[amount, 10]),
        key(&[company.last_share, share, known.moves & 15, 11]),
        key(&[counts::state(listings), change.cast_unsigned(), restless, 12]),
    ];
    teller.bit(SAME, (known.moves & 3) | (counted << 2), &contexts, same)
}
