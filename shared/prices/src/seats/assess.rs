//! The score of each listing of an event, with its reasons in money.
//!
//! Statistics give ratios of prices; money is then whole numbers throughout: each step of the way from the price to
//! the fair price is the price times a ratio in millionths, rounded, and a reason is the difference of two steps.
//! So the reasons add up exactly.

use super::affinity::Part;
use super::regression::credence;
use super::verdict::{SeatDoubt, SeatDoubtCode, SeatReason, SeatReasonCode, SeatScore, SeatUnknown};
use super::{FairPrice, SeatPrices, Seats};
use crate::money::Money;
use crate::score::{Band, Confidence, versus};

/// A listing to be judged.
#[derive(Clone, Debug, PartialEq)]
pub struct SeatOffer<'a> {
    /// Its seats, with the number of them that is asked for.
    pub seats: Seats<'a>,
    /// The price of one, above zero.
    pub price: Money,
    /// The amount with fees is an estimate.
    pub fees_estimated: bool,
}

/// What is known of the event as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeatContext {
    /// Listings of the event that were learned from.
    pub listings: usize,
    /// Markets they come from.
    pub markets: usize,
    /// Other events of the venue that were learned from.
    pub events: usize,
    /// Whether amounts include fees.
    pub all_in: bool,
}

/// Fewer listings than this in a section leave it to its zone.
const THIN: f64 = 4.0;
/// Fewer of an event leave it to its venue.
const FEW: usize = 12;
/// A fair price is known well when it is off by a tenth as a rule, and hardly when by more than a fifth, which is what
/// asks for one and the same seat differ by.
const WELL: f64 = 0.1;
const HARDLY: f64 = 0.2;
/// What is said of a place where no other listing of the event is.
const ALONE: &str = " (no other listing there, so this says in part what this one asks)";
/// Parts in the order in which they are told.
const PARTS: [(Part, SeatReasonCode); 6] = [
    (Part::Event, SeatReasonCode::Event),
    (Part::Zone, SeatReasonCode::Zone),
    (Part::Section, SeatReasonCode::Section),
    (Part::Row, SeatReasonCode::Row),
    (Part::Quantity, SeatReasonCode::Quantity),
    (Part::ThisEvent, SeatReasonCode::ThisEvent),
];

/// The listings of one event, judged together.
#[derive(Clone, Debug)]
pub struct Assessment<'a> {
    prices: &'a SeatPrices,
    judged: Vec<Judged<'a>>,
    /// What each part adds on the average of these listings: what makes a seat ordinary.
    ordinary: [f64; 6],
    context: SeatContext,
}

#[derive(Clone, Debug)]
struct Judged<'a> {
    offer: &'a SeatOffer<'a>,
    parts: [f64; 6],
    fair: FairPrice,
}

