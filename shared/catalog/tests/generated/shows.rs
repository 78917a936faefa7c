//! Concerts, comedy, theatre, festivals, and what is sold beside events.

use chrono::TimeDelta;

use crate::dice::Dice;
use crate::world::{ALL_OPEN, Place, SET, TIME_OPEN, World, first, on, second};

const fn hall(
    venue: &'static str,
    other: &'static str,
    city: &'static str,
    region: &'static str,
    latitude: f64,
    longitude: f64,
) -> Place {
    Place { venue, other, city, region, latitude, longitude, behind: 7 }
}

const HALLS: [Place; 7] = [
    hall("Roseland Theater", "Roseland Theatre", "Portland", "OR", 45.525, -122.676),
    hall(
        "Arlene Schnitzer Concert Hall",
        "Arlene Schnitzer Concert Hall",
        "Portland",
        "OR",
        45.517,
        -122.681,
    ),
    hall("The Forum", "Kia Forum (formerly The Forum)", "Inglewood", "CA", 33.958, -118.342),
    hall("Hollywood Palladium", "Hollywood Palladium", "Los Angeles", "CA", 34.098, -118.324),
    hall("The Fillmore", "The Fillmore", "San Francisco", "CA", 37.784, -122.433),
    hall("Delta Center", "Vivint Arena (Delta Center)", "Salt Lake City", "UT", 40.768, -111.901),
    hall(
        "Colosseum at Caesars Palace",
        "The Colosseum At Caesars Palace",
        "Las Vegas",
        "NV",
        36.116,
        -115.174,
    ),
];

/// A performer as each market writes the name, with a tour and a support act.
const ACTS: [(&str, &str, &str, &str); 10] = [
    ("Beyoncé", "Beyonce", "Cowboy Carter Tour", "Willow"),
    ("Sigur Rós", "SIGUR ROS", "Orchestral Tour", "Hotei"),
    ("Mötley Crüe", "Motley Crue", "The World Tour", "Def Leppard"),
    ("Rüfüs Du Sol", "RUFUS DU SOL", "Inhale / Exhale", "Kasablanca"),
    ("Trần Thu Hà", "Tran Thu Ha", "Bài Hát Việt", "Hồng Nhung"),
    ("Florence + The Machine", "Florence and the Machine", "Dance Fever Tour", "Arlo Parks"),
    ("Guns N' Roses", "Guns N Roses", "We're F'N' Back!", "Wolfgang Van Halen"),
    ("Pink Martini", "Pink Martini", "30th Anniversary", "China Forbes"),
    ("Simon & Garfunkel Story", "Simon and Garfunkel Story", "Live On Stage", "Full Band"),
    ("Zoë Keating", "Zoe\u{308} Keating", "Cello Nights", "Ólafur Arnalds"),
];

/// A tour: consecutive nights in one hall, several halls, every wording.
fn tours(world: &mut World, dice: &mut Dice) {
    for (index, (act, other, tour, support)) in (0_i64..).zip(ACTS) {
        for (stop, place) in (0_i64..).zip(&HALLS) {
            let nights = dice.within(1, 3);
            for night in 0..nights {
                let start = on(2026, 6, 1, 20, 0) + TimeDelta::days(index + 12 * stop + night);
                let left = match dice.below(4) {
                    0 => format!("{act} - {tour}"),
                    1 => format!("{act} with {support}"),
                    2 => format!("{act} (21+)"),
                    _ => act.to_owned(),
                };
                let right = match dice.below(6) {
                    0 => format!("{other}: {tour}"),
                    1 => format!("{other} with special guest {support}"),
                    2 => format!("{other} w/ {support} (Rescheduled from 3/{})", 1 + night),
                    3 => format!("{other} - {}", place.city),
                    4 => format!("{other} - Live in Concert"),
                    _ => other.to_owned(),
                };
                let (shift, open) = match dice.below(6) {
                    0 => (-30, SET),
                    1 => (-60, TIME_OPEN),
                    2 => (-480, TIME_OPEN),
                    _ => (0, SET),
                };
                world.both(
                    "tours",
                    first(&left, &[act], place, start, SET),
                    second(&right, place, start + TimeDelta::minutes(shift), open),
                );
            }
        }
    }
}

