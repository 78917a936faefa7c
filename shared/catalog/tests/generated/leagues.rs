//! Matches: whole blocks of play-off placeholders, double-headers, moved games, two sports in one building.

use chrono::{NaiveDateTime, TimeDelta};

use crate::dice::Dice;
use crate::world::{ALL_OPEN, Open, Place, SET, TIME_OPEN, World, first, on, second};

pub struct Team {
    pub name: &'static str,
    /// The second market's name of it.
    pub other: &'static str,
    pub short: &'static str,
    pub east: bool,
    pub place: Place,
}

const fn place(
    venue: &'static str,
    other: &'static str,
    city: &'static str,
    region: &'static str,
    latitude: f64,
    longitude: f64,
    behind: i64,
) -> Place {
    Place { venue, other, city, region, latitude, longitude, behind }
}

const STAPLES: Place =
    place("Crypto.com Arena", "STAPLES Center (Crypto.com Arena)", "Los Angeles", "CA", 34.043, -118.267, 7);
const GARDEN: Place = place("TD Garden", "TD Garden", "Boston", "MA", 42.366, -71.062, 4);
const MSG: Place =
    place("Madison Square Garden", "Madison Square Garden", "New York", "NY", 40.750, -73.993, 4);
const LCA: Place = place("Little Caesars Arena", "Little Caesars Arena", "Detroit", "MI", 42.341, -83.055, 4);
const UNITED: Place = place("United Center", "United Center", "Chicago", "IL", 41.880, -87.674, 5);

const fn team(
    name: &'static str,
    other: &'static str,
    short: &'static str,
    east: bool,
    place: Place,
) -> Team {
    Team { name, other, short, east, place }
}

pub const BASKETBALL: [Team; 10] = [
    team("Los Angeles Lakers", "Los Angeles Lakers", "Lakers", false, STAPLES),
    team(
        "Los Angeles Clippers",
        "LA Clippers",
        "Clippers",
        false,
        place("Intuit Dome", "Intuit Dome", "Inglewood", "CA", 33.945, -118.343, 7),
    ),
    team(
        "Portland Trail Blazers",
        "Portland Trail Blazers",
        "Trail Blazers",
        false,
        place("Moda Center", "Rose Garden Arena (Moda Center)", "Portland", "OR", 45.531, -122.667, 7),
    ),
    team(
        "Philadelphia 76ers",
        "Philadelphia Sixers",
        "Sixers",
        true,
        place(
            "Xfinity Mobile Arena",
            "Xfinity Mobile Arena (Formerly Wells Fargo Center)",
            "Philadelphia",
            "PA",
            39.901,
            -75.172,
            4,
        ),
    ),
    team("Boston Celtics", "Boston Celtics", "Celtics", true, GARDEN),
    team("New York Knicks", "NY Knicks", "Knicks", true, MSG),
    team("Detroit Pistons", "Detroit Pistons", "Pistons", true, LCA),
    team("Chicago Bulls", "Chicago Bulls", "Bulls", true, UNITED),
    team(
        "Golden State Warriors",
        "Golden State Warriors",
        "Warriors",
        false,
        place("Chase Center", "Chase Center - Complex", "San Francisco", "CA", 37.768, -122.388, 7),
    ),
    team(
        "Toronto Raptors",
        "Toronto Raptors",
        "Raptors",
        true,
        place("Scotiabank Arena", "Scotiabank Arena - ON", "Toronto", "ON", 43.643, -79.379, 4),
    ),
];