impl<'a> Assessment<'a> {
    /// Judges `offers`, all of one event.
    pub fn of(prices: &'a SeatPrices, offers: &'a [SeatOffer<'a>], context: SeatContext) -> Self {
        let seats: Vec<Seats<'_>> = offers.iter().map(|offer| offer.seats.clone()).collect();
        let judged: Vec<Judged<'_>> = offers
            .iter()
            .zip(prices.fair_in_order(&seats))
            .map(|(offer, fair)| Judged { offer, parts: told(prices, &offer.seats), fair })
            .collect();
        let count: f64 = judged.iter().map(|_| 1.0).sum();
        let mut ordinary = [0.0; 6];
        for one in &judged {
            for (mean, part) in ordinary.iter_mut().zip(one.parts) {
                *mean += part / count;
            }
        }
        Self { prices, judged, ordinary, context }
    }

    /// The score of each, in their order: a number by which they can be ranked.
    pub fn values(&self) -> Vec<f64> {
        self.judged.iter().map(Judged::value).collect()
    }

    /// Which of them stand so far out that they hardly count.
    pub fn doubts(&self) -> Vec<Option<SeatDoubtCode>> {
        self.judged.iter().map(Judged::doubt).collect()
    }

    /// All there is to say of one; `None` beyond the last.
    pub fn score(&self, at: usize) -> Option<SeatScore> {
        let judged = self.judged.get(at)?;
        let (price, fair) = (judged.offer.price, judged.fair);
        let reasons = self.reasons(judged);
        let fair_price = reasons
            .iter()
            .fold(price.amount_minor, |sum, reason| sum.saturating_add(reason.amount.amount_minor));
        let span = self.prices.span(&judged.offer.seats);
        let value = reasons.iter().fold(50_i16, |sum, reason| sum.saturating_add(reason.points));
        let value = u8::try_from(value).unwrap_or(50).min(100);
        Some(SeatScore {
            value,
            band: Band::of(value),
            price,
            fair_price: Money::new(fair_price, price.currency),
            fair_low: Money::new(scaled(fair_price, 1.0 / span.factor), price.currency),
            fair_high: Money::new(scaled(fair_price, span.factor), price.currency),
            spread_permille: whole(fair.spread * 1_000.0),
            reasons,
            confidence: match span.unsure {
                unsure if unsure <= WELL => Confidence::High,
                unsure if unsure <= HARDLY => Confidence::Medium,
                _ => Confidence::Low,
            },
            unknown: self.unknown(judged.offer),
            doubt: judged.doubt().map(|code| SeatDoubt { code, text: judged.how_far(code) }),
        })
    }

    /// From the price to an ordinary seat of the event, and from there part by part to the fair price.
    fn reasons(&self, judged: &Judged<'_>) -> Vec<SeatReason> {
        let price = judged.offer.price;
        let asked = log(price);
        let ordinary: f64 = self.ordinary.iter().sum();
        let mut steps: Vec<(SeatReasonCode, f64)> = Vec::with_capacity(PARTS.len());
        let mut so_far = ordinary;
        for (((_, code), part), mean) in PARTS.iter().zip(judged.parts).zip(self.ordinary) {
            // All of one event share its level: what differs there is nothing, and the way begins at the ordinary.
            so_far += part - mean;
            steps.push((*code, so_far));
        }
        steps.push((SeatReasonCode::Order, judged.fair.price.ln()));
        let mut reasons: Vec<SeatReason> = Vec::with_capacity(steps.len());
        let (mut amount_so_far, mut points_so_far, mut log_so_far) = (price.amount_minor, 50_i16, asked);
        for (code, log) in steps {
            let upto = scaled(price.amount_minor, (log - asked).exp());
            let points_upto = points(asked - log, judged.fair.spread);
            let amount = Money::new(upto.saturating_sub(amount_so_far), price.currency);
            let points = points_upto.saturating_sub(points_so_far);
            let moved = (log - log_so_far).exp();
            if amount.amount_minor != 0 || points != 0 {
                let upto = Money::new(upto, price.currency);
                let mut text = text(code, &judged.offer.seats, price, upto, moved);
                if self.is_alone(code, &judged.offer.seats) {
                    text.push_str(ALONE);
                }
                reasons.push(SeatReason { code, text, amount, points });
            }
            (amount_so_far, points_so_far, log_so_far) = (upto, points_upto, log);
        }
        reasons
    }

    /// Whether no other listing of the event is where this reason looks: then it rests, here, on the listing itself.
    fn is_alone(&self, code: SeatReasonCode, seats: &Seats<'_>) -> bool {
        let is_there = |other: &Seats<'_>| match code {
            SeatReasonCode::Section => other.section == seats.section,
            SeatReasonCode::Row => other.section == seats.section && other.row == seats.row,
            _ => true,
        };
        matches!(code, SeatReasonCode::Section | SeatReasonCode::Row)
            && self.judged.iter().filter(|judged| is_there(&judged.offer.seats)).count() < 2
    }

    fn unknown(&self, offer: &SeatOffer<'_>) -> Vec<SeatUnknown> {
        let thin = !offer.seats.section.is_empty() && self.prices.weight_in_section(&offer.seats) < THIN;
        let told = [
            (offer.seats.section.is_empty(), SeatUnknown::NoSection),
            (offer.seats.row.is_empty(), SeatUnknown::NoRow),
            (thin, SeatUnknown::ThinSection),
            (self.context.listings < FEW, SeatUnknown::FewListings),
            (self.context.markets < 2, SeatUnknown::OneMarket),
            (self.context.events == 0, SeatUnknown::NoVenueExperience),
            (offer.fees_estimated, SeatUnknown::FeesEstimated),
            (!self.context.all_in, SeatUnknown::FeesNotIncluded),
        ];
        told.into_iter().filter(|(holds, _)| *holds).map(|(_, unknown)| unknown).collect()
    }
}

