//! The fee models against recorded tickets that state both prices: learned on one half, measured on the other. Reads
//! `../shared/providers` beside the repository where it is present, and says nothing where it is not.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may fail loudly"
)]

use std::path::PathBuf;

use chrono::NaiveDate;
use prices::fees::{BuyerFee, Histogram, convert, learn, ratio_of};
use prices::{Currency, FeeBasis, FeeModel, Money, Price};

/// A ticket before fees and all-in, minor units.
type Pair = (i64, i64);

fn recorded(name: &str) -> Option<String> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/providers");
    let further = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/providers");
    [beside, further].into_iter().find_map(|dir| std::fs::read_to_string(dir.join(name)).ok())
}

/// A line's cells; commas within quotes belong to the cell.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => cells.last_mut().unwrap().push(letter),
        }
    }
    cells
}

fn usd(text: &str) -> Option<i64> {
    let plain = text.trim_start_matches('$').replace(',', "");
    Money::from_decimal(&plain, Currency::USD).map(|money| money.amount_minor).filter(|minor| *minor > 0)
}

fn csv_pairs(text: &str, before: &str, all_in: &str) -> Vec<Pair> {
    let mut lines = text.lines();
    let header = cells(lines.next().unwrap_or_default());
    let column = |name: &str| header.iter().position(|cell| cell == name).unwrap();
    let (before, all_in) = (column(before), column(all_in));
    lines.map(cells).filter_map(|row| Some((usd(row.get(before)?)?, usd(row.get(all_in)?)?))).collect()
}

fn seatgeek_pairs(text: &str) -> Vec<Pair> {
    let json: serde_json::Value = serde_json::from_str(text).unwrap();
    let pages = json.as_array().cloned().unwrap_or_else(|| vec![json]);
    let events = pages.iter().flat_map(|page| page["events"].as_array().cloned().unwrap_or_default());
    events
        .filter_map(|event| {
            let whole = |name: &str| event["stats"][name].as_i64().filter(|dollars| *dollars > 0);
            Some((whole("lowest_sg_base_price")? * 100, whole("lowest_price")? * 100))
        })
        .collect()
}

fn model(pairs: &[Pair]) -> FeeModel {
    let mut histogram = Histogram::default();
    for (before, all_in) in pairs {
        let money = |minor| Money::new(minor, Currency::USD);
        if let Some(ratio) = ratio_of(money(*before), money(*all_in)) {
            histogram.add(ratio, 1, NaiveDate::default());
        }
    }
    learn(&histogram).unwrap()
}

/// Median and ninth decile of the estimate's error, and the share of tickets within the error bar; permille.
fn measure(name: &str, model: &FeeModel, pairs: &[Pair]) -> (i64, i64, i64) {
    let mut errors = Vec::new();
    let mut within = 0;
    for (before, all_in) in pairs {
        let quoted = Price::quoted(Money::new(*before, Currency::USD), FeeBasis::BeforeFees);
        let estimate = convert(&quoted, BuyerFee::Learned, Some(model)).unwrap();
        errors.push((estimate.amount_minor - all_in).abs() * 10_000 / all_in);
        within += i64::from((estimate.low_minor..=estimate.high_minor).contains(all_in));
    }
    errors.sort_unstable();
    let count = errors.len();
    let (middle, ninth) = (errors[count / 2], errors[count * 9 / 10]);
    let covered = within * 1_000 / i64::try_from(count).unwrap();
    println!(
        "{name}: ratio {} ({} to {}) of {} pairs; on {count} others error {:.2} % (median), {:.2} % (ninth decile), {:.1} % within the bar",
        model.ratio,
        model.low,
        model.high,
        model.count,
        f64::from(i32::try_from(middle).unwrap()) / 100.0,
        f64::from(i32::try_from(ninth).unwrap()) / 100.0,
        f64::from(i32::try_from(covered).unwrap()) / 10.0,
    );
    (middle, ninth, covered)
}

fn halves(pairs: &[Pair]) -> (Vec<Pair>, Vec<Pair>) {
    let half = |odd| pairs.iter().skip(odd).step_by(2).copied().collect();
    (half(0), half(1))
}

#[test]
fn stubhub_listings_of_2018_are_estimated_within_two_percent() {
    let Some(text) = recorded("stubhub/legacy_listings_flyers_2018-03.csv") else { return };
    let (learned, kept_back) = halves(&csv_pairs(&text, "listingPrice", "currentPrice"));
    assert!(kept_back.len() > 1_000);
    let (middle, ninth, covered) = measure("StubHub 2018", &model(&learned), &kept_back);
    assert!(middle <= 100 && ninth <= 200 && covered >= 750, "{middle} {ninth} {covered}");
}

#[test]
fn seatgeek_events_of_2019_tell_their_own_fees_and_those_of_2020() {
    let (Some(first), Some(second)) =
        (recorded("seatgeek/events_2019-10_10pages.json"), recorded("seatgeek/events_2020-03.json"))
    else {
        return;
    };
    let mut pairs = seatgeek_pairs(&first);
    // Recorded pages overlap: an event counts once.
    pairs.sort_unstable();
    pairs.dedup();
    let (learned, kept_back) = halves(&pairs);
    let (middle, ninth, covered) = measure("SeatGeek 2019", &model(&learned), &kept_back);
    assert!(middle <= 300 && ninth <= 1_200 && covered >= 700, "{middle} {ninth} {covered}");
    let (middle, ..) = measure("SeatGeek 2020 by 2019", &model(&pairs), &seatgeek_pairs(&second));
    assert!(middle <= 500, "{middle}");
}

#[test]
fn stubhub_site_listings_of_2022_are_estimated_within_one_percent() {
    let Some(text) = recorded("stubhub/web_listings_2022.csv") else { return };
    let (learned, kept_back) = halves(&csv_pairs(&text, "RawPrice", "PriceWithFees"));
    let (middle, ninth, covered) = measure("StubHub 2022", &model(&learned), &kept_back);
    assert!(middle <= 50 && ninth <= 100 && covered >= 700, "{middle} {ninth} {covered}");
}
