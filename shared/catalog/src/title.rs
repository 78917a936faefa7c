//! What an event's name says: who meets whom, and the facts that part one game of a series from the next.

use crate::normalise::words;
use crate::series::{Series, read_series, series_words};

/// What is sold under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Admission to one event.
    Event,
    /// A season or half a season.
    Season,
    /// Several days of one event.
    Pass,
    /// A parking space or a ride.
    Parking,
    /// A tour of the building.
    Tour,
    /// Food, lounges and parties beside the event.
    Hospitality,
}

/// One part of a day or run: the number or word that tells it from its neighbours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Game 1 or 2 of a double-header.
    Doubleheader(u8),
    /// "Day 2", "Night 2", "Session 4", "Week 1".
    Numbered(String, u8),
    /// The early show.
    Early,
    /// The late show.
    Late,
}

/// Two sides of a match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sides {
    /// The side named first.
    pub(crate) first: Vec<String>,
    /// The side named second.
    pub(crate) second: Vec<String>,
    /// "A at B" tells who is at home; "A vs B" does not.
    pub(crate) second_is_home: bool,
}

/// A name, read.
#[derive(Clone, Debug)]
pub(crate) struct Title {
    pub(crate) kind: Kind,
    pub(crate) sides: Option<Sides>,
    /// The words that name the event, without brackets, facts and noise.
    pub(crate) core: Vec<String>,
    /// The same, part by part between dashes and colons; empty parts left out.
    pub(crate) segments: Vec<Vec<String>>,
    pub(crate) series: Series,
    pub(crate) part: Option<Part>,
    /// The kinds of sport and of teams said, in alphabetical order: a college plays basketball twice a day.
    pub(crate) discipline: Vec<&'static str>,
    /// Four-digit years.
    pub(crate) years: Vec<String>,
    /// "Rescheduled from 7/17": month and day.
    pub(crate) rescheduled_from: Option<(u32, u32)>,
}

/// Words that say nothing about which event it is.
const NOISE: [&str; 32] = [
    "the",
    "a",
    "an",
    "and",
    "of",
    "presents",
    "presented",
    "by",
    "preseason",
    "exhibition",
    "spring",
    "training",
    "split",
    "squad",
    "ss",
    "if",
    "necessary",
    "nfl",
    "nba",
    "nhl",
    "mlb",
    "mls",
    "wnba",
    "ncaa",
    "home",
    "opener",
    "game",
    "series",
    "rescheduled",
    "postponed",
    "tickets",
    "ticket",
];

/// Words of season tickets.
const SEASON_NOISE: [&str; 12] = [
    "season",
    "seasons",
    "package",
    "packages",
    "membership",
    "memberships",
    "pass",
    "full",
    "regular",
    "all",
    "games",
    "includes",
];

/// Kinds of sport and of teams that share a name and a house.
const DISCIPLINES: [&str; 14] = [
    "baseball",
    "basketball",
    "football",
    "gymnastics",
    "hockey",
    "lacrosse",
    "mens",
    "soccer",
    "softball",
    "swimming",
    "tennis",
    "volleyball",
    "womens",
    "wrestling",
];

/// Words that are no part of a side's name.
const SIDE_NOISE: [&str; 17] = [
    "preseason",
    "exhibition",
    "split",
    "squad",
    "ss",
    "if",
    "necessary",
    "needed",
    "college",
    "the",
    "home",
    "opener",
    "game",
    "rescheduled",
    "postponed",
    "tickets",
    "ticket",
];

