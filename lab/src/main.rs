//! The product's rules over files, natively: what is measured here is what runs at the edge.

mod arguments;
mod courses;
mod decode;
mod failure;
mod forecast;
mod matching;
mod packing;
mod seats;
mod train;

use std::process::ExitCode;

use arguments::Arguments;
use failure::Failure;

const USAGE: &str = "\
usage: lab COMMAND ...

  decode --provider NAME [--as-of DAY] FILE...
         reads recorded answers of ticketmaster, seatgeek, stubhub, eventbrite, ticketevolution, feed or tickpick
         and counts what they hold: .json, .yml (VCR cassettes), .csv and .jsonl
  match  --left L.csv --right R.csv --out pairs.csv [--doubtful review.csv]
         pairs the listings of two markets that are one event
  pack   --observations F.csv --out DIR        one file per event, each readable alone
  pack   --observations F.csv --out DIR --single   one file of all events; also --single FILE without --out
  unpack PACKED --out F.csv                    PACKED is such a folder or file
  fair   --listings F.csv --out answers.csv    prices the listings that have none from those that have one
  score  --listings F.csv --out scores.csv     scores every listing, 0 to 100
         both with --zones given (unless said), names or numbers: what zones and sections are taken from
  forecast --observations F.csv --events F.csv --origins F.csv --cut TIME --out predictions.csv [--artefact FILE]
         answers questions about past moments as they would have been answered then; keeps the last model
  train  --history F.csv --events F.csv --out DIR [--data observed|invented] [--every DAYS]
  train  --observations F.csv --events F.csv --out DIR [...]
         fits an outlook on everything: model.bin, and report.json with how it fared on the past. F.csv is a history as
         /v1/prices exports and imports it, or the observations that forecast reads; events: event_id, name, start_utc, genre

Every command ends with one line of JSON. Exit status: 0 done, 1 failed, 2 wrong usage.";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let outcome = Arguments::read(words).and_then(|arguments| match command.as_str() {
        "decode" => decode::run(&arguments),
        "match" => matching::run(&arguments),
        "pack" => packing::pack(&arguments),
        "unpack" => packing::unpack(&arguments),
        "forecast" => forecast::run(&arguments),
        "train" => train::run(&arguments),
        "fair" => seats::fair(&arguments),
        "score" => seats::score(&arguments),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        "" => Err(Failure::usage("no command given")),
        other => Err(Failure::usage(format!("no command is called {other}"))),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(why)) => {
            eprintln!("lab: {why}\n\n{USAGE}");
            ExitCode::from(2)
        }
        Err(Failure::Work(why)) => {
            eprintln!("lab: {why}");
            ExitCode::FAILURE
        }
    }
}
