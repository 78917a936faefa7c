//! Rules of when to buy, and how much each is believed by what it saved lately.
//!
//! Always buy and always wait are among them, and the worked-out cost of waiting (`waiting.rs`); the others wait for a
//! dip and take it. Each past day is followed to its end under every rule; rules are weighed by what was paid
//! (exponential weights: Vovk, *Aggregating strategies*, 1990; Freund and Schapire, *Hedge*, 1997), and the
//! weightier half decides.

use super::features::{BELOW_WEEK_HIGH, COUNT};

/// How many rules there are.
pub const RULES: usize = 9;
/// The place of the rule that waits while the worked-out cost is below the price now; before it, buy and wait.
const WORKED_OUT: usize = 2;
/// Parts of the highest price of a week below which a price is a dip to be taken.
const DIPS: [f64; 6] = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3];
/// What is paid counts at most as so many times the price at first: one absurd price must not decide.
const MOST: f64 = 2.0;
/// Days that share their luck: what was paid is known, as a rule, within so many.
const OVERLAP: f64 = 7.0;
/// How fast belief follows: a rule that was a thirtieth dearer over [`OVERLAP`] days is believed 2.7 times less.
const PACE: f64 = 30.0;

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
        // Backwards: what one who asks on this day pays in the end.
        let mut paid = vec![[0.0; RULES]; days.len()];
        let mut by_age: std::collections::BTreeMap<i64, ([f64; RULES], f64)> =
            std::collections::BTreeMap::new();
        let (mut waited, mut times) = ([1.0; RULES], [1.0; RULES]);
        for (place, day) in days.iter().enumerate().rev() {
            let later = day.next.and_then(|next| paid.get(next)).copied();
            let price = f64::from(day.price);
            let mut here = [price; RULES];
            if let Some(later) = later {
                for ((here, later), wait) in here.iter_mut().zip(later).zip(day.votes) {
                    *here = if wait { later } else { price };
                }
                let (sums, count) = by_age.entry(day.age).or_insert(([0.0; RULES], 0.0));
                *count += 1.0;
                for (rule, (sum, here)) in sums.iter_mut().zip(here).enumerate() {
                    let ratio = (here / price).min(MOST);
                    *sum += ratio;
                    if let (Some(true), Some(waited), Some(times)) =
                        (day.votes.get(rule), waited.get_mut(rule), times.get_mut(rule))
                    {
                        let weight = age_weight(day.age, half_life);
                        *waited += weight * ratio;
                        *times += weight;
                    }
                }
            }
            if let Some(paid) = paid.get_mut(place) {
                *paid = here;
            }
        }
        let mut losses = [0.0; RULES];
        for (age, (sums, count)) in &by_age {
            for (loss, sum) in losses.iter_mut().zip(sums) {
                *loss += age_weight(*age, half_life) / OVERLAP * sum / count;
            }
        }
        let least = losses.iter().copied().fold(f64::INFINITY, f64::min);
        let beliefs = losses.map(|loss| (PACE * (least - loss)).exp());
        let total: f64 = beliefs.iter().sum();
        if by_age.is_empty() || !total.is_finite() {
            return Self::default();
        }
        let mut paid = waited;
        for (paid, times) in paid.iter_mut().zip(times) {
            *paid /= times;
        }
        Self { weights: beliefs.map(|belief| belief / total), paid }
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

fn age_weight(age: i64, half_life: f64) -> f64 {
    let days = f64::from(i32::try_from(age).unwrap_or(i32::MAX));
    0.5_f64.powf(days / half_life)
}
