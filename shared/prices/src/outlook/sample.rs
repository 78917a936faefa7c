//! A distribution as a sorted sample of equal weights.

/// Points of a sample that is kept.
pub const POINTS: usize = 199;

/// A sorted, never empty sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample(Vec<f32>);

impl Sample {
    /// The sample of these numbers, thinned to [`POINTS`] evenly spaced quantiles; no numbers are one zero.
    pub fn of(mut numbers: Vec<f32>) -> Self {
        numbers.retain(|number| number.is_finite());
        numbers.sort_unstable_by(f32::total_cmp);
        if numbers.is_empty() {
            numbers.push(0.0);
        }
        if numbers.len() > POINTS {
            let all = Self(numbers);
            return Self(
                (0..POINTS).map(|point| all.quantile((count(point) + 0.5) / count(POINTS))).collect(),
            );
        }
        Self(numbers)
    }

    /// The smallest number that at least `level` of the sample is at or below.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the sample's length by the clamp"
    )]
    pub fn quantile(&self, level: f64) -> f32 {
        let last = self.0.len().saturating_sub(1);
        let index = (level.clamp(0.0, 1.0) * count(self.0.len())).floor() as usize;
        self.0.get(index.min(last)).copied().unwrap_or(0.0)
    }

    /// The share of the sample below `number`, and at or below it.
    pub fn ranks(&self, number: f32) -> (f64, f64) {
        let size = count(self.0.len());
        let below = self.0.partition_point(|point| *point < number);
        let up_to = self.0.partition_point(|point| *point <= number);
        (count(below) / size, count(up_to) / size)
    }

    /// Its numbers, ascending.
    pub fn points(&self) -> &[f32] {
        &self.0
    }
}

#[expect(clippy::cast_precision_loss, reason = "a sample has far fewer than 2^52 points")]
fn count(number: usize) -> f64 {
    number as f64
}