impl Title {
    /// Reads a name.
    pub(crate) fn read(name: &str) -> Self {
        // "A @ B" is "A at B".
        let name = name.replace('@', " at ");
        let all = words(&name);
        let outside = outside_brackets(&name);
        let parts: Vec<Vec<String>> =
            split_segments(&outside).into_iter().map(words).filter(|words| !words.is_empty()).collect();
        let series = read_series(&all);
        let sides = parts
            .iter()
            .find_map(|words| sides(words, true))
            .or_else(|| parts.iter().find_map(|words| sides(words, false)))
            .or_else(|| host_alone(series, &parts));
        let kind = kind(&all);
        let tells = |word: &str| is_telling(word) && (kind != Kind::Season || !SEASON_NOISE.contains(&word));
        let segments: Vec<Vec<String>> = parts
            .iter()
            .map(|words| words.iter().filter(|word| tells(word)).cloned().collect::<Vec<_>>())
            .filter(|words| !words.is_empty())
            .collect();
        let mut core: Vec<String> = segments.concat();
        core.sort_unstable();
        core.dedup();
        Self {
            kind,
            sides,
            core,
            segments,
            series,
            discipline: DISCIPLINES
                .iter()
                .copied()
                .filter(|word| all.iter().any(|said| said == word))
                .collect(),
            part: part(&all),
            years: all.iter().filter(|word| is_year(word)).cloned().collect(),
            rescheduled_from: rescheduled_from(&name),
        }
    }
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.starts_with("20") && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a word tells one name from another.
pub(crate) fn is_telling(word: &str) -> bool {
    !NOISE.contains(&word) && !is_year(word)
}

/// The text without what stands in round or square brackets.
fn outside_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .map(|character| match character {
            '(' | '[' => {
                depth = depth.saturating_add(1);
                ' '
            }
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                ' '
            }
            _ if depth > 0 => ' ',
            other => other,
        })
        .collect()
}

/// The parts between ": ", " - " and " | ".
fn split_segments(text: &str) -> Vec<&str> {
    text.split([':', '|', ';', '\u{2013}', '\u{2014}']).flat_map(|part| part.split(" - ")).collect()
}

/// The two sides of "A vs B" or (unless `versus`) "A at B".
fn sides(words: &[String], versus: bool) -> Option<Sides> {
    let place = words.iter().position(|word| match word.as_str() {
        "vs" | "versus" | "v" => versus,
        "at" => !versus,
        _ => false,
    })?;
    let (first, rest) = words.split_at_checked(place)?;
    let (_, second) = rest.split_first()?;
    // What is said of the series stands before the first side or behind the second.
    let marks = series_words(first);
    let begin = marks.iter().rposition(|mark| *mark).map_or(0, |last| last.saturating_add(1));
    let first = first.get(begin..).filter(|side| !side.is_empty()).unwrap_or(first);
    let end = series_words(second).iter().position(|mark| *mark).filter(|end| *end > 0);
    let second = end.and_then(|end| second.get(..end)).unwrap_or(second);
    let (first, second) = (side(first), side(second));
    (!first.is_empty() && !second.is_empty()).then_some(Sides { first, second, second_is_home: !versus })
}

/// "Trail Blazers Playoffs: Round 2, Home Game 1" names the host alone; who comes is open.
fn host_alone(series: Series, parts: &[Vec<String>]) -> Option<Sides> {
    if series.round.is_none() || !series.is_numbered() {
        return None;
    }
    let host = parts.iter().find_map(|words| {
        let marks = series_words(words);
        let rest: Vec<String> = words
            .iter()
            .zip(marks)
            .filter(|(word, mark)| {
                !mark && is_telling(word) && !matches!(word.as_str(), "play" | "offs" | "date" | "time")
            })
            .map(|(word, _)| word.clone())
            .collect();
        let host = side(&rest);
        (!host.is_empty() && !is_open(&host)).then_some(host)
    })?;
    Some(Sides { first: vec!["tbd".to_owned()], second: host, second_is_home: true })
}

/// "TBD", "TBA", "to be determined", "Winner of ...", "Conference Champion": nobody yet.
pub(crate) fn is_open(side: &[String]) -> bool {
    const OPEN: [&str; 10] = [
        "tbd",
        "tba",
        "determined",
        "announced",
        "opponent",
        "winner",
        "champion",
        "champions",
        "seed",
        "lower",
    ];
    side.iter().any(|word| OPEN.contains(&word.as_str()))
}

