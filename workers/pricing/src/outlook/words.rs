//! The record in sentences, and what several parts say in the same words.

use std::fmt::Write;

use contract::outlook::{Action, PastAdvice};

/// Why there is neither score nor outlook nor advice.
pub const BEGUN: &str = "The event has begun.";

/// "7 days" of 168 hours.
pub fn hours(hours: u16) -> String {
    super::explain::span(i64::from(hours).saturating_mul(prices::outlook::HOUR))
}

/// "Said wait on 12 May at $80; lowest after $71; who followed paid $74."
pub fn past(advice: &PastAdvice) -> String {
    let word = match advice.action {
        Action::Wait => "wait",
        Action::Buy => "buy",
    };
    let day = advice.said_at.format("%-d %B");
    let mut text = format!("Said {word} on {day} at {}", advice.price);
    match (advice.lowest_after, advice.paid) {
        (None, _) => text.push_str("; what comes is not known yet."),
        (Some(lowest), Some(paid)) if advice.action == Action::Wait => {
            let _ = write!(text, "; lowest after {lowest}; who followed paid {paid}.");
        }
        (Some(lowest), _) => {
            let _ = write!(text, "; lowest after {lowest}.");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};
    use prices::accuracy::Verdict;
    use prices::{Currency, Money};

    use super::*;

    #[test]
    fn the_record_reads_as_a_sentence() {
        let usd = |minor| Money::new(minor, Currency::USD);
        let mut advice = PastAdvice {
            event_id: None,
            event: "A night".to_owned(),
            genre: None,
            said_at: Utc.with_ymd_and_hms(2026, 5, 12, 9, 0, 0).unwrap(),
            action: Action::Wait,
            shown: true,
            price: usd(8_000),
            fall_permille: [None; 3],
            expected_saving: None,
            lowest_after: Some(usd(7_100)),
            paid: Some(usd(7_450)),
            verdict: Verdict::Saved,
            text: String::new(),
            model: None,
        };
        assert_eq!(past(&advice), "Said wait on 12 May at $80; lowest after $71; who followed paid $74.50.");
        advice.lowest_after = None;
        assert_eq!(past(&advice), "Said wait on 12 May at $80; what comes is not known yet.");
        advice.action = Action::Buy;
        advice.lowest_after = Some(usd(7_900));
        assert_eq!(past(&advice), "Said buy on 12 May at $80; lowest after $79.");
    }
}
