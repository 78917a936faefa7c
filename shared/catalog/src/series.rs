//! Play-off facts in names: round, conference, home game, series game, in whatever wording they come.

use crate::title::{has_phrase, small_number};

/// A round of the play-offs, counted the way leagues of four rounds do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Round {
    PlayIn,
    WildCard,
    /// Also: conference quarter-finals.
    First,
    /// Also: semi-finals (of a conference, or of a league that plays three rounds), division series, divisional round.
    Second,
    /// Also: conference finals, championship series.
    Third,
    /// The final: cup, bowl, world series.
    Final,
}

/// Which half of the league.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conference {
    East,
    West,
    American,
    National,
}

/// What a name says about its place in a series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Series {
    pub(crate) round: Option<Round>,
    pub(crate) conference: Option<Conference>,
    /// The how-manieth home game of the round.
    pub(crate) home_game: Option<u8>,
    /// The how-manieth game of the round.
    pub(crate) game: Option<u8>,
    /// "Series Game 3", not "Game 3" alone, which some write of home games.
    pub(crate) of_whole_round: bool,
    /// Rounds of this league are one game each, so that a round needs no number.
    pub(crate) one_game_a_round: bool,
}

/// How two sets of series facts compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Agreement {
    /// The facts name the same game.
    Same,
    /// A fact differs.
    Differs,
    /// Not enough was said.
    Silent,
}

impl Series {
    /// Whether anything was said.
    pub(crate) const fn is_said(self) -> bool {
        self.round.is_some() || self.home_game.is_some()
    }

    /// Whether it is told by number which game of the round it is.
    pub(crate) const fn is_numbered(self) -> bool {
        self.home_game.is_some() || self.game.is_some()
    }

    /// Compares the facts: any that both state must agree; the same game needs round and number.
    pub(crate) fn compare(self, other: Self) -> Agreement {
        if differ(self.round, other.round)
            || differ(self.conference, other.conference)
            || differ(self.home_game, other.home_game)
        {
            return Agreement::Differs;
        }
        let same_round = self.round.is_some() && self.round == other.round;
        let number = match (self.home_game, other.home_game) {
            (Some(_), Some(_)) => Agreement::Same,
            (Some(home_game), None) => other.is_home_game(home_game),
            (None, Some(home_game)) => self.is_home_game(home_game),
            (None, None) => match (self.game, other.game) {
                (Some(left), Some(right)) if left == right => Agreement::Same,
                (Some(_), Some(_)) => Agreement::Differs,
                (None, None) if self.one_game_a_round && other.one_game_a_round => Agreement::Same,
                _ => Agreement::Silent,
            },
        };
        if number == Agreement::Same && !same_round { Agreement::Silent } else { number }
    }

    /// Whether this, where only the game of the series is numbered, is the host's `home_game`.
    fn is_home_game(self, home_game: u8) -> Agreement {
        let Some(game) = self.game else { return Agreement::Silent };
        if matches!(self.round, Some(Round::PlayIn | Round::WildCard)) {
            // Too short for the usual order of hosts.
            return Agreement::Silent;
        }
        let by_series = hosted(game) == Some(home_game);
        // "Game 3" alone may be meant as the third home game; no round has a fifth.
        let may_count_home_games = !self.of_whole_round && game <= 4;
        match (by_series, game == home_game) {
            (true, _) if !may_count_home_games => Agreement::Same,
            (true, true) => Agreement::Same,
            (false, true) | (true, false) if may_count_home_games => Agreement::Silent,
            _ => Agreement::Differs,
        }
    }
}

fn differ<T: PartialEq>(left: Option<T>, right: Option<T>) -> bool {
    matches!((left, right), (Some(left), Some(right)) if left != right)
}

/// The how-manieth game at its place a game of a series is. The same for 2-2-1, 2-3-2 and 2-2-1-1-1: games 1 and 2 are
/// played at one place, 3 and 4 at the other, and what follows is the third or fourth wherever it is.
pub(crate) const fn hosted(game: u8) -> Option<u8> {
    match game {
        1 | 3 => Some(1),
        2 | 4 => Some(2),
        5 | 6 => Some(3),
        7 => Some(4),
        _ => None,
    }
}

/// What "Game n" means at one place in one round, told by all the numbers that stand there without more: a place is
/// host to games 1, 2, 5 and 7 or to 3, 4 and 6, so a block that mixes them counts home games, and one that goes beyond
/// four counts the series. `None` where both can be meant.
pub(crate) fn home_game_reading(block: &[u8], game: u8) -> Option<u8> {
    let first_host = block.iter().any(|game| matches!(game, 1 | 2));
    let second_host = block.iter().any(|game| matches!(game, 3 | 4));
    if block.iter().any(|game| *game > 4) {
        hosted(game)
    } else if first_host && second_host {
        Some(game)
    } else {
        None
    }
}

