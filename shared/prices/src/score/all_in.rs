//! Quotes of different fee basis on one: what the buyer pays in the end, where a fee model allows.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::fees::{AllIn, FeeModel, buyer_fee, convert};
use crate::market::Market;
use crate::observation::Observation;
use crate::price::{FeeBasis, Price};
use crate::summary::Courses;

/// What is known of markets' fees at this event.
pub type FeeModels = BTreeMap<Market, FeeModel>;

/// What `price` of `market` comes to.
pub fn all_in(market: Market, price: &Price, fees: &FeeModels) -> Option<AllIn> {
    convert(price, buyer_fee(market), fees.get(&market)).ok()
}

/// The courses with every quote as what it comes to; quotes of which that is not known stay as they are.
pub fn all_in_courses<'a>(courses: &'a Courses, fees: &FeeModels) -> Cow<'a, Courses> {
    let is_all_in = |seen: &Observation| seen.price.basis().is_none_or(|basis| basis == FeeBasis::AllIn);
    if courses.values().flatten().all(is_all_in) {
        return Cow::Borrowed(courses);
    }
    let converted = |market: Market, seen: &Observation| {
        let price = all_in(market, &seen.price, fees)
            .map_or(seen.price, |known| Price::quoted(known.money(), FeeBasis::AllIn));
        Observation { price, ..*seen }
    };
    let course = |(market, course): (&Market, &Vec<Observation>)| {
        (*market, course.iter().map(|seen| converted(*market, seen)).collect())
    };
    Cow::Owned(courses.iter().map(course).collect())
}

/// Whether some amounts of `compared`, which [`all_in_courses`] made of `stated`, were worked out.
pub fn is_estimated(stated: &Courses, compared: &Courses) -> bool {
    let mut pairs = stated.values().flatten().zip(compared.values().flatten());
    pairs.any(|(stated, compared)| stated.price != compared.price)
}

/// One standard deviation of an all-in amount, hundredths of a percent of it: its error bar holds four cases in five,
/// which of a normal error is 1.2816 standard deviations to each side.
pub(super) fn deviation(known: &AllIn) -> i128 {
    let bar = i128::from(known.high_minor).saturating_sub(i128::from(known.low_minor));
    let twice = i128::from(known.amount_minor).saturating_mul(25_632);
    super::weigh::rounded(bar.saturating_mul(100_000_000), twice)
}
