//! Where a page of deals begins.

use contract::deals::{Deal, DealSort};
use contract::ids::EventId;
use serde::Serialize;

/// A place in an order of deals: what the order goes by, and the id that decides between equals.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cursor {
    sort: DealSort,
    /// What the order goes by.
    pub value: i64,
    /// What decides between equals.
    pub event_id: EventId,
}

impl Cursor {
    /// The place of `deal`; none where it has no place in the order.
    pub fn of(deal: &Deal, sort: DealSort) -> Option<Self> {
        let score = &deal.score;
        let value = match sort {
            DealSort::Sure => i64::from(score.at_least()),
            DealSort::Score => i64::from(score.value),
            DealSort::Saving => score.fair_price.amount_minor.saturating_sub(score.price.amount_minor),
            DealSort::Price => score.price.amount_minor,
            DealSort::Date => deal.event.starts_at?.timestamp_millis(),
        };
        Some(Self { sort, value, event_id: deal.event.id.clone() })
    }

    /// As text.
    pub fn to_text(&self) -> String {
        let id = self.event_id.as_str().trim_start_matches("evt_");
        format!("{}{}.{id}", letter(self.sort), self.value)
    }

    /// Reads it back; only in the order it was made for.
    pub fn read(text: &str, sort: DealSort) -> Option<Self> {
        let (value, id) = text.strip_prefix(letter(sort))?.split_once('.')?;
        let value = value.parse().ok().filter(|value: &i64| value.unsigned_abs() < 1 << 53)?;
        Some(Self { sort, value, event_id: format!("evt_{id}").parse().ok()? })
    }
}

const fn letter(sort: DealSort) -> char {
    match sort {
        DealSort::Sure => 'u',
        DealSort::Score => 's',
        DealSort::Saving => 'v',
        DealSort::Price => 'p',
        DealSort::Date => 'd',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_in_its_own_order_only() {
        let cursor = Cursor { sort: DealSort::Saving, value: -17, event_id: EventId::from_bytes([3; 16]) };
        let text = cursor.to_text();
        assert_eq!(Cursor::read(&text, DealSort::Saving), Some(cursor));
        assert_eq!(Cursor::read(&text, DealSort::Price), None);
        for rubbish in ["", "v", "v1", "v1.", "v1.zz", "vx.03", "v9007199254740992.03", "é"] {
            assert_eq!(Cursor::read(rubbish, DealSort::Saving), None, "{rubbish}");
        }
    }
}
