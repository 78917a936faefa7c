//! The deal score: bounded, monotone, the same for the same input, with reasons that add up.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may fail by panicking"
)]

use chrono::{DateTime, TimeDelta, Utc};
use prices::score::{Comparable, FeeModels, Likeness, Peers, cheapest, peers, scored};
use prices::{
    AbsentReason, AllInKind, Band, Confidence, Courses, Currency, CurrentQuote, FeeBasis, FeeModel, Market,
    Money, Observation, Price, ReasonCode, Score, ScoreInput, Unknown, score,
};
use proptest::prelude::*;

static NO_FEES: FeeModels = FeeModels::new();

fn now() -> DateTime<Utc> {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

fn usd(minor: i64) -> Price {
    Price::quoted(Money::new(minor, Currency::USD), FeeBasis::AllIn)
}

fn quote(market: Market, price: Price) -> CurrentQuote {
    CurrentQuote { market, price, seen_at: now() - TimeDelta::minutes(5) }
}

/// One price on every day of the last `days` days, twice, as a poll and its confirmation.
fn steady(days: i64, minor: i64) -> Vec<Observation> {
    (1..=days)
        .rev()
        .flat_map(|day| [0, 1].map(|hour| now() - TimeDelta::days(day) + TimeDelta::hours(hour)))
        .map(|at| Observation::of_price(at, usd(minor)))
        .collect()
}

fn input<'a>(current: &'a [CurrentQuote], history: &'a Courses, days_left: i64) -> ScoreInput<'a> {
    ScoreInput {
        now: now(),
        starts_at: Some(now() + TimeDelta::days(days_left)),
        current,
        history,
        fees: &NO_FEES,
        comparable: None,
    }
}

fn score_at(minor: i64) -> Score {
    let history: Courses =
        [(Market::SeatGeek, steady(40, 10_000)), (Market::StubHub, steady(40, 10_400))].into();
    let current = [quote(Market::SeatGeek, usd(minor)), quote(Market::StubHub, usd(10_400))];
    score(&input(&current, &history, 60)).unwrap()
}

#[test]
fn the_usual_price_is_fair_and_a_clear_discount_is_great() {
    assert_eq!(score_at(10_000).band, Band::Fair);
    assert_eq!(score_at(7_500).band, Band::Great);
    assert_eq!(score_at(4_000).band, Band::Amazing);
    assert_eq!(score_at(10_000).confidence, Confidence::High);
}

#[test]
fn a_price_far_over_its_course_is_poor() {
    let history: Courses = [(Market::SeatGeek, steady(40, 10_000))].into();
    let current = [quote(Market::SeatGeek, usd(15_000))];
    assert_eq!(score(&input(&current, &history, 60)).unwrap().band, Band::Poor);
}

#[test]
fn reasons_are_in_money_and_in_words() {
    let score = score_at(8_000);
    let texts: Vec<&str> = score.reasons.iter().map(|reason| reason.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "20 % under its median price over the last 30 days ($100)",
            "23 % under what other markets ask now ($104)",
            "lower than ever before (lowest so far $100)",
        ]
    );
}

#[test]
fn the_sum_can_be_followed_by_hand_gap_times_share() {
    let score = score_at(8_000);
    let shares: Vec<i64> =
        score.reasons.iter().map(|reason| i64::from(reason.share_permille.unwrap())).collect();
    // Weights 60, 25 and 15, and 20 for the price itself: of 120.
    assert_eq!(shares, [500, 208, 125]);
    let gaps = [10_000 - 8_000, 10_400 - 8_000, 10_000 - 8_000];
    for ((reason, share), gap) in score.reasons.iter().zip(shares).zip(gaps) {
        let by_hand = gap * share / 1_000;
        assert!((reason.amount.amount_minor - by_hand).abs() <= 2, "{reason:?}, by hand {by_hand}");
    }
}

