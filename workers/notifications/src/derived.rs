//! Ids that follow from what they name: whoever makes one again makes the same, so that a repeat inserts nothing.

use alerts::Channel;
use contract::ids::{AlertId, ChangeId, FiringId, Id, Kind, MessageId, UserId};
use sha2::{Digest, Sha256};

/// The firing of `alert` on `change`.
pub fn firing(alert: &AlertId, change: &ChangeId) -> FiringId {
    derive(&["firing", alert.as_str(), change.as_str()])
}

/// The message that tells `person` of `change` on `channel`.
pub fn message(person: &UserId, change: &ChangeId, channel: Channel) -> MessageId {
    derive(&["message", person.as_str(), change.as_str(), channel.as_str()])
}

/// What stands for a price change where an alert was true already when it was set.
pub fn change_of_setting(alert: &AlertId) -> ChangeId {
    derive(&["set", alert.as_str()])
}

/// The mail that tells the operator what `key` names.
pub fn operator_message(key: &str) -> MessageId {
    derive(&["operator", key])
}

fn derive<K: Kind>(parts: &[&str]) -> Id<K> {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let mut bytes = [0; 16];
    for (slot, byte) in bytes.iter_mut().zip(hash.finalize()) {
        *slot = byte;
    }
    Id::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_named_the_same_and_nothing_else_is() {
        let (person, change) = (UserId::from_bytes([1; 16]), ChangeId::from_bytes([2; 16]));
        let mail = message(&person, &change, Channel::Email);
        assert_eq!(mail, message(&person, &change, Channel::Email));
        assert_ne!(mail, message(&person, &change, Channel::Sms));
        assert_ne!(mail, message(&person, &ChangeId::from_bytes([3; 16]), Channel::Email));
    }

    #[test]
    fn stored_ids_are_pinned() {
        let (person, change) = (UserId::from_bytes([1; 16]), ChangeId::from_bytes([2; 16]));
        assert_eq!(
            message(&person, &change, Channel::Email).as_str(),
            "msg_d88187c0e5a84abfa2eebd1382adbb12"
        );
    }
}