impl Judged<'_> {
    fn value(&self) -> f64 {
        self.fair.score(log(self.offer.price).exp())
    }

    fn deviations(&self) -> f64 {
        (log(self.offer.price) - self.fair.price.ln()) / self.fair.spread
    }

    /// A listing that counts less than half.
    fn doubt(&self) -> Option<SeatDoubtCode> {
        let deviations = self.deviations();
        (credence(deviations) < 0.5).then_some(if deviations > 0.0 {
            SeatDoubtCode::Speculative
        } else {
            SeatDoubtCode::TooCheap
        })
    }

    fn how_far(&self, code: SeatDoubtCode) -> String {
        let times = (log(self.offer.price) - self.fair.price.ln()).exp();
        match code {
            SeatDoubtCode::Speculative => format!("asks {times:.1} times what such seats are worth"),
            SeatDoubtCode::TooCheap => {
                let percent = times * 100.0;
                format!(
                    "asks {percent:.0} % of what such seats are worth: perhaps a mistake or a restricted ticket"
                )
            }
        }
    }
}

/// The parts of a fair log price, in the order of [`PARTS`].
fn told(prices: &SeatPrices, seats: &Seats<'_>) -> [f64; 6] {
    let mut sums = [0.0; 6];
    for (part, size) in prices.parts(seats) {
        for ((known, _), sum) in PARTS.iter().zip(&mut sums) {
            if *known == part {
                *sum += size;
            }
        }
    }
    sums
}

#[expect(clippy::cast_precision_loss, reason = "a logarithm of a price is no money")]
fn log(price: Money) -> f64 {
    (price.amount_minor.max(1) as f64).ln()
}

/// `amount` times `ratio`, the ratio in millionths, rounded to the nearest minor unit; at least one.
fn scaled(amount: i64, ratio: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "casts from floats saturate")]
    let millionths = i128::from((ratio * 1e6).round() as i64);
    let doubled = i128::from(amount).saturating_mul(millionths).saturating_mul(2).saturating_add(1_000_000);
    i64::try_from(doubled.div_euclid(2_000_000)).unwrap_or(i64::MAX).max(1)
}

/// The score of a price so far (log) above what is fair.
fn points(above: f64, spread: f64) -> i16 {
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and 100")]
    let points = FairPrice { price: 1.0, spread }.score(above.exp()).round() as i16;
    points.clamp(0, 100)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts from floats saturate")]
fn whole(number: f64) -> u16 {
    number.round() as u16
}

fn text(code: SeatReasonCode, seats: &Seats<'_>, price: Money, upto: Money, moved: f64) -> String {
    let percent = ((moved - 1.0).abs() * 100.0).round();
    let more = match (percent, moved > 1.0) {
        (percent, _) if percent < 1.0 => "hardly changes it".to_owned(),
        (percent, true) => format!("worth {percent:.0} % more"),
        (percent, false) => format!("worth {percent:.0} % less"),
    };
    let named =
        |word: &str, otherwise: &str| if word.is_empty() { otherwise.to_owned() } else { word.to_owned() };
    match code {
        SeatReasonCode::Event => format!("{} an ordinary seat of this event ({upto})", versus(price, upto)),
        SeatReasonCode::Zone => format!("{}: {more}", named(seats.zone, "an unknown part of the house")),
        SeatReasonCode::Section => format!("section {}: {more}", named(seats.section, "unknown")),
        SeatReasonCode::Row => format!("row {}: {more}", named(seats.row, "unknown")),
        SeatReasonCode::Quantity if seats.quantity == 1 => format!("a single seat: {more}"),
        SeatReasonCode::Quantity => format!("{} together: {more}", seats.quantity),
        SeatReasonCode::ThisEvent => format!("such seats at this event against others here: {more}"),
        SeatReasonCode::Order if moved > 1.0 => "held to no less than the rows behind it".to_owned(),
        SeatReasonCode::Order => "held to no more than the rows in front of it".to_owned(),
    }
}
