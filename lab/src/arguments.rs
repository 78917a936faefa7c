//! The words after the command: `--name value` pairs and plain words.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::failure::Failure;

/// Names that say something without a value; it is empty then.
const MAY_STAND_ALONE: [&str; 1] = ["single"];

/// What a command was given.
#[derive(Debug, Default)]
pub struct Arguments {
    named: BTreeMap<String, String>,
    /// Words without a name, in order.
    pub plain: Vec<String>,
}

impl Arguments {
    /// Reads them; a name without a value is wrong usage, unless it may stand alone.
    pub fn read(words: impl IntoIterator<Item = String>) -> Result<Self, Failure> {
        let mut arguments = Self::default();
        let mut words = words.into_iter().peekable();
        while let Some(word) = words.next() {
            match word.strip_prefix("--") {
                Some(name) => {
                    let is_alone = words.peek().is_none_or(|next| next.starts_with("--"));
                    let value = if is_alone && MAY_STAND_ALONE.contains(&name) {
                        String::new()
                    } else {
                        words.next().ok_or_else(|| Failure::usage(format!("--{name} needs a value")))?
                    };
                    if arguments.named.insert(name.to_owned(), value).is_some() {
                        return Err(Failure::usage(format!("--{name} is given twice")));
                    }
                }
                None => arguments.plain.push(word),
            }
        }
        Ok(arguments)
    }

    /// The value of `--name`, where given.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.named.get(name).map(String::as_str)
    }

    /// The value of `--name`, which must be given.
    pub fn need(&self, name: &str) -> Result<&str, Failure> {
        self.get(name).ok_or_else(|| Failure::usage(format!("--{name} is missing")))
    }

    /// The path that `--name` gives.
    pub fn path(&self, name: &str) -> Result<PathBuf, Failure> {
        self.need(name).map(PathBuf::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Option<Arguments> {
        Arguments::read(words.split_whitespace().map(str::to_owned)).ok()
    }

    #[test]
    fn a_name_that_may_stand_alone_takes_no_other_name_for_its_value() {
        let alone = read("--single --out folder").unwrap();
        assert_eq!((alone.get("single"), alone.get("out")), (Some(""), Some("folder")));
        assert_eq!(read("--out folder --single").unwrap().get("single"), Some(""));
        assert_eq!(read("--single file").unwrap().get("single"), Some("file"));
        assert!(read("--single a --single b").is_none());
        assert!(read("folder --out").is_none());
    }
}
