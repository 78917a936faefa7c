//! What a source is asked within the next hour: the wishes cut to what the budget allows.

use std::time::Duration;

/// The hour.
pub const HOUR_MS: i64 = 3_600_000;
/// Of all calls, kept for people who wait: a tenth.
const LIVE_PART: u32 = 10;
/// The walk is sure of this part of the rest: without it nothing new is ever found.
const WALK_PART: u32 = 2;
/// Updates may take this part of the rest: they find what changed for a call or two.
const UPDATES_PART: u32 = 5;
/// Polls are stretched to at most so many times the wished interval; rather than stretch on, the least worth goes.
const STRETCH: u64 = 4;

/// What there is and what is wished.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Calls the budget allows within the hour.
    pub allowed: u32,
    /// Calls of one walk.
    pub walk_calls: u32,
    /// Walks are wished this often.
    pub walk_every: Duration,
    /// Changes are asked for this often, where the source can tell them.
    pub updates_every: Option<Duration>,
    /// Whether single events can be read.
    pub by_id: bool,
    /// Whether reading one tells its single listings, which a walk does not.
    pub tells_listings: bool,
    /// Intervals at which single events are wished, worthiest first.
    pub events: Vec<Duration>,
}

/// What comes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Walks this often.
    pub walk_every: Duration,
    /// Walks are that frequent because it is the cheapest way to read the wished events.
    pub walks_for_events: bool,
    /// Calls for walks within the hour.
    pub walk_calls: u32,
    /// Changes this often.
    pub updates_every: Option<Duration>,
    /// Calls for them.
    pub updates_calls: u32,
    /// The interval of each event that is read singly: the first so many of the wished.
    pub events: Vec<Duration>,
    /// Calls for them.
    pub events_calls: u32,
    /// Calls kept for live reads.
    pub live_calls: u32,
}

/// Cuts wishes to the budget. The sum of all calls is never above what is allowed.
pub fn schedule(wanted: &Wanted) -> Schedule {
    let live_calls = wanted.allowed.div_ceil(LIVE_PART).min(wanted.allowed);
    let rest = wanted.allowed.saturating_sub(live_calls);
    let part = |part: u32| rest.checked_div(part).unwrap_or(0);

    // An interval shorter than the walk's is what makes a poll of its own worth its call; or that it tells more.
    let tells_more = wanted.by_id && wanted.tells_listings;
    let useful = wanted.events.iter().copied().filter(|every| tells_more || *every < wanted.walk_every);
    let mut events: Vec<Duration> = useful.collect();
    let mut walk_every = wanted.walk_every;
    // Where one walk costs no more than reading those events singly, walking more often brings all of them and the rest.
    let walk_calls = wanted.walk_calls.max(1);
    let mut walks_for_events = false;
    if !tells_more
        && let Some(soonest) = events.iter().min().copied()
        && in_an_hour(soonest).saturating_mul(walk_calls) <= sum(&events)
    {
        walk_every = soonest;
        walks_for_events = true;
        events.clear();
    }
    if !wanted.by_id {
        events.clear();
    }

    let updates_every = wanted.updates_every.map(|every| at_most(every, part(UPDATES_PART)));
    let updates_calls = updates_every.map_or(0, in_an_hour).min(part(UPDATES_PART));
    let rest = rest.saturating_sub(updates_calls);

    // The walk: what it wishes, or its sure part if polls want the rest.
    let walk_wish = in_an_hour(walk_every).saturating_mul(walk_calls);
    let sure = rest.checked_div(WALK_PART).unwrap_or(0);
    let walk_share = walk_wish.min(rest.saturating_sub(sum(&events)).max(sure));
    let walk_every = if walk_wish > walk_share {
        // Whole walks: so many calls make so many of them.
        stretched(u64::from(walk_calls).saturating_mul(3_600_000), walk_share).max(walk_every)
    } else {
        walk_every
    };
    let rest = rest.saturating_sub(walk_share);

    while sum(&events) > rest.saturating_mul(u32::try_from(STRETCH).unwrap_or(1)) {
        events.pop();
    }
    let wished = sum(&events);
    if wished > rest {
        for every in &mut events {
            let ms = u64::try_from(every.as_millis()).unwrap_or(u64::MAX);
            *every = stretched(ms.saturating_mul(u64::from(wished)), rest);
        }
    }
    // Rounding up to whole calls may leave one too many.
    while sum(&events) > rest {
        events.pop();
    }
    Schedule {
        walk_every,
        walks_for_events,
        walk_calls: walk_share,
        updates_every,
        updates_calls,
        events_calls: sum(&events),
        events,
        live_calls,
    }
}

