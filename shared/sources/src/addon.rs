//! Things sold beside an event under its name: parking, suites, passes, hospitality.
//!
//! Ticketmaster lists them as events of their own ("... - PASS", "... - SUITE", "... - POST GAME") \[O\]. The rule
//! looks at the parts of a name between separators: a part made of add-on words alone marks an add-on, so that
//! "Nutcracker Suite", "3 Day Pass (July 4-6)" and "Parking Lot Sessions" stay events.

use crate::event::EventKind;

/// Words of which one is enough in a part that has no other meaning.
const MARKS: [&str; 16] = [
    "parking",
    "pass",
    "passes",
    "suite",
    "suites",
    "hospitality",
    "upgrade",
    "upgrades",
    "postgame",
    "pregame",
    "shuttle",
    "shuttles",
    "addon",
    "addons",
    "upsell",
    "locker",
];

/// Words that may stand beside a mark without giving the part another meaning.
const FILLERS: [&str; 22] = [
    "a",
    "the",
    "only",
    "and",
    "or",
    "of",
    "experience",
    "experiences",
    "vip",
    "club",
    "lounge",
    "access",
    "premium",
    "package",
    "packages",
    "ticket",
    "tickets",
    "not",
    "included",
    "lot",
    "garage",
    "premier",
];

/// Main, or an add-on by its name.
pub(crate) fn kind_by_name(name: &str) -> EventKind {
    if !has_a_mark(name) {
        return EventKind::Main;
    }
    let name = name.to_ascii_lowercase().replace("post game", "postgame").replace("pre game", "pregame");
    let name = name.replace("add-on", "addon").replace("add on", "addon");
    // "Parking Passes Only Los Angeles Lakers at ..." carries no separator.
    let parking_pass =
        name.starts_with("parking pass") || name.ends_with("parking") || name.ends_with("parking pass");
    let mut parts = name.split([':', '(', ')', '|', '[', ']', '–', '—']).flat_map(|part| part.split(" - "));
    let several = parts.clone().filter(|part| !part.trim().is_empty()).count() > 1;
    if parking_pass || (several && parts.any(is_add_on_part)) || (!several && words(&name).eq(["parking"])) {
        EventKind::AddOn
    } else {
        EventKind::Main
    }
}

/// Whether a word of `name` is a mark, or half of one: most names have none, and those need no further look.
fn has_a_mark(name: &str) -> bool {
    let is = |word: &str, other: &str| word.eq_ignore_ascii_case(other);
    words(name).any(|word| {
        MARKS.iter().any(|mark| is(word, mark)) || ["post", "pre", "add"].iter().any(|half| is(word, half))
    }) || name
        .len()
        .checked_sub(PARKING.len())
        .and_then(|at| name.get(at..))
        .is_some_and(|end| is(end, PARKING))
}

const PARKING: &str = "parking";

fn is_add_on_part(part: &str) -> bool {
    words(part).any(|word| MARKS.contains(&word))
        && words(part).all(|word| MARKS.contains(&word) || FILLERS.contains(&word))
}

fn words(part: &str) -> impl Iterator<Item = &str> {
    part.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_sold_beside_an_event_are_add_ons() {
        for name in [
            "Portland Trail Blazers vs. Utah Jazz - PARKING",
            "Parking: Portland Trail Blazers",
            "PARKING PASSES ONLY Portland Trail Blazers at Utah Jazz",
            "Blazers v Jazz - SUITE",
            "Blazers v Jazz - POST GAME",
            "Blazers v Jazz - PASS",
            "The Kooks - the Suite Experience",
            "Eagles (Parking Only)",
            "Eagles | VIP Lounge Access Upgrade",
            "Rose Quarter Parking",
        ] {
            assert_eq!(kind_by_name(name), EventKind::AddOn, "{name}");
        }
    }

    #[test]
    fn events_that_merely_use_such_words_stay_events() {
        for name in [
            "The Nutcracker Suite",
            "Tchaikovsky - Nutcracker Suite",
            "California Classic - 3 Day Pass (July 4-6)",
            "Parking Lot Sessions",
            "Backstage Pass",
            "Central Park: Summer Stage",
            "Pass the Mic - Live",
            "Los Angeles Lakers at Portland Trail Blazers",
            "Hamilton - Portland",
            "",
        ] {
            assert_eq!(kind_by_name(name), EventKind::Main, "{name}");
        }
    }
}