/// A side's words without noise, the ways of shortening spelled out.
fn side(words: &[String]) -> Vec<String> {
    let mut side: Vec<String> = Vec::with_capacity(words.len());
    let kept = words.iter().filter(|word| {
        !SIDE_NOISE.contains(&word.as_str()) && !DISCIPLINES.contains(&word.as_str()) && !is_year(word)
    });
    for word in kept {
        let before = side.last().map(String::as_str);
        let long: &[&str] = match (before, word.as_str()) {
            // "St. Louis" is a saint, "Ohio St." a state.
            (None, "st") => &["saint"],
            (Some(_), "st") => &["state"],
            (Some("d"), "backs") => {
                side.pop();
                &["diamondbacks"]
            }
            (Some("ole"), "miss") => {
                side.pop();
                &["mississippi"]
            }
            (_, "dbacks") => &["diamondbacks"],
            (_, "sixers") => &["76ers"],
            (_, "cavs") => &["cavaliers"],
            (_, "mavs") => &["mavericks"],
            (_, "wolves") => &["timberwolves"],
            (_, "uconn") => &["connecticut"],
            (_, "umass") => &["massachusetts"],
            (_, "usc") => &["southern", "california"],
            (_, "byu") => &["brigham", "young"],
            (_, "lsu") => &["louisiana", "state"],
            (_, "smu") => &["southern", "methodist"],
            (_, "tcu") => &["texas", "christian"],
            (_, "unc") => &["north", "carolina"],
            (_, "pitt") => &["pittsburgh"],
            (_, other) => {
                side.push(other.to_owned());
                continue;
            }
        };
        side.extend(long.iter().map(|word| (*word).to_owned()));
    }
    side
}

/// Whether `phrase` stands in `words`, in this order.
pub(crate) fn has_phrase(words: &[String], phrase: &[&str]) -> bool {
    words.windows(phrase.len()).any(|window| window.iter().zip(phrase).all(|(word, wanted)| word == wanted))
}

fn kind(words: &[String]) -> Kind {
    let any = |phrases: &[&[&str]]| phrases.iter().any(|phrase| has_phrase(words, phrase));
    let begins = |word: &str| words.first().is_some_and(|first| first == word);
    if any(&[&["parking"], &["shuttle"], &["park", "and", "ride"], &["valet"]]) {
        Kind::Parking
    } else if any(&[
        &["season", "tickets"],
        &["season", "ticket"],
        &["season", "pass"],
        &["season", "package"],
        &["season", "membership"],
        &["full", "season"],
        &["half", "season"],
        &["mini", "plan"],
        &["flex", "plan"],
    ]) {
        Kind::Season
    } else if any(&[
        &["day", "pass"],
        &["days", "pass"],
        &["weekend", "pass"],
        &["all", "session"],
        &["all", "sessions"],
        &["full", "series"],
        &["strip"],
        &["festival", "pass"],
    ]) || several_days(words)
    {
        Kind::Pass
    } else if any(&[
        &["guided", "tour"],
        &["stadium", "tour"],
        &["stadium", "tours"],
        &["arena", "tour"],
        &["ballpark", "tour"],
    ]) {
        Kind::Tour
    } else if begins("suite")
        || begins("suites")
        || any(&[
            &["tailgate"],
            &["hospitality"],
            &["suites"],
            &["premium", "suite"],
            &["luxury", "suite"],
            &["suite", "rental"],
            &["vip", "package"],
            &["vip", "packages"],
            &["suite", "pass"],
            &["club", "access"],
            &["lounge", "access"],
            &["meet", "and", "greet"],
            &["pre", "game", "party"],
            &["pregame", "party"],
            &["upgrade"],
        ])
    {
        Kind::Hospitality
    } else {
        Kind::Event
    }
}

/// "3 Day Pass", "3-Day", "All Days": more than one day of something, where "Day 3" is one.
fn several_days(words: &[String]) -> bool {
    words.windows(2).any(|pair| match pair {
        [number, day] if day == "day" || day == "days" => {
            number == "all"
                || number == "multi"
                || number.len() > 1 && !number.ends_with("nd") && small_number(number).is_some_and(|n| n > 1)
                || number.bytes().all(|byte| byte.is_ascii_digit())
                    && small_number(number).is_some_and(|n| n > 1)
        }
        _ => false,
    })
}

/// A small number as people write it after "game" or "day": digits, words, letters, Roman numerals.
pub(crate) fn small_number(word: &str) -> Option<u8> {
    match word {
        "one" | "i" | "a" | "1st" | "first" => Some(1),
        "two" | "ii" | "b" | "2nd" | "second" => Some(2),
        "three" | "iii" | "c" | "3rd" | "third" => Some(3),
        "four" | "iv" | "d" | "4th" | "fourth" => Some(4),
        "five" | "v" | "5th" | "fifth" => Some(5),
        "six" | "vi" | "6th" | "sixth" => Some(6),
        "seven" | "vii" | "7th" | "seventh" => Some(7),
        digits => digits.parse().ok().filter(|number| (1..=99).contains(number)),
    }
}

