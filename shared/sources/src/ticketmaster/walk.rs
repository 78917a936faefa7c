//! Where a walk stands and where it goes next.
//!
//! Results past the documented wall of 1,000 cannot be paged to, so a window of time that holds more is halved and
//! asked again. What even the narrowest window cannot reach is counted, not lost silently.

use chrono::{DateTime, Duration, NaiveTime, Utc};
use serde::Deserialize;

use crate::adapter::Cursor;

/// The largest page: 201 is refused with DIS1036 \[O\].
pub(super) const PAGE_SIZE: u32 = 200;
/// `size * page` must stay below this \[D\]; the service serves one page more \[O\], which we do not rely on.
const WALL: u32 = 1_000;
/// Windows are not halved below this: few cities, if any, have a thousand events in three hours.
const NARROWEST: Duration = Duration::hours(3);

/// What one pass over the results asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Events with a date, window by window.
    Dated,
    /// Events whose date is to be announced.
    ToBeAnnounced,
    /// Events whose date is to be defined.
    ToBeDefined,
}

/// Where in the walk a cursor stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    index: usize,
    /// What is asked for.
    pub(super) scope: Scope,
    /// First instant of the window; means nothing for undated scopes.
    pub(super) from: DateTime<Utc>,
    /// First instant after the window.
    pub(super) until: DateTime<Utc>,
    /// Page within it, from 0.
    pub(super) page: u32,
}

/// The answer's own account of its pages \[D\].
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Paging {
    size: u32,
    total_elements: u32,
    pub(super) total_pages: u32,
}

/// The plan of a walk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk {
    /// How many days ahead dated events are read.
    pub(super) horizon_days: u16,
    /// Whether undated events are asked for too.
    pub(super) undated: bool,
}

