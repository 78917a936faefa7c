//! Whether two names mean the same performers or show.

use crate::facts::EventFacts;
use crate::normalise::words;
use crate::title::{Kind, Sides, Title, is_open, is_telling};

/// How two names compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    /// Nothing in common, or other sides.
    Other,
    /// Something in common.
    Weak,
    /// One name holds the other, or most words agree.
    Similar,
    /// The same, but a side is still to be determined.
    Open,
    /// The same words or the same sides.
    Same,
}

/// The names of an event, read.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    title: Title,
    performers: Vec<Vec<String>>,
}

impl Names {
    pub(crate) fn read(event: &EventFacts, title: &Title) -> Self {
        let performers =
            event.performers.iter().map(|name| words(name)).filter(|words| !words.is_empty()).collect();
        Self { title: title.clone(), performers }
    }

    /// Compares two names; `true` beside the answer when two matches with known home sides have them swapped.
    pub(crate) fn compare(&self, other: &Self) -> (Who, bool) {
        match (&self.title.sides, &other.title.sides) {
            (Some(left), Some(right)) => left.compare(right),
            (Some(sides), None) => (other.against(sides, self), false),
            (None, Some(sides)) => (self.against(sides, other), false),
            (None, None) => (self.by_words(other), false),
        }
    }

    /// A name without sides against one with sides: by performers, else by words.
    fn against(&self, sides: &Sides, other: &Self) -> Who {
        let has =
            |side: &[String]| self.performers.iter().any(|name| same_side(name, side) >= Side::Contained);
        match (has(&sides.first), has(&sides.second)) {
            (true, true) => Who::Same,
            (true, false) | (false, true) => self.by_words(other).max(Who::Weak),
            (false, false) => self.by_words(other),
        }
    }

    fn by_words(&self, other: &Self) -> Who {
        let (left, right) = (&self.title.core, &other.title.core);
        if left.is_empty() || right.is_empty() {
            return Who::Weak;
        }
        if left == right || self.title.segments.concat().concat() == other.title.segments.concat().concat() {
            return Who::Same;
        }
        let shared = left.iter().filter(|word| right.contains(word)).count();
        let all = left.len().saturating_add(right.len());
        let fewer = left.len().min(right.len());
        let imitates = |words: &[String]| IMITATION.iter().any(|mark| words.iter().any(|word| word == mark));
        if imitates(left) != imitates(right) {
            return Who::Weak;
        }
        // Dice's coefficient, 2 * shared / all, in whole percent. One shared word is not a shared name.
        let dice = shared.saturating_mul(200).checked_div(all).unwrap_or(0);
        let season = self.title.kind == Kind::Season || other.title.kind == Kind::Season;
        if season && shared < fewer {
            // Two teams of one city sell two seasons.
            return Who::Other;
        }
        let alike = (shared == fewer && shared > 1) || dice >= 60 || self.bills(other) || other.bills(self);
        if alike && self.may_bill(other) && other.may_bill(self) {
            Who::Similar
        } else if alike || dice >= 30 || shared == fewer {
            Who::Weak
        } else {
            Who::Other
        }
    }

    /// Whether the other name holds one of our performers, as far as we know any: "Cirque du Soleil: O" is not "Cirque du
    /// Soleil: KA".
    fn may_bill(&self, other: &Self) -> bool {
        let said = |word: &String| other.title.segments.iter().flatten().any(|spoken| spoken == word);
        self.performers.is_empty()
            || !other.performers.is_empty()
            || self
                .performers
                .iter()
                .any(|performer| performer.iter().filter(|word| is_telling(word)).all(said))
    }

    /// Whether the other name is billed by one of our performers or by what our name begins with.
    fn bills(&self, other: &Self) -> bool {
        self.performers.iter().chain(self.title.segments.first()).any(|billed| {
            let exactly = other.title.segments.first() == Some(billed) || other.performers.contains(billed);
            let announced =
                other.title.segments.first().and_then(|words| words.strip_prefix(billed.as_slice()));
            let then = announced.and_then(|rest| rest.first()).map_or("", String::as_str);
            exactly
                || (!billed.is_empty() && CONNECTORS.contains(&then))
                || (billed.len() > 1 && billed.iter().all(|word| other.title.core.contains(word)))
        })
    }
}

/// Words after which those who play as well are named, or how.
const CONNECTORS: [&str; 9] = ["with", "w", "feat", "featuring", "ft", "live", "plus", "in", "special"];

/// Words of shows about somebody who is not there.
const IMITATION: [&str; 8] =
    ["tribute", "candlelight", "party", "brunch", "trivia", "bingo", "experience", "karaoke"];