/// Reads the facts from a name's words.
pub(crate) fn read_series(words: &[String]) -> Series {
    let words = spell_out(words);
    let round = round(&words);
    let home_game = number_after(&words, &["home", "game"]);
    let of_series = number_after(&words, &["series", "game"]).filter(|_| round.is_some());
    let game = of_series.or_else(|| lone_game(&words)).filter(|_| round.is_some());
    let football = ["afc", "nfc", "nfl"].iter().any(|league| words.iter().any(|word| word == league));
    Series {
        round,
        conference: conference(&words),
        home_game,
        game,
        of_whole_round: of_series.is_some(),
        one_game_a_round: football && round.is_some(),
    }
}

/// Whether each word speaks of the place in a series and not of who plays: "Western Conference Finals - Home Game 2".
pub(crate) fn series_words(words: &[String]) -> Vec<bool> {
    let is = |at: usize, wanted: &[&str]| words.get(at).is_some_and(|word| wanted.contains(&word.as_str()));
    let numbers = |at: usize| words.get(at).is_some_and(|word| is_number(word));
    let mut marks: Vec<bool> = Vec::with_capacity(words.len());
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1);
        let after_series = before.is_some_and(|before| marks.get(before) == Some(&true));
        let next = at.saturating_add(1);
        let mark = match word.as_str() {
            "round" | "rd" | "rnd" => numbers(next) || before.is_some_and(numbers),
            "wild" => is(next, &["card"]),
            "stanley" | "mls" => is(next, &["cup", "playoffs", "semifinals"]),
            "world" => is(next, &["series"]),
            "series" => is(next, &["game", "gm"]) || after_series,
            "cup" | "card" | "championship" => after_series,
            "al" | "nl" => is(next, &["division", "championship", "wild", "playoffs"]),
            "american" | "national" => is(next, &["league"]),
            "league" => before.is_some_and(|before| is(before, &["american", "national"])),
            "east" | "west" | "eastern" | "western" => {
                let ordinal = |word: &String| word.ends_with("st") || word.ends_with("nd") || is_number(word);
                is(next, SERIES_WORDS)
                    || is(next, &["round", "rd", "rnd"])
                    || words.get(next).is_some_and(ordinal)
            }
            _ if SERIES_WORDS.contains(&word.as_str()) => true,
            _ if glued(word).len() > 1 => true,
            _ => {
                let round = is(next, &["round", "rd", "rnd"]);
                let letter = matches!(word.as_str(), "a" | "b" | "c" | "d")
                    && before.is_some_and(|before| is(before, &["game", "gm", "hg"]));
                (is_number(word) && (after_series || round)) || letter
            }
        };
        marks.push(mark);
    }
    marks
}

/// Words that stand in no team's name.
const SERIES_WORDS: &[&str] = &[
    "conference",
    "conf",
    "finals",
    "final",
    "semifinals",
    "semifinal",
    "semis",
    "semi",
    "quarterfinals",
    "quarterfinal",
    "playoffs",
    "playoff",
    "postseason",
    "gm",
    "hm",
    "hg",
    "game",
    "home",
    "division",
    "divisional",
    "ecf",
    "wcf",
    "ecsf",
    "wcsf",
    "ecqf",
    "wcqf",
    "scf",
    "alds",
    "nlds",
    "alcs",
    "nlcs",
    "alwc",
    "nlwc",
    "wildcard",
    "afc",
    "nfc",
    "nba",
    "nhl",
    "mlb",
    "nfl",
    "wnba",
    "necessary",
    "needed",
    "nec",
];

