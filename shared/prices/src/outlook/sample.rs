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

    /// The share that is so.
    pub fn share(&self, is: impl Fn(f32) -> bool) -> f64 {
        count(self.0.iter().filter(|number| is(**number)).count()) / count(self.0.len())
    }

    /// The same sample, weighed so that the shares below ascending cuts are these (where it has points there).
    #[must_use]
    pub fn weighed(&self, shares: &[f64], below: impl Fn(usize, f32) -> bool) -> Self {
        let group = |number: f32| (0..shares.len()).find(|cut| below(*cut, number)).unwrap_or(shares.len());
        let mut counts = vec![0.0; shares.len().saturating_add(1)];
        for number in &self.0 {
            if let Some(count) = counts.get_mut(group(*number)) {
                *count += 1.0;
            }
        }
        let mut last = 0.0_f64;
        let mut weights = Vec::with_capacity(counts.len());
        for (place, count) in counts.iter().enumerate() {
            let share = shares.get(place).copied().unwrap_or(1.0).max(last);
            weights.push(if *count > 0.0 { (share - last) / count } else { 0.0 });
            last = share;
        }
        let weight = |number: f32| weights.get(group(number)).copied().unwrap_or(0.0);
        let total: f64 = self.0.iter().map(|number| weight(*number)).sum();
        if total <= 0.0 {
            return self.clone();
        }
        let mut points = Vec::with_capacity(POINTS);
        let mut sum = 0.0;
        for number in &self.0 {
            sum += weight(*number) / total;
            while points.len() < POINTS && (count(points.len()) + 0.5) / count(POINTS) <= sum {
                points.push(*number);
            }
        }
        if points.is_empty() { self.clone() } else { Self(points) }
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
