//! Whether two listings are one event.

use crate::facts::EventFacts;
use crate::normalise::words;
use crate::verdict::{Decision, Reason, Verdict};

/// Compares two listings. Symmetric: `judge(a, b) == judge(b, a)`.
pub fn judge(left: &EventFacts, right: &EventFacts) -> Verdict {
    let mut reasons = Vec::new();
    if left.add_on != right.add_on {
        return different(vec![Reason::OnlyOneIsAnAddOn]);
    }
    let venue = overlap(&words(&left.venue), &words(&right.venue));
    reasons.push(if venue >= 900 {
        Reason::SameVenue
    } else {
        Reason::LikelySameVenue
    });
    if venue < 500 {
        return different(vec![Reason::OtherVenue]);
    }
    let gap = match (left.start.utc, right.start.utc) {
        (Some(a), Some(b)) => a.signed_duration_since(b).num_minutes().abs(),
        _ => return doubtful(vec![Reason::StartUnknown]),
    };
    let time_open = left.start.time_tbd || right.start.time_tbd;
    if gap > if time_open { 24 * 60 } else { 90 } {
        return different(vec![Reason::OtherStart]);
    }
    reasons.push(if gap == 0 {
        Reason::SameStart
    } else {
        Reason::NearStart
    });
    let name = overlap(&words(&left.name), &words(&right.name));
    reasons.push(if name >= 900 {
        Reason::SameName
    } else {
        Reason::SimilarName
    });
    if name < 500 {
        return different(vec![Reason::OtherName]);
    }
    let confidence = 700_u16.saturating_add(name.saturating_mul(3).checked_div(10).unwrap_or(0));
    Verdict {
        decision: Decision::Same,
        confidence_permille: confidence.min(999),
        reasons,
    }
}

/// The best partner among `candidates`: the index of the surest that is not `Different`, with its verdict.
///
/// When two candidates are equally sure, the answer is `Doubtful`: which one it is cannot be told.
pub fn best_match(event: &EventFacts, candidates: &[EventFacts]) -> Option<(usize, Verdict)> {
    let mut judged: Vec<(usize, Verdict)> = candidates
        .iter()
        .map(|candidate| judge(event, candidate))
        .enumerate()
        .filter(|(_, verdict)| verdict.decision != Decision::Different)
        .collect();
    judged.sort_by_key(|(index, verdict)| (std::cmp::Reverse(verdict.confidence_permille), *index));
    let mut judged = judged.into_iter();
    let (index, mut best) = judged.next()?;
    if judged
        .next()
        .is_some_and(|(_, second)| second.confidence_permille == best.confidence_permille)
    {
        best.decision = Decision::Doubtful;
    }
    Some((index, best))
}

fn different(reasons: Vec<Reason>) -> Verdict {
    Verdict {
        decision: Decision::Different,
        confidence_permille: 0,
        reasons,
    }
}

fn doubtful(reasons: Vec<Reason>) -> Verdict {
    Verdict {
        decision: Decision::Doubtful,
        confidence_permille: 500,
        reasons,
    }
}

/// The share of the shorter side's words that the other side has, thousandths.
fn overlap(left: &[String], right: &[String]) -> u16 {
    let (few, many) = if left.len() <= right.len() {
        (left, right)
    } else {
        (right, left)
    };
    let shared = few.iter().filter(|word| many.contains(word)).count();
    let share = shared.saturating_mul(1000).checked_div(few.len()).unwrap_or(0);
    u16::try_from(share).unwrap_or(1000)
}