#[test]
fn near_the_event_its_latest_days_count() {
    let mut course = steady(40, 10_000);
    course.retain(|seen| seen.at < now() - TimeDelta::days(4));
    course.extend(steady(4, 6_000));
    let history: Courses = [(Market::SeatGeek, course)].into();
    let current = [quote(Market::SeatGeek, usd(6_000))];
    let far = score(&input(&current, &history, 60)).unwrap();
    let near = score(&input(&current, &history, 2)).unwrap();
    assert!(near.value < far.value, "{} {}", near.value, far.value);
    assert!(
        near.reasons
            .iter()
            .any(|reason| reason.code == ReasonCode::DaysLeft && reason.amount.amount_minor < 0)
    );
}

#[test]
fn absent_zero_stale_and_past_are_never_ranked() {
    let history: Courses = [(Market::SeatGeek, steady(40, 10_000))].into();
    let zero = Price::Quoted { money: Money::new(0, Currency::USD), basis: FeeBasis::AllIn };
    let stale = CurrentQuote { seen_at: now() - TimeDelta::hours(25), ..quote(Market::SeatGeek, usd(5_000)) };
    for current in [
        vec![],
        vec![quote(Market::SeatGeek, Price::absent(AbsentReason::SoldOut))],
        vec![quote(Market::SeatGeek, zero)],
        vec![stale],
    ] {
        assert_eq!(score(&input(&current, &history, 60)), None, "{current:?}");
    }
    assert_eq!(
        score(&input(&[quote(Market::SeatGeek, usd(5_000))], &history, 0)),
        None,
        "the event has begun"
    );
    let both = [stale, quote(Market::StubHub, usd(9_000))];
    assert_eq!(score(&input(&both, &history, 60)).unwrap().market, Market::StubHub);
}

fn before_fees(minor: i64) -> Price {
    Price::quoted(Money::new(minor, Currency::USD), FeeBasis::BeforeFees)
}

fn model(ratio: u32, low: u32, high: u32) -> FeeModel {
    FeeModel { ratio, low, high, count: 200, as_of: now().date_naive() }
}

#[test]
fn prices_whose_fees_are_not_known_are_not_compared_and_that_is_said() {
    let history: Courses = [(Market::StubHub, steady(40, 10_000))].into();
    let alone = [quote(Market::SeatGeek, before_fees(7_000))];
    let score_alone = score(&input(&alone, &history, 60)).unwrap();
    assert_eq!((score_alone.value, score_alone.reasons.len()), (50, 0), "nothing comparable is known");
    assert_eq!(score_alone.confidence, Confidence::Low);
    assert!(score_alone.caution.is_some_and(|said| said.contains("nothing yet to compare")));
    assert_eq!(score_alone.prior_permille, Some(1_000));
    assert_eq!(score_alone.all_in, None);
    for what in [Unknown::ShortHistory, Unknown::NoOtherMarket, Unknown::FeesNotIncluded] {
        assert!(score_alone.unknown.contains(&what), "{what:?}");
    }
    let both = [alone[0], quote(Market::StubHub, usd(10_000))];
    let score_both = score(&input(&both, &history, 60)).unwrap();
    assert_eq!(
        score_both.market,
        Market::StubHub,
        "what a price comes to is known before what it may come to"
    );
    assert!(score_both.unknown.contains(&Unknown::OtherMarketsNotComparable));
}