pub const HOCKEY: [Team; 8] = [
    team("Los Angeles Kings", "Los Angeles Kings", "Kings", false, STAPLES),
    team(
        "Anaheim Ducks",
        "Anaheim Ducks",
        "Ducks",
        false,
        place("Honda Center", "Honda Center", "Anaheim", "CA", 33.808, -117.876, 7),
    ),
    team("Boston Bruins", "Boston Bruins", "Bruins", true, GARDEN),
    team("New York Rangers", "NY Rangers", "Rangers", true, MSG),
    team("Detroit Red Wings", "Detroit Red Wings", "Red Wings", true, LCA),
    team("Chicago Blackhawks", "Chicago Blackhawks", "Blackhawks", false, UNITED),
    team(
        "Montreal Canadiens",
        "Montréal Canadiens",
        "Canadiens",
        true,
        place("Bell Centre", "Centre Bell", "Montreal", "QC", 45.496, -73.569, 4),
    ),
    team(
        "Ottawa Senators",
        "Ottawa Senators",
        "Senators",
        true,
        Place {
            city: "Kanata",
            ..place("Canadian Tire Centre", "Canadian Tire Centre", "Ottawa", "ON", 45.297, -75.927, 4)
        },
    ),
];

pub const BASEBALL: [Team; 4] = [
    team(
        "New York Yankees",
        "New York Yankees",
        "Yankees",
        true,
        place("Yankee Stadium", "Yankee Stadium", "Bronx", "NY", 40.830, -73.926, 4),
    ),
    team(
        "Arizona Diamondbacks",
        "Arizona D-backs",
        "Diamondbacks",
        false,
        place("Chase Field", "Chase Field", "Phoenix", "AZ", 33.446, -112.067, 7),
    ),
    team(
        "Boston Red Sox",
        "Boston Red Sox",
        "Red Sox",
        true,
        place("Fenway Park", "Fenway Park", "Boston", "MA", 42.347, -71.097, 4),
    ),
    team(
        "St. Louis Cardinals",
        "Saint Louis Cardinals",
        "Cardinals",
        false,
        place("Busch Stadium", "Busch Stadium", "St. Louis", "MO", 38.623, -90.193, 5),
    ),
];

/// A round as markets word it; `{}` is the conference in each of its spellings.
struct Round {
    words: &'static [&'static str],
    day: i64,
    games: i64,
}

const NBA: [Round; 4] = [
    Round {
        words: &[
            "{Eastern} Conference First Round",
            "{East} 1st Round",
            "{East} Rd 1",
            "NBA Playoffs Round 1",
            "{Eastern} Conf. 1st Rd",
            "First Round",
            "{Eastern} Conference Quarterfinals",
        ],
        day: 0,
        games: 4,
    },
    Round {
        words: &[
            "{Eastern} Conference Semifinals",
            "{East} Semis",
            "{E}CSF",
            "Semifinal",
            "Round 2",
            "{Eastern} Conference Semi-Finals",
            "NBA Playoffs Rd. 2",
            "{East} 2nd Round",
        ],
        day: 16,
        games: 4,
    },
    Round {
        words: &[
            "{Eastern} Conference Finals",
            "{East} Finals",
            "{E}CF",
            "Conference Finals",
            "Conf Finals",
            "Round 3",
            "{Eastern} Conf. Final",
            "{Eastern} Conference Championship",
        ],
        day: 31,
        games: 4,
    },
    Round {
        words: &["NBA Finals", "NBA Final", "Finals", "The Finals", "NBA Championship Finals"],
        day: 46,
        games: 4,
    },
];

const NHL: [Round; 4] = [
    Round {
        words: &[
            "{Eastern} Conference First Round",
            "{East} First Round",
            "Stanley Cup Playoffs Round 1",
            "NHL {Eastern} Conference Quarterfinals",
            "Rd 1",
            "Stanley Cup Playoffs: 1st Round",
        ],
        day: 0,
        games: 4,
    },
    Round {
        words: &[
            "{Eastern} Conference Second Round",
            "{Eastern} Conference Semifinals",
            "Stanley Cup Playoffs Round 2",
            "{East} Semis",
            "2nd Round",
            "Semifinals",
        ],
        day: 15,
        games: 4,
    },
    Round {
        words: &[
            "{Eastern} Conference Finals",
            "{E}CF",
            "{East} Final",
            "Stanley Cup Playoffs Round 3",
            "Stanley Cup Semifinals - {Eastern} Conference Finals",
            "Conference Finals",
        ],
        day: 30,
        games: 4,
    },
    Round {
        words: &["Stanley Cup Finals", "Stanley Cup Final", "SCF", "NHL Stanley Cup Finals"],
        day: 45,
        games: 4,
    },
];

