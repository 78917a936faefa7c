//! Where a page of past advice begins.

use contract::ids::EventId;
use contract::outlook::PastAdvice;
use serde::Serialize;

/// A place in an order of the live record: after this advice. What is said meanwhile comes before it, so nothing moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    failures_first: bool,
    /// Whether it is among failures that come first.
    pub failed: bool,
    /// When it was said.
    pub said_at_ms: i64,
    /// What decides between equals.
    pub event_id: EventId,
}

impl Place {
    /// The place of `advice`; none where it names no event.
    pub fn of(advice: &PastAdvice, failures_first: bool) -> Option<Self> {
        Some(Self {
            failures_first,
            failed: failures_first && advice.verdict.is_failure(),
            said_at_ms: advice.said_at.timestamp_millis(),
            event_id: advice.event_id.clone()?,
        })
    }

    /// As text.
    pub fn to_text(&self) -> String {
        let id = self.event_id.as_str().trim_start_matches("evt_");
        format!("{}{}.{id}", letter(self.failures_first, self.failed), self.said_at_ms)
    }

    /// Reads it back; only in the order it was made for.
    pub fn read(text: &str, failures_first: bool) -> Option<Self> {
        let of = |failed: bool| Some((failed, text.strip_prefix(letter(failures_first, failed))?));
        let (failed, rest) = of(false).or_else(|| of(true))?;
        let (said_at, id) = rest.split_once('.')?;
        let said_at_ms = said_at.parse().ok().filter(|at| (0..1 << 53).contains(at))?;
        let event_id = format!("evt_{id}").parse().ok()?;
        Some(Self { failures_first, failed, said_at_ms, event_id })
    }
}

const fn letter(failures_first: bool, failed: bool) -> char {
    match (failures_first, failed) {
        (false, _) => 'n',
        (true, true) => 'f',
        (true, false) => 'o',
    }
}

/// A place in the backtest of one artefact, whose list never changes: how many came before, of this list only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Passed {
    /// Of which list, see [`Self::list`].
    list: String,
    /// How many came before.
    pub count: usize,
}

impl Passed {
    /// A place in the list of this digest.
    pub fn new(list: String, count: usize) -> Self {
        Self { list, count }
    }

    /// Whether it is a place in this list.
    pub fn is_of(&self, list: &str) -> bool {
        self.list == list
    }

    /// As text.
    pub fn to_text(&self) -> String {
        format!("b{}.{}", self.list, self.count)
    }

    /// Reads it back.
    pub fn read(text: &str) -> Option<Self> {
        let (list, count) = text.strip_prefix('b')?.split_once('.')?;
        let fits = list.len() == LIST_DIGITS && list.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(Self { list: fits.then(|| list.to_owned())?, count: count.parse().ok()? })
    }
}

/// Hexadecimal digits by which a list of a backtest is known.
pub const LIST_DIGITS: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_in_its_own_order_only() {
        for (failures_first, failed) in [(false, false), (true, false), (true, true)] {
            let event_id = EventId::from_bytes([3; 16]);
            let place = Place { failures_first, failed, said_at_ms: 1_767_225_600_000, event_id };
            let text = place.to_text();
            assert_eq!(Place::read(&text, failures_first), Some(place));
            assert_eq!(Place::read(&text, !failures_first), None);
        }
        for rubbish in ["", "n", "4", "n1", "n1.", "n1.zz", "nx.03", "n-1.03", "n9007199254740992.03", "é"] {
            assert_eq!(Place::read(rubbish, false), None, "{rubbish}");
        }
    }

    #[test]
    fn a_place_in_a_backtest_names_its_list() {
        let passed = Passed::new("0123456789ab".to_owned(), 40);
        assert_eq!(Passed::read(&passed.to_text()), Some(passed.clone()));
        assert!(passed.is_of("0123456789ab") && !passed.is_of("0123456789ac"));
        for rubbish in ["", "b", "40", "b.40", "b0123.40", "b0123456789ab.", "b0123456789ab.-1", "é"] {
            assert_eq!(Passed::read(rubbish), None, "{rubbish}");
        }
    }
}
