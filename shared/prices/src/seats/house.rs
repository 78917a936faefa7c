//! Zones and sections by the names that markets give. Markets hardly ever name the zone; a section's name tells it: its
//! words ("Lower Center 101", "Balcony L") and the hundred of its number, by which houses count their levels.

use std::collections::HashMap;

/// Words that say that a section follows, and nothing of where it is.
const EMPTY_WORDS: [&str; 7] = ["section", "sections", "sec", "sect", "seat", "seats", "block"];
/// Not a seat.
const NO_SEATS: [&str; 7] = ["parking", "garage", "lot", "lots", "shuttle", "tailgate", "locker"];
/// What the trade writes short.
const SHORT: [(&str, &str); 10] = [
    ("ga", "general admission"),
    ("sro", "standing room"),
    ("mezz", "mezzanine"),
    ("balc", "balcony"),
    ("orch", "orchestra"),
    ("ctr", "center"),
    ("centre", "center"),
    ("lvl", "level"),
    ("flr", "floor"),
    ("grandstands", "grandstand"),
];
/// Longer names are cut: they tell no more, and what is kept must stay small.
const LONGEST: usize = 60;

/// Where a section is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// The part of the house; empty where the name tells none.
    pub zone: String,
    /// The section, folded: what different markets call alike is alike. Reads back as itself.
    pub section: String,
}

/// A section's name, taken apart.
struct Name {
    words: String,
    /// Number or letters that tell it from others of the same words.
    mark: String,
    /// The hundred of its number, from 1 on.
    hundred: Option<u32>,
}

impl Name {
    /// `None`: no seat.
    fn read(text: &str) -> Option<Self> {
        let (mut words, mut marks): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
        let mut hundred = None;
        let folded: String = text.chars().take(LONGEST).collect::<String>().to_lowercase();
        let mut tokens = tokens(&folded).into_iter();
        while let Some(token) = tokens.next() {
            if NO_SEATS.contains(&token) {
                return None;
            }
            if token == "row" {
                // "Ice Row 112 - Row 1": a row by its number, unless nothing but the section could be meant.
                if marks.is_empty() {
                    words.push(token);
                } else {
                    tokens.next();
                }
            } else if token.starts_with(|first: char| first.is_ascii_digit()) {
                let digits: String = token.chars().take_while(char::is_ascii_digit).collect();
                let number = digits.parse::<u32>().ok();
                hundred = hundred.or(number.and_then(|number| number.checked_div(100)).filter(|h| *h > 0));
                marks.push(token);
            } else if token.chars().nth(1).is_none() {
                marks.push(token);
            } else if !EMPTY_WORDS.contains(&token) {
                words.push(SHORT.iter().find(|(short, _)| *short == token).map_or(token, |(_, long)| long));
            }
        }
        Some(Self { words: words.join(" "), mark: marks.join(" "), hundred })
    }

    fn spot(&self, words: &str) -> Spot {
        let join = |one: &str, other: &str| [one, other].map(str::trim).join(" ").trim().to_owned();
        let zone =
            self.hundred.map_or_else(|| words.to_owned(), |hundred| join(words, &format!("{hundred}00s")));
        Spot { zone, section: join(words, &self.mark) }
    }
}

/// Words and numbers: "CB12" is two, "204A" is one.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    for run in text.split(|letter: char| !letter.is_alphanumeric()).filter(|run| !run.is_empty()) {
        let letters = run.find(|letter: char| letter.is_ascii_digit()).unwrap_or(run.len());
        let (word, number) = run.split_at_checked(letters).unwrap_or((run, ""));
        tokens.extend([word, number].into_iter().filter(|part| !part.is_empty()));
    }
    tokens
}

/// What the names of one venue's sections say together.
#[derive(Clone, Debug, Default)]
pub struct House {
    /// The words a number is listed under; `None`: several.
    words: HashMap<String, Option<String>>,
}

impl House {
    /// Reads the names of all sections known at the venue.
    pub fn of<'a>(sections: impl Iterator<Item = &'a str>) -> Self {
        let mut words: HashMap<String, Option<String>> = HashMap::new();
        for name in
            sections.filter_map(Name::read).filter(|name| !name.words.is_empty() && name.hundred.is_some())
        {
            let known = words.entry(name.mark).or_insert_with(|| Some(name.words.clone()));
            if known.as_ref().is_some_and(|known| *known != name.words) {
                *known = None;
            }
        }
        Self { words }
    }

    /// Where a section is; `None` where nobody sits there. A bare number is taken for the one section of that number
    /// that others name in full.
    pub fn spot(&self, section: &str) -> Option<Spot> {
        let name = Name::read(section)?;
        let told =
            if name.words.is_empty() { self.words.get(&name.mark).and_then(Option::as_deref) } else { None };
        Some(name.spot(told.unwrap_or(&name.words)))
    }
}

/// A row, folded: "Row 05" is "5".
pub fn row(text: &str) -> String {
    let folded: String = text.chars().take(LONGEST).collect::<String>().to_lowercase();
    let bare = folded.trim().strip_prefix("row").unwrap_or(folded.trim()).trim();
    let unpadded = bare.trim_start_matches('0');
    if unpadded.starts_with(|first: char| first.is_ascii_digit()) {
        unpadded.to_owned()
    } else {
        bare.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spots(names: &[&str]) -> Vec<(String, String)> {
        let house = House::of(names.iter().copied());
        names
            .iter()
            .map(|name| house.spot(name).map_or(("-".into(), "-".into()), |spot| (spot.zone, spot.section)))
            .collect()
    }

    #[test]
    fn words_and_hundreds_tell_the_zone() {
        for (name, zone, section) in [
            ("Lower Center 101", "lower center 100s", "lower center 101"),
            ("Section 204A", "200s", "204a"),
            ("sec. 7", "", "7"),
            ("Club Box CB12", "club box cb", "club box cb 12"),
            ("Balcony L", "balcony", "balcony l"),
            ("GA", "general admission", "general admission"),
            ("FLOOR 3", "floor", "floor 3"),
            ("Ice Row 112 - Row 1", "ice row 100s", "ice row 112"),
            ("Ложа 12", "ложа", "ложа 12"),
            ("", "", ""),
        ] {
            assert_eq!(spots(&[name]), [(zone.to_owned(), section.to_owned())], "{name}");
        }
        for parking in ["PARKING PASS", "Lot G", "11th Street Reserved Parking", "Garage 2"] {
            assert_eq!(House::default().spot(parking), None, "{parking}");
        }
    }

    #[test]
    fn a_bare_number_is_the_section_that_others_name_in_full() {
        let one = spots(&["Lower Center 101", "101"]);
        assert_eq!(one[0], one[1]);
        let two = spots(&["Lower Center 112", "Ice Row 112", "112"]);
        assert_eq!(two[2], ("100s".to_owned(), "112".to_owned()));
    }

    #[test]
    fn what_was_read_reads_as_itself() {
        for name in
            ["Lower Center 101", "Section 204A", "Club Box CB12", "GA", "Ice Row 112 - Row 1", "Балкон 7"]
        {
            let spot = House::default().spot(name).unwrap();
            assert_eq!(House::default().spot(&spot.section), Some(spot), "{name}");
        }
    }

    #[test]
    fn rows_are_folded() {
        assert_eq!(["5", " Row 05 ", "row AA", "GA", "0", ""].map(row), ["5", "5", "aa", "ga", "0", ""]);
    }
}
