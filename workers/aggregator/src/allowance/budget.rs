//! What a provider's limits allow, as a rule on numbers. All times are of [`crate::allowance::steady::SteadyClock`].

use serde::{Deserialize, Serialize};
use sources::{Limits, Window};

/// A window is counted in so many parts: a call is forgotten with the whole part it was made in, never before it is out
/// of the window. A finer count would free calls sooner by less than a fiftieth.
const PARTS: i64 = 48;
/// Calls overtake each other on the way: what we send a second apart may arrive this much closer together.
const ARRIVAL_SLACK_MS: i64 = 250;
/// A call whose end nobody told (its isolate was killed) stops counting as in flight after this long; an answer is
/// given up after ten seconds.
const LEASE_MS: i64 = 20_000;
/// How soon it is worth asking again for a place among the calls in flight.
const PLACE_MS: i64 = 100;
/// Windows from this length on are shared out: shorter ones renew before anybody could be starved.
const SHARED_FROM_MS: i64 = 600_000;

/// Who wants to call; decides how much of a window must be left for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A person waits for the answer.
    Live,
    /// The walk through the catalogue, updates and tokens.
    Walk,
    /// One event read anew because it is worth it.
    Poll,
}

impl Purpose {
    /// The share of a window that is not for this purpose, thousandths.
    const fn leaves_permille(self) -> u32 {
        match self {
            Self::Live => 0,
            Self::Walk => 100,
            Self::Poll => 350,
        }
    }
}

/// Why a call may not be made now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// When it is worth asking again.
    pub until_ms: i64,
    /// A short stable word.
    pub reason: &'static str,
}

/// A call that may be made; to be given back when its answer is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    number: u64,
    expires_ms: i64,
}

impl Ticket {
    /// The call's number among all calls to the source.
    pub const fn number(self) -> u64 {
        self.number
    }
}

/// Calls made within one part of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Part {
    ends_ms: i64,
    calls: u32,
}

/// What the provider says is left, and until when that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stated {
    left: u32,
    resets_ms: i64,
}

/// What has been used; stored by the planner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Budget {
    /// Calls made by window, oldest part first; windows in the order of the limits.
    made: Vec<Vec<Part>>,
    last_call_ms: Option<i64>,
    in_flight: Vec<Ticket>,
    tickets: u64,
    /// The provider asked for a pause.
    closed_until_ms: i64,
    stated: Option<Stated>,
}

/// One window of the budget as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// The window.
    pub window: Window,
    /// Calls made in it.
    pub made: u32,
    /// Calls left in it.
    pub left: u32,
}

impl Budget {
    /// Takes one call, or answers when the next one may be made.
    ///
    /// Windows slide: no stretch of time as long as a window, wherever it begins, holds more calls than the window
    /// allows. So the provider's own window is kept too, whether it begins with the first call or on the hour.
    pub fn take(&mut self, limits: &Limits, purpose: Purpose, now_ms: i64) -> Result<Ticket, Refusal> {
        self.forget(limits, now_ms);
        let refusal = [
            self.closed(now_ms),
            self.spaced(limits, now_ms),
            self.crowded(limits, now_ms),
            self.stated_out(purpose, now_ms),
        ]
        .into_iter()
        .chain(limits.windows.iter().zip(&self.made).map(|(window, parts)| full(*window, parts, purpose)))
        .flatten()
        .max_by_key(|refusal| refusal.until_ms);
        if let Some(refusal) = refusal {
            return Err(refusal);
        }
        for (window, parts) in limits.windows.iter().zip(&mut self.made) {
            count(*window, parts, now_ms);
        }
        if let Some(stated) = &mut self.stated {
            stated.left = stated.left.saturating_sub(1);
        }
        self.last_call_ms = Some(now_ms);
        self.tickets = self.tickets.saturating_add(1);
        let ticket = Ticket { number: self.tickets, expires_ms: now_ms.saturating_add(LEASE_MS) };
        self.in_flight.push(ticket);
        Ok(ticket)
    }