#[test]
fn with_a_fee_model_prices_before_fees_are_compared_by_what_they_come_to() {
    let course = |price: fn(i64) -> Price, minor| {
        steady(40, minor).into_iter().map(move |seen| Observation { price: price(minor), ..seen }).collect()
    };
    let history: Courses =
        [(Market::SeatGeek, course(before_fees, 8_000)), (Market::StubHub, course(usd, 10_800))].into();
    let current = [quote(Market::SeatGeek, before_fees(7_000)), quote(Market::StubHub, usd(10_800))];
    let scored = |fees: &FeeModels| score(&ScoreInput { fees, ..input(&current, &history, 60) }).unwrap();
    let narrow = scored(&[(Market::SeatGeek, model(13_000, 12_900, 13_100))].into());
    assert_eq!(
        (narrow.market, narrow.basis, narrow.price.amount_minor),
        (Market::SeatGeek, FeeBasis::AllIn, 9_100)
    );
    let all_in = narrow.all_in.unwrap();
    assert_eq!((all_in.low_minor, all_in.high_minor, all_in.kind), (9_030, 9_170, AllInKind::Converted));
    assert!(narrow.unknown.contains(&Unknown::FeesEstimated));
    assert_eq!(narrow.reasons[0].text, "13 % under its median price over the last 30 days ($104)");
    assert!(
        narrow.reasons.iter().any(|reason| reason.text == "16 % under what other markets ask now ($108)")
    );

    let wide = scored(&[(Market::SeatGeek, model(13_000, 11_000, 15_000))].into());
    let span = |score: &Score| {
        let uncertainty = score.uncertainty.unwrap();
        uncertainty.fair_high.amount_minor - uncertainty.fair_low.amount_minor
    };
    assert_eq!(wide.value, narrow.value);
    assert!(span(&wide) > span(&narrow), "a wider error bar of the fees widens the span");

    // As another market, a converted price counts less the less sure it is.
    let dearer = [quote(Market::SeatGeek, before_fees(9_000)), quote(Market::StubHub, usd(10_800))];
    let other = |low, high| {
        let fees: FeeModels = [(Market::SeatGeek, model(13_000, low, high))].into();
        let scored = score(&ScoreInput { fees: &fees, ..input(&dearer, &history, 60) }).unwrap();
        let reason = scored.reasons.into_iter().find(|reason| reason.code == ReasonCode::OtherMarkets);
        reason.unwrap().amount.amount_minor
    };
    assert!(other(12_900, 13_100) > other(10_000, 16_000));
    assert!(other(10_000, 16_000) > 0);
}

/// A price of which it is not known whether fees come on top, and a long steady course of the same market.
fn assumed(minor: i64, history: &Courses) -> Score {
    let unknown = Price::quoted(Money::new(minor, Currency::USD), FeeBasis::Unknown);
    score(&input(&[quote(Market::StubHub, unknown)], history, 60)).unwrap()
}

#[test]
fn what_a_price_may_come_to_is_in_its_span_and_its_confidence() {
    let history: Courses = [(Market::StubHub, steady(40, 10_000))].into();
    let [exact, unsure] = [
        score(&input(&[quote(Market::StubHub, usd(6_500))], &history, 60)).unwrap(),
        assumed(6_500, &history),
    ];
    assert_eq!((unsure.value, unsure.all_in.unwrap().high_minor), (exact.value, 9_100));
    let dearer = score(&input(&[quote(Market::StubHub, usd(9_100))], &history, 60)).unwrap();
    assert!(unsure.at_least() <= dearer.value, "{} {}", unsure.at_least(), dearer.value);
    assert!(unsure.at_least() + 15 < exact.at_least(), "{} {}", unsure.at_least(), exact.at_least());
    assert_eq!((exact.confidence, unsure.confidence), (Confidence::Medium, Confidence::Low));
}

#[test]
fn the_price_itself_is_no_evidence() {
    // Two and a half days of its own course: 10 and 5 of weight against the 20 of the price itself.
    let history: Courses = [(Market::SeatGeek, steady(3, 10_000))].into();
    let mut young = history.clone();
    for course in young.values_mut() {
        course.retain(|seen| seen.at > now() - TimeDelta::hours(60));
    }
    let told = score(&input(&[quote(Market::SeatGeek, usd(9_000))], &young, 60)).unwrap();
    assert_eq!(told.confidence, Confidence::Low);
    assert!(told.caution.is_some_and(|said| said.contains("hardly anything")));
    assert_eq!(score_at(9_000).caution, None);
}

