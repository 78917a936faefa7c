//! The passwords that anybody would try first.

/// Whether `password`, in lower case, is one of the first guesses: on the list, the list's word with a digit or a mark
/// or two behind it, one or two letters repeated, or a run up or down the alphabet or the digits.
pub(super) fn is_common(password: &str) -> bool {
    let word =
        password.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter.is_ascii_punctuation());
    let decorated = password.len().saturating_sub(word.len()) <= 4 && WORDS.contains(&word);
    WORDS.contains(&password) || decorated || has_two_letters_at_most(password) || is_run(password)
}

fn has_two_letters_at_most(password: &str) -> bool {
    let first = password.chars().next();
    let second = password.chars().find(|letter| Some(*letter) != first);
    password.chars().all(|letter| Some(letter) == first || Some(letter) == second)
}

fn is_run(password: &str) -> bool {
    let steps = |by: i64| {
        password
            .chars()
            .zip(password.chars().skip(1))
            .all(|(one, next)| i64::from(u32::from(next)).saturating_sub(u32::from(one).into()) == by)
    };
    steps(1) || steps(-1)
}

/// Words, keyboard walks and pleasantries that lead every published list, and our own name.
const WORDS: &[&str] = &[
    "00000000",
    "1234512345",
    "123123123",
    "1234567890",
    "12341234",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "1qaz2wsx",
    "147258369",
    "789456123",
    "987654321",
    "a1b2c3d4",
    "abc12345",
    "abcd1234",
    "access14",
    "adminadmin",
    "administrator",
    "asdfasdf",
    "asdfghjk",
    "asdfghjkl",
    "babygirl",
    "baseball",
    "basketball",
    "blink182",
    "butterfly",
    "changeme",
    "charlie",
    "chelsea",
    "chocolate",
    "computer",
    "corvette",
    "cowboys",
    "dragon",
    "einstein",
    "elephant",
    "football",
    "freedom",
    "fuckyou",
    "garfield",
    "hello",
    "hellohello",
    "hunter",
    "iloveyou",
    "internet",
    "jennifer",
    "jessica",
    "jordan",
    "letmein",
    "liverpool",
    "login",
    "loveme",
    "lovelove",
    "manchester",
    "master",
    "maverick",
    "mercedes",
    "metallica",
    "michael",
    "michelle",
    "midnight",
    "monkey",
    "mustang",
    "nothing",
    "p@ssw0rd",
    "p@ssword",
    "passw0rd",
    "password",
    "passwort",
    "pokemon",
    "princess",
    "purple",
    "q1w2e3r4",
    "qazwsx",
    "qazwsxedc",
    "qwe123qwe",
    "qwer1234",
    "qwerty",
    "qwertyui",
    "qwertyuiop",
    "qwertz",
    "qwertzuiop",
    "ripcity",
    "ripcityticket",
    "samantha",
    "samsung",
    "secret",
    "shadow",
    "soccer",
    "spiderman",
    "starwars",
    "steelers",
    "sunshine",
    "superman",
    "superstar",
    "swordfish",
    "testtest",
    "thomas",
    "ticketdispatch",
    "tigger",
    "trailblazers",
    "trustno1",
    "victoria",
    "welcome",
    "whatever",
    "william",
    "yankees",
    "zaq12wsx",
    "zxcvbnm",
    "zxcvbnmm",
];
