//! Where a page of deals begins.

use contract::deals::DealSort;
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
    /// The place in the order `sort` at which the column it goes by says `value`.
    pub const fn new(sort: DealSort, value: i64, event_id: EventId) -> Self {
        Self { sort, value, event_id }
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