const MLB: [Round; 4] = [
    Round {
        words: &["{AL} Wild Card", "{American} League Wild Card", "{AL} Wild Card Series", "{AL}WC"],
        day: 0,
        games: 3,
    },
    Round {
        words: &["{AL}DS", "{American} League Division Series", "{AL} Division Series", "{AL}DS Playoffs"],
        day: 4,
        games: 3,
    },
    Round {
        words: &[
            "{AL}CS",
            "{American} League Championship Series",
            "{AL} Championship Series",
            "{AL}CS Playoffs",
        ],
        day: 12,
        games: 4,
    },
    Round { words: &["World Series", "MLB World Series", "2026 World Series"], day: 22, games: 4 },
];

fn conference(round: &str, east: bool) -> String {
    let spelled = [
        ("{Eastern}", "Eastern", "Western"),
        ("{East}", "East", "West"),
        ("{E}", "E", "W"),
        ("{AL}", "AL", "NL"),
        ("{American}", "American", "National"),
    ];
    spelled
        .iter()
        .fold(round.to_owned(), |text, (mark, one, two)| text.replace(mark, if east { one } else { two }))
}

/// The how-manieth game of a series is played at home as the how-manieth, seeded higher or lower (2-2-1-1-1).
fn series_game(home_game: i64, higher: bool) -> i64 {
    match (home_game, higher) {
        (1, true) => 1,
        (2, true) => 2,
        (3, true) => 5,
        (_, true) => 7,
        (1, false) => 3,
        (2, false) => 4,
        (_, false) => 6,
    }
}

/// Wordings of one game; each names round and home game.
fn name(dice: &mut Dice, team: &str, short: &str, opponent: &str, round: &str, game: i64) -> String {
    let number = match dice.below(5) {
        0 => format!("Home Gm {game}"),
        1 => format!("Hm Gm {game}"),
        2 => format!("Home Game #{game}"),
        3 => format!("Home Game {}", ["One", "Two", "Three", "Four"][usize::try_from(game - 1).unwrap()]),
        _ => format!("Home Game {game}"),
    };
    let maybe = if dice.once_in(2) { ", If Necessary" } else { "" };
    match dice.below(9) {
        0 => format!("{opponent} at {team} - {round} ({number}{maybe})"),
        1 => format!("{opponent} at {team}: {round} ({number}{maybe})"),
        2 => format!("{round}: {opponent} at {team} - {number}"),
        3 => format!("{round} - {number}: {opponent} @ {team} (If Necessary)"),
        4 => format!("{team} vs. {opponent} - {round} {number}"),
        5 => format!("{round} {number} - {opponent} vs {team}"),
        6 => format!("{team} Playoffs: {round}, {number}"),
        7 => format!("({round}, {number}) {opponent} at {team}"),
        _ => format!("{short} {round} {number} (Date TBD)"),
    }
}

const UNKNOWN: [&str; 7] = [
    "TBD",
    "TBA",
    "Opponent TBD",
    "To Be Determined",
    "TBD Opponent",
    "To Be Announced",
    "Winner of First Series",
];

