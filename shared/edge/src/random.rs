//! Randomness at the edge; the domain gets it as an argument.

use contract::ids::{Id, Kind};

use crate::failure::{Failure, Result};

/// `N` bytes from the runtime's cryptographic source.
pub fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::getrandom(&mut bytes).map_err(|error| Failure::internal(error.to_string()))?;
    Ok(bytes)
}

/// A fresh id.
pub fn id<K: Kind>() -> Result<Id<K>> {
    Ok(Id::from_bytes(bytes()?))
}