    /// The call is over. It stays counted in the windows, however it ended: providers count refusals too.
    pub fn give_back(&mut self, ticket: Ticket) {
        self.in_flight.retain(|other| other.number != ticket.number);
    }

    /// Takes the provider's word when it says that fewer are left than we counted. Calls still in flight may not be in
    /// its count. A word far above what we hold means that its window has begun anew.
    pub fn heed(&mut self, limits: &Limits, left: u32, resets_ms: Option<i64>, now_ms: i64) {
        let longest_ms = limits.windows.iter().map(|window| window.window_ms).max().unwrap_or(0);
        let latest_ms = now_ms.saturating_add(longest_ms);
        let left = left.saturating_sub(u32::try_from(self.in_flight.len()).unwrap_or(u32::MAX));
        let resets_ms = resets_ms.unwrap_or(latest_ms).clamp(now_ms, latest_ms);
        let held = self.stated.filter(|stated| left <= stated.left.saturating_add(limits.concurrency));
        self.stated = Some(match held {
            Some(stated) => {
                Stated { left: left.min(stated.left), resets_ms: stated.resets_ms.min(resets_ms) }
            }
            None => Stated { left, resets_ms },
        });
    }

    /// The provider wants no call before `until_ms`.
    pub fn close_until(&mut self, until_ms: i64) {
        self.closed_until_ms = self.closed_until_ms.max(until_ms);
    }

    /// Every window as it stands.
    pub fn used(&self, limits: &Limits, now_ms: i64) -> Vec<Used> {
        let mut now = self.clone();
        now.forget(limits, now_ms);
        let stated = now.stated.map_or(u32::MAX, |stated| stated.left);
        limits
            .windows
            .iter()
            .zip(&now.made)
            .map(|(&window, parts)| {
                let made = total(parts);
                let left = window.calls.saturating_sub(made);
                Used { window, made, left: if is_shared(window) { left.min(stated) } else { left } }
            })
            .collect()
    }

    /// Calls that may be planned for the next `span_ms`.
    ///
    /// A fifth of a long window may be spent at full speed, so that a fresh start fills the catalogue at once. The rest
    /// is spread: at four windows' worth of what is left per window, use settles at four fifths of the limit.
    pub fn allowance(&self, limits: &Limits, span_ms: i64, now_ms: i64) -> u32 {
        let open_ms = span_ms.saturating_sub(self.closed_until_ms.saturating_sub(now_ms).max(0)).max(0);
        let spaced = open_ms.checked_div(limits.spacing_ms.max(1)).unwrap_or(0);
        let windows = self.used(limits, now_ms).into_iter().map(|used| {
            let whole = i64::from(used.window.calls);
            let share = |calls: i64| {
                calls.saturating_mul(open_ms).checked_div(used.window.window_ms.max(1)).unwrap_or(0)
            };
            if used.window.window_ms <= span_ms {
                return share(whole);
            }
            let left = i64::from(used.left);
            let burst = whole.checked_div(5).unwrap_or(0).saturating_sub(i64::from(used.made)).max(0);
            share(left.saturating_mul(4)).max(burst).min(left)
        });
        let allowed = windows.chain([spaced]).min().unwrap_or(0);
        u32::try_from(allowed).unwrap_or(u32::MAX)
    }

    /// The gap until the next `calls` that makes the long windows last, milliseconds.
    pub fn pace_ms(&self, limits: &Limits, calls: u32, now_ms: i64) -> i64 {
        self.used(limits, now_ms)
            .into_iter()
            .filter(|used| is_shared(used.window))
            .filter(|used| used.made.saturating_mul(5) >= used.window.calls)
            .map(|used| {
                let quarter_ms = used.window.window_ms.checked_div(4).unwrap_or(0);
                let left = i64::from(used.left).max(1);
                quarter_ms.saturating_mul(i64::from(calls.max(1))).checked_div(left).unwrap_or(quarter_ms)
            })
            .max()
            .unwrap_or(0)
    }

