//! What an Eventbrite ticket costs in the end.
//!
//! A class states `cost`, `fee` and `tax` apart, in minor units: the buyer pays their sum, or `cost` alone where
//! `include_fee` says that the fee is inside \[I\]. The cheapest paid class that can be bought now is the price; free
//! classes beside paid ones (children, members) do not make an event free. Without classes the summary
//! (`ticket_availability`) is used, which does not say what it includes.

use prices::{AbsentReason, Currency, FeeBasis, Money, Price};
use serde::Deserialize;

use crate::event::EventStatus;

/// A kind of ticket the organiser sells.
#[derive(Deserialize)]
pub(super) struct TicketClass {
    cost: Option<Amount>,
    fee: Option<Amount>,
    tax: Option<Amount>,
    free: Option<bool>,
    donation: Option<bool>,
    include_fee: Option<bool>,
    hidden: Option<bool>,
    category: Option<String>,
    on_sale_status: Option<String>,
    quantity_total: Option<i64>,
    quantity_sold: Option<i64>,
}

/// The summary over all classes.
#[derive(Deserialize)]
pub(super) struct Availability {
    has_available_tickets: Option<bool>,
    is_sold_out: Option<bool>,
    is_free: Option<bool>,
    minimum_ticket_price: Option<Amount>,
}

/// Money in minor units \[O\].
#[derive(Deserialize)]
struct Amount {
    currency: Currency,
    value: i64,
}

/// What can be done with a class now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sale {
    Open,
    SoldOut,
    Closed,
}

/// The price of an event with these classes, or the reason why there is none; with the same ticket's price before fees
/// where cost and fee are stated apart.
pub(super) fn price(
    status: EventStatus,
    is_free: bool,
    classes: &[TicketClass],
    summary: Option<&Availability>,
) -> (Price, Option<Money>) {
    if matches!(status, EventStatus::Cancelled | EventStatus::Ended | EventStatus::Draft) {
        return (Price::absent(AbsentReason::NotOnSale), None);
    }
    let shown: Vec<&TicketClass> = classes.iter().filter(|class| class.is_admission()).collect();
    if shown.is_empty() {
        let price = summary.map_or_else(
            || Price::absent(if is_free { AbsentReason::Free } else { AbsentReason::Unknown }),
            |summary| summary.price(is_free),
        );
        return (price, None);
    }
    let open = || shown.iter().filter(|class| class.sale() == Sale::Open);
    let cheapest = open()
        .filter_map(|class| class.price())
        .filter_map(|priced| Some((priced.0.money()?.amount_minor, priced)))
        .min_by_key(|(amount, _)| *amount);
    if let Some((_, priced)) = cheapest {
        return priced;
    }
    let absent = if is_free || open().any(|class| class.is_gratis()) {
        AbsentReason::Free
    } else if open().next().is_some() {
        AbsentReason::Unknown
    } else if shown.iter().any(|class| class.sale() == Sale::SoldOut) {
        AbsentReason::SoldOut
    } else {
        AbsentReason::NotOnSale
    };
    (Price::absent(absent), None)
}

/// Tickets left over all classes shown; known to the owner only, so mostly `None`.
pub(super) fn tickets_left(classes: &[TicketClass]) -> Option<u32> {
    let left =
        classes.iter().filter(|class| class.is_admission() && class.sale() == Sale::Open).map(|class| {
            let left = class.quantity_total?.checked_sub(class.quantity_sold?)?;
            u32::try_from(left.max(0)).ok()
        });
    left.reduce(|sum, next| sum?.checked_add(next?)).flatten()
}

impl TicketClass {
    /// Hidden classes need a code; add-ons (parking, merchandise) are not entry \[M\].
    fn is_admission(&self) -> bool {
        self.hidden != Some(true) && self.category.as_deref() != Some("add_on")
    }

    fn is_gratis(&self) -> bool {
        self.free == Some(true) || self.donation == Some(true)
    }

    fn sale(&self) -> Sale {
        match self.on_sale_status.as_deref() {
            None | Some("AVAILABLE") => Sale::Open,
            Some("SOLD_OUT") => Sale::SoldOut,
            Some(_) => Sale::Closed,
        }
    }

    /// What the buyer pays, and the same before fees where both are stated.
    fn price(&self) -> Option<(Price, Option<Money>)> {
        if self.is_gratis() {
            return None;
        }
        let cost = self.cost.as_ref().filter(|cost| cost.value > 0)?;
        let money = |value| Money::new(value, cost.currency);
        if self.include_fee == Some(true) {
            return Some((Price::quoted(money(cost.value), FeeBasis::AllIn), None));
        }
        let same = |part: &Option<Amount>| match part {
            Some(amount) if amount.currency == cost.currency && amount.value >= 0 => Some(amount.value),
            _ => None,
        };
        // An unknown tax counts as none: the US, where tax is added on top, always states it [I].
        let total = same(&self.fee)
            .and_then(|fee| cost.value.checked_add(fee)?.checked_add(same(&self.tax).unwrap_or(0)));
        Some(total.map_or_else(
            || (Price::quoted(money(cost.value), FeeBasis::BeforeFees), None),
            |total| (Price::quoted(money(total), FeeBasis::AllIn), Some(money(cost.value))),
        ))
    }
}

impl Availability {
    fn price(&self, is_free: bool) -> Price {
        if self.is_sold_out == Some(true) {
            return Price::absent(AbsentReason::SoldOut);
        }
        if self.has_available_tickets == Some(false) {
            return Price::absent(AbsentReason::NotOnSale);
        }
        // A minimum of 0 comes with free events, and with donations although `is_free` is false [O].
        let lowest =
            self.minimum_ticket_price.as_ref().map(|amount| Money::new(amount.value, amount.currency));
        match lowest {
            Some(money) if money.amount_minor > 0 => Price::quoted(money, FeeBasis::Unknown),
            _ if is_free || self.is_free == Some(true) => Price::absent(AbsentReason::Free),
            _ => Price::absent(AbsentReason::Unknown),
        }
    }
}
