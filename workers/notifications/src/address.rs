//! Addresses as text: which are acceptable, and what is shown of them.

use alerts::Channel;

/// Whether `text` is a phone number in E.164 form: a plus, no leading zero, 7 to 15 digits.
pub fn is_phone_number(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else { return false };
    (7..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|digit| digit.is_ascii_digit())
}

/// The address with its middle hidden: enough for its owner, too little for anyone else.
pub fn masked(channel: Channel, address: &str) -> String {
    let part = |skip: usize, take: usize| address.chars().skip(skip).take(take).collect::<String>();
    match channel {
        Channel::Email => {
            format!("{}***@{}", part(0, 1), address.rsplit_once('@').map_or("", |(_, host)| host))
        }
        Channel::Sms => {
            format!("{}*****{}", part(0, 2), part(address.chars().count().saturating_sub(2).max(2), 2))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_are_of_one_form() {
        assert!(is_phone_number("+15035550123"));
        for text in ["15035550123", "+05035550123", "+1503555012x", "+123456", "+1234567890123456", "", "+"] {
            assert!(!is_phone_number(text), "{text}");
        }
    }

    #[test]
    fn the_middle_of_an_address_is_hidden() {
        assert_eq!(masked(Channel::Email, "ann@example.com"), "a***@example.com");
        assert_eq!(masked(Channel::Sms, "+15035550123"), "+1*****23");
        assert_eq!(masked(Channel::Sms, "+1"), "+1*****");
    }
}
