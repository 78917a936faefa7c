//! Which event a listing is: links, merges, splits, and what a person must decide.

pub mod catalog_sql;
pub mod catalog_store;
pub mod event_cards;
pub mod linker;
pub mod listings;
pub mod merge_sql;
pub mod merge_store;
pub mod review_store;
pub mod rows;
