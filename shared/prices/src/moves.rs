//! Confirmed moves: when a price has really changed, said once. The rules are in docs/PRICING.md, stage 2.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::observation::Observation;
use crate::price::{FeeBasis, Price};
use crate::summary::Unit;

/// The band's floor, in minor units: one dollar, one euro, 100 yen.
const BAND_FLOOR_MINOR: i64 = 100;
/// The band's share of the price: one part in this many.
const BAND_DIVISOR: i64 = 100;

/// Which way a price went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Cheaper than before.
    Down,
    /// Dearer than before.
    Up,
}

/// One sight of a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sight {
    /// When.
    pub at: DateTime<Utc>,
    /// As the market stated it.
    pub price: Money,
}

/// What bears a move out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The last sight of the level that stood before; `None` where it was confirmed before sights were remembered.
    pub before: Option<Sight>,
    /// The first sight of the new level; `None` where the market's answer itself says that the poll before saw the same.
    pub first: Option<Sight>,
    /// The sight that confirmed it.
    pub second: Sight,
    /// Prices within this of the old level are the old level, minor units.
    pub band_minor: i64,
    /// Observations since `before`, `second` included.
    pub polls: u32,
}

/// A price change that two sights agree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The level people were last told of.
    pub old: Money,
    /// The level now: two sights were at this price, or beyond it in the direction of the move.
    pub new: Money,
    /// What both amounts include.
    pub basis: FeeBasis,
    /// Change in hundredths of a percent of `old`, rounded half away from zero; negative is a fall.
    pub percent_hundredths: i32,
    /// Which way.
    pub direction: Direction,
    /// Lower than every confirmed price of this listing before it.
    pub lowest_ever: bool,
    /// Inside the band that flapping is swallowed in; answered only because it is a new low, so that a target
    /// between the two prices is met. Not worth telling for its own sake.
    pub within_band: bool,
    /// The first sight of the new level.
    pub first_seen_at: DateTime<Utc>,
    /// The sight that confirmed it.
    pub confirmed_at: DateTime<Utc>,
    /// What bears it out.
    pub evidence: Evidence,
}

/// A quoted price with what it includes: an amount alone says too little to be taken for the price of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// The amount, above zero.
    pub money: Money,
    /// What it includes.
    pub basis: FeeBasis,
}

impl Level {
    /// Which levels it can be compared with.
    pub const fn unit(self) -> Unit {
        Unit { currency: self.money.currency, basis: self.basis }
    }

    /// As a price.
    pub const fn price(self) -> Price {
        Price::quoted(self.money, self.basis)
    }

    /// What a price quotes, if it is above zero.
    pub fn of(price: &Price) -> Option<Self> {
        match *price {
            Price::Quoted { money, basis } if money.amount_minor > 0 => Some(Self { money, basis }),
            _ => None,
        }
    }

    fn comparable(self, other: Self) -> bool {
        self.unit() == other.unit()
    }

    const fn minor(self) -> i64 {
        self.money.amount_minor
    }
}

/// A level seen once, that waits for a second sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Candidate {
    level: Level,
    first_seen_at: DateTime<Utc>,
}

/// What must be remembered of one listing of one event to tell moves from noise. Store it with the series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveDetector {
    /// The level people were last told of (at first: the first confirmed level). A new low inside the band does not
    /// shift it, so that a drift in small steps is told once the steps add up.
    told: Option<Level>,
    /// The level two sights last bore out, told or not; `None` in states stored before it was remembered.
    #[serde(default)]
    confirmed: Option<Level>,
    /// The listing quoted no price since two sights last agreed: whatever comes back is a first sight.
    #[serde(default)]
    gone: bool,
    /// The lowest confirmed level on the basis of `told`.
    lowest: Option<Level>,
    /// The level that waits for a second sight.
    candidate: Option<Candidate>,
    /// The latest observation taken; what is not later is a repeat.
    seen_until: Option<DateTime<Utc>>,
    /// The last sight of the confirmed level.
    #[serde(default)]
    standing: Option<Sight>,
    /// Observations since then.
    #[serde(default)]
    polls: u32,
}

/// A level that two sights agree on.
#[derive(Clone, Copy)]
struct Seen {
    level: Level,
    first: Option<Sight>,
}

