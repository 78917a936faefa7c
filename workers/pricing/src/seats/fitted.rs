//! Prices of seats as this isolate worked them out last. They do not hang on what is asked, so that whoever changes the
//! filter, or a crowd that asks differently, costs one fit and not one each. Memory only.

use std::cell::RefCell;
use std::rc::Rc;

use prices::seats::SeatPrices;

use crate::seats::judge::Known;

/// Events kept: each some hundred KB where a venue is known well.
const KEPT: usize = 8;

/// What it rests on, and what came of it.
type Fitted = (String, Option<Rc<SeatPrices>>);

thread_local! {
    /// The one asked for last stands last.
    static FITTED: RefCell<Vec<Fitted>> = const { RefCell::new(Vec::new()) };
}

/// What the seats are worth by all that is known; `None` where that is too little.
pub fn prices(known: &Known<'_>) -> Option<Rc<SeatPrices>> {
    let basis = known.basis();
    FITTED.with_borrow_mut(|fitted| {
        let place = fitted.iter().position(|(rests_on, _)| *rests_on == basis);
        let found = place.map_or_else(|| (basis, known.prices().map(Rc::new)), |place| fitted.remove(place));
        let prices = found.1.clone();
        fitted.push(found);
        let spare = fitted.len().saturating_sub(KEPT);
        fitted.drain(..spare);
        prices
    })
}
