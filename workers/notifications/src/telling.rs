//! From one piece of news to what each watcher is told: decisions by `alerts`, one message a person and channel.

use std::collections::BTreeMap;

use alerts::message::{Notice, Occasion, email, sms};
use alerts::{Channel, Decision, Memory, Reason, Rule, Sight, decide};
use contract::catalog::EventCard;
use contract::ids::{AlertId, ChangeId, FiringId, RequestId, UserId};
use prices::{FeeBasis, Market, Money};

use crate::derived;
use crate::outbox::{Letter, Purpose};
use crate::seal::Seal;

/// An alert as the decision needs it, with where its owner can be reached.
#[derive(Clone, Debug)]
pub struct Watcher {
    /// The alert.
    pub alert_id: AlertId,
    /// Whose it is.
    pub user_id: UserId,
    /// What it waits for.
    pub rule: Rule,
    /// How its owner wants to be told.
    pub channels: Vec<Channel>,
    /// What it remembers.
    pub memory: Memory,
    /// Which state of it this is.
    pub version: i64,
    /// The owner's verified e-mail address.
    pub email: Option<Address>,
    /// The owner's verified phone number.
    pub sms: Option<Address>,
}

/// Where a message goes.
#[derive(Clone, Debug)]
pub struct Address {
    /// As it is given to the provider.
    pub address: String,
    /// What it is known by.
    pub hash: String,
}

/// What is to be written of an alert.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The alert.
    pub alert_id: AlertId,
    /// The state of it that was decided on.
    pub version: i64,
    /// What it remembers from now on.
    pub memory: Memory,
    /// The firing, if it fired.
    pub firing: Option<Firing>,
}

/// One time an alert fired.
#[derive(Clone, Debug, PartialEq)]
pub struct Firing {
    /// Its id.
    pub id: FiringId,
    /// Why.
    pub reason: Reason,
    /// At which price.
    pub price: Money,
}

/// Decides about every watcher; those with nothing to tell or to remember are left out.
pub fn outcomes(watchers: &[Watcher], sight: &Sight, change: &ChangeId) -> Vec<Outcome> {
    let outcome = |watcher: &Watcher, memory, firing| Outcome {
        alert_id: watcher.alert_id.clone(),
        version: watcher.version,
        memory,
        firing,
    };
    watchers
        .iter()
        .filter_map(|watcher| match decide(&watcher.rule, &watcher.memory, sight) {
            Decision::Fire { reason, memory } => {
                let id = derived::firing(&watcher.alert_id, change);
                let firing = sight.now.map(|price| Firing { id, reason, price });
                Some(outcome(watcher, memory, firing))
            }
            Decision::Remember { memory } => Some(outcome(watcher, memory, None)),
            Decision::Quiet { .. } => None,
        })
        .collect()
}

/// What there is to say, the same to everyone.
#[derive(Clone, Debug)]
pub struct News<'a> {
    /// What set it off.
    pub change: &'a ChangeId,
    /// The event.
    pub card: &'a EventCard,
    /// The cheapest price now.
    pub price: Money,
    /// Who has it.
    pub offer: Offer,
    /// Lower than ever before.
    pub lowest_ever: bool,
    /// Wall clock when it was seen, epoch milliseconds.
    pub seen_at_ms: Option<i64>,
    /// What it came from.
    pub request_id: &'a RequestId,
}

/// Who has the cheapest price, as far as is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// The market.
    pub market: Option<Market>,
    /// What the price includes.
    pub basis: Option<FeeBasis>,
    /// What the market asked before.
    pub before: Option<Money>,
}

/// Writes messages: knows our addresses and our key.
#[derive(Clone, Copy)]
pub struct Scribe<'a> {
    /// Makes stop links.
    pub seal: &'a Seal,
    /// Where people open the site.
    pub site_url: &'a str,
    /// Says that the market is not real.
    pub label: Option<&'a str>,
}