impl MoveDetector {
    /// Takes the next observation; `confirms` says that the poll before saw the same quote.
    ///
    /// An observation that is not later than the last one is a repeat and changes nothing.
    pub fn observe(&mut self, observation: &Observation, confirms: bool) -> Option<Move> {
        if self.seen_until.is_some_and(|until| observation.at <= until) {
            return None;
        }
        self.seen_until = Some(observation.at);
        self.polls = self.polls.saturating_add(1);
        let Some(level) = Level::of(&observation.price) else {
            // "No price" neither confirms nor refutes the level that moves begin at, but two sights must be in a row, and
            // meanwhile nothing stands.
            self.candidate = None;
            self.gone = true;
            return None;
        };
        let sight = Sight { at: observation.at, price: level.money };
        let seen = self.second_sight(level, confirms);
        self.candidate = Some(Candidate { level, first_seen_at: observation.at });
        self.gone &= seen.is_none();
        let moved = seen.and_then(|seen| self.settle(seen, sight));
        if self.level() == Some(level) {
            (self.standing, self.polls) = (Some(sight), 0);
        }
        moved
    }

    /// The level two sights last bore out, told or not: what the price is. None from an absence on until two sights agree again.
    pub fn stands(&self) -> Option<Level> {
        self.level().filter(|_| !self.gone)
    }

    /// The level people were last told of.
    pub const fn told(&self) -> Option<Level> {
        self.told
    }

    /// The lowest confirmed level, on the present currency and basis.
    pub const fn lowest(&self) -> Option<Level> {
        self.lowest
    }

    fn level(&self) -> Option<Level> {
        self.confirmed.or(self.told)
    }

    /// The level that two sights agree on now, with the first of them.
    fn second_sight(&self, level: Level, confirms: bool) -> Option<Seen> {
        let earlier = self.candidate.filter(|candidate| candidate.level.comparable(level));
        let first = earlier.map(|earlier| Sight { at: earlier.first_seen_at, price: earlier.level.money });
        if confirms {
            return Some(Seen { level, first: first.filter(|first| first.price == level.money) });
        }
        let earlier = earlier?;
        let gap = level.minor().abs_diff(earlier.level.minor());
        if gap > band(earlier.level.minor()).unsigned_abs() {
            return None;
        }
        // As much of a move as both sights bear out: the median of the two and the level that stood.
        let (low, high) =
            (level.minor().min(earlier.level.minor()), level.minor().max(earlier.level.minor()));
        let borne_out = self
            .level()
            .filter(|stood| stood.comparable(level))
            .map_or(high, |stood| stood.minor().clamp(low, high));
        let money = Money::new(borne_out, level.money.currency);
        Some(Seen { level: Level { money, basis: level.basis }, first })
    }

    /// Two sights agree on `seen`: is that news?
    fn settle(&mut self, seen: Seen, second: Sight) -> Option<Move> {
        let level = seen.level;
        let Some(told) = self.told.filter(|told| told.comparable(level)) else {
            // The first level, or another currency or fee basis: a new beginning, not a move.
            (self.told, self.confirmed, self.lowest) = (Some(level), Some(level), Some(level));
            return None;
        };
        self.confirmed = Some(level);
        let lowest_ever = self.lowest.is_none_or(|lowest| level.minor() < lowest.minor());
        if lowest_ever {
            self.lowest = Some(level);
        }
        let band_minor = band(told.minor());
        let within_band = level.minor().abs_diff(told.minor()) <= band_minor.unsigned_abs();
        if level.minor() == told.minor() || (within_band && !lowest_ever) {
            return None;
        }
        if !within_band {
            self.told = Some(level);
        }
        Some(Move {
            old: told.money,
            new: level.money,
            basis: level.basis,
            percent_hundredths: percent_hundredths(told.minor(), level.minor()),
            direction: if level.minor() < told.minor() { Direction::Down } else { Direction::Up },
            lowest_ever,
            within_band,
            first_seen_at: seen.first.map_or(second.at, |first| first.at),
            confirmed_at: second.at,
            evidence: Evidence {
                before: self.standing,
                first: seen.first,
                second,
                band_minor,
                polls: self.polls,
            },
        })
    }
}

/// Prices nearer than this to each other are one level: 1 % of the price, at least 100 minor units.
fn band(minor: i64) -> i64 {
    minor.checked_div(BAND_DIVISOR).unwrap_or(0).max(BAND_FLOOR_MINOR)
}

/// The change from `old` to `new` in hundredths of a percent of `old`, rounded half away from zero.
///
/// 0 when `old` is not above zero; clamped to the range of `i32`.
pub fn percent_hundredths(old: i64, new: i64) -> i32 {
    if old <= 0 {
        return 0;
    }
    let (old, new) = (i128::from(old), i128::from(new));
    let change = new.saturating_sub(old).saturating_mul(10_000);
    let half = old.checked_div(2).unwrap_or(0);
    let rounded = if change < 0 { change.saturating_sub(half) } else { change.saturating_add(half) };
    let result = rounded.checked_div(old).unwrap_or(0);
    i32::try_from(result).unwrap_or(if result < 0 { i32::MIN } else { i32::MAX })
}
