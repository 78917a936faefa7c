//! Fee models from counted ratios: medians and quantiles, because single pairs lie.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::FeeModel;

/// Below this many tickets a source has no model: one odd event must not speak for all.
pub const MIN_SOURCE_PAIRS: u32 = 20;
/// Below this many a venue is taken to be like its source.
pub const MIN_VENUE_PAIRS: u32 = 5;
/// The source's word weighs as much as this many pairs of the venue.
const SHRINK_PAIRS: u32 = 20;
/// Ends of the error bar, permille: four in five pairs lie between them.
const LOW: u64 = 100;
const HIGH: u64 = 900;

/// How often each ratio was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    counts: BTreeMap<u32, u32>,
    newest: Option<NaiveDate>,
}

impl Histogram {
    /// Counts `count` tickets at `ratio`, the newest of `day`.
    pub fn add(&mut self, ratio: u32, count: u32, day: NaiveDate) {
        let counted = self.counts.entry(ratio).or_default();
        *counted = counted.saturating_add(count);
        self.newest = self.newest.max(Some(day));
    }

    /// Tickets counted.
    pub fn count(&self) -> u32 {
        self.counts.values().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// The smallest ratio that at least `permille` of the tickets do not exceed. The ratio's logarithm has its
    /// quantiles at the same tickets, so these are the quantiles of the log ratio too.
    fn quantile(&self, permille: u64) -> Option<u32> {
        let wanted = u64::from(self.count()).saturating_mul(permille);
        let mut passed = 0_u64;
        self.counts.iter().find_map(|(ratio, count)| {
            passed = passed.saturating_add(u64::from(*count).saturating_mul(1_000));
            (*count > 0 && passed >= wanted).then_some(*ratio)
        })
    }

    fn model(&self) -> Option<FeeModel> {
        Some(FeeModel {
            ratio: self.quantile(500)?,
            low: self.quantile(LOW)?,
            high: self.quantile(HIGH)?,
            count: self.count(),
            as_of: self.newest?,
        })
    }
}

/// The model of a source; `None` while too few tickets were seen.
pub fn learn(source: &Histogram) -> Option<FeeModel> {
    source.model().filter(|model| model.count >= MIN_SOURCE_PAIRS)
}

/// The model of one venue, drawn towards its source's the fewer tickets it has; `None` while it has too few to be told
/// from its source. The error bar never gets narrower than what either the venue or the source still bears out.
pub fn learn_venue(venue: &Histogram, source: &FeeModel) -> Option<FeeModel> {
    let own = venue.model().filter(|model| model.count >= MIN_VENUE_PAIRS)?;
    let drawn = |own_part: u32, source_part: u32| {
        let own_pull = u64::from(own_part).saturating_mul(u64::from(own.count));
        let source_pull = u64::from(source_part).saturating_mul(u64::from(SHRINK_PAIRS));
        let weight = u64::from(own.count).saturating_add(u64::from(SHRINK_PAIRS));
        let doubled = own_pull.saturating_add(source_pull).saturating_mul(2).saturating_add(weight);
        let rounded = doubled.checked_div(weight.saturating_mul(2)).unwrap_or(0);
        u32::try_from(rounded).unwrap_or(source_part)
    };
    let ratio = drawn(own.ratio, source.ratio);
    Some(FeeModel {
        ratio,
        low: drawn(own.low, source.low).min(ratio),
        high: drawn(own.high, source.high).max(ratio),
        ..own
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(n: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, n).unwrap()
    }

    fn histogram(ratios: &[(u32, u32)]) -> Histogram {
        let mut histogram = Histogram::default();
        for (ratio, count) in ratios {
            histogram.add(*ratio, *count, day(3));
        }
        histogram
    }

    #[test]
    fn a_source_is_its_median_with_the_middle_four_fifths_as_error_bar() {
        let seen = histogram(&[(12_000, 10), (13_300, 30), (13_400, 40), (14_000, 15), (29_000, 5)]);
        let model = learn(&seen).unwrap();
        assert_eq!((model.low, model.ratio, model.high, model.count), (12_000, 13_400, 14_000, 100));
        assert_eq!(model.as_of, day(3));
    }

    #[test]
    fn too_few_tickets_are_no_model() {
        assert_eq!(learn(&histogram(&[(13_000, MIN_SOURCE_PAIRS - 1)])), None);
        assert_eq!(learn(&Histogram::default()), None);
        let source = learn(&histogram(&[(13_000, 100)])).unwrap();
        assert_eq!(learn_venue(&histogram(&[(11_000, MIN_VENUE_PAIRS - 1)]), &source), None);
    }

    #[test]
    fn a_venue_is_drawn_to_its_source_the_less_it_has_shown() {
        let source = learn(&histogram(&[(13_000, 100)])).unwrap();
        let ratio = |count| learn_venue(&histogram(&[(11_000, count)]), &source).unwrap().ratio;
        assert_eq!([ratio(5), ratio(20), ratio(180)], [12_600, 12_000, 11_200]);
    }

    #[test]
    fn a_few_absurd_pairs_do_not_move_a_source() {
        let calm = learn(&histogram(&[(13_400, 95)])).unwrap();
        let odd = learn(&histogram(&[(13_400, 95), (30_000, 5)])).unwrap();
        assert_eq!((odd.ratio, odd.low, odd.high), (calm.ratio, calm.low, calm.high));
    }

    proptest! {
        #[test]
        fn a_model_lies_within_what_was_seen(
            ratios in proptest::collection::vec((10_000_u32..30_000, 1_u32..20), 20..60),
            venue in proptest::collection::vec((10_000_u32..30_000, 1_u32..20), 5..20),
        ) {
            let source = learn(&histogram(&ratios)).unwrap();
            let (min, max) = (ratios.iter().map(|r| r.0).min().unwrap(), ratios.iter().map(|r| r.0).max().unwrap());
            prop_assert!(min <= source.low && source.low <= source.ratio);
            prop_assert!(source.ratio <= source.high && source.high <= max);
            let venue = learn_venue(&histogram(&venue), &source).unwrap();
            prop_assert!(venue.low <= venue.ratio && venue.ratio <= venue.high);
        }
    }
}
