//! The shared clock: moments at which something was observed, and which events were, event by event.
//!
//! A poller visits its events in rounds: many events at one moment or a few moments apart, then a pause. So a moment
//! is stored once for all events, and an event is expected where it was expected the last time.

use super::SeriesError;
use super::mixer::key;
use super::teller::{Teller, size};
use crate::series::coder::Coder;

const NEW_ROUND: u64 = 10;
const WHOLE_MINUTE: u64 = 11;
const BACKWARDS: u64 = 12;
const MINUTES: u64 = 13;
const SECONDS: u64 = 14;
const PRESENT: u64 = 15;

/// What is expected of the next moment, and of who is observed at it.
#[derive(Debug)]
pub(super) struct Rounds {
    moments: u64,
    at: i64,
    /// The last three steps, in seconds, the latest first.
    steps: [i64; 3],
    /// Did this moment begin a round, and the four before?
    begun: u64,
    round: u64,
    /// Events seen in this round, and in the one before.
    seen: [u64; 2],
    events: Vec<Presence>,
    before: Before,
}

/// When an event was seen.
#[derive(Clone, Copy, Debug, Default)]
struct Presence {
    rows: u64,
    /// At which of the last 64 moments, the latest in the lowest bit.
    moments: u64,
    last_moment: u64,
    last_at: i64,
    round: u64,
}

/// The event before this one at this moment.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    present: bool,
    moments: u64,
    /// How many events in a row were like it.
    alike: u64,
}

impl Rounds {
    pub(super) fn new(events: usize) -> Self {
        Self {
            moments: 0,
            at: 0,
            steps: [0; 3],
            begun: 0,
            round: 0,
            seen: [0; 2],
            events: vec![Presence::default(); events],
            before: Before::default(),
        }
    }

    /// Was this event seen in the round that is under way?
    pub(super) fn in_round(&self, event: usize) -> bool {
        self.events.get(event).is_some_and(|presence| presence.rows > 0 && presence.round == self.round)
    }

    /// The round's number.
    pub(super) const fn round(&self) -> u64 {
        self.round
    }

    /// Writes the next moment, or reads one. `new_round`: an event is seen at it that was seen in this round before.
    pub(super) fn moment<C: Coder>(
        &mut self,
        teller: &mut Teller<C>,
        new_round: bool,
        at: i64,
    ) -> Result<i64, SeriesError> {
        let [now, before] = self.seen;
        let full = now.saturating_mul(4).checked_div(before).unwrap_or(9).min(9);
        let pattern = self.begun & 15;
        let [step, earlier, earliest] = self.steps;
        let (sized, one) = (size(step.unsigned_abs()), now.min(2));
        let contexts =
            [0, key(&[pattern]), key(&[full]), key(&[full, one, pattern]), key(&[sized, pattern & 1, one])];
        let new_round = teller.bit(NEW_ROUND, 0, &contexts, new_round)?;
        self.begun = (self.begun << 1) | u64::from(new_round);

        let was_whole = self.at.checked_rem(60) == Some(0);
        let contexts = [u64::from(was_whole), key(&[u64::from(was_whole), sized])];
        let whole = teller.bit(WHOLE_MINUTE, 0, &contexts, at.checked_rem(60) == Some(0))?;
        let backwards = teller.bit(BACKWARDS, 0, &[0], at < self.at)?;
        let distance = at.wrapping_sub(self.at).unsigned_abs();
        let new = u64::from(new_round);
        let minutes = |step: i64| step.unsigned_abs() / 60;
        let (m1, m2, m3) = (minutes(step), minutes(earlier), minutes(earliest));
        let (s1, s2) = (sized, size(earlier.unsigned_abs()));
        let distance = if whole && was_whole && distance.checked_rem(60) == Some(0) {
            let contexts = [
                new,
                key(&[m1]),
                key(&[m2]),
                key(&[m1, m2]),
                key(&[full, new, one]),
                key(&[m3]),
                key(&[full, m1, new]),
                key(&[m1, m2, m3]),
            ];
            let minutes = teller.above_zero(MINUTES, new, &contexts, (distance / 60).saturating_add(1))?;
            minutes.saturating_sub(1).saturating_mul(60)
        } else {
            let contexts =
                [new, key(&[new, s1]), key(&[new, full]), key(&[new, s1, s2]), key(&[pattern, new])];
            teller.above_zero(SECONDS, new, &contexts, distance.saturating_add(1))?.saturating_sub(1)
        };
        let at = if backwards {
            self.at.wrapping_sub_unsigned(distance)
        } else {
            self.at.wrapping_add_unsigned(distance)
        };
        self.steps = [at.wrapping_sub(self.at), step, earlier];
        self.at = at;
        self.moments = self.moments.saturating_add(1);
        self.before = Before { present: true, ..Before::default() };
        if new_round {
            self.round = self.round.saturating_add(1);
            self.seen = [0, now];
        }
        Ok(at)
    }

    /// Writes whether the next event is seen at this moment, or reads it. Events are asked in their order.
    pub(super) fn present<C: Coder>(
        &mut self,
        teller: &mut Teller<C>,
        event: usize,
        present: bool,
    ) -> Result<bool, SeriesError> {
        let here = u64::from(self.in_round(event));
        let next = self.events.get(event.saturating_add(1)).map_or(0, |next| next.rows.min(4));
        let own = self.events.get_mut(event).ok_or(SeriesError::Malformed("event"))?;
        let place = u64::try_from(event).unwrap_or(u64::MAX);
        let before = u64::from(self.before.present);
        let rows = own.rows.min(3);
        let (age, missed) = if own.rows == 0 {
            (99, 99)
        } else {
            (
                size(self.at.wrapping_sub(own.last_at).unsigned_abs()),
                self.moments.wrapping_sub(own.last_moment).min(60),
            )
        };
        let like_before = u64::from(self.before.moments == own.moments);
        let step = size(self.steps.first().copied().unwrap_or(0).unsigned_abs());
        let contexts = [
            key(&[rows, before]),
            key(&[own.moments & 0xFF, here]),
            key(&[own.moments & 0xFFF, before, here]),
            key(&[missed, before, here]),
            key(&[self.before.moments & 0x7F, before, own.moments & 15, here]),
            key(&[like_before, before, own.moments & 3, here]),
            key(&[place, own.moments & 1, here]),
            key(&[rows, next, before, here]),
            key(&[step, here, age, before]),
            key(&[self.before.alike, here, rows]),
        ];
        let case = (rows << 2) | (here << 1) | before;
        let present = teller.bit(PRESENT, case, &contexts, present)?;
        let alike =
            if present == self.before.present { self.before.alike.saturating_add(1).min(20) } else { 0 };
        self.before = Before { present, moments: own.moments, alike };
        own.moments = (own.moments << 1) | u64::from(present);
        if present {
            own.rows = own.rows.saturating_add(1);
            own.last_moment = self.moments;
            own.last_at = self.at;
            own.round = self.round;
            let [seen, _] = &mut self.seen;
            *seen = seen.saturating_add(1);
        }
        Ok(present)
    }
}
