//! Histories as this isolate read them last: most are asked for again before they change, and what is in the bucket
//! hardly ever changes at all. Memory only, and only what the version or the keys say is still true.

use std::cell::RefCell;
use std::rc::Rc;

use contract::ids::EventId;
use prices::Courses;

/// Observations kept in all: about 17 MB of the 128 MB that an isolate has.
const MOST_OBSERVATIONS: usize = 300_000;

/// One object's history.
pub struct Kept {
    /// Its version.
    pub version: u64,
    /// The keys of its segments.
    pub segments: Vec<String>,
    /// The courses that its segments hold.
    pub cold: Rc<Courses>,
    /// The courses that its rows hold.
    pub hot: Rc<Courses>,
}

thread_local! {
    /// The one asked for last stands last.
    static HISTORIES: RefCell<Vec<(EventId, Rc<Kept>)>> = const { RefCell::new(Vec::new()) };
}

/// What was read of this event before.
pub fn find(id: &EventId) -> Option<Rc<Kept>> {
    HISTORIES.with_borrow_mut(|histories| {
        let place = histories.iter().position(|(known, _)| known == id)?;
        let found = histories.remove(place);
        let kept = Rc::clone(&found.1);
        histories.push(found);
        Some(kept)
    })
}

/// Keeps what was read, in the place of what was read before; what was not asked for longest goes.
pub fn keep(id: &EventId, kept: Kept) -> Rc<Kept> {
    let kept = Rc::new(kept);
    HISTORIES.with_borrow_mut(|histories| {
        histories.retain(|(known, _)| known != id);
        histories.push((id.clone(), Rc::clone(&kept)));
        let mut room = MOST_OBSERVATIONS;
        let fits = |(_, kept): &&(EventId, Rc<Kept>)| {
            let left = room.checked_sub(weight(kept));
            room = left.unwrap_or(0);
            left.is_some()
        };
        let count = histories.iter().rev().take_while(fits).count();
        let spare = histories.len().saturating_sub(count);
        histories.drain(..spare);
    });
    kept
}

/// Observations, and something for the event itself.
fn weight(kept: &Kept) -> usize {
    let courses = kept.cold.values().chain(kept.hot.values());
    courses.map(Vec::len).fold(16, usize::saturating_add)
}