#[test]
fn comparable_events_are_a_reason_with_how_many_they_are() {
    let known = |levels: &[i64]| Comparable {
        currency: Currency::USD,
        peers: vec![peers(Likeness::SameVenue, levels.iter().copied()).unwrap()],
    };
    let young: Courses = [(Market::SeatGeek, steady(1, 8_000))].into();
    let old: Courses = [(Market::SeatGeek, steady(40, 8_000))].into();
    let current = [quote(Market::SeatGeek, usd(8_000))];
    let with = |history, comparable: &Comparable| {
        score(&ScoreInput { comparable: Some(comparable), ..input(&current, history, 60) }).unwrap()
    };
    let dear = known(&[9_800, 9_900, 10_000, 10_100, 10_200, 10_300]);
    let scored = with(&young, &dear);
    let reason = scored.reasons.iter().find(|reason| reason.code == ReasonCode::ComparableEvents).unwrap();
    assert_eq!(
        reason.text,
        "20 % under what comparable events cost this near to their start ($100, 6 events)"
    );
    assert_eq!(reason.rests_on, Some(6));
    assert!(reason.amount.amount_minor > 0 && scored.value > 55);
    assert!(!scored.unknown.contains(&Unknown::NoComparableEvents));

    // An event that has long cost a fifth of its like is of another kind; a young one at such a price may be a find.
    let far = known(&[40_000; 6]);
    assert!(with(&old, &far).value < with(&young, &far).value);
    assert!(with(&old, &far).fair_price.amount_minor < 12_000);
    let euro = Comparable { currency: "EUR".parse().unwrap(), ..dear };
    assert!(
        with(&young, &euro).unknown.contains(&Unknown::NoComparableEvents),
        "another currency says nothing"
    );
}

#[test]
fn one_odd_poll_is_not_the_lowest_price_ever() {
    let mut course = steady(40, 10_000);
    course.insert(20, Observation::of_price(course[19].at + TimeDelta::hours(1), usd(100)));
    let history: Courses = [(Market::SeatGeek, course)].into();
    let score = score(&input(&[quote(Market::SeatGeek, usd(10_000))], &history, 60)).unwrap();
    assert_eq!(score.value, 50);
}

prop_compose! {
    fn any_course()(polls in prop::collection::vec((0_i64..60 * 24, 1_i64..60_000, 0_u8..10), 0..40)) -> Vec<Observation> {
        let mut course: Vec<Observation> = polls
            .into_iter()
            .map(|(hours, minor, kind)| {
                let price = match kind {
                    0 => Price::absent(AbsentReason::Unknown),
                    1 => Price::quoted(Money::new(minor, Currency::USD), FeeBasis::BeforeFees),
                    _ => usd(minor),
                };
                Observation::of_price(now() - TimeDelta::hours(hours), price)
            })
            .collect();
        course.sort_by_key(|seen| seen.at);
        course
    }
}

prop_compose! {
    fn any_fees()(ratios in prop::collection::vec((10_000_u32..14_000, 0_u32..2_000), 0..3)) -> FeeModels {
        [Market::SeatGeek, Market::StubHub, Market::Feed]
            .into_iter()
            .zip(ratios)
            .map(|(market, (ratio, bar))| (market, model(ratio, ratio - bar.min(ratio - 10_000), ratio + bar)))
            .collect()
    }
}

prop_compose! {
    fn any_comparable()(
        peers in prop::collection::vec((0_usize..3, 1_u32..30, 1_i64..80_000, 0_u32..20_000), 0..4),
    ) -> Comparable {
        let likeness = [Likeness::SameVenue, Likeness::Elsewhere, Likeness::SameCity];
        let peers = peers
            .into_iter()
            .map(|(which, events, median_minor, spread)| Peers { likeness: likeness[which], events, median_minor, spread })
            .collect();
        Comparable { currency: Currency::USD, peers }
    }
}

