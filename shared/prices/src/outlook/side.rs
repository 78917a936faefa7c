//! Which events are of one side or act: their prices move together.

/// Who is at home: "A at B" is at B, "A vs. B" at A; anything else is an act of its own.
pub fn home(name: &str) -> &str {
    match (name.split_once(" at "), name.split_once(" vs. ")) {
        (Some((_, home)), _) | (None, Some((home, _))) => home.trim(),
        (None, None) => name.trim(),
    }
}

#[cfg(test)]
mod tests {
    use super::home;

    #[test]
    fn a_game_is_of_its_home_side_and_a_show_of_its_act() {
        assert_eq!(home("Seattle Mariners at Portland Pioneers"), "Portland Pioneers");
        assert_eq!(home("Portland Pioneers vs. Seattle Mariners"), "Portland Pioneers");
        assert_eq!(home(" The Larks "), "The Larks");
    }
}