/// A number as it stands beside a round or a game; single letters are names more often than numbers.
fn is_number(word: &str) -> bool {
    word.len() > 1 && small_number(word).is_some() && !matches!(word, "ii" | "iii")
        || word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Abbreviations written out, so that one rule reads them all.
fn spell_out(words: &[String]) -> Vec<String> {
    let mut spelled = Vec::with_capacity(words.len());
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at.saturating_add(1)).map_or("", String::as_str);
        let of_league = matches!(next, "division" | "championship" | "wild" | "playoffs");
        let long: &[&str] = match word.as_str() {
            "al" if of_league => &["american", "league"],
            "nl" if of_league => &["national", "league"],
            "gm" => &["game"],
            "hm" => &["home"],
            "conf" => &["conference"],
            "rd" | "rnd" => &["round"],
            "semi" | "semis" | "semifinal" => &["semifinals"],
            "quarter" | "quarters" | "quarterfinal" => &["quarterfinals"],
            "final" => &["finals"],
            "div" | "divisional" => &["division"],
            "champ" | "champs" | "championships" => &["championship"],
            "hg" => &["home", "game"],
            "ecf" => &["eastern", "conference", "finals"],
            "wcf" => &["western", "conference", "finals"],
            "ecsf" => &["eastern", "conference", "semifinals"],
            "wcsf" => &["western", "conference", "semifinals"],
            "ecqf" => &["eastern", "conference", "quarterfinals"],
            "wcqf" => &["western", "conference", "quarterfinals"],
            "scf" => &["stanley", "cup", "finals"],
            "alds" => &["american", "league", "division", "series"],
            "nlds" => &["national", "league", "division", "series"],
            "alcs" => &["american", "league", "championship", "series"],
            "nlcs" => &["national", "league", "championship", "series"],
            "alwc" => &["american", "league", "wild", "card"],
            "nlwc" => &["national", "league", "wild", "card"],
            "wildcard" => &["wild", "card"],
            "playin" => &["play", "in"],
            "east" => &["eastern"],
            "west" => &["western"],
            _ => &[],
        };
        match (long, word.as_str()) {
            // "semi finals", "quarter-finals": the second half says nothing more.
            (["finals"], _)
                if spelled.last().is_some_and(|last| last == "semifinals" || last == "quarterfinals") => {}
            ([], "finals")
                if spelled.last().is_some_and(|last| last == "semifinals" || last == "quarterfinals") => {}
            ([], other) => spelled.extend(glued(other)),
            (long, _) => spelled.extend(long.iter().map(|part| (*part).to_owned())),
        }
    }
    spelled
}

/// "hg2", "gm3", "r1" and "rd2" as words.
fn glued(word: &str) -> Vec<String> {
    let (letters, digits) = word.split_at(word.find(|c: char| c.is_ascii_digit()).unwrap_or(word.len()));
    let numbered = !digits.is_empty() && digits.len() < 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let long: &[&str] = match letters {
        "hg" if numbered => &["home", "game"],
        "gm" | "game" | "g" if numbered => &["game"],
        "r" | "rd" | "round" if numbered => &["round"],
        _ => return vec![word.to_owned()],
    };
    long.iter().map(|part| (*part).to_owned()).chain(std::iter::once(digits.to_owned())).collect()
}

/// The number right after a phrase.
fn number_after(words: &[String], phrase: &[&str]) -> Option<u8> {
    words.windows(phrase.len().saturating_add(1)).find_map(|window| {
        let (number, before) = window.split_last()?;
        before.iter().zip(phrase).all(|(word, wanted)| word == wanted).then(|| small_number(number))?
    })
}

/// "Game 5", where it is not a home game and not a game of a double-header.
fn lone_game(words: &[String]) -> Option<u8> {
    if has_phrase(words, &["doubleheader"]) || has_phrase(words, &["double", "header"]) {
        return None;
    }
    words.iter().enumerate().find_map(|(place, word)| {
        let before = place.checked_sub(1).and_then(|before| words.get(before));
        if word != "game" || before.is_some_and(|before| before == "home") {
            return None;
        }
        small_number(words.get(place.saturating_add(1))?)
    })
}

fn conference(words: &[String]) -> Option<Conference> {
    let near = |name: &str, after: &str| has_phrase(words, &[name, after]);
    let rounds =
        ["conference", "first", "second", "finals", "semifinals", "quarterfinals", "round", "playoffs"];
    let half = |name: &str| rounds.iter().any(|after| near(name, after));
    if half("eastern") {
        Some(Conference::East)
    } else if half("western") {
        Some(Conference::West)
    } else if near("american", "league")
        || near("afc", "championship")
        || near("afc", "wild")
        || near("afc", "division")
    {
        Some(Conference::American)
    } else if near("national", "league")
        || near("nfc", "championship")
        || near("nfc", "wild")
        || near("nfc", "division")
    {
        Some(Conference::National)
    } else {
        None
    }
}