/// Two shows of one evening, labelled by one market or both, or told apart by the clock.
fn early_and_late(world: &mut World, dice: &mut Dice) {
    let names = ["Jo Koy", "Ali Wong", "Taylor Tomlinson", "Nate Bargatze", "Hannah Gadsby", "Ilana Glazer"];
    for (index, comic) in (0_i64..).zip(names) {
        let place = &HALLS[dice.below(2)];
        for week in 0..4 {
            let early = on(2026, 9, 4, 19, 0) + TimeDelta::days(index + 7 * week);
            for (late, start) in [(false, early), (true, early + TimeDelta::minutes(150))] {
                let label = |dice: &mut Dice| match (dice.below(4), late) {
                    (0, false) => " (Early Show)",
                    (0, true) => " (Late Show)",
                    (1, false) => " - Early Show",
                    (1, true) => " - Late Show",
                    (2, false) => " (7:00 PM Show)",
                    (2, true) => " (9:30 PM Show)",
                    (_, false) => " - 1st Show",
                    (_, true) => " - 2nd Show",
                };
                let left = if week == 0 { comic.to_owned() } else { format!("{comic}{}", label(dice)) };
                let right = if week == 1 { comic.to_owned() } else { format!("{comic}{}", label(dice)) };
                world.both(
                    "early and late shows",
                    first(&left, &[comic], place, start, SET),
                    second(&right, place, start, SET),
                );
            }
        }
    }
}

/// Eight performances a week, and a residency counted in nights.
fn residencies(world: &mut World, dice: &mut Dice) {
    let place = &HALLS[1];
    for week in 0..3_i64 {
        for (day, hour) in [(1, 19), (2, 19), (3, 13), (3, 19), (4, 19), (5, 14), (5, 20), (6, 13), (6, 18)] {
            let start = on(2026, 10, 5, hour, 30) + TimeDelta::days(7 * week + day);
            let right = match dice.below(4) {
                0 => "Wicked - Portland",
                1 => "Wicked (Touring)",
                2 => "Wicked the Musical",
                _ => "Wicked",
            };
            world.both(
                "theatre",
                first("Wicked", &["Wicked"], place, start, SET),
                second(right, place, start, SET),
            );
        }
    }
    for night in 1..=9_i64 {
        let start = on(2026, 11, 1, 20, 0) + TimeDelta::days(night + (night - 1) / 3 * 4);
        let right = match dice.below(3) {
            0 => format!("Adele: Weekends with Adele (Night {night})"),
            1 => "Weekends With Adele".to_owned(),
            _ => "Adele".to_owned(),
        };
        world.both(
            "residencies",
            first(&format!("Adele - Weekends With Adele - Night {night}"), &["Adele"], &HALLS[6], start, SET),
            second(&right, &HALLS[6], start, if night % 3 == 0 { TIME_OPEN } else { SET }),
        );
    }
}

/// Single days, weekends and whole runs of one festival.
fn festivals(world: &mut World, dice: &mut Dice) {
    let park = hall("Zilker Park", "Zilker Metropolitan Park", "Austin", "TX", 30.267, -97.773);
    let days = ["Friday", "Saturday", "Sunday"];
    for (weekend, date) in [(1_i64, 2), (2, 9)] {
        let begin = on(2026, 10, date, 12, 0);
        for (n, day) in (0_i64..).zip(days) {
            let left = format!("Austin City Limits Festival - Weekend {weekend} - {day}");
            let right = match dice.below(3) {
                0 => format!("Austin City Limits Music Festival - {day} (Weekend {weekend})"),
                1 => format!("ACL - Austin City Limits Festival: {day} Only"),
                _ => format!("Austin City Limits Festival - Day {}", n + 1),
            };
            let start = begin + TimeDelta::days(n);
            world.both(
                "festivals",
                first(&left, &["Austin City Limits Festival"], &park, start, SET),
                second(&right, &park, start, if n == 1 { TIME_OPEN } else { SET }),
            );
        }
        let left = format!("Austin City Limits Festival - Weekend {weekend} - 3 Day Pass");
        let right = match weekend {
            1 => "Austin City Limits Festival: 3-Day Pass (Oct 2-4)",
            _ => "Austin City Limits Music Festival (Weekend 2 - Three Day Pass)",
        };
        world.both(
            "festivals",
            first(&left, &["Austin City Limits Festival"], &park, begin, SET),
            second(right, &park, begin, SET),
        );
    }
}

