//! How one observation is coded, given those before it.

use chrono::DateTime;

use super::SeriesError;
use super::coder::{Chance, Coder};
use super::number::Number;
use crate::money::{Currency, Money};
use crate::observation::Observation;
use crate::price::{AbsentReason, FeeBasis, Price};

/// What is expected of the next observation of a series.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    last: Option<Observation>,
    last_gap: i64,
    last_quote: (i64, Currency, FeeBasis),
    model: Model,
}

#[derive(Clone, Debug)]
struct Model {
    gap: Number,
    same_price: [Chance; 2],
    quoted: [Chance; 2],
    reason: [Chance; 8],
    same_unit: Chance,
    amount: Number,
    listings: Count,
    tickets: Count,
}

#[derive(Clone, Debug)]
struct Count {
    known: [Chance; 2],
    last: u32,
    was_known: bool,
    change: Number,
}

impl Rows {
    pub(super) fn new() -> Self {
        Self {
            last: None,
            last_gap: 0,
            last_quote: (0, Currency::USD, FeeBasis::AllIn),
            model: Model {
                gap: Number::new(),
                same_price: [Chance::default(); 2],
                quoted: [Chance::default(); 2],
                reason: [Chance::default(); 8],
                same_unit: Chance::default(),
                amount: Number::new(),
                listings: Count::new(),
                tickets: Count::new(),
            },
        }
    }

    /// Begins another series with what was learned from the one before.
    pub(super) fn begin(&mut self) {
        self.last = None;
        self.last_gap = 0;
    }

    /// Writes `row`, or reads one.
    pub(super) fn row(
        &mut self,
        coder: &mut impl Coder,
        row: &Observation,
    ) -> Result<Observation, SeriesError> {
        let last_at = self.last.map_or(0, |last| last.at.timestamp());
        let gap = row.at.timestamp().wrapping_sub(last_at);
        let change = self.model.gap.signed(coder, gap.wrapping_sub(self.last_gap))?;
        let gap = self.last_gap.wrapping_add(change);
        if self.last.is_some() {
            self.last_gap = gap;
        }
        let at =
            DateTime::from_timestamp(last_at.wrapping_add(gap), 0).ok_or(SeriesError::Malformed("time"))?;
        let price = self.price(coder, row.price)?;
        let listings = self.model.listings.code(coder, row.listings)?;
        let tickets = self.model.tickets.code(coder, row.tickets)?;
        let row = Observation {
            at,
            price,
            listings,
            tickets,
        };
        self.last = Some(row);
        Ok(row)
    }

    fn price(&mut self, coder: &mut impl Coder, price: Price) -> Result<Price, SeriesError> {
        let model = &mut self.model;
        let last = self.last.map(|last| last.price);
        let [was_absent, was_quoted] = &mut model.same_price;
        if let Some(last) = last {
            let same = if last.money().is_some() {
                was_quoted
            } else {
                was_absent
            };
            if coder.bit(same, price == last)? {
                return Ok(last);
            }
        }
        let [after_absent, after_quoted] = &mut model.quoted;
        let quoted = if last.is_some_and(|last| last.money().is_some()) {
            after_quoted
        } else {
            after_absent
        };
        let is_quoted = coder.bit(quoted, price.money().is_some())?;
        if !is_quoted {
            let reason = match price {
                Price::Absent { reason } => reason,
                Price::Quoted { .. } => AbsentReason::Unknown,
            };
            let code = small(coder, &mut model.reason, reason_code(reason))?;
            return reason_of(code)
                .map(Price::absent)
                .ok_or(SeriesError::Malformed("absent reason"));
        }
        let (last_minor, mut currency, mut basis) = self.last_quote;
        let (money, stated) = match price {
            Price::Quoted { money, basis } => (money, basis),
            Price::Absent { .. } => (Money::new(0, currency), basis),
        };
        if !coder.bit(
            &mut model.same_unit,
            money.currency == currency && stated == basis,
        )? {
            currency = code_currency(coder, money.currency)?;
            basis =
                basis_of(plain(coder, 2, basis_code(stated))?).ok_or(SeriesError::Malformed("fee basis"))?;
        }
        let change = model
            .amount
            .signed(coder, money.amount_minor.wrapping_sub(last_minor))?;
        let minor = last_minor.wrapping_add(change);
        if minor <= 0 {
            return Err(SeriesError::Malformed("amount"));
        }
        self.last_quote = (minor, currency, basis);
        Ok(Price::quoted(Money::new(minor, currency), basis))
    }
}

