//! What a cursor asks TicketEvolution for, and what comes next.

use chrono::{DateTime, Utc};

use crate::adapter::Cursor;

/// The scopes of a cursor: the catalogue, and what was taken back.
pub(super) const CATALOGUE: usize = 0;
const DELETED: usize = 1;

/// What a cursor asks for.
pub(super) enum Step<'a> {
    Catalogue { page: u32 },
    Changed { since: DateTime<Utc>, page: u32 },
    Deleted { since: DateTime<Utc>, until: DateTime<Utc>, page: u32 },
    Listings { id: &'a str },
}

impl<'a> Step<'a> {
    pub(super) fn of(cursor: &'a Cursor) -> Option<Self> {
        Some(match cursor {
            Cursor::Page { scope: CATALOGUE, page } => Self::Catalogue { page: *page },
            Cursor::Since { since, page } => Self::Changed { since: *since, page: *page },
            Cursor::Window { scope: DELETED, from, until, page } => {
                Self::Deleted { since: *from, until: *until, page: *page }
            }
            Cursor::Event { id } => Self::Listings { id },
            _ => return None,
        })
    }

    /// The next page of the same kind.
    pub(super) fn turned(&self) -> Option<Cursor> {
        Some(match *self {
            Self::Catalogue { page } => Cursor::Page { scope: CATALOGUE, page: page.saturating_add(1) },
            Self::Changed { since, page } => Cursor::Since { since, page: page.saturating_add(1) },
            Self::Deleted { since, until, page } => {
                Cursor::Window { scope: DELETED, from: since, until, page: page.saturating_add(1) }
            }
            Self::Listings { .. } => return None,
        })
    }

    /// Where the walk goes on after the last page: what changed is followed by what was taken back.
    pub(super) const fn after(&self, now: DateTime<Utc>) -> Option<Cursor> {
        match *self {
            Self::Changed { since, .. } => {
                Some(Cursor::Window { scope: DELETED, from: since, until: now, page: 1 })
            }
            Self::Catalogue { .. } | Self::Deleted { .. } | Self::Listings { .. } => None,
        }
    }
}