/// How one side compares with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Other,
    /// They share a word: the same city or nickname.
    Partial,
    /// One is to be determined.
    Open,
    /// One holds the other ("Arizona", "Arizona Cardinals").
    Contained,
    Same,
}

impl Sides {
    fn compare(&self, other: &Self) -> (Who, bool) {
        let straight = meet(same_side(&self.first, &other.first), same_side(&self.second, &other.second));
        let crossed = meet(same_side(&self.first, &other.second), same_side(&self.second, &other.first));
        if crossed > straight {
            (crossed, self.second_is_home && other.second_is_home)
        } else {
            (straight, false)
        }
    }
}

fn meet(first: Side, second: Side) -> Who {
    match (first.min(second), first.max(second)) {
        (Side::Same, _) => Who::Same,
        (Side::Contained, _) => Who::Similar,
        // "TBD at A" and "TBD at B" crossed: nobody known meets nobody known.
        (Side::Open, Side::Open) => Who::Other,
        (Side::Open, _) => Who::Open,
        // Against an open side a shared word is a shared city: the Lakers' game is not the Kings'.
        (Side::Partial, Side::Contained | Side::Same) => Who::Weak,
        _ => Who::Other,
    }
}

fn same_side(left: &[String], right: &[String]) -> Side {
    if is_open(left) || is_open(right) {
        return Side::Open;
    }
    let (long, short) = if left.len() >= right.len() { (left, right) } else { (right, left) };
    if long.concat() == short.concat() || abbreviates(short, long) {
        return Side::Same;
    }
    match short.iter().filter(|word| long.contains(word)).count() {
        shared if shared == short.len() => Side::Contained,
        0 => Side::Other,
        _ => Side::Partial,
    }
}

/// Whether `short` is `long` with its first words as initials: "la clippers" for "los angeles clippers".
fn abbreviates(short: &[String], long: &[String]) -> bool {
    let (Some((initials, rest)), Some(dropped)) = (short.split_first(), long.len().checked_sub(short.len()))
    else {
        return false;
    };
    let Some((spelled, tail)) = long.split_at_checked(dropped.saturating_add(1)) else {
        return false;
    };
    tail == rest
        && !rest.is_empty()
        && spelled.len() > 1
        && initials.chars().eq(spelled.iter().filter_map(|word| word.chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Names {
        Names::read(&EventFacts { name: name.to_owned(), ..EventFacts::default() }, &Title::read(name))
    }

    fn compare(left: &str, right: &str) -> Who {
        let (left, right) = (named(left), named(right));
        assert_eq!(left.compare(&right), right.compare(&left));
        left.compare(&right).0
    }

    #[test]
    fn the_same_sides_are_the_same_in_any_wording() {
        for (left, right) in [
            ("Los Angeles Clippers at Houston Rockets", "LA Clippers at Houston Rockets"),
            ("NHL Winter Classic: Utah Mammoth vs Colorado Avalanche", "Colorado Avalanche at Utah Mammoth"),
            ("Preseason: 49ers at Raiders", "NFL Preseason - 49ers at Raiders"),
        ] {
            assert_eq!(compare(left, right), Who::Same, "{left} / {right}");
        }
        assert_eq!(compare("TBD at Anaheim Ducks", "Kings at Anaheim Ducks"), Who::Open);
        assert_eq!(compare("Arizona vs Carolina", "Arizona Cardinals vs Carolina Panthers"), Who::Similar);
    }

    #[test]
    fn other_sides_are_another_match_even_if_one_is_the_same() {
        assert_eq!(compare("Netherlands at Baltimore Orioles", "Panama at Baltimore Orioles"), Who::Other);
        assert_eq!(compare("Lakers at Celtics", "Kings at Ducks"), Who::Other);
        assert_eq!(compare("Los Angeles Lakers at Suns", "Los Angeles Clippers at Suns"), Who::Weak);
    }

    #[test]
    fn shows_are_compared_by_their_words() {
        assert_eq!(compare("Taylor Swift - The Eras Tour", "Taylor Swift"), Who::Similar);
        assert_eq!(
            compare("Portland Summer League: Day 2", "Portland Summer League - Day 2 (A vs B)"),
            Who::Same
        );
        assert_eq!(compare("Wicked - Los Angeles", "Wicked"), Who::Similar);
        assert_eq!(compare("Chicago", "Chicago Symphony Orchestra"), Who::Weak);
        assert_eq!(compare("Taylor Swift", "Taylor Swift Tribute Night"), Who::Weak);
        assert_eq!(compare("Hamilton", "The Lion King"), Who::Other);
    }
}