impl Scribe<'_> {
    /// One letter a person and channel for all alerts of theirs that fired; `fired` are these.
    pub fn letters(&self, fired: &[&Watcher], news: &News<'_>) -> Vec<Letter> {
        let mut people: BTreeMap<&UserId, Vec<&Watcher>> = BTreeMap::new();
        for watcher in fired {
            people.entry(&watcher.user_id).or_default().push(watcher);
        }
        people.values().flat_map(|theirs| self.letters_of_one(theirs, news)).collect()
    }

    fn letters_of_one(&self, theirs: &[&Watcher], news: &News<'_>) -> Vec<Letter> {
        [Channel::Email, Channel::Sms]
            .into_iter()
            .filter_map(|channel| {
                let wanting: Vec<&Watcher> =
                    theirs.iter().copied().filter(|watcher| watcher.channels.contains(&channel)).collect();
                let first = *wanting.first()?;
                let address = match channel {
                    Channel::Email => first.email.as_ref()?,
                    Channel::Sms => first.sms.as_ref()?,
                };
                Some(self.letter(channel, first, address, &wanting, news))
            })
            .collect()
    }

    fn letter(
        &self,
        channel: Channel,
        first: &Watcher,
        address: &Address,
        wanting: &[&Watcher],
        news: &News<'_>,
    ) -> Letter {
        let token = self.seal.stop_token(&first.alert_id);
        let wishes: Vec<Rule> = wanting.iter().map(|watcher| measured(watcher)).collect();
        let (event_url, stop_url) =
            (format!("{}/events/{}", self.site_url, news.card.id), format!("{}/stop/{token}", self.site_url));
        let notice = Notice {
            event: occasion(news.card),
            price: news.price,
            basis: news.offer.basis,
            market: news.offer.market,
            before: news.offer.before,
            lowest_ever: news.lowest_ever,
            wishes: &wishes,
            event_url: &event_url,
            stop_url: &stop_url,
            label: self.label,
        };
        let (subject, body, html, one_click) = match channel {
            Channel::Email => {
                let mail = email(&notice);
                let one_click = format!("{}/v1/alerts/stop/{token}", self.site_url);
                (mail.subject, mail.text, mail.html, Some(one_click))
            }
            Channel::Sms => (String::new(), sms(&notice), String::new(), None),
        };
        Letter {
            id: derived::message(&first.user_id, news.change, channel),
            kind: Purpose::Alert,
            channel,
            user_id: Some(first.user_id.clone()),
            event_id: Some(news.card.id.clone()),
            change_id: Some(news.change.clone()),
            address: address.address.clone(),
            address_hash: address.hash.clone(),
            subject,
            body,
            html,
            stop_url: one_click,
            request_id: news.request_id.clone(),
            seen_at_ms: news.seen_at_ms,
        }
    }
}

/// The rule with the price it is measured from, for people to read.
fn measured(watcher: &Watcher) -> Rule {
    measured_from(watcher.rule, &watcher.memory)
}

/// The rule with the price it was measured from when it was set.
pub fn measured_from(rule: Rule, memory: &Memory) -> Rule {
    match rule {
        Rule::FallsBy { percent, from } => {
            Rule::FallsBy { percent, from: memory.told.or(memory.set_at).or(from) }
        }
        rule => rule,
    }
}

fn occasion(card: &EventCard) -> Occasion<'_> {
    Occasion {
        name: &card.name,
        venue: &card.venue,
        city: card.city.as_deref(),
        local_start: card.local_start,
        starts_at: card.starts_at,
        date_tbd: card.date_tbd,
        time_tbd: card.time_tbd,
    }
}

#[cfg(test)]
mod tests {
    use contract::ids::EventId;
    use prices::Currency;

    use super::*;

    const fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    fn watcher(person: u8, alert: u8, rule: Rule, channels: &[Channel]) -> Watcher {
        let address =
            |text: &str| Some(Address { address: text.to_owned(), hash: format!("hash of {text}") });
        Watcher {
            alert_id: AlertId::from_bytes([alert; 16]),
            user_id: UserId::from_bytes([person; 16]),
            rule,
            channels: channels.to_vec(),
            memory: Memory { set_at: Some(usd(6_000)), told: None },
            version: 1,
            email: address("ann@example.com"),
            sms: address("+15035550123"),
        }
    }

