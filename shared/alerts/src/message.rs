//! The words of an alert. Plain and complete: what it costs, what it cost, what was asked for, where and when.

use chrono::{DateTime, Datelike, NaiveDateTime, Timelike, Utc, Weekday};
use prices::{FeeBasis, Market, Money};

use crate::rule::Rule;
use crate::words::{clean, cut, escape, gsm};

/// What there is to tell one person about one event; several alerts and markets make one notice.
#[derive(Clone, Copy, Debug)]
pub struct Notice<'a> {
    /// The event.
    pub event: Occasion<'a>,
    /// The cheapest price now.
    pub price: Money,
    /// What it includes, where known.
    pub basis: Option<FeeBasis>,
    /// The market that has it, where known.
    pub market: Option<Market>,
    /// What that market asked before, where the message follows a fall.
    pub before: Option<Money>,
    /// Lower than every confirmed price before it.
    pub lowest_ever: bool,
    /// The rules that came true.
    pub wishes: &'a [Rule],
    /// The event's page.
    pub event_url: &'a str,
    /// The page that stops these messages.
    pub stop_url: &'a str,
    /// Says that the market is not real, wherever that is so.
    pub label: Option<&'a str>,
}

/// An event as people name it. The texts come from markets and may hold anything.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// Its name.
    pub name: &'a str,
    /// Venue.
    pub venue: &'a str,
    /// City.
    pub city: Option<&'a str>,
    /// The venue's wall clock at the start, where known.
    pub local_start: Option<NaiveDateTime>,
    /// The instant it starts, where known.
    pub starts_at: Option<DateTime<Utc>>,
    /// The date is still open.
    pub date_tbd: bool,
    /// The time of day is still open.
    pub time_tbd: bool,
}

/// An e-mail's three parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same in HTML.
    pub html: String,
}

/// Mail programs show some 70 letters of a subject; beyond this nobody reads it.
const MAX_SUBJECT: usize = 150;
/// What one text message holds in the GSM alphabet.
const SMS_LETTERS: usize = 160;
/// Below this an event is not recognised; a longer message is sent in two parts instead.
const LEAST_NAME: usize = 24;

/// The notice as an e-mail.
pub fn email(notice: &Notice<'_>) -> Email {
    let event = clean(notice.event.name);
    let before = notice.before.map(|money| format!(" (was {money})")).unwrap_or_default();
    let parts = Parts {
        lead: format!("Tickets for {event} are down to {}{}.", notice.price, source(notice)),
        facts: facts(notice),
        when: when(&notice.event),
        place: place(&notice.event),
        label: notice.label.map(clean),
        event,
    };
    Email {
        subject: cut(&format!("{} now for {}{before}", notice.price, parts.event), MAX_SUBJECT),
        text: parts.text(notice),
        html: parts.html(notice),
    }
}

/// The notice as a text message: one part wherever the event's name allows.
pub fn sms(notice: &Notice<'_>) -> String {
    let mut asides: Vec<String> = notice.before.map(|money| format!("was {money}")).into_iter().collect();
    if notice.lowest_ever {
        asides.push("lowest ever".to_owned());
    }
    asides.extend(notice.wishes.iter().find_map(target).map(|money| format!("target {money}")));
    let asides = if asides.is_empty() { String::new() } else { format!(" ({})", asides.join(", ")) };
    let label = notice.label.map(|label| format!("{} ", gsm(&clean(label)))).unwrap_or_default();
    let date = short_date(&notice.event);
    let rest =
        gsm(&format!("{date}: {}{}{asides}. {} STOP to end", notice.price, source(notice), notice.event_url));
    let taken = label.chars().count().saturating_add(rest.chars().count()).saturating_add(1);
    let room = SMS_LETTERS.saturating_sub(taken).max(LEAST_NAME);
    let name = cut(&gsm(&clean(notice.event.name)), room);
    let name = if name.is_empty() { "Your event".to_owned() } else { name };
    format!("{label}{name}{}{rest}", if date.is_empty() { "" } else { " " })
}

/// What was asked for, what it was and what it is, as lines of name and value.
fn facts(notice: &Notice<'_>) -> Vec<(&'static str, String)> {
    let mut facts = vec![("Now", format!("{}{}", notice.price, source(notice)))];
    facts.extend(notice.before.map(|money| ("Before", money.to_string())));
    facts.extend(notice.wishes.iter().map(|rule| ("You asked for", wish(rule))));
    if notice.lowest_ever {
        facts.push(("Lowest ever", "no lower price has been seen for this event".to_owned()));
    }
    facts
}

/// ` at SeatGeek, before fees`: follows a price.
fn source(notice: &Notice<'_>) -> String {
    let market = notice.market.map(|market| format!("at {}", market.display_name()));
    let basis = notice.basis.map(|basis| basis_words(basis).to_owned());
    let parts: Vec<String> = market.into_iter().chain(basis).collect();
    if parts.is_empty() { String::new() } else { format!(" {}", parts.join(", ")) }
}

