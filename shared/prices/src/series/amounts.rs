//! What the next price and counts are: the same, one seen lately, or a change.

use super::SeriesError;
use super::coder::{Chance, Coder};
use super::number::{Number, Tree, plain_bits};
use crate::money::{Currency, Money};
use crate::price::{AbsentReason, FeeBasis, Price};

/// How many lately seen amounts are remembered.
const REMEMBERED: usize = 6;

/// What is expected of the next price.
#[derive(Clone, Debug)]
pub(super) struct Prices {
    last: Option<Price>,
    /// Did the last price, and the one before, differ from theirs?
    unrest: usize,
    currency: Currency,
    basis: FeeBasis,
    /// Amounts seen lately, the latest first.
    recent: Vec<i64>,
    model: Model,
}

#[derive(Clone, Debug)]
struct Model {
    same: [Chance; 8],
    quoted: [Chance; 2],
    reason: Tree<8>,
    same_currency: Chance,
    same_basis: Chance,
    basis: Tree<4>,
    seen: Chance,
    which: [Chance; REMEMBERED],
    whole: [Chance; 2],
    change: [Number; 2],
}

impl Prices {
    pub(super) fn new() -> Self {
        Self {
            last: None,
            unrest: 0,
            currency: Currency::USD,
            basis: FeeBasis::AllIn,
            recent: Vec::new(),
            model: Model {
                same: [Chance::default(); 8],
                quoted: [Chance::default(); 2],
                reason: Tree::default(),
                same_currency: Chance::default(),
                same_basis: Chance::default(),
                basis: Tree::default(),
                seen: Chance::default(),
                which: [Chance::default(); REMEMBERED],
                whole: [Chance::default(); 2],
                change: [Number::new(), Number::new()],
            },
        }
    }

    /// Begins another series.
    pub(super) fn begin(&mut self) {
        self.last = None;
        self.unrest = 0;
        self.recent.clear();
    }

    /// Writes `price`, or reads one. A quoted amount that is no price is written as `Absent { Unknown }`.
    pub(super) fn code(&mut self, coder: &mut impl Coder, price: Price) -> Result<Price, SeriesError> {
        let price = match price {
            Price::Quoted { money, basis } => Price::quoted(money, basis),
            absent @ Price::Absent { .. } => absent,
        };
        let was_quoted = usize::from(self.last.is_some_and(|last| last.money().is_some()));
        if let Some(last) = self.last {
            let chance = self.model.same.get_mut((was_quoted << 2) | self.unrest);
            let same = coder.bit(chance.ok_or(SeriesError::Malformed("price"))?, price == last)?;
            self.unrest = ((self.unrest << 1) | usize::from(!same)) & 3;
            if same {
                return Ok(last);
            }
        }
        let chance = self.model.quoted.get_mut(was_quoted).ok_or(SeriesError::Malformed("price"))?;
        let price = if coder.bit(chance, price.money().is_some())? {
            self.quoted(coder, price)?
        } else {
            let reason = match price {
                Price::Absent { reason } => reason,
                Price::Quoted { .. } => AbsentReason::Unknown,
            };
            let code = self.model.reason.code(coder, 3, reason_code(reason))?;
            Price::absent(reason_of(code).ok_or(SeriesError::Malformed("absent reason"))?)
        };
        self.last = Some(price);
        Ok(price)
    }

    fn quoted(&mut self, coder: &mut impl Coder, price: Price) -> Result<Price, SeriesError> {
        let (money, basis) = match price {
            Price::Quoted { money, basis } => (money, basis),
            Price::Absent { .. } => (Money::new(0, self.currency), self.basis),
        };
        if !coder.bit(&mut self.model.same_currency, money.currency == self.currency)? {
            self.currency = code_currency(coder, money.currency)?;
        }
        if !coder.bit(&mut self.model.same_basis, basis == self.basis)? {
            let code = self.model.basis.code(coder, 2, basis_code(basis))?;
            self.basis = basis_of(code).ok_or(SeriesError::Malformed("fee basis"))?;
        }
        let minor = self.amount(coder, money.amount_minor)?;
        if minor <= 0 {
            return Err(SeriesError::Malformed("amount"));
        }
        Ok(Price::quoted(Money::new(minor, self.currency), self.basis))
    }