    fn card() -> EventCard {
        EventCard {
            id: EventId::from_bytes([1; 16]),
            name: "Blazers vs. Jazz".to_owned(),
            venue: "Moda Center".to_owned(),
            city: None,
            starts_at: None,
            local_start: None,
            date_tbd: true,
            time_tbd: true,
            genre: None,
            venue_id: None,
            region: None,
            line_up: Vec::new(),
        }
    }

    /// Letters to those who fire when the price falls to `minor`.
    fn told(watchers: &[Watcher], minor: i64) -> Vec<Letter> {
        let change = ChangeId::from_bytes([5; 16]);
        let sight = Sight { now: Some(usd(minor)), fell: true, lowest_ever: false };
        let outcomes = outcomes(watchers, &sight, &change);
        let fired: Vec<&Watcher> = watchers
            .iter()
            .filter(|watcher| {
                outcomes
                    .iter()
                    .any(|outcome| outcome.alert_id == watcher.alert_id && outcome.firing.is_some())
            })
            .collect();
        let seal = Seal::new(&"k".repeat(32)).unwrap();
        let scribe = Scribe { seal: &seal, site_url: "https://site.example", label: None };
        let news = News {
            change: &change,
            card: &card(),
            price: usd(minor),
            offer: Offer {
                market: Some(Market::SeatGeek),
                basis: Some(FeeBasis::AllIn),
                before: Some(usd(5_000)),
            },
            lowest_ever: false,
            seen_at_ms: Some(1),
            request_id: &RequestId::from_bytes([0; 16]),
        };
        scribe.letters(&fired, &news)
    }

    const BELOW_45: Rule = Rule::Below { target: usd(4_500) };
    const BELOW_40: Rule = Rule::Below { target: usd(4_000) };

    #[test]
    fn several_alerts_of_one_person_make_one_letter_a_channel() {
        let watchers = [
            watcher(1, 1, BELOW_45, &[Channel::Email]),
            watcher(1, 2, BELOW_40, &[Channel::Email, Channel::Sms]),
            watcher(2, 3, BELOW_45, &[Channel::Email]),
        ];
        let letters = told(&watchers, 3_900);
        let kinds: Vec<(Channel, bool)> =
            letters.iter().map(|letter| (letter.channel, letter.body.contains("$40"))).collect();
        assert_eq!(letters.len(), 3);
        assert_eq!(kinds.iter().filter(|(channel, _)| *channel == Channel::Sms).count(), 1);
        let ids: std::collections::BTreeSet<_> = letters.iter().map(|letter| letter.id.clone()).collect();
        assert_eq!(ids.len(), 3);
    }

    #[test]
    fn only_who_waits_for_it_is_told() {
        let watchers =
            [watcher(1, 1, BELOW_45, &[Channel::Email]), watcher(2, 2, BELOW_40, &[Channel::Email])];
        let letters = told(&watchers, 4_300);
        assert_eq!(
            letters.iter().map(|letter| letter.user_id.clone()).collect::<Vec<_>>(),
            [Some(UserId::from_bytes([1; 16]))]
        );
    }

    #[test]
    fn a_channel_without_a_verified_address_gets_nothing() {
        let mut one = watcher(1, 1, BELOW_45, &[Channel::Email, Channel::Sms]);
        one.sms = None;
        let channels: Vec<Channel> = told(&[one], 4_000).iter().map(|letter| letter.channel).collect();
        assert_eq!(channels, [Channel::Email]);
    }

    #[test]
    fn a_letter_written_again_is_the_same_letter() {
        let watchers = [watcher(1, 1, BELOW_45, &[Channel::Email, Channel::Sms])];
        assert_eq!(told(&watchers, 4_000), told(&watchers, 4_000));
    }

    #[test]
    fn a_mail_carries_its_one_click_address_and_a_link_for_people() {
        let letters = told(&[watcher(1, 1, BELOW_45, &[Channel::Email])], 4_000);
        let letter = letters.first().unwrap();
        let one_click = letter.stop_url.as_deref().unwrap();
        let token = one_click.strip_prefix("https://site.example/v1/alerts/stop/").unwrap();
        assert!(letter.body.contains(&format!("https://site.example/stop/{token}")));
    }
}