/// Calls an hour at this interval, the begun one included.
pub fn in_an_hour(every: Duration) -> u32 {
    let ms = u64::try_from(every.as_millis()).unwrap_or(u64::MAX).max(1);
    u32::try_from(3_600_000_u64.div_ceil(ms)).unwrap_or(u32::MAX)
}

fn sum(events: &[Duration]) -> u32 {
    events.iter().fold(0, |calls, every| calls.saturating_add(in_an_hour(*every)))
}

/// `every`, or as much longer as `calls` within the hour ask for.
fn at_most(every: Duration, calls: u32) -> Duration {
    every.max(stretched(3_600_000, calls))
}

/// `ms` shared by `calls`, rounded up; a day if there are none.
fn stretched(ms: u64, calls: u32) -> Duration {
    if calls == 0 {
        return Duration::from_hours(24);
    }
    Duration::from_millis(ms.div_ceil(u64::from(calls)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "numbers of a test are small")]

    use proptest::prelude::*;

    use super::*;

    fn wanted(allowed: u32, walk_calls: u32, events: Vec<u64>) -> Wanted {
        Wanted {
            allowed,
            walk_calls,
            walk_every: Duration::from_mins(10),
            updates_every: None,
            by_id: true,
            tells_listings: false,
            events: events.into_iter().map(Duration::from_secs).collect(),
        }
    }

    #[test]
    fn with_plenty_everything_is_as_wished() {
        let plan = schedule(&wanted(5_000, 40, vec![30, 60, 120]));
        assert_eq!((plan.walk_every.as_secs(), plan.walk_calls), (600, 240));
        assert_eq!(plan.events.iter().map(Duration::as_secs).collect::<Vec<_>>(), [30, 60, 120]);
        assert_eq!((plan.events_calls, plan.live_calls), (120 + 60 + 30, 500));
    }

    #[test]
    fn when_short_the_walk_keeps_its_half_and_the_least_worth_are_left_to_it() {
        let plan = schedule(&wanted(400, 60, vec![30; 20]));
        assert_eq!((plan.live_calls, plan.walk_calls), (40, 180));
        assert_eq!(plan.walk_every.as_secs(), 1_200);
        assert!(!plan.events.is_empty() && plan.events.len() < 20);
        assert!(plan.events.iter().all(|every| *every <= Duration::from_mins(2)));
        assert!(plan.events_calls <= 180);
    }

    #[test]
    fn a_small_catalogue_is_walked_more_often_instead_of_reading_its_events_one_by_one() {
        let plan = schedule(&wanted(2_000, 3, vec![30, 30, 60, 60, 60]));
        assert_eq!((plan.walk_every.as_secs(), plan.events.len(), plan.walks_for_events), (30, 0, true));
    }

    #[test]
    fn where_only_one_event_tells_its_listings_no_walk_stands_for_it() {
        let wanted = Wanted { tells_listings: true, ..wanted(2_000, 3, vec![30, 60, 900]) };
        let plan = schedule(&wanted);
        assert_eq!(plan.events.iter().map(Duration::as_secs).collect::<Vec<_>>(), [30, 60, 900]);
        assert!(!plan.walks_for_events);
    }

    #[test]
    fn events_that_the_walk_reads_as_often_need_no_poll() {
        assert_eq!(schedule(&wanted(2_000, 3, vec![600, 900])).events_calls, 0);
    }

    #[test]
    fn with_nothing_allowed_nothing_is_planned() {
        let plan = schedule(&wanted(0, 10, vec![30]));
        assert_eq!((plan.walk_calls, plan.events_calls, plan.updates_calls, plan.live_calls), (0, 0, 0, 0));
    }

    proptest! {
        #[test]
        fn the_plan_is_never_beyond_the_budget_and_the_walk_never_starves(
            allowed in 0_u32..6_000, walk_calls in 1_u32..400, updates in proptest::option::of(30_u64..600),
            events in proptest::collection::vec(30_u64..700, 0..300),
        ) {
            let wanted = Wanted { updates_every: updates.map(Duration::from_secs), ..wanted(allowed, walk_calls, events) };
            let plan = schedule(&wanted);
            let calls = plan.walk_calls + plan.updates_calls + plan.events_calls + plan.live_calls;
            prop_assert!(calls <= allowed, "{calls} of {allowed}");
            let wish = in_an_hour(wanted.walk_every).saturating_mul(walk_calls);
            prop_assert!(plan.walk_calls >= wish.min((allowed - plan.live_calls - plan.updates_calls) / 2));
            // What the intervals come to is what was counted.
            prop_assert_eq!(plan.events.iter().map(|every| in_an_hour(*every)).sum::<u32>(), plan.events_calls);
        }
    }
}
