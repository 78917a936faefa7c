//! The same natively: `native FILE PART TIMES` prints how many scores, and how many milliseconds they took.

use std::time::Instant;

use scoring::work::{self, Input};

#[expect(clippy::disallowed_methods, reason = "a native clock, for a native measurement")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let mut next = || words.next().unwrap_or_default();
    let (file, part, times) = (next(), next(), next());
    let input: Input = serde_json::from_slice(&std::fs::read(file)?)?;
    if times.is_empty() {
        println!("{}", serde_json::to_string(&work::answers(&part, &input))?);
        return Ok(());
    }
    let began = Instant::now();
    let scores = work::run(&part, &input, times.parse()?);
    println!("{{\"scores\":{scores},\"ms\":{}}}", began.elapsed().as_secs_f64() * 1_000.0);
    Ok(())
}
