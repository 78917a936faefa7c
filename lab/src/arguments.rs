//! The words after the command: `--name value` pairs and plain words.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::failure::Failure;

/// What a command was given.
#[derive(Debug, Default)]
pub struct Arguments {
    named: BTreeMap<String, String>,
    /// Words without a name, in order.
    pub plain: Vec<String>,
}

impl Arguments {
    /// Reads them; a name without a value is wrong usage.
    pub fn read(words: impl IntoIterator<Item = String>) -> Result<Self, Failure> {
        let mut arguments = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            match word.strip_prefix("--") {
                Some(name) => {
                    let value =
                        words.next().ok_or_else(|| Failure::usage(format!("--{name} needs a value")))?;
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