/// All rounds and home games of every team: `slip` days between the two markets' placeholder dates.
fn blocks(
    world: &mut World,
    dice: &mut Dice,
    kind: &'static str,
    teams: &[Team],
    rounds: &[Round],
    start: NaiveDateTime,
    slip: i64,
) {
    for team in teams {
        for round in rounds {
            for game in 1..=round.games {
                let day = start + TimeDelta::days(round.day + 2 * game);
                let other =
                    day + TimeDelta::days(slip + dice.within(-1, 1)) + TimeDelta::hours(dice.within(-2, 3));
                let words = |dice: &mut Dice| conference(dice.pick(round.words), team.east);
                let (left_round, right_round) = (words(dice), words(dice));
                let (left_who, right_who) = (dice.pick(&UNKNOWN), dice.pick(&UNKNOWN));
                let left = name(dice, team.name, team.short, left_who, &left_round, game);
                let right = name(dice, team.other, team.short, right_who, &right_round, game);
                let set = Open { date: !dice.once_in(4), time: true };
                world.both(
                    kind,
                    first(&left, &[team.name], &team.place, day, ALL_OPEN),
                    second(&right, &team.place, other, set),
                );
            }
        }
    }
}

/// Blocks in the wording of the season: one market knows opponent and date already, or numbers by series game too.
fn settled(world: &mut World, dice: &mut Dice) {
    for team in &BASKETBALL {
        for (round, (words, opponent)) in NBA.iter().zip([
            ("First Round", "Utah Jazz"),
            ("Semifinals", "Denver Nuggets"),
            ("Finals", "Miami Heat"),
            ("NBA Finals", "Orlando Magic"),
        ]) {
            let higher = dice.once_in(2);
            let half = if team.east { "Eastern" } else { "Western" };
            let words = if round.day == 46 { words.to_owned() } else { format!("{half} Conference {words}") };
            for game in 1..=round.games.min(if higher { 4 } else { 3 }) {
                let series = series_game(game, higher);
                let day = on(2026, 4, 18, 19, 30) + TimeDelta::days(round.day + 2 * series);
                let placeholder = on(2026, 4, 16, 12, 0) + TimeDelta::days(round.day + 2 * game);
                let left = format!("{opponent} at {} - {words} (Game {series}, Home Game {game})", team.name);
                let right = match dice.below(4) {
                    0 => format!(
                        "TBD at {}: {words} (Home Game {game}, Series Game {series}, If Necessary)",
                        team.other
                    ),
                    1 => format!("{opponent} at {}: {words} (Series Game {series})", team.other),
                    2 => format!("{opponent} at {} - {words} - Home Gm {game}", team.other),
                    _ => format!("TBD at {}: {words} (Home Game {game}, If Necessary)", team.other),
                };
                world.both(
                    "play-offs, one side set",
                    first(&left, &[team.name, opponent], &team.place, day, SET),
                    second(&right, &team.place, placeholder, ALL_OPEN),
                );
            }
        }
    }
}

/// One game a round: no number is needed, nor given.
fn single_games(world: &mut World, dice: &mut Dice) {
    let teams = [
        (
            "Buffalo Bills",
            "AFC",
            place("Highmark Stadium", "Highmark Stadium", "Orchard Park", "NY", 42.774, -78.787, 5),
        ),
        (
            "Denver Broncos",
            "AFC",
            place(
                "Empower Field At Mile High",
                "Empower Field at Mile High",
                "Denver",
                "CO",
                39.744,
                -105.020,
                7,
            ),
        ),
        (
            "Green Bay Packers",
            "NFC",
            place("Lambeau Field", "Lambeau Field", "Green Bay", "WI", 44.501, -88.062, 6),
        ),
        ("Detroit Lions", "NFC", place("Ford Field", "Ford Field", "Detroit", "MI", 42.340, -83.046, 5)),
    ];
    let rounds = [
        ([" Wild Card Playoffs", " Wild Card", " Wild Card Round"], 9),
        ([" Divisional Playoffs", " Divisional Round", " Divisional Playoff Game"], 16),
        ([" Championship", " Championship Game", " Championship Round"], 24),
    ];
    for (team, half, place) in &teams {
        for (words, day) in &rounds {
            let date = on(2027, 1, 1, 12, 0) + TimeDelta::days(*day);
            let left = format!("{half}{}: TBD at {team}", dice.pick(words));
            let right = format!("TBD at {team} - {half}{} (If Necessary)", dice.pick(words));
            world.both(
                "one game a round",
                first(&left, &[team], place, date, ALL_OPEN),
                second(&right, place, date + TimeDelta::days(dice.within(-3, 3)), ALL_OPEN),
            );
        }
    }
}