impl Count {
    fn new() -> Self {
        Self {
            known: [Chance::default(); 2],
            last: 0,
            was_known: false,
            change: Number::new(),
        }
    }

    fn code(&mut self, coder: &mut impl Coder, count: Option<u32>) -> Result<Option<u32>, SeriesError> {
        let [if_not, if_known] = &mut self.known;
        let known = if self.was_known { if_known } else { if_not };
        self.was_known = coder.bit(known, count.is_some())?;
        if !self.was_known {
            return Ok(None);
        }
        let change = i64::from(count.unwrap_or(0)).wrapping_sub(i64::from(self.last));
        let change = self.change.signed(coder, change)?;
        self.last = u32::try_from(i64::from(self.last).wrapping_add(change))
            .map_err(|_| SeriesError::Malformed("count"))?;
        Ok(Some(self.last))
    }
}

/// A number below 8 by a tree of modelled bits.
fn small(coder: &mut impl Coder, tree: &mut [Chance; 8], value: u8) -> Result<u8, SeriesError> {
    let mut node = 1_u8;
    for position in [2_u32, 1, 0] {
        let bit = value.wrapping_shr(position) & 1 == 1;
        let bit = match tree.get_mut(usize::from(node)) {
            Some(chance) => coder.bit(chance, bit)?,
            None => return Err(SeriesError::Malformed("code")),
        };
        node = (node << 1) | u8::from(bit);
    }
    Ok(node & 7)
}

/// `bits` bits that no model can guess.
fn plain(coder: &mut impl Coder, bits: u32, value: u8) -> Result<u8, SeriesError> {
    (0..bits).rev().try_fold(0_u8, |answer, position| {
        Ok((answer << 1) | u8::from(coder.plain(value.wrapping_shr(position) & 1 == 1)?))
    })
}

fn code_currency(coder: &mut impl Coder, currency: Currency) -> Result<Currency, SeriesError> {
    let mut code = String::with_capacity(3);
    for letter in currency.as_str().bytes() {
        let letter = plain(coder, 5, letter.wrapping_sub(b'A'))?;
        code.push(char::from(b'A'.wrapping_add(letter)));
    }
    code.parse().map_err(|_| SeriesError::Malformed("currency"))
}

/// Stable numbers of stored reasons: add, never renumber.
const fn reason_code(reason: AbsentReason) -> u8 {
    match reason {
        AbsentReason::Unknown => 0,
        AbsentReason::Restricted => 1,
        AbsentReason::NotOnSale => 2,
        AbsentReason::SoldOut => 3,
        AbsentReason::Free => 4,
    }
}

const fn reason_of(code: u8) -> Option<AbsentReason> {
    match code {
        0 => Some(AbsentReason::Unknown),
        1 => Some(AbsentReason::Restricted),
        2 => Some(AbsentReason::NotOnSale),
        3 => Some(AbsentReason::SoldOut),
        4 => Some(AbsentReason::Free),
        _ => None,
    }
}

/// Stable numbers of stored fee bases: add, never renumber.
const fn basis_code(basis: FeeBasis) -> u8 {
    match basis {
        FeeBasis::AllIn => 0,
        FeeBasis::BeforeFees => 1,
        FeeBasis::Unknown => 2,
    }
}

const fn basis_of(code: u8) -> Option<FeeBasis> {
    match code {
        0 => Some(FeeBasis::AllIn),
        1 => Some(FeeBasis::BeforeFees),
        2 => Some(FeeBasis::Unknown),
        _ => None,
    }
}
