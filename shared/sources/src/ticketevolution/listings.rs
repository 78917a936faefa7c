//! Every ticket on sale for one event.

use chrono::{DateTime, Utc};
use prices::{Currency, FeeBasis, Money};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::adapter::{Answer, Page, Reading, Rejected};
use crate::answer;
use crate::decode::{self, Count, Decimal, Envelope, Id, or_default};
use crate::event::{Listing, Offers};
use crate::seats;

/// A list of listings; not paged \[D\].
#[derive(Deserialize)]
struct Body<T> {
    #[serde(alias = "listings")]
    ticket_groups: Option<Vec<T>>,
}

impl<T> Envelope<T> for Body<T> {
    type Meta = ();

    fn open(self) -> (Option<Vec<T>>, ()) {
        (self.ticket_groups, ())
    }
}

/// One listing as TicketEvolution sends it: the fields we need.
#[derive(Deserialize)]
struct TicketGroup<'a> {
    id: Option<Id>,
    #[serde(rename = "type")]
    kind: Option<String>,
    section: Option<String>,
    row: Option<String>,
    available_quantity: Option<Count>,
    #[serde(default, deserialize_with = "or_default")]
    splits: Vec<u32>,
    #[serde(borrow)]
    retail_price: Option<Decimal<'a>>,
    #[serde(borrow)]
    retail_price_inclusive: Option<Decimal<'a>>,
}

/// The listings of event `id`, and the cheapest of them as the event's quote.
pub(super) fn read(id: &str, answer: &Answer<'_>, now: DateTime<Utc>) -> Reading {
    let Some((Some(entries), ())) =
        decode::page::<TicketGroup<'_>, Body<TicketGroup<'_>>, Body<&RawValue>, _>(answer.body)
    else {
        return answer::malformed(answer, now);
    };
    let mut page = Page::default();
    let mut offered = Vec::with_capacity(entries.len());
    for entry in entries {
        match entry.and_then(TicketGroup::read) {
            Ok(Some(listing)) => offered.push(listing),
            Ok(None) => page.skipped = page.skipped.saturating_add(1),
            Err(rejected) => page.rejected.push(rejected),
        }
    }
    let quote = seats::quote(&offered);
    let listings = offered.into_iter().map(|(listing, _)| listing).collect();
    page.offers.push(Offers { id: id.to_owned(), quote, listings: Some(listings), availability: None });
    Reading::Page(page)
}

impl TicketGroup<'_> {
    /// The entry as a listing, with the same seat's price before fees; `None` for parking, which is no entry \[D\], and for what is sold out.
    fn read(self) -> Result<Option<(Listing, Option<Money>)>, Rejected> {
        let id = decode::id(self.id)?;
        let quantity = self.available_quantity.and_then(Count::get).unwrap_or(0);
        if quantity == 0 || self.kind.as_deref() == Some("parking") {
            return Ok(None);
        }
        // What the buyer pays here is this plus the fees of whoever sells [D]; the inclusive price has them [O]. The
        // exchange names no currency and trades in dollars [I].
        let usd = |amount, basis| decode::quoted(amount, Some(Currency::USD.as_str()), basis);
        let bare = usd(self.retail_price, FeeBasis::BeforeFees);
        let inclusive = usd(self.retail_price_inclusive, FeeBasis::AllIn);
        let price = if inclusive.money().is_some() { inclusive } else { bare };
        let listing = Listing {
            id,
            section: decode::text(self.section),
            row: decode::text(self.row),
            quantity,
            splits: seats::splits(self.splits, quantity),
            price,
        };
        Ok(Some((listing, inclusive.money().and(bare.money()))))
    }
}