fn round(words: &[String]) -> Option<Round> {
    let any = |phrases: &[&[&str]]| phrases.iter().any(|phrase| has_phrase(words, phrase));
    let numbered = number_after(words, &["round"]).or_else(|| {
        words.windows(2).find_map(|pair| match pair {
            [number, round] if round == "round" => small_number(number),
            _ => None,
        })
    });
    if any(&[&["play", "in"]]) {
        Some(Round::PlayIn)
    } else if any(&[&["wild", "card"]]) {
        Some(Round::WildCard)
    } else if let Some(numbered) = numbered {
        match numbered {
            1 => Some(Round::First),
            2 => Some(Round::Second),
            3 => Some(Round::Third),
            4 => Some(Round::Final),
            _ => None,
        }
    } else if any(&[&["quarterfinals"]]) {
        Some(Round::First)
    } else if any(&[&["conference", "finals"]]) {
        // Before the semi-finals: "Stanley Cup Semifinals - Eastern Conference Finals".
        Some(Round::Third)
    } else if any(&[
        &["semifinals"],
        &["division", "series"],
        &["division", "round"],
        &["afc", "division"],
        &["nfc", "division"],
        &["division", "playoff"],
        &["division", "playoffs"],
    ]) {
        Some(Round::Second)
    } else if any(&[
        &["conference", "championship"],
        &["championship", "series"],
        &["afc", "championship"],
        &["nfc", "championship"],
        &["eastern", "finals"],
        &["western", "finals"],
    ]) {
        Some(Round::Third)
    } else if any(&[&["world", "series"], &["super", "bowl"], &["mls", "cup"], &["finals"]]) {
        Some(Round::Final)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::words;

    fn read(text: &str) -> Series {
        read_series(&words(text))
    }

    #[test]
    fn one_game_in_many_wordings_is_one_game() {
        let wordings = [
            "TBD at Portland Trail Blazers - Western Conference Semifinals (Game 6, Home Game 3)",
            "TBD at Portland Trail Blazers: Western Conference Semi-Finals (Home Game 3, If Necessary)",
            "Western Conf. Semis: TBD @ Trail Blazers - Home Gm 3",
            "West 2nd Round HG3 Trail Blazers",
            "Trail Blazers Playoffs WCSF Home Game C",
            "NBA Playoffs: Western Conference Second Round, Home Game #3",
        ];
        for left in wordings {
            for right in wordings {
                assert_eq!(read(left).compare(read(right)), Agreement::Same, "{left} / {right}");
            }
        }
    }

    #[test]
    fn another_round_conference_or_home_game_is_another_game() {
        let game = read("TBD at Buffalo Sabres - Eastern Conference Finals (Home Game 1)");
        for other in [
            "TBD at Buffalo Sabres - Eastern Conference Finals (Home Game 2)",
            "TBD at Buffalo Sabres - Eastern Conference Second Round (Home Game 1)",
            "TBD at Buffalo Sabres - Stanley Cup Finals (Home Game 1)",
            "TBD at Buffalo Sabres - Western Conference Finals (Home Game 1)",
        ] {
            assert_eq!(game.compare(read(other)), Agreement::Differs, "{other}");
            assert_eq!(read(other).compare(game), Agreement::Differs, "{other}");
        }
    }

    #[test]
    fn the_series_game_decides_only_where_home_games_are_not_numbered() {
        let game = |text| read(text);
        assert_eq!(
            game("NBA Finals (Game 1, Home Game 1)").compare(game("NBA Finals (Home Game 1, If Necessary)")),
            Agreement::Same
        );
        assert_eq!(game("NBA Finals Game 5").compare(game("NBA Finals - Game 5")), Agreement::Same);
        assert_eq!(game("NBA Finals Game 5").compare(game("NBA Finals Game 7")), Agreement::Differs);
        assert_eq!(game("NBA Finals Game 5").compare(game("NBA Finals Home Game 3")), Agreement::Same);
        assert_eq!(game("NBA Finals Series Game 3").compare(game("NBA Finals Home Game 1")), Agreement::Same);
        assert_eq!(game("NBA Finals Game 4").compare(game("NBA Finals Home Game 1")), Agreement::Differs);
        // The third of the series, or the third at home?
        assert_eq!(game("NBA Finals Game 3").compare(game("NBA Finals Home Game 3")), Agreement::Silent);
        assert_eq!(game("NBA Finals Game 3").compare(game("NBA Finals Home Game 1")), Agreement::Silent);
    }

    #[test]
    fn a_block_tells_what_its_lone_numbers_count() {
        assert_eq!(home_game_reading(&[1, 2, 3, 4], 3), Some(3));
        assert_eq!(home_game_reading(&[1, 2, 5, 7], 5), Some(3));
        assert_eq!(home_game_reading(&[3, 4, 6], 4), Some(2));
        assert_eq!(home_game_reading(&[3, 4], 4), None);
    }

    #[test]
    fn ordinary_names_say_nothing_of_a_series() {
        for name in [
            "Lakers at Celtics",
            "NHL Stadium Series: Bruins at Lightning",
            "Rays at Red Sox (Game 2 of Doubleheader)",
        ] {
            assert!(!read(name).is_said(), "{name}");
            assert_eq!(read(name).game, None, "{name}");
        }
    }
}
