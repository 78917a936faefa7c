//! What the files held.

use std::collections::BTreeMap;

use prices::{AbsentReason, Price};
use serde::Serialize;
use sources::{EventKind, Page};

/// The line that `decode` prints. `priced` and `free` count events, offers and rows of tables alike.
#[derive(Debug, Default, Serialize)]
pub struct Counts {
    files: u32,
    events: u32,
    priced: u32,
    free: u32,
    addons: u32,
    tbd: u32,
    rejected: u32,
    /// Why entries and answers could not be read, and how often.
    reasons: BTreeMap<String, u32>,
    /// Answers that say what is on sale for an event without describing it.
    offers: u32,
    /// Single listings.
    listings: u32,
    /// Events that were taken back.
    deleted: u32,
    /// Entries left out on purpose.
    skipped: u32,
    /// Answers about something else than events: venues, organisers, interface descriptions.
    documents: u32,
    /// Rows of tables about something else than events and listings, by kind.
    rows: BTreeMap<String, u32>,
    /// Refusals, by the provider's code.
    refusals: BTreeMap<String, u32>,
    /// Provider's words that are new to us, as `field:word`.
    unknown_values: BTreeMap<String, u32>,
    /// Fields that were neither documented nor observed by 2026-11, by path.
    unknown_fields: BTreeMap<String, u32>,
}

impl Counts {
    /// One more file.
    pub fn file(&mut self) {
        add(&mut self.files);
    }

    /// A page that was read.
    pub fn page(&mut self, page: &Page) {
        for event in &page.events {
            add(&mut self.events);
            self.price(&event.quote.price);
            if event.kind == EventKind::AddOn {
                add(&mut self.addons);
            }
            if event.start.date_tbd || event.start.time_tbd {
                add(&mut self.tbd);
            }
            event.listings.iter().flatten().for_each(|_| add(&mut self.listings));
        }
        for offers in &page.offers {
            add(&mut self.offers);
            self.price(&offers.quote.price);
            offers.listings.iter().flatten().for_each(|_| add(&mut self.listings));
        }
        page.deleted.iter().for_each(|_| add(&mut self.deleted));
        page.rejected.iter().for_each(|rejected| self.reject(&rejected.reason));
        page.unknown_words.iter().for_each(|word| add(self.unknown_values.entry(word.clone()).or_default()));
        self.skipped = self.skipped.saturating_add(page.skipped);
    }

    /// A price, or the reason why there is none.
    pub fn price(&mut self, price: &Price) {
        match price {
            Price::Quoted { .. } => add(&mut self.priced),
            Price::Absent { reason: AbsentReason::Free } => add(&mut self.free),
            Price::Absent { .. } => {}
        }
    }

    /// An event of a table that no adapter reads.
    pub fn plain_event(&mut self, price: &Price, tbd: bool) {
        add(&mut self.events);
        self.price(price);
        if tbd {
            add(&mut self.tbd);
        }
    }

    /// A listing of a table.
    pub fn listing(&mut self, price: &Price) {
        add(&mut self.listings);
        self.price(price);
    }

    /// A row of a table about something else.
    pub fn row(&mut self, kind: &str) {
        add(self.rows.entry(kind.to_owned()).or_default());
    }

    /// An entry or answer that could not be read.
    pub fn reject(&mut self, reason: &str) {
        add(&mut self.rejected);
        add(self.reasons.entry(reason.to_owned()).or_default());
    }

    /// An answer about something else.
    pub fn document(&mut self) {
        add(&mut self.documents);
    }

    /// The provider refused.
    pub fn refusal(&mut self, code: String) {
        add(self.refusals.entry(code).or_default());
    }

    /// A field that is new to us.
    pub fn unknown_field(&mut self, path: &str) {
        add(self.unknown_fields.entry(path.to_owned()).or_default());
    }
}

fn add(count: &mut u32) {
    *count = count.saturating_add(1);
}
