//! Play-off facts in names: round, conference, home game, series game, in whatever wording they come.

use crate::title::{has_phrase, small_number};

/// A round of the play-offs, counted the way leagues of four rounds do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Round {
    PlayIn,
    WildCard,
    First,
    /// Also: conference semi-finals, division series, divisional round.
    Second,
    /// Also: conference finals, championship series.
    Third,
    /// Semi-finals of a league without conferences.
    Semifinal,
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

    /// Compares the facts: any that both state must agree; the same game needs round and number.
    pub(crate) fn compare(self, other: Self) -> Agreement {
        fn differ<T: PartialEq>(left: Option<T>, right: Option<T>) -> bool {
            matches!((left, right), (Some(left), Some(right)) if left != right)
        }
        if differ(self.round, other.round)
            || differ(self.conference, other.conference)
            || differ(self.home_game, other.home_game)
        {
            return Agreement::Differs;
        }
        let same_round = self.round.is_some() && self.round == other.round;
        if self.home_game.is_some() && self.home_game == other.home_game {
            return if same_round { Agreement::Same } else { Agreement::Silent };
        }
        match (self.game, other.game) {
            (Some(left), Some(right)) if left != right => Agreement::Differs,
            (Some(_), Some(_)) if same_round => Agreement::Same,
            _ => Agreement::Silent,
        }
    }
}

/// Reads the facts from a name's words.
pub(crate) fn read_series(words: &[String]) -> Series {
    let words = spell_out(words);
    let round = round(&words);
    let home_game = number_after(&words, &["home", "game"]);
    let game = number_after(&words, &["series", "game"]).or_else(|| lone_game(&words));
    Series { round, conference: conference(&words), home_game, game: game.filter(|_| round.is_some()) }
}

/// Abbreviations written out, so that one rule reads them all.
fn spell_out(words: &[String]) -> Vec<String> {
    let mut spelled = Vec::with_capacity(words.len());
    for word in words {
        let long: &[&str] = match word.as_str() {
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
    let in_conference = conference(words).is_some() || has_phrase(words, &["conference"]);
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
        Some(if in_conference { Round::First } else { Round::Second })
    } else if any(&[&["semifinals"]]) {
        Some(if in_conference { Round::Second } else { Round::Semifinal })
    } else if any(&[
        &["division", "series"],
        &["division", "round"],
        &["division", "playoff"],
        &["division", "playoffs"],
    ]) {
        Some(Round::Second)
    } else if any(&[
        &["conference", "finals"],
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
        assert_eq!(game("NBA Finals Game 5").compare(game("NBA Finals Home Game 3")), Agreement::Silent);
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
