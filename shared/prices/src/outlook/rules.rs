//! Rules of when to buy, and how much each is believed by what it saved lately.
//!
//! Always buy and always wait are among them, and the worked-out cost of waiting (`waiting.rs`); the others wait for a
//! dip and take it. Each day those who wait by a rule gain or lose what the price moved; rules are weighed by that, and
//! each day a little of all belief is shared out anew, so that it can change sides within days of a change of
//! regime (Herbster and Warmuth, *Tracking the best expert*, 1998). The weightier half decides.

use std::collections::BTreeMap;

use super::features::{BELOW_WEEK_HIGH, COUNT};

/// How many rules there are.
pub const RULES: usize = 9;
/// The place of the rule that waits while the worked-out cost is below the price now; before it, buy and wait.
const WORKED_OUT: usize = 2;
/// Parts of the highest price of a week below which a price is a dip to be taken.
const DIPS: [f64; 6] = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3];
/// A price counts at most as so many times the one before: one absurd price must not decide.
const MOST: f64 = 2.0;
/// The part of those who would have asked on earlier days among all who ask: most ask within the last seven days.
const EARLIER: f64 = 6.0 / 7.0;
/// How fast belief follows: a rule that lost a hundredth more on a day is believed 4.5 times less.
const PACE: f64 = 150.0;
/// As if so many more events had not moved: what few events did may be their own luck.
const STILL: f64 = 10.0;
/// The part of belief that is shared out evenly each day, as if regimes lasted for fifty.
const SHARED: f64 = 0.02;

/// How much each rule is believed, and what those paid, on average, whom it told to wait, over the price then.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// Beliefs; they add up to 1.
    pub weights: [f64; RULES],
    /// Payments over the price when waiting began.
    pub paid: [f64; RULES],
}

impl Default for Rules {
    /// Nothing was seen: there is no reason to wait.
    fn default() -> Self {
        let mut weights = [0.0; RULES];
        let [buy, ..] = &mut weights;
        *buy = 1.0;
        Self { weights, paid: [1.0; RULES] }
    }
}

/// Which rules say wait, at a moment of these numbers whose worked-out cost of waiting is `cost`.
pub fn votes(numbers: &[f32; COUNT], cost: f64) -> [bool; RULES] {
    let below_high = numbers.get(BELOW_WEEK_HIGH).copied().map_or(0.0, f64::from);
    let mut votes = [false; RULES];
    let (known, dips) = votes.split_at_mut(WORKED_OUT.saturating_add(1));
    known.copy_from_slice(&[false, true, cost < 1.0]);
    for (vote, dip) in dips.iter_mut().zip(DIPS) {
        *vote = below_high > (1.0 - dip).ln();
    }
    votes
}

/// A past day of a course, for those who ask on it.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Days since.
    pub age: i64,
    /// The price then.
    pub price: u32,
    /// What the rules said.
    pub votes: [bool; RULES],
    /// The day after it in the same course, by its place; `None` if this was the last, on which one has to buy.
    pub next: Option<usize>,
}

impl Rules {
    /// What past days teach, of which `half_life` days old ones count half. A day comes before the day after it.
    pub fn learn(days: &[Asked], half_life: f64) -> Self {
        let Some(weights) = believe(days) else { return Self::default() };
        // Backwards: what one who asks on this day pays in the end.
        let mut paid = vec![[0.0; RULES]; days.len()];
        let (mut waited, mut times) = ([1.0; RULES], [1.0; RULES]);
        for (place, day) in days.iter().enumerate().rev() {
            let price = f64::from(day.price);
            let mut here = [price; RULES];
            if let Some(later) = day.next.and_then(|next| paid.get(next)) {
                let weight = age_weight(day.age, half_life);
                for ((((here, later), wait), waited), times) in
                    here.iter_mut().zip(later).zip(day.votes).zip(&mut waited).zip(&mut times)
                {
                    if wait {
                        *here = *later;
                        *waited += weight * (later / price).min(MOST);
                        *times += weight;
                    }
                }
            }
            if let Some(paid) = paid.get_mut(place) {
                *paid = here;
            }
        }
        for (waited, times) in waited.iter_mut().zip(times) {
            *waited /= times;
        }
        Self { weights, paid: waited }
    }

    /// What one who waits is expected to pay, over the price now: below 1 where the weightier half of the rules says
    /// wait, else 1 or more. `cost` is the worked-out one.
    pub fn cost(&self, numbers: &[f32; COUNT], cost: f64) -> f64 {
        let (mut waiting, mut paid) = (0.0, 0.0);
        for (rule, ((wait, weight), usual)) in
            votes(numbers, cost).into_iter().zip(self.weights).zip(self.paid).enumerate()
        {
            if wait {
                waiting += weight;
                paid += weight * if rule == WORKED_OUT { cost } else { usual };
            }
        }
        if waiting > 0.5 { (paid / waiting).min(BELOW) } else { cost.max(1.0) }
    }
}

/// Waiting is not advised for less.
const BELOW: f64 = 0.999;

/// Beliefs after these days; `None` if on none of them waiting could be judged.
fn believe(days: &[Asked]) -> Option<[f64; RULES]> {
    // The part of those who asked up to a day that a rule still lets wait.
    let mut waiting = vec![[1.0; RULES]; days.len()];
    let mut moved: BTreeMap<i64, ([f64; RULES], f64)> = BTreeMap::new();
    for (place, day) in days.iter().enumerate() {
        let Some((next, after)) = day.next.and_then(|next| Some((next, days.get(next)?))) else { continue };
        let step = (f64::from(after.price) / f64::from(day.price)).min(MOST) - 1.0;
        let before = waiting.get(place).copied().unwrap_or([1.0; RULES]);
        // The day with the least age comes last.
        let (sums, count) = moved.entry(after.age.saturating_neg()).or_insert(([0.0; RULES], 0.0));
        *count += 1.0;
        let after = waiting.get_mut(next)?;
        for (((after, before), wait), sum) in after.iter_mut().zip(before).zip(day.votes).zip(sums) {
            *after = if wait { 1.0 - EARLIER + EARLIER * before } else { 0.0 };
            *sum += *after * step;
        }
    }
    let evenly = 1.0 / f64::from(u8::try_from(RULES).unwrap_or(u8::MAX));
    let mut beliefs = None;
    for (sums, count) in moved.values() {
        let losses = sums.map(|sum| sum / (count + STILL));
        let least = losses.iter().copied().fold(f64::INFINITY, f64::min);
        let mut after = beliefs.unwrap_or([evenly; RULES]);
        for (belief, loss) in after.iter_mut().zip(losses) {
            *belief *= (PACE * (least - loss)).exp();
        }
        let total: f64 = after.iter().sum();
        beliefs = Some(after.map(|belief| (1.0 - SHARED) * belief / total + SHARED * evenly));
    }
    beliefs
}

fn age_weight(age: i64, half_life: f64) -> f64 {
    let days = f64::from(i32::try_from(age).unwrap_or(i32::MAX));
    0.5_f64.powf(days / half_life)
}
