//! A panic ends the piece of work it happened in, and nothing else.
//!
//! Holds in the unwinding build only. In the plain one a panic still ends every request of its isolate, so the rule
//! stands: nothing on a request path can panic (PLATFORM R2).

use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

/// The work panicked. The SDK's hook has already said what and where on the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Panicked;

/// Does `work` and answers its output, or that it panicked.
///
/// What the work changed before stays changed. Ours keeps its state in SQLite, D1 and queues and shares no memory with
/// its neighbours, so no half-changed value is seen afterwards.
pub async fn contained<F: Future>(work: F) -> Result<F::Output, Panicked> {
    AssertUnwindSafe(work).catch_unwind().await.map_err(|_| Panicked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_answer_and_everything_else_passes() {
        std::panic::set_hook(Box::new(|_| {}));
        let panics = async { [1, 2].get(7).copied().unwrap() };
        assert_eq!(contained(panics).now_or_never(), Some(Err(Panicked)));
        assert_eq!(contained(async { 7 }).now_or_never(), Some(Ok(7)));
    }
}