#[test]
fn amounts_of_another_currency_are_not_cheaper_for_being_smaller_numbers() {
    let quoted = |market, minor, code: &str| {
        quote(market, Price::quoted(Money::new(minor, code.parse().unwrap()), FeeBasis::AllIn))
    };
    let history = Courses::new();
    let first = |current: &[CurrentQuote]| {
        let scored = scored(&input(current, &history, 60)).unwrap();
        (scored.score.price.currency.as_str().to_owned(), scored.score.price.amount_minor)
    };
    let dollars = [quoted(Market::SeatGeek, 6_500, "USD"), quoted(Market::StubHub, 7_000, "USD")];
    let pounds = quoted(Market::Feed, 6_000, "GBP");
    assert_eq!(
        first(&[dollars[0], pounds, dollars[1]]),
        ("USD".to_owned(), 6_500),
        "most quotes are in dollars"
    );
    assert_eq!(first(&[dollars[0], quoted(Market::Feed, 5_000, "JPY")]), ("USD".to_owned(), 6_500));
    assert_eq!(
        first(&[pounds, quoted(Market::SeatGeek, 6_100, "GBP"), dollars[0]]),
        ("GBP".to_owned(), 6_000)
    );
}

proptest! {
    #[test]
    fn a_lower_price_never_scores_lower(
        one in any_course(),
        two in any_course(),
        others in prop::collection::vec(50_000_i64..90_000, 0..3),
        prices in prop::collection::vec(1_i64..50_000, 2),
        days_left in 1_i64..60,
        fees in any_fees(),
        comparable in any_comparable(),
    ) {
        let history: Courses = [(Market::SeatGeek, one), (Market::StubHub, two)].into();
        let markets = [Market::StubHub, Market::Ticketmaster, Market::Feed];
        let at = |minor: i64| {
            let mut current = vec![quote(Market::SeatGeek, usd(minor))];
            current.extend(markets.into_iter().zip(&others).map(|(market, other)| quote(market, usd(*other))));
            let known = ScoreInput { fees: &fees, comparable: Some(&comparable), ..input(&current, &history, days_left) };
            score(&known).unwrap()
        };
        let (low, high) = (prices[0].min(prices[1]), prices[0].max(prices[1]));
        prop_assert!(at(low).value >= at(high).value);
        prop_assert_eq!(at(low), at(low));
    }

    #[test]
    fn the_span_holds_the_score_of_either_end_of_what_the_price_may_come_to(
        one in any_course(),
        minor in 1_i64..50_000,
        elsewhere in prop::collection::vec(80_000_i64..90_000, 0..3),
        days_left in 1_i64..60,
        fees in any_fees(),
        comparable in any_comparable(),
        own in prop::sample::select(vec![FeeBasis::AllIn, FeeBasis::BeforeFees, FeeBasis::Unknown]),
        market in prop::sample::select(vec![Market::SeatGeek, Market::StubHub]),
    ) {
        let history: Courses = [(Market::TicketEvolution, one)].into();
        let scored = |price: Price| {
            let mut current = vec![quote(market, price)];
            let others = [Market::Ticketmaster, Market::Feed, Market::Eventbrite];
            current.extend(others.into_iter().zip(&elsewhere).map(|(market, minor)| quote(market, usd(*minor))));
            let known = ScoreInput { fees: &fees, comparable: Some(&comparable), ..input(&current, &history, days_left) };
            score(&known).unwrap()
        };
        let told = scored(Price::quoted(Money::new(minor, Currency::USD), own));
        let span = told.uncertainty.unwrap();
        prop_assert!(span.value_low <= told.value && told.value <= span.value_high);
        // All else equal: where a price that is stated can be read as its upper or lower end and is still the one ranked.
        if let Some(all_in) = told.all_in.filter(|_| told.market == market) {
            for end in [all_in.low_minor, all_in.high_minor] {
                let at_end = scored(usd(end));
                prop_assert_eq!(at_end.market, market);
                prop_assert!((span.value_low..=span.value_high).contains(&at_end.value), "{:?} {}", span, at_end.value);
            }
        }
    }

    #[test]
    fn reasons_add_up_and_the_score_is_bounded(
        one in any_course(),
        two in any_course(),
        minor in prop_oneof![1_i64..50_000, 1_i64..=i64::MAX / 1_000],
        days_left in 1_i64..60,
        fees in any_fees(),
        comparable in any_comparable(),
        own_basis in prop::sample::select(vec![FeeBasis::AllIn, FeeBasis::BeforeFees, FeeBasis::Unknown]),
    ) {
        let history: Courses = [(Market::SeatGeek, one), (Market::StubHub, two)].into();
        let own = Price::quoted(Money::new(minor, Currency::USD), own_basis);
        let current = [quote(Market::SeatGeek, own), quote(Market::Feed, before_fees(31_000))];
        let known = ScoreInput { fees: &fees, comparable: Some(&comparable), ..input(&current, &history, days_left) };
        let score = score(&known).unwrap();
        let span = score.uncertainty.unwrap();
        prop_assert!(span.value_low <= score.value && score.value <= span.value_high);
        prop_assert!(0 < span.fair_low.amount_minor && span.fair_low.amount_minor <= score.fair_price.amount_minor);
        prop_assert!(score.fair_price.amount_minor <= span.fair_high.amount_minor);
        let amounts: i64 = score.reasons.iter().map(|reason| reason.amount.amount_minor).sum();
        let points: i16 = score.reasons.iter().map(|reason| reason.points).sum();
        let counted = score.reasons.iter().filter(|reason| reason.code != ReasonCode::DaysLeft);
        let shares: u32 = counted.map(|reason| u32::from(reason.share_permille.unwrap_or(0))).sum();
        prop_assert!(shares <= 1_002, "{} of a thousand", shares);
        prop_assert!(score.value <= 100);
        prop_assert_eq!(score.fair_price.amount_minor - score.price.amount_minor, amounts);
        prop_assert_eq!(i16::from(score.value) - 50, points);
        prop_assert_eq!(score.reasons.is_empty(), score.prior_permille == Some(1_000));
        prop_assert!(!score.reasons.is_empty() || score.confidence == Confidence::Low && score.caution.is_some());
        prop_assert_eq!(score.band, Band::of(score.value));
        prop_assert!(score.fair_price.amount_minor > 0);
    }

    #[test]
    fn a_score_is_of_the_quote_it_names(
        quotes in prop::collection::vec((0_usize..3, 0_usize..4, 0_usize..3, 1_i64..20_000, 0_i64..40), 0..8),
        ratio in prop::option::of(10_000_u32..15_000),
    ) {
        let fees: FeeModels = ratio.map(|ratio| (Market::SeatGeek, FeeModel {
            ratio, low: ratio, high: ratio, count: 30, as_of: now().date_naive(),
        })).into_iter().collect();
        let current: Vec<CurrentQuote> = quotes.iter().map(|(market, code, basis, minor, hours)| CurrentQuote {
            market: [Market::SeatGeek, Market::StubHub, Market::Feed][*market],
            price: ["USD", "GBP", "JPY"].get(*code).map_or(Price::absent(AbsentReason::SoldOut), |code| Price::quoted(
                Money::new(*minor, code.parse().unwrap()),
                [FeeBasis::AllIn, FeeBasis::BeforeFees, FeeBasis::Unknown][*basis],
            )),
            seen_at: now() - TimeDelta::hours(*hours),
        }).collect();
        let history = Courses::new();
        let found = scored(&ScoreInput { fees: &fees, ..input(&current, &history, 60) });
        prop_assert_eq!(found.as_ref().map(|scored| scored.place), cheapest(now(), &current, &fees));
        let rankable = |quote: &&CurrentQuote| quote.price.money().is_some() && now() - quote.seen_at <= TimeDelta::hours(24);
        prop_assert_eq!(found.is_some(), current.iter().any(|quote| rankable(&quote)));
        let Some(found) = found else { return Ok(()) };
        let quote = current[found.place];
        prop_assert!(rankable(&&quote));
        prop_assert_eq!(found.score.market, quote.market);
        let stated = quote.price.money().unwrap();
        let all_in = prices::score::all_in(quote.market, &quote.price, &fees);
        prop_assert_eq!(found.score.price, all_in.map_or(stated, |known| known.money()));
        let of = |code: Currency| current.iter().filter(rankable).filter(|one| one.price.money().unwrap().currency == code).count();
        prop_assert!(current.iter().filter(rankable).all(|one| of(one.price.money().unwrap().currency) <= of(stated.currency)));
    }
}