/// Parking, suites and the like stand beside the event, under its very name and time.
fn add_ons(world: &mut World, dice: &mut Dice) {
    let place = &HALLS[5];
    for week in 0..10_i64 {
        let start = on(2026, 12, 1, 19, 0) + TimeDelta::days(7 * week);
        let game = "Denver Nuggets at Utah Jazz";
        world.both(
            "beside add-ons",
            first(game, &["Utah Jazz"], place, start, SET),
            second(game, place, start, SET),
        );
        let left = match dice.below(3) {
            0 => format!("PARKING: {game}"),
            1 => format!("{game} (Parking)"),
            _ => format!("Parking - {game}"),
        };
        let right = match dice.below(3) {
            0 => format!("PARKING PASSES ONLY {game}"),
            1 => format!("{game} Parking"),
            _ => format!("Parking Only: {game}"),
        };
        world.both("add-ons", first(&left, &[], place, start, SET), second(&right, place, start, SET));
        for beside in [
            "Suites: Denver Nuggets at Utah Jazz",
            "Denver Nuggets at Utah Jazz - Suite Pass",
            "Hospitality: Denver Nuggets at Utah Jazz",
            "VIP Meet and Greet Upgrade: Denver Nuggets at Utah Jazz",
        ] {
            let truth = world.event("add-ons of one market");
            world.list_right(truth, second(beside, place, start, SET));
        }
    }
    for year in [2026, 2027] {
        for name in ["Utah Jazz", "Utah Mammoth"] {
            let left = format!("{year}-{} {name} Season Tickets", year - 1999);
            let right = format!(
                "{year}-{} {name} Season Ticket Package (Includes Tickets for all Home Games)",
                year - 1999
            );
            let start = on(year, 10, 1, 3, 30);
            world.both(
                "season tickets",
                first(&left, &[name], place, start, ALL_OPEN),
                second(&right, place, start + TimeDelta::days(dice.within(-60, 60)), ALL_OPEN),
            );
        }
    }
}

/// The same name on one evening in several places.
fn namesakes(world: &mut World, dice: &mut Dice) {
    let springfields = [
        hall("Civic Center", "Civic Center", "Springfield", "IL", 39.800, -89.650),
        hall("Civic Center", "Civic Center", "Springfield", "MA", 42.103, -72.590),
        hall("Memorial Hall", "Memorial Hall", "Springfield", "OH", 39.925, -83.809),
        hall("Civic Center Theatre", "Civic Center Theatre", "Springfield", "IL", 39.801, -89.651),
    ];
    for night in 0..6_i64 {
        let start = on(2026, 12, 10, 19, 0) + TimeDelta::days(night);
        for place in &springfields {
            world.both(
                "namesakes",
                first("The Nutcracker", &["The Nutcracker"], place, start, SET),
                second(
                    if dice.once_in(2) { "Nutcracker" } else { "The Nutcracker Ballet" },
                    place,
                    start,
                    SET,
                ),
            );
        }
    }
}

/// Shows that share words and evening with others, listed by one market only.
fn lookalikes(world: &mut World) {
    for (week, (left, right)) in (0_i64..).zip([
        ("Taylor Swift", "Taylor Swift Tribute Night"),
        ("Candlelight: Vivaldi", "Candlelight: Queen"),
        ("Chicago", "Chicago Symphony Orchestra"),
        ("Disney On Ice: Frozen", "Disney's Frozen"),
        ("Harlem Globetrotters", "Harlem Gospel Choir"),
        ("Cirque du Soleil: O", "Cirque du Soleil: KA"),
        ("UFC 300", "UFC 301"),
        ("Monster Jam", "Monster Energy Supercross"),
    ]) {
        let start = on(2026, 5, 2, 20, 0) + TimeDelta::days(7 * week);
        let (one, other) = (world.event("lookalikes"), world.event("lookalikes"));
        world.list_left(one, first(left, &[left], &HALLS[5], start, SET));
        world.list_right(other, second(right, &HALLS[5], start, SET));
    }
}

pub fn fill(world: &mut World, dice: &mut Dice) {
    tours(world, dice);
    early_and_late(world, dice);
    residencies(world, dice);
    festivals(world, dice);
    add_ons(world, dice);
    namesakes(world, dice);
    lookalikes(world);
}