    fn forget(&mut self, limits: &Limits, now_ms: i64) {
        self.made.resize(limits.windows.len(), Vec::new());
        for (window, parts) in limits.windows.iter().zip(&mut self.made) {
            parts.retain(|part| leaves_ms(*window, *part) > now_ms);
        }
        self.in_flight.retain(|ticket| ticket.expires_ms > now_ms);
        self.stated = self.stated.filter(|stated| stated.resets_ms > now_ms);
    }

    fn closed(&self, now_ms: i64) -> Option<Refusal> {
        let until_ms = self.closed_until_ms;
        (until_ms > now_ms).then_some(Refusal { until_ms, reason: "provider_asked_to_wait" })
    }

    fn spaced(&self, limits: &Limits, now_ms: i64) -> Option<Refusal> {
        let until_ms = self.last_call_ms?.saturating_add(limits.spacing_ms);
        (until_ms > now_ms).then_some(Refusal { until_ms, reason: "spacing" })
    }

    fn crowded(&self, limits: &Limits, now_ms: i64) -> Option<Refusal> {
        let places = usize::try_from(limits.concurrency).unwrap_or(usize::MAX);
        let until_ms = now_ms.saturating_add(PLACE_MS);
        (self.in_flight.len() >= places).then_some(Refusal { until_ms, reason: "in_flight" })
    }

    fn stated_out(&self, purpose: Purpose, now_ms: i64) -> Option<Refusal> {
        let stated = self.stated.filter(|stated| stated.resets_ms > now_ms)?;
        // The last two are for people who wait.
        let kept = if purpose == Purpose::Live { 0 } else { 2 };
        (stated.left <= kept).then_some(Refusal { until_ms: stated.resets_ms, reason: "quota_by_provider" })
    }
}

/// Counts one call in the part that `now_ms` falls into.
fn count(window: Window, parts: &mut Vec<Part>, now_ms: i64) {
    let length_ms = window.window_ms.checked_div(PARTS).unwrap_or(1).max(1);
    let began_ms = now_ms.saturating_sub(now_ms.checked_rem_euclid(length_ms).unwrap_or(0));
    let ends_ms = began_ms.saturating_add(length_ms);
    match parts.last_mut() {
        Some(part) if part.ends_ms == ends_ms => part.calls = part.calls.saturating_add(1),
        _ => parts.push(Part { ends_ms, calls: 1 }),
    }
}

/// When the last call of `part` is surely out of the window.
fn leaves_ms(window: Window, part: Part) -> i64 {
    part.ends_ms.saturating_add(window.window_ms).saturating_add(ARRIVAL_SLACK_MS)
}

fn total(parts: &[Part]) -> u32 {
    parts.iter().fold(0, |sum, part| sum.saturating_add(part.calls))
}

fn is_shared(window: Window) -> bool {
    window.window_ms >= SHARED_FROM_MS
}

/// The refusal of a window that is full for `purpose`: until enough of its oldest parts are out of it.
fn full(window: Window, parts: &[Part], purpose: Purpose) -> Option<Refusal> {
    let left_for_others = if is_shared(window) {
        window.calls.saturating_mul(purpose.leaves_permille()).checked_div(1_000).unwrap_or(0)
    } else {
        0
    };
    let allowed = window.calls.saturating_sub(left_for_others).max(1);
    let mut made = total(parts);
    if made < allowed {
        return None;
    }
    for part in parts {
        made = made.saturating_sub(part.calls);
        if made < allowed {
            return Some(Refusal { until_ms: leaves_ms(window, *part), reason: "window_spent" });
        }
    }
    None
}

#[cfg(test)]
#[path = "budget_tests.rs"]
mod tests;
