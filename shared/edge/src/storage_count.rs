//! Rows read and written, counted for the bench. Counting begins with the first health request of a development run, so
//! that nothing else ever pays for it.

use std::cell::Cell;

use serde::Serialize;

/// What storage was asked to do since counting began, by all requests and objects of this isolate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StorageCount {
    /// Statements to Durable Objects' own SQLite.
    pub object_statements: u64,
    /// Rows they read.
    pub object_rows_read: u64,
    /// Rows they wrote, indexes included.
    pub object_rows_written: u64,
    /// Statements to D1.
    pub d1_statements: u64,
    /// Rows they read.
    pub d1_rows_read: u64,
    /// Rows they wrote, indexes included.
    pub d1_rows_written: u64,
}

thread_local! {
    static COUNT: Cell<Option<StorageCount>> = const { Cell::new(None) };
}

/// The count so far; begins to count.
pub fn counted() -> StorageCount {
    COUNT.with(|count| {
        let so_far = count.get().unwrap_or_default();
        count.set(Some(so_far));
        so_far
    })
}

/// Whether anybody counts.
pub(crate) fn is_counting() -> bool {
    COUNT.with(|count| count.get().is_some())
}

fn add(total: &mut u64, rows: usize) {
    *total = total.saturating_add(u64::try_from(rows).unwrap_or(0));
}

/// Notes a statement to an object's SQLite.
pub(crate) fn note_object(read: usize, written: usize) {
    COUNT.with(|count| {
        if let Some(mut so_far) = count.get() {
            add(&mut so_far.object_statements, 1);
            add(&mut so_far.object_rows_read, read);
            add(&mut so_far.object_rows_written, written);
            count.set(Some(so_far));
        }
    });
}

/// Notes a statement to D1.
pub(crate) fn note_d1(read: usize, written: usize) {
    COUNT.with(|count| {
        if let Some(mut so_far) = count.get() {
            add(&mut so_far.d1_statements, 1);
            add(&mut so_far.d1_rows_read, read);
            add(&mut so_far.d1_rows_written, written);
            count.set(Some(so_far));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_counted_before_somebody_asks() {
        note_object(1, 1);
        assert_eq!(counted(), StorageCount::default());
        note_object(3, 1);
        note_object(0, 2);
        note_d1(5, 0);
        let count = counted();
        assert_eq!((count.object_statements, count.object_rows_read, count.object_rows_written), (2, 3, 3));
        assert_eq!((count.d1_statements, count.d1_rows_read, count.d1_rows_written), (1, 5, 0));
    }
}
