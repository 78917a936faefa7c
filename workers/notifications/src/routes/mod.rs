//! One file a prefix: parse, ask, answer.

pub mod alerts;
pub mod channels;
pub mod internal;
pub mod notifications;