fn part(words: &[String]) -> Option<Part> {
    let after = |wanted: &str| {
        words.windows(2).find_map(|pair| match pair {
            [word, number] if word == wanted => small_number(number),
            _ => None,
        })
    };
    let double = has_phrase(words, &["doubleheader"])
        || has_phrase(words, &["double", "header"])
        || has_phrase(words, &["dh"]);
    if double {
        return after("game")
            .or_else(|| after("doubleheader"))
            .or_else(|| after("dh"))
            .map(Part::Doubleheader);
    }
    for unit in ["day", "night", "session", "week", "round", "stage"] {
        if let Some(number) = after(unit) {
            return Some(Part::Numbered(unit.to_owned(), number));
        }
    }
    let show = |when: &str| {
        has_phrase(words, &[when, "show"])
            || has_phrase(words, &[when, "performance"])
            || has_phrase(words, &[when, "set"])
    };
    match (show("early") || show("matinee") || show("first"), show("late") || show("second")) {
        (true, false) => Some(Part::Early),
        (false, true) => Some(Part::Late),
        _ => None,
    }
}

/// The month and day in "rescheduled from 7/17/26".
fn rescheduled_from(name: &str) -> Option<(u32, u32)> {
    let lower = name.to_lowercase();
    let (_, after) = lower.split_once("rescheduled from")?;
    let mut numbers = after.trim_start().split(|character: char| !character.is_ascii_digit());
    let month = numbers.next()?.parse().ok().filter(|month| (1..=12).contains(month))?;
    let day = numbers.next()?.parse().ok().filter(|day| (1..=31).contains(day))?;
    Some((month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sides_of(name: &str) -> (String, String) {
        let sides = Title::read(name).sides.unwrap();
        (sides.first.join(" "), sides.second.join(" "))
    }

    fn pair(first: &str, second: &str) -> (String, String) {
        (first.to_owned(), second.to_owned())
    }

    #[test]
    fn sides_are_read_whatever_stands_around_them() {
        for name in [
            "Boston Bruins at Tampa Bay Lightning",
            "NHL Stadium Series: Boston Bruins at Tampa Bay Lightning",
            "NHL Preseason - Boston Bruins @ Tampa Bay Lightning (Split Squad)",
            "Spring Training: (Split Squad) Boston Bruins at Tampa Bay Lightning - Home Opener",
            "Boston Bruins at Tampa Bay Lightning: Eastern Conference First Round (Home Game 2, Series Game 2)",
        ] {
            assert_eq!(sides_of(name), pair("boston bruins", "tampa bay lightning"), "{name}");
        }
        assert_eq!(sides_of("Arizona vs. Carolina"), pair("arizona", "carolina"));
        assert_eq!(Title::read("An Evening With John").sides, None);
    }

    #[test]
    fn add_ons_are_told_by_their_names() {
        for (name, kind) in [
            ("2026 Portland Pioneers Season Tickets (All Home Games)", Kind::Season),
            ("PARKING: Denver Broncos at Kansas City Chiefs", Kind::Parking),
            ("River Festival - 3 Day Pass (June 4-6)", Kind::Pass),
            ("Rose Garden VIP Guided Tour", Kind::Tour),
            ("Denver Broncos at Kansas City Chiefs", Kind::Event),
        ] {
            assert_eq!(Title::read(name).kind, kind, "{name}");
        }
    }

    #[test]
    fn parts_of_a_day_or_run_are_told_apart() {
        let part = |name: &str| Title::read(name).part;
        assert_eq!(part("Rays at Red Sox (Game 2 of Doubleheader)"), Some(Part::Doubleheader(2)));
        assert_eq!(part("Summer League: Day 2"), Some(Part::Numbered("day".to_owned(), 2)));
        assert_eq!(part("Jim Gaffigan (Late Show)"), Some(Part::Late));
        assert_eq!(part("The Late Night Band"), None);
    }

    #[test]
    fn the_old_date_of_a_moved_game_is_read() {
        assert_eq!(Title::read("Rays at Yankees (Rescheduled from 5/23/26)").rescheduled_from, Some((5, 23)));
        assert_eq!(Title::read("Rays at Yankees (Rescheduled from May)").rescheduled_from, None);
    }
}