impl Walk {
    fn scopes(self) -> &'static [Scope] {
        if self.undated { &[Scope::Dated, Scope::ToBeAnnounced, Scope::ToBeDefined] } else { &[Scope::Dated] }
    }

    /// From today's midnight, so that all pages of a walk ask for the same window, to the horizon.
    fn reach(self, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
        let today = now.date_naive().and_time(NaiveTime::MIN).and_utc();
        let end = today.checked_add_signed(Duration::days(i64::from(self.horizon_days))).unwrap_or(today);
        (today, end)
    }

    /// Where a fresh walk stands.
    pub(super) fn beginning(self, now: DateTime<Utc>) -> Spot {
        let (from, until) = self.reach(now);
        Spot { index: 0, scope: Scope::Dated, from, until, page: 0 }
    }

    /// Where `cursor` stands; `None` for a cursor of another adapter or configuration.
    pub(super) fn spot(self, cursor: &Cursor, now: DateTime<Utc>) -> Option<Spot> {
        let (today, end) = self.reach(now);
        let (index, from, until, page) = match cursor {
            Cursor::Page { scope, page } => (*scope, today, end, *page),
            Cursor::Window { scope, from, until, page } => (*scope, *from, *until, *page),
            Cursor::Token { .. }
            | Cursor::Continuation { .. }
            | Cursor::Since { .. }
            | Cursor::Event { .. } => return None,
        };
        let scope = *self.scopes().get(index)?;
        Some(Spot { index, scope, from, until, page })
    }

    /// The first half of `spot`'s window, when the window holds more than can be paged to and can be halved.
    pub(super) fn split(spot: Spot, paging: Paging) -> Option<Cursor> {
        let half = spot.until.signed_duration_since(spot.from).checked_div(2)?;
        let too_many = spot.page == 0 && paging.total_elements > WALL;
        if spot.scope != Scope::Dated || !too_many || half < NARROWEST {
            return None;
        }
        let until = spot.from.checked_add_signed(half)?;
        Some(Cursor::Window { scope: spot.index, from: spot.from, until, page: 0 })
    }

    /// What comes after `spot`, and how many results of its window nothing can reach.
    pub(super) fn after(self, spot: Spot, paging: Paging, now: DateTime<Utc>) -> (Option<Cursor>, u32) {
        let Spot { index: scope, from, until, .. } = spot;
        let size = Some(paging.size).filter(|size| (1..=PAGE_SIZE).contains(size)).unwrap_or(PAGE_SIZE);
        let page = spot.page.saturating_add(1);
        if page < paging.total_pages && size.saturating_mul(page) < WALL {
            let next = match spot.scope {
                Scope::Dated => Cursor::Window { scope, from, until, page },
                Scope::ToBeAnnounced | Scope::ToBeDefined => Cursor::Page { scope, page },
            };
            return (Some(next), 0);
        }
        let unreachable = paging.total_elements.saturating_sub(WALL);
        let (_, end) = self.reach(now);
        if spot.scope == Scope::Dated && until < end {
            // A window that was half empty lets the next one be twice as long.
            let factor = if paging.total_elements.saturating_mul(2) <= WALL { 2 } else { 1 };
            let longer = until.signed_duration_since(from).checked_mul(factor);
            let next_until =
                longer.and_then(|length| until.checked_add_signed(length)).unwrap_or(end).min(end);
            return (Some(Cursor::Window { scope, from: until, until: next_until, page: 0 }), unreachable);
        }
        let scope = scope.saturating_add(1);
        (self.scopes().get(scope).map(|_| Cursor::Page { scope, page: 0 }), unreachable)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "a test may overflow and fail")]
    use super::*;

    const WALK: Walk = Walk { horizon_days: 64, undated: true };

    fn at(hour: i64) -> DateTime<Utc> {
        "2026-11-21T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::hours(hour)
    }

    /// Walks a catalogue that has one event every `minutes`, and returns the pages asked, the events shown and the
    /// events reported unreachable.
    fn walk(minutes: i64) -> (u32, Vec<i64>, u32) {
        let all: Vec<i64> = (0..64 * 24 * 60).step_by(usize::try_from(minutes).unwrap()).collect();
        let (mut pages, mut shown, mut unreachable) = (0, Vec::new(), 0);
        let mut cursor = Some(Cursor::Page { scope: 0, page: 0 });
        while let Some(here) = cursor {
            pages += 1;
            let spot = WALK.spot(&here, at(5)).unwrap();
            let inside = |minute: &&i64| {
                let moment = at(0) + Duration::minutes(**minute);
                spot.scope == Scope::Dated && spot.from <= moment && moment < spot.until
            };
            let found: Vec<i64> = all.iter().filter(inside).copied().collect();
            let total = u32::try_from(found.len()).unwrap();
            let paging = Paging {
                size: PAGE_SIZE,
                total_elements: total.min(10_000),
                total_pages: total.div_ceil(PAGE_SIZE),
            };
            if let Some(narrower) = Walk::split(spot, paging) {
                cursor = Some(narrower);
                continue;
            }
            shown.extend(found.chunks(200).nth(usize::try_from(spot.page).unwrap()).unwrap_or_default());
            let (next, missed) = WALK.after(spot, paging, at(5));
            unreachable += missed;
            cursor = next;
        }
        (pages, shown, unreachable)
    }

    #[test]
    fn a_small_catalogue_takes_one_window_and_two_sweeps() {
        // One event a day: 64 results fit one page; then the two undated scopes.
        assert_eq!(walk(24 * 60).0, 3);
    }

    #[test]
    fn a_catalogue_past_the_wall_is_read_whole_and_each_event_once() {
        // One event every five minutes: 18,432 results, far past the 1,000 and past the count's own ceiling.
        let (pages, shown, unreachable) = walk(5);
        assert_eq!(shown, (0..64 * 24 * 60).step_by(5).collect::<Vec<i64>>());
        assert_eq!(unreachable, 0);
        // 18,432 / 200 = 93 full pages; narrowing and half-full windows may cost twice that again.
        assert!(pages < 3 * 93, "{pages}");
    }

    #[test]
    fn what_no_window_can_reach_is_counted() {
        let spot = Spot { index: 0, scope: Scope::Dated, from: at(0), until: at(3), page: 4 };
        let paging = Paging { size: PAGE_SIZE, total_elements: 1_250, total_pages: 7 };
        assert!(Walk::split(Spot { page: 0, ..spot }, paging).is_none());
        let (next, unreachable) = WALK.after(spot, paging, at(1));
        assert_eq!(unreachable, 250);
        assert_eq!(next, Some(Cursor::Window { scope: 0, from: at(3), until: at(6), page: 0 }));
    }

    #[test]
    fn the_walk_ends_at_the_horizon_and_refuses_strange_cursors() {
        let last = Spot { index: 2, scope: Scope::ToBeDefined, from: at(0), until: at(1), page: 0 };
        let paging = Paging { size: PAGE_SIZE, total_elements: 0, total_pages: 0 };
        assert_eq!(WALK.after(last, paging, at(0)), (None, 0));
        assert!(WALK.spot(&Cursor::Page { scope: 3, page: 0 }, at(0)).is_none());
        assert!(WALK.spot(&Cursor::Continuation { scope: 0, token: "x".to_owned() }, at(0)).is_none());
    }
}