/// What a price includes, as people say it.
pub const fn basis_words(basis: FeeBasis) -> &'static str {
    match basis {
        FeeBasis::AllIn => "fees included",
        FeeBasis::BeforeFees => "before fees",
        FeeBasis::Unknown => "fees not stated",
    }
}

/// A rule as the person would say it.
fn wish(rule: &Rule) -> String {
    match rule {
        Rule::Below { target } => format!("{target} or less"),
        Rule::FallsBy { percent, from: Some(from) } => format!("{percent} % off {from}"),
        Rule::FallsBy { percent, from: None } => format!("{percent} % off"),
        Rule::LowestEver => "the lowest price ever".to_owned(),
    }
}

fn target(rule: &Rule) -> Option<Money> {
    match rule {
        Rule::Below { target } => Some(*target),
        Rule::FallsBy { .. } | Rule::LowestEver => None,
    }
}

/// Date and time at the venue; what is still open is said to be.
fn when(event: &Occasion<'_>) -> String {
    let open = "Date to be announced".to_owned();
    let (start, zone) = match (event.local_start, event.starts_at) {
        _ if event.date_tbd => return open,
        (Some(local), _) => (local, ""),
        (None, Some(instant)) => (instant.naive_utc(), " UTC"),
        (None, None) => return open,
    };
    let date = format!("{} {} {} {}", weekday(start), start.day(), month(start), start.year());
    if event.time_tbd {
        return format!("{date}, time to be announced");
    }
    let (is_pm, hour) = start.hour12();
    format!("{date}, {hour}:{:02} {}{zone}", start.minute(), if is_pm { "PM" } else { "AM" })
}

/// `12 Dec`, or nothing while the date is open.
fn short_date(event: &Occasion<'_>) -> String {
    let local = event.local_start.or(event.starts_at.map(|instant| instant.naive_utc()));
    local
        .filter(|_| !event.date_tbd)
        .map(|local| format!("{} {}", local.day(), month(local).get(..3).unwrap_or_default()))
        .unwrap_or_default()
}

fn weekday(start: NaiveDateTime) -> &'static str {
    match start.weekday() {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

/// Written out, as the general formatter would cost each message Worker 20 KB.
fn month(start: NaiveDateTime) -> &'static str {
    let names = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    usize::try_from(start.month0()).ok().and_then(|month| names.get(month)).copied().unwrap_or_default()
}

fn place(event: &Occasion<'_>) -> String {
    let venue = clean(event.venue);
    match event.city.map(clean).filter(|city| !city.is_empty()) {
        Some(city) => format!("{venue}, {city}"),
        None => venue,
    }
}

/// What an e-mail is laid out from; names are cleaned, not yet escaped.
struct Parts {
    event: String,
    lead: String,
    facts: Vec<(&'static str, String)>,
    when: String,
    place: String,
    label: Option<String>,
}

impl Parts {
    fn text(&self, notice: &Notice<'_>) -> String {
        let Self { event, lead, facts, when, place, label } = self;
        let label = label.as_ref().map(|label| format!("{label}\n\n")).unwrap_or_default();
        let facts: Vec<String> = facts.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
        format!(
            "{label}{lead}\n\n{facts}\n{event}\n{when}\n{place}\n\nSee all markets: {event_url}\n\n\
             You asked us to tell you. Stop these messages: {stop_url}\nRip City Ticket Dispatch\n",
            facts = facts.concat(),
            event_url = notice.event_url,
            stop_url = notice.stop_url,
        )
    }

    fn html(&self, notice: &Notice<'_>) -> String {
        let label = self
            .label
            .as_ref()
            .map(|label| format!("<p style=\"background:#fff3cd;padding:8px 12px\">{}</p>", escape(label)));
        let rows: Vec<String> = self
            .facts
            .iter()
            .map(|(name, value)| {
                format!(
                    "<tr><td style=\"padding:2px 16px 2px 0;color:#555\">{name}</td>\
                     <td><strong>{}</strong></td></tr>",
                    escape(value)
                )
            })
            .collect();
        format!(
            "<!doctype html><html lang=\"en\"><body style=\"font-family:system-ui,sans-serif;line-height:1.5;\
             color:#1a1a1a;max-width:34rem;margin:0 auto;padding:16px\">{label}<p>{lead}</p>\
             <table role=\"presentation\">{rows}</table><p><strong>{event}</strong><br>{when}<br>{place}</p>\
             <p><a href=\"{event_url}\">See all markets</a></p>\
             <p style=\"color:#555;font-size:0.875rem\">You asked us to tell you. \
             <a href=\"{stop_url}\">Stop these messages</a>.<br>Rip City Ticket Dispatch</p></body></html>",
            label = label.unwrap_or_default(),
            lead = escape(&self.lead),
            rows = rows.concat(),
            event = escape(&self.event),
            when = escape(&self.when),
            place = escape(&self.place),
            event_url = escape(notice.event_url),
            stop_url = escape(notice.stop_url),
        )
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use prices::Currency;

    use super::*;

    const WISHES: [Rule; 1] = [Rule::Below { target: Money::new(4_000, Currency::USD) }];

    fn notice() -> Notice<'static> {
        Notice {
            event: Occasion {
                name: "Portland Trail Blazers vs. Utah Jazz",
                venue: "Moda Center",
                city: Some("Portland"),
                local_start: NaiveDate::from_ymd_opt(2026, 12, 12).and_then(|day| day.and_hms_opt(19, 30, 0)),
                starts_at: None,
                date_tbd: false,
                time_tbd: false,
            },
            price: Money::new(3_850, Currency::USD),
            basis: Some(FeeBasis::BeforeFees),
            market: Some(Market::SeatGeek),
            before: Some(Money::new(4_500, Currency::USD)),
            lowest_ever: true,
            wishes: &WISHES,
            event_url: "https://ripcity.example/events/evt_00000000000040008000000000000000",
            stop_url: "https://ripcity.example/stop/alr_00000000000040008000000000000000.abc",
            label: None,
        }
    }