    fn amount(&mut self, coder: &mut impl Coder, minor: i64) -> Result<i64, SeriesError> {
        let place = self.recent.iter().position(|recent| *recent == minor);
        if !self.recent.is_empty() && coder.bit(&mut self.model.seen, place.is_some())? {
            let mut found = None;
            for (index, (chance, recent)) in self.model.which.iter_mut().zip(&self.recent).enumerate() {
                if coder.bit(chance, place == Some(index))? {
                    found = Some((index, *recent));
                    break;
                }
            }
            let (index, minor) = found.ok_or(SeriesError::Malformed("amount"))?;
            self.recent.remove(index);
            self.recent.insert(0, minor);
            return Ok(minor);
        }
        let last = self.recent.first().copied().unwrap_or(0);
        let per_major = self.currency.minor_per_major();
        let is_whole = |minor: i64| minor.checked_rem(per_major) == Some(0);
        let [was_broken, was_whole] = &mut self.model.whole;
        let whole = coder.bit(if is_whole(last) { was_whole } else { was_broken }, is_whole(minor))?;
        let [minor_units, major_units] = &mut self.model.change;
        let minor = if whole {
            // Whole dollars change by whole dollars: from the last amount, rounded down.
            let majors = |minor: i64| minor.checked_div(per_major).unwrap_or(0);
            let change = major_units.signed(coder, majors(minor).wrapping_sub(majors(last)))?;
            majors(last).wrapping_add(change).wrapping_mul(per_major)
        } else {
            last.wrapping_add(minor_units.signed(coder, minor.wrapping_sub(last))?)
        };
        self.recent.insert(0, minor);
        self.recent.truncate(REMEMBERED);
        Ok(minor)
    }
}

/// What is expected of the next count of listings or tickets.
#[derive(Clone, Debug)]
pub(super) struct Counts {
    state: usize,
    last: u32,
    /// How large the last changes were, 0 to 3.
    unrest: usize,
    same_state: [Chance; 3],
    other_state: [Chance; 3],
    change: [Number; 4],
}

/// Whether a count is known, and if so whether it is zero: markets write 0 for "unknown" now and then.
const UNKNOWN: usize = 0;
const ZERO: usize = 1;
const SOME: usize = 2;

impl Counts {
    pub(super) fn new() -> Self {
        Self {
            state: UNKNOWN,
            last: 0,
            unrest: 0,
            same_state: [Chance::default(); 3],
            other_state: [Chance::default(); 3],
            change: [Number::new(), Number::new(), Number::new(), Number::new()],
        }
    }

    /// Begins another series.
    pub(super) fn begin(&mut self) {
        self.last = 0;
        self.unrest = 3;
    }

    /// Writes `count`, or reads one.
    pub(super) fn code(
        &mut self,
        coder: &mut impl Coder,
        count: Option<u32>,
    ) -> Result<Option<u32>, SeriesError> {
        let state = match count {
            None => UNKNOWN,
            Some(0) => ZERO,
            Some(_) => SOME,
        };
        self.state = self.code_state(coder, state)?;
        match self.state {
            UNKNOWN => return Ok(None),
            ZERO => return Ok(Some(0)),
            _ => {}
        }
        let model = self.change.get_mut(self.unrest).ok_or(SeriesError::Malformed("count"))?;
        let change = model.signed(coder, i64::from(count.unwrap_or(0)).wrapping_sub(i64::from(self.last)))?;
        self.unrest = match change.unsigned_abs() {
            0 => 0,
            1..=3 => 1,
            4..=15 => 2,
            _ => 3,
        };
        let count = i64::from(self.last).wrapping_add(change);
        self.last =
            u32::try_from(count).ok().filter(|count| *count > 0).ok_or(SeriesError::Malformed("count"))?;
        Ok(Some(self.last))
    }

    fn code_state(&mut self, coder: &mut impl Coder, state: usize) -> Result<usize, SeriesError> {
        let now = self.state;
        let model = self.same_state.get_mut(now).zip(self.other_state.get_mut(now));
        let (same, other) = model.ok_or(SeriesError::Malformed("count"))?;
        if coder.bit(same, state == now)? {
            return Ok(now);
        }
        let (low, high) = match now {
            UNKNOWN => (ZERO, SOME),
            ZERO => (UNKNOWN, SOME),
            _ => (UNKNOWN, ZERO),
        };
        Ok(if coder.bit(other, state == high)? { high } else { low })
    }
}

fn code_currency(coder: &mut impl Coder, currency: Currency) -> Result<Currency, SeriesError> {
    let mut code = String::with_capacity(3);
    for letter in currency.as_str().bytes() {
        let letter = plain_bits(coder, 5, u64::from(letter.wrapping_sub(b'A')))?;
        code.push(char::from(b'A'.wrapping_add(u8::try_from(letter).unwrap_or(u8::MAX))));
    }
    code.parse().map_err(|_| SeriesError::Malformed("currency"))
}

/// Stable numbers of stored reasons: add, never renumber.
pub(super) const fn reason_code(reason: AbsentReason) -> u64 {
    match reason {
        AbsentReason::Unknown => 0,
        AbsentReason::Restricted => 1,
        AbsentReason::NotOnSale => 2,
        AbsentReason::SoldOut => 3,
        AbsentReason::Free => 4,
    }
}

pub(super) const fn reason_of(code: u64) -> Option<AbsentReason> {
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
pub(super) const fn basis_code(basis: FeeBasis) -> u64 {
    match basis {
        FeeBasis::AllIn => 0,
        FeeBasis::BeforeFees => 1,
        FeeBasis::Unknown => 2,
    }
}

pub(super) const fn basis_of(code: u64) -> Option<FeeBasis> {
    match code {
        0 => Some(FeeBasis::AllIn),
        1 => Some(FeeBasis::BeforeFees),
        2 => Some(FeeBasis::Unknown),
        _ => None,
    }
}
