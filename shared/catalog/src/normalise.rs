//! Names as words that can be compared: case, accents, punctuation and spelling habits put aside.

/// The words of a text: lower case, accents folded, punctuation gone; `&` is "and", apostrophes and dots vanish.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for character in text.chars() {
        match character {
            // "Levi's" is "levis", "U.S." is "us", "St." is "st".
            // An accent written after its letter vanishes, too.
            '\'' | '\u{2019}' | '\u{2018}' | '`' | '.' | '\u{300}'..='\u{36f}' => {}
            '&' | '+' => {
                end(&mut words, &mut word);
                words.push("and".to_owned());
            }
            _ => match fold(character) {
                Some(folded) => word.push_str(folded),
                None if character.is_alphanumeric() => word.extend(character.to_lowercase()),
                None => end(&mut words, &mut word),
            },
        }
    }
    end(&mut words, &mut word);
    words
}

fn end(words: &mut Vec<String>, word: &mut String) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

/// A city as a key: "St. Louis" and "Saint Louis" are one, so are "Ft. Worth" and "Fort Worth".
pub fn city_key(city: &str) -> String {
    let words = words(city);
    let spelled: Vec<&str> = words
        .iter()
        .map(|word| match word.as_str() {
            "st" => "saint",
            "ste" => "sainte",
            "ft" => "fort",
            "mt" => "mount",
            other => other,
        })
        .collect();
    spelled.join(" ")
}

/// A region as a key: "Idaho" and "ID" are one, as markets write either.
pub fn region_key(region: &str) -> String {
    let name = city_key(region);
    let code = REGIONS.iter().find(|(long, _)| *long == name).map(|(_, code)| (*code).to_owned());
    code.unwrap_or(name)
}

/// A region as people write it behind a city: "OR" for "Oregon" and for "or".
pub fn region_name(region: &str) -> String {
    let key = region_key(region);
    let is_code = REGIONS.iter().any(|(_, code)| *code == key);
    if is_code { key.to_uppercase() } else { region.to_owned() }
}

/// States and provinces with their postal codes: where markets disagree between name and code.
const REGIONS: [(&str, &str); 61] = [
    ("alabama", "al"),
    ("alaska", "ak"),
    ("arizona", "az"),
    ("arkansas", "ar"),
    ("california", "ca"),
    ("colorado", "co"),
    ("connecticut", "ct"),
    ("delaware", "de"),
    ("district of columbia", "dc"),
    ("florida", "fl"),
    ("georgia", "ga"),
    ("hawaii", "hi"),
    ("idaho", "id"),
    ("illinois", "il"),
    ("indiana", "in"),
    ("iowa", "ia"),
    ("kansas", "ks"),
    ("kentucky", "ky"),
    ("louisiana", "la"),
    ("maine", "me"),
    ("maryland", "md"),
    ("massachusetts", "ma"),
    ("michigan", "mi"),
    ("minnesota", "mn"),
    ("mississippi", "ms"),
    ("missouri", "mo"),
    ("montana", "mt"),
    ("nebraska", "ne"),
    ("nevada", "nv"),
    ("new hampshire", "nh"),
    ("new jersey", "nj"),
    ("new mexico", "nm"),
    ("new york", "ny"),
    ("north carolina", "nc"),
    ("north dakota", "nd"),
    ("ohio", "oh"),
    ("oklahoma", "ok"),
    ("oregon", "or"),
    ("pennsylvania", "pa"),
    ("rhode island", "ri"),
    ("south carolina", "sc"),
    ("south dakota", "sd"),
    ("tennessee", "tn"),
    ("texas", "tx"),
    ("utah", "ut"),
    ("vermont", "vt"),
    ("virginia", "va"),
    ("washington", "wa"),
    ("west virginia", "wv"),
    ("wisconsin", "wi"),
    ("wyoming", "wy"),
    ("alberta", "ab"),
    ("british columbia", "bc"),
    ("manitoba", "mb"),
    ("new brunswick", "nb"),
    ("newfoundland and labrador", "nl"),
    ("nova scotia", "ns"),
    ("ontario", "on"),
    ("prince edward island", "pe"),
    ("quebec", "qc"),
    ("saskatchewan", "sk"),
];

/// A Latin letter without its accent, lower case (Latin-1, Latin Extended-A, Romanian, Vietnamese); `None` for all
/// others.
fn fold(letter: char) -> Option<&'static str> {
    Some(match letter {
        'À'..='Å' | 'à'..='å' | 'Ā'..='ą' | 'Ạ'..='ặ' => "a",
        'Æ' | 'æ' => "ae",
        'Ç' | 'ç' | 'Ć'..='č' => "c",
        'È'..='Ë' | 'è'..='ë' | 'Ē'..='ě' | 'Ẹ'..='ệ' => "e",
        'Ì'..='Ï' | 'ì'..='ï' | 'Ĩ'..='ı' | 'Ỉ'..='ị' => "i",
        'Ð' | 'ð' | 'Ď'..='đ' => "d",
        'Ñ' | 'ñ' | 'Ń'..='ŋ' => "n",
        'Ò'..='Ö' | 'Ø' | 'ò'..='ö' | 'ø' | 'Ō'..='ő' | 'Ọ'..='ợ' | 'Ơ' | 'ơ' => "o",
        'Œ' | 'œ' => "oe",
        'Ù'..='Ü' | 'ù'..='ü' | 'Ũ'..='ų' | 'Ụ'..='ự' | 'Ư' | 'ư' => "u",
        'Ý' | 'ý' | 'ÿ' | 'Ŷ'..='Ÿ' | 'Ỳ'..='ỹ' => "y",
        'Þ' | 'þ' => "th",
        'ß' => "ss",
        'Ĝ'..='ģ' => "g",
        'Ĥ'..='ħ' => "h",
        'Ĵ' | 'ĵ' => "j",
        'Ķ'..='ĸ' => "k",
        'Ĺ'..='ł' => "l",
        'Ŕ'..='ř' => "r",
        'Ś'..='š' | 'ſ' | 'Ș' | 'ș' => "s",
        'Ţ'..='ŧ' | 'Ț' | 'ț' => "t",
        'Ŵ' | 'ŵ' => "w",
        'Ź'..='ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_habits_do_not_matter() {
        assert_eq!(words("U.S. Bank Stadium"), words("US Bank  stadium"));
        assert_eq!(words("Levi’s® Stadium"), ["levis", "stadium"]);
        assert_eq!(words("Rice-Eccles"), ["rice", "eccles"]);
        assert_eq!(words("Montréal & Łódź"), ["montreal", "and", "lodz"]);
        assert_eq!(city_key("St. Louis"), city_key("Saint Louis"));
        assert_eq!(region_key("Idaho"), region_key("ID"));
        assert_eq!(region_key("Québec"), region_key("QC"));
        assert_eq!(
            [region_name("Oregon"), region_name("or"), region_name("Jalisco")],
            ["OR", "OR", "Jalisco"]
        );
    }
}
