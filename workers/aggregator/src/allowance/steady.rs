//! A clock that never goes back: what budgets, waits and breakers are counted on.

use serde::{Deserialize, Serialize};

/// The wall clock with its steps backward taken out. Between two looks no more time passes on it than truly did, so
/// that a clock set back neither frees calls too early nor stops a source until it has caught up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SteadyClock {
    wall_ms: i64,
    time_ms: i64,
}

impl SteadyClock {
    /// Looks at the wall clock; answers our own time, milliseconds.
    pub fn tick(&mut self, wall_ms: i64) -> i64 {
        self.time_ms = if self.wall_ms == 0 {
            wall_ms
        } else {
            self.time_ms.saturating_add(wall_ms.saturating_sub(self.wall_ms).max(0))
        };
        self.wall_ms = wall_ms;
        self.time_ms
    }

    /// Our own time at the last look.
    pub const fn now_ms(&self) -> i64 {
        self.time_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_back_is_no_time_at_all_and_time_goes_on_from_there() {
        let mut clock = SteadyClock::default();
        assert_eq!(clock.tick(1_000), 1_000);
        assert_eq!(clock.tick(1_500), 1_500);
        assert_eq!(clock.tick(200), 1_500);
        assert_eq!(clock.tick(300), 1_600);
    }
}
