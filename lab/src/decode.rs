//! `lab decode`: recorded answers through a provider's adapter, counted.

mod cassette;
mod counts;
mod fields;
mod partner;
mod provider;
mod recording;
mod shape;
mod tables;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use sources::{Answer, Offers, Page, Reading};

use self::counts::Counts;
use self::fields::Known;
use self::provider::Provider;
use self::recording::{Recorded, Recording};
use self::shape::Shape;
use crate::arguments::Arguments;
use crate::failure::Failure;

/// Reads every file as answers of `--provider`, as of `--as-of DAY` (events before it are past). A file that is damaged
/// makes the command fail, after all others were counted; an entry that is rejected does not.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let provider = Provider::named(arguments.need("provider")?)?;
    let day: NaiveDate = arguments
        .get("as-of")
        .unwrap_or("2000-01-01")
        .parse()
        .map_err(|why| Failure::usage(format!("--as-of: {why}")))?;
    if arguments.plain.is_empty() {
        return Err(Failure::usage("decode needs at least one file"));
    }
    let now = day.and_time(NaiveTime::MIN).and_utc();
    let known = Known::of(provider.name());
    let mut counts = Counts::default();
    let mut damaged = Vec::new();
    for file in &arguments.plain {
        let text = std::fs::read_to_string(file).map_err(|why| Failure::work(file, why))?;
        counts.file();
        let read = match recording::open(file, &text) {
            Some(Recording::Answers(answers)) => {
                answers.iter().map(|answer| decode(&provider, answer, &known, now, &mut counts)).sum()
            }
            Some(Recording::Table(table)) => tables::read(&provider, &table, &known, now, &mut counts),
            None => {
                counts.reject("damaged");
                1
            }
        };
        if read > 0 {
            eprintln!("lab: {file}: {read} answers are damaged or of a shape that is new to us");
            damaged.push(file.as_str());
        }
    }
    println!("{}", serde_json::to_string(&counts).map_err(|why| Failure::work("counts", why))?);
    if damaged.is_empty() { Ok(()) } else { Err(Failure::work("decode", damaged.join(", "))) }
}

/// Decodes one answer; the number of answers that could not be read: 0 or 1.
fn decode(
    provider: &Provider,
    recorded: &Recorded,
    known: &Known,
    now: DateTime<Utc>,
    counts: &mut Counts,
) -> u32 {
    let value = recorded.value();
    let shape = Shape::of(provider, recorded.status, value.as_ref(), now);
    if let (Some(value), false) = (&value, matches!(shape, Shape::Document)) {
        known.count("", value, &mut |path| counts.unknown_field(path));
    }
    match shape {
        Shape::Asked(steps) => {
            let mut damaged = 0;
            for step in steps {
                let body = step.body.as_deref().unwrap_or(&recorded.body);
                let answer = Answer {
                    status: recorded.status,
                    content_type: None,
                    retry_after: None,
                    rate_limit: (None, None),
                    body,
                };
                match step.adapter.read(&step.cursor, &answer, now) {
                    Reading::Page(page) => {
                        counts.page(&if step.describes { page } else { undescribed(page) });
                    }
                    Reading::Token { .. } => counts.document(),
                    Reading::Failed(failure) if step.may_refuse => counts.refusal(failure.code),
                    Reading::Failed(failure) => {
                        counts.reject(&failure.code);
                        damaged = 1;
                    }
                }
            }
            damaged
        }
        Shape::Page(page) => {
            counts.page(&page);
            0
        }
        Shape::Document => {
            counts.document();
            0
        }
        Shape::Strange => {
            counts.reject("unrecognised");
            1
        }
    }
}

/// What is on sale for events that the recorded answer does not describe.
fn undescribed(page: Page) -> Page {
    let offers = page.events.into_iter().map(|event| Offers {
        id: event.id,
        quote: event.quote,
        listings: event.listings,
        availability: None,
    });
    Page { offers: offers.collect(), events: Vec::new(), ..page }
}