    #[test]
    fn an_e_mail_says_old_and_new_price_target_market_event_and_how_to_stop() {
        let mail = email(&notice());
        assert_eq!(mail.subject, "$38.50 now for Portland Trail Blazers vs. Utah Jazz (was $45)");
        assert_eq!(
            mail.text,
            "Tickets for Portland Trail Blazers vs. Utah Jazz are down to $38.50 at SeatGeek, before fees.\n\n\
             Now: $38.50 at SeatGeek, before fees\nBefore: $45\nYou asked for: $40 or less\n\
             Lowest ever: no lower price has been seen for this event\n\n\
             Portland Trail Blazers vs. Utah Jazz\nSaturday 12 December 2026, 7:30 PM\nModa Center, Portland\n\n\
             See all markets: https://ripcity.example/events/evt_00000000000040008000000000000000\n\n\
             You asked us to tell you. Stop these messages: \
             https://ripcity.example/stop/alr_00000000000040008000000000000000.abc\nRip City Ticket Dispatch\n"
        );
        for part in
            ["$38.50 at SeatGeek, before fees", "$45", "$40 or less", "Moda Center, Portland", "/stop/alr_"]
        {
            assert!(mail.html.contains(part), "{part}");
        }
    }

    #[test]
    fn a_text_message_names_all_and_fits_one_part_where_there_is_less_to_say() {
        let text = sms(&notice());
        assert_eq!(
            text,
            "Portland Trail Blazer... 12 Dec: $38.50 at SeatGeek, before fees (was $45, lowest ever, target $40). \
             https://ripcity.example/events/evt_00000000000040008000000000000000 STOP to end"
        );
        let short = sms(&Notice { lowest_ever: false, wishes: &[], ..notice() });
        assert!(short.chars().count() <= 160, "{short}");
    }

    #[test]
    fn what_is_still_open_is_said_to_be() {
        let open = Notice { event: Occasion { time_tbd: true, ..notice().event }, ..notice() };
        assert!(email(&open).text.contains("Saturday 12 December 2026, time to be announced"));
        let open = Notice { event: Occasion { date_tbd: true, ..notice().event }, ..notice() };
        assert!(email(&open).text.contains("Date to be announced"));
        assert!(!sms(&open).contains("12 Dec"));
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let bare =
            Notice { market: None, basis: None, before: None, lowest_ever: false, wishes: &[], ..notice() };
        let mail = email(&bare);
        assert_eq!(mail.subject, "$38.50 now for Portland Trail Blazers vs. Utah Jazz");
        assert!(mail.text.starts_with(
            "Tickets for Portland Trail Blazers vs. Utah Jazz are down to $38.50.\n\nNow: $38.50\n\n"
        ));
        assert!(sms(&bare).contains("12 Dec: $38.50. https://"));
    }

    #[test]
    fn names_from_markets_stay_text() {
        let hostile = "Jazz\r\nBcc: x@example.com <script>alert(1)</script>";
        let mail = email(&Notice {
            event: Occasion { name: hostile, venue: "<b>\n", ..notice().event },
            ..notice()
        });
        assert!(!mail.subject.contains(['\r', '\n']));
        assert!(!mail.html.contains("<script>") && !mail.html.contains("<b>"));
        assert!(mail.html.contains("&lt;script&gt;"));
    }

    #[test]
    fn an_invented_market_is_labelled_in_every_form() {
        let label = "Simulated market: invented data";
        let simulated = Notice { label: Some(label), ..notice() };
        let mail = email(&simulated);
        assert!(
            mail.text.starts_with(label) && mail.html.contains(label) && sms(&simulated).starts_with(label)
        );
    }
}
