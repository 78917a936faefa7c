//! Markets' kinds of events in few families: what one calls baseball another calls sports.

use crate::normalise::words;

/// Families with what markets call what is in them, folded. From Ticketmaster's segments and genres, SeatGeek's
/// taxonomies, StubHub's genres, TicketEvolution's categories and Eventbrite's categories. What stands under another
/// name keeps it.
const FAMILIES: [(&str, &[&str]); 6] = [
    (
        "sports",
        &[
            "sport",
            "sports and fitness",
            "baseball",
            "mlb",
            "ncaa baseball",
            "minor league baseball",
            "softball",
            "basketball",
            "nba",
            "wnba",
            "ncaa basketball",
            "ncaa womens basketball",
            "football",
            "american football",
            "nfl",
            "ncaa football",
            "hockey",
            "ice hockey",
            "nhl",
            "ncaa hockey",
            "minor league hockey",
            "soccer",
            "mls",
            "nwsl",
            "european soccer",
            "international soccer",
            "world cup",
            "auto racing",
            "motorsports",
            "motorsports and racing",
            "nascar",
            "indycar",
            "formula 1",
            "f1",
            "motocross",
            "monster truck",
            "fighting",
            "boxing",
            "mma",
            "martial arts",
            "wrestling",
            "wwe",
            "golf",
            "pga",
            "lpga",
            "tennis",
            "horse racing",
            "rodeo",
            "extreme sports",
            "olympic sports",
            "gymnastics",
            "ice skating",
            "lacrosse",
            "rugby",
            "volleyball",
            "cricket",
            "track and field",
        ],
    ),
    (
        "music",
        &[
            "concert",
            "concerts",
            "concert tickets",
            "band",
            "rock",
            "pop",
            "country",
            "hip hop",
            "hip hop rap",
            "r and b",
            "jazz",
            "blues",
            "jazz blues",
            "metal",
            "folk",
            "electronic",
            "dance electronic",
            "alternative",
            "latin",
            "reggae",
            "religious",
            "world music",
            "music festival",
            "music festivals",
        ],
    ),
    (
        "arts",
        &[
            "arts and theatre",
            "arts and theater",
            "arts theatre",
            "arts theater",
            "arts theatre and comedy",
            "theatre",
            "theater",
            "broadway tickets national",
            "broadway",
            "musical",
            "musicals",
            "play",
            "plays",
            "opera",
            "ballet",
            "ballet and dance",
            "dance",
            "dance performance tour",
            "classical",
            "classical opera",
            "classical orchestral instrumental",
            "orchestra",
            "performing and visual arts",
            "performing arts",
            "cabaret",
            "literary",
        ],
    ),
    ("comedy", &["comedian", "comedians", "stand up", "stand up comedy"]),
    (
        "family",
        &[
            "family and education",
            "childrens theatre",
            "circus",
            "cirque du soleil",
            "magic",
            "disney",
            "ice shows",
        ],
    ),
    ("film", &["film and media", "film media and entertainment", "movies", "cinema"]),
];

/// The family of a market's kind of event: a family's name, or the kind itself, folded, where it is in none. Empty for
/// what has no words.
pub fn family(kind: &str) -> String {
    let folded = words(kind).join(" ");
    let known = FAMILIES.iter().find(|(_, kinds)| kinds.contains(&folded.as_str()));
    known.map_or(folded, |(family, _)| (*family).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_markets_call_differently_is_one_family() {
        for (family_name, kinds) in [
            ("sports", ["Sports", "baseball", "Basketball", "minor_league_baseball", "NBA"]),
            ("music", ["Music", "concert", "Concerts", "music_festival", "Rock"]),
            ("arts", ["Arts & Theatre", "Arts/Theater", "theater", "Theatre", "broadway_tickets_national"]),
        ] {
            for kind in kinds {
                assert_eq!(family(kind), family_name, "{kind}");
            }
        }
        assert_eq!(family("Food & Drink"), "food and drink");
        assert_eq!(family(" - "), "");
    }

    #[test]
    fn a_family_is_its_own_and_each_kind_is_in_one() {
        let mut seen = std::collections::BTreeSet::new();
        for (name, kinds) in FAMILIES {
            assert_eq!(family(name), name);
            for kind in kinds {
                assert!(seen.insert(*kind), "{kind} stands twice");
                assert_eq!(words(kind).join(" "), *kind, "not folded");
            }
        }
    }
}
