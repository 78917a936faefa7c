//! One event, read anew: Discovery's details, or what partners are told.

use chrono::{DateTime, Utc};

use super::Ticketmaster;
use super::event::Event;
use super::partner::{self, Known};
use crate::adapter::{Answer, Cursor, Page, Reading, Request};
use crate::answer;
use crate::event::Availability;
use crate::url::encode;

/// Continuations of a partner's reading: the offers of an event of which the status said nothing, or that enough or
/// little is left.
const OFFERS: usize = 0;
const OFFERS_OF_ENOUGH: usize = 1;
const OFFERS_OF_FEW: usize = 2;

/// A question about one event.
pub(super) enum Single<'a> {
    Details { id: &'a str },
    Status { id: &'a str },
    Offers { id: &'a str, availability: Option<Availability> },
}

impl Ticketmaster {
    /// What `cursor` asks of one event; `None` when it is part of a walk.
    pub(super) fn single<'a>(&self, cursor: &'a Cursor) -> Option<Single<'a>> {
        match cursor {
            Cursor::Event { id } if self.config.partner => Some(Single::Status { id }),
            Cursor::Event { id } => Some(Single::Details { id }),
            Cursor::Continuation { scope, token } if self.config.partner => {
                let availability = match *scope {
                    OFFERS => None,
                    OFFERS_OF_ENOUGH => Some(Availability::Available),
                    OFFERS_OF_FEW => Some(Availability::Few),
                    _ => return None,
                };
                Some(Single::Offers { id: token, availability })
            }
            _ => None,
        }
    }

    pub(super) fn single_request(&self, single: &Single<'_>) -> Request {
        let base = &self.config.base;
        let (url, label) = match single {
            Single::Details { id } => {
                let path = format!("/events/{}.json", encode(id));
                (base.endpoint("/discovery/v2", &path).with("locale", "*"), "one event")
            }
            Single::Status { id } => {
                let url = base.endpoint("/inventory-status/v1", "/availability");
                (url.with("events", id), "availability of an event")
            }
            Single::Offers { id, .. } => {
                let path = format!("/events/{}/offers.json", encode(id));
                (base.endpoint("/commerce/v2", &path), "offers of an event")
            }
        };
        Request::get(url.with("apikey", self.config.key.reveal()).finish(), label.to_owned())
    }

    pub(super) fn read_single(
        &self,
        single: &Single<'_>,
        answer: &Answer<'_>,
        now: DateTime<Utc>,
    ) -> Reading {
        let (Single::Details { id } | Single::Status { id } | Single::Offers { id, .. }) = single;
        if answer.status == 404 {
            return answer::unknown_event(id);
        }
        if answer.status != 200 {
            return self.refusal(answer, now).into();
        }
        let mut page = Page::default();
        match single {
            Single::Details { .. } => {
                let read = |event: Event<'_>, page: &mut Page| event.read(page, now);
                return Self::with_quota(answer::one_event(answer, now, read), answer);
            }
            Single::Status { .. } => {
                let scope = match partner::status(answer.body, id) {
                    None => return answer::malformed(answer, now),
                    Some(Known::Level(Availability::None)) => {
                        page.offers.push(partner::nothing_left(id));
                        return Self::with_quota(Reading::Page(page), answer);
                    }
                    Some(Known::Level(Availability::Few)) => OFFERS_OF_FEW,
                    Some(Known::Level(Availability::Available)) => OFFERS_OF_ENOUGH,
                    Some(Known::Nothing) => OFFERS,
                    Some(Known::Word(word)) => {
                        page.note("availability", &word);
                        OFFERS
                    }
                };
                page.next = Some(Cursor::Continuation { scope, token: (*id).to_owned() });
            }
            Single::Offers { availability, .. } => {
                let Some(offers) = partner::offers(answer.body, id, *availability) else {
                    return answer::malformed(answer, now);
                };
                page.offers.push(offers);
            }
        }
        Self::with_quota(Reading::Page(page), answer)
    }
}