/// "Game n" alone: how it is meant shows in the block it stands in.
fn lone_numbers(world: &mut World, dice: &mut Dice) {
    for (index, team) in BASKETBALL.iter().enumerate() {
        let (home, higher) = (index % 2 == 0, index % 4 == 1);
        let games = if home || higher { 4 } else { 3 };
        for game in 1..=games {
            let number = if home { game } else { series_game(game, higher) };
            let day = on(2025, 6, 3, 18, 0) + TimeDelta::days(2 * game);
            let left = format!("TBD at {} - NBA Finals (Home Game {game})", team.name);
            let right = format!("TBD at {}: NBA Finals Gm {number}", team.other);
            world.both(
                "play-offs, lone numbers",
                first(&left, &[team.name], &team.place, day, ALL_OPEN),
                second(&right, &team.place, day + TimeDelta::days(dice.within(-6, 6)), ALL_OPEN),
            );
        }
    }
}

/// Two games of one day, in every way they are told apart.
fn doubleheaders(world: &mut World, dice: &mut Dice) {
    for (index, team) in BASEBALL.iter().enumerate() {
        for round in 0..4_usize {
            let opponent =
                ["Tampa Bay Rays", "Chicago Cubs", "Seattle Mariners", "Miami Marlins"][(index + round) % 4];
            let day = on(2026, 7, 3, 13, 5) + TimeDelta::days(i64::try_from(9 * round).unwrap());
            let evening = day + TimeDelta::hours(6);
            let label = |dice: &mut Dice, game: u8| match dice.below(4) {
                0 => format!(" (Game {game} of Doubleheader)"),
                1 => format!(" - Doubleheader Game {game}"),
                2 => format!(" (Doubleheader Game {game})"),
                _ => format!(" (Split Doubleheader - Game {game})"),
            };
            for (game, start) in [(1_u8, day), (2, evening)] {
                let left = match round {
                    1 if game == 1 => format!("{opponent} at {} (Rescheduled from 5/9)", team.name),
                    0 | 1 => format!("{opponent} at {}", team.name),
                    _ => format!("{opponent} at {}{}", team.name, label(dice, game)),
                };
                let right = format!("{opponent} at {}{}", team.other, label(dice, game));
                // In the last round the second market has no time of the second game yet.
                let open = if round == 3 && game == 2 { TIME_OPEN } else { SET };
                let shift = if round == 2 { TimeDelta::minutes(30) } else { TimeDelta::zero() };
                world.both(
                    "double-headers",
                    first(&left, &[team.name, opponent], &team.place, start, SET),
                    second(&right, &team.place, start + shift, open),
                );
            }
        }
        // One ticket for both games is one event.
        let day = on(2026, 9, 5, 14, 10);
        world.both(
            "double-headers",
            first(
                &format!("Houston Astros at {} (Single Admission Doubleheader)", team.name),
                &[],
                &team.place,
                day,
                SET,
            ),
            second(&format!("Houston Astros at {} - Doubleheader", team.other), &team.place, day, SET),
        );
    }
}

/// An ordinary season: the same sides again and again, moved games, home and away in another order, two sports a day.
fn season(world: &mut World, dice: &mut Dice) {
    for (teams, kind) in [(&BASKETBALL[..], "season"), (&HOCKEY[..], "season")] {
        for (index, home) in teams.iter().enumerate() {
            for step in 1..teams.len() {
                let away = &teams[(index + step) % teams.len()];
                let days = i64::try_from(step * 7 + index).unwrap();
                for repeat in 0..2 {
                    let evening = teams.len() == BASKETBALL.len();
                    let start = on(2026, 11, 3, if evening { 19 } else { 13 }, 0)
                        + TimeDelta::days(days + 2 * repeat);
                    let left = match dice.below(6) {
                        0 => format!("Preseason: {} at {}", away.name, home.name),
                        1 => format!("{} at {} (Rescheduled from 10/{})", away.name, home.name, 1 + step),
                        _ => format!("{} at {}", away.name, home.name),
                    };
                    let right = match dice.below(6) {
                        0 => format!("{} vs. {}", home.other, away.other),
                        1 => format!("{} vs {} (Bobblehead Night)", away.other, home.other),
                        2 => format!("NBA Preseason - {} at {}", away.other, home.other),
                        3 => format!("{} at {} - Home Opener", away.other, home.other),
                        _ => format!("{} at {}", away.other, home.other),
                    };
                    let (shift, open) = match dice.below(8) {
                        0 => (30, SET),
                        1 => (-60, SET),
                        2 => (120, SET),
                        3 => (-180, TIME_OPEN),
                        _ => (0, SET),
                    };
                    world.both(
                        kind,
                        first(&left, &[home.name, away.name], &home.place, start, SET),
                        second(&right, &home.place, start + TimeDelta::minutes(shift), open),
                    );
                }
            }
        }
    }
}

/// Colleges as people shorten them.
fn colleges(world: &mut World, dice: &mut Dice) {
    let home = place("Autzen Stadium", "Autzen Stadium", "Eugene", "OR", 44.058, -123.069, 7);
    let guests = [
        ("Ohio State Buckeyes", "Ohio St. Buckeyes"),
        ("Michigan State Spartans", "Michigan St Spartans"),
        ("Michigan Wolverines", "Michigan Wolverines Football"),
        ("Connecticut Huskies", "UConn Huskies"),
        ("Washington Huskies", "Washington Huskies"),
        ("Mississippi Rebels", "Ole Miss Rebels"),
        ("Southern California Trojans", "USC Trojans"),
        ("Brigham Young Cougars", "BYU Cougars"),
        ("Saint Mary's Gaels", "St. Mary's Gaels"),
        ("Hawai'i Rainbow Warriors", "Hawaii Rainbow Warriors"),
        ("San José State Spartans", "San Jose State Spartans"),
        ("Texas A&M Aggies", "Texas A & M Aggies"),
    ];
    for (week, (guest, other)) in (0_i64..).zip(guests) {
        let start = on(2026, 9, 5, 12, 30) + TimeDelta::days(7 * week);
        let right = match dice.below(3) {
            0 => format!("College Football: {other} at Oregon Ducks"),
            1 => format!("Oregon Ducks vs. {other}"),
            _ => format!("{other} at Oregon Ducks Football"),
        };
        let open = if week % 2 == 0 { TIME_OPEN } else { SET };
        world.both(
            "colleges",
            first(&format!("{guest} at Oregon Ducks"), &["Oregon Ducks", guest], &home, start, SET),
            second(&right, &home, start, open),
        );
    }
}

pub fn fill(world: &mut World, dice: &mut Dice) {
    for (slip, day) in [(-9, 1), (-4, 2), (0, 3), (3, 4), (7, 5)] {
        // Years apart, so that the blocks of one slip cannot be meant by those of another.
        let year = 2026 + day;
        blocks(world, dice, "play-off blocks, basketball", &BASKETBALL, &NBA, on(year, 4, 18, 3, 30), slip);
        blocks(world, dice, "play-off blocks, hockey", &HOCKEY, &NHL, on(year, 4, 18, 3, 30), slip);
        blocks(world, dice, "play-off blocks, baseball", &BASEBALL, &MLB, on(year, 9, 29, 3, 30), slip);
    }
    settled(world, dice);
    single_games(world, dice);
    lone_numbers(world, dice);
    doubleheaders(world, dice);
    season(world, dice);
    colleges(world, dice);
}
