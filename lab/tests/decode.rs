//! `lab decode` as it is called: over every recorded answer where the recordings are, and over what is new or damaged.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn decode(provider: &str, files: &[PathBuf]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lab"))
        .args(["decode", "--provider", provider])
        .args(files)
        .output()
        .unwrap()
}

fn line(output: &Output) -> Value {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(&text).unwrap()
}

fn recordings(provider: &str) -> Vec<PathBuf> {
    let folder = std::env::var_os("RIP_CITY_RECORDED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/providers"), PathBuf::from);
    let Ok(entries) = std::fs::read_dir(folder.join(provider)) else {
        // Straight to the stream: a passing test's `eprintln!` is swallowed by the harness.
        let _ = writeln!(std::io::stderr(), "skipped: no recordings of {provider} in {}", folder.display());
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// A file of our own, gone with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("lab-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn every_recorded_answer_decodes_with_nothing_rejected() {
    for (provider, expected) in [
        ("ticketmaster", [("events", 76), ("priced", 22), ("addons", 1), ("tbd", 1)]),
        ("seatgeek", [("events", 1_652), ("priced", 85), ("addons", 0), ("tbd", 44)]),
        ("stubhub", [("events", 1_312), ("listings", 4_777), ("documents", 2), ("tbd", 103)]),
        ("eventbrite", [("events", 5), ("priced", 3), ("documents", 3), ("tbd", 0)]),
        ("ticketevolution", [("events", 0), ("documents", 5), ("listings", 0), ("tbd", 0)]),
        ("tickpick", [("events", 557), ("addons", 0), ("documents", 0), ("tbd", 551)]),
    ] {
        let files = recordings(provider);
        if files.is_empty() {
            continue;
        }
        let output = decode(provider, &files);
        let counts = line(&output);
        assert!(output.status.success(), "{provider}: {counts}");
        assert_eq!(counts["files"], files.len(), "{provider}");
        assert_eq!(
            (&counts["rejected"], &counts["reasons"]),
            (&0.into(), &serde_json::json!({})),
            "{provider}"
        );
        assert_eq!(counts["unknown_fields"], serde_json::json!({}), "{provider}");
        for (name, number) in expected {
            assert_eq!(counts[name], number, "{provider}: {name}");
        }
    }
}

#[test]
fn what_is_new_is_counted_and_costs_nothing() {
    let page = r#"{"meta":{"total":1,"took":7,"page":1,"per_page":100,"moon":1},"events":[
        {"id":1,"title":"A at B","status":"halftime","datetime_local":"2026-12-08T19:30:00","vibe":{"x":1},"stats":{}}]}"#;
    let file = Scratch::new("new.json", page);
    let output = decode("seatgeek", std::slice::from_ref(&file.0));
    let counts = line(&output);
    assert!(output.status.success());
    assert_eq!((&counts["events"], &counts["rejected"]), (&1.into(), &0.into()));
    assert_eq!(counts["unknown_fields"], serde_json::json!({ "events[].vibe": 1, "meta.moon": 1 }));
    assert_eq!(counts["unknown_values"], serde_json::json!({ "status:halftime": 1 }));
}

#[test]
fn a_bad_entry_is_rejected_and_only_a_damaged_file_fails() {
    let page = r#"{"meta":{"total":2,"took":7},"events":[{"id":1,"title":""},{"id":2,"title":"A at B","datetime_local":"2026-12-08T19:30:00"}]}"#;
    let entry = Scratch::new("entry.json", page);
    let output = decode("seatgeek", std::slice::from_ref(&entry.0));
    assert!(output.status.success());
    assert_eq!(line(&output)["reasons"], serde_json::json!({ "no_name": 1 }));
    for (name, text) in [("cut.json", &page[..40]), ("cut.csv", "a,b\n1"), ("strange.json", r#"{"moon":1}"#)]
    {
        let file = Scratch::new(name, text);
        let output = decode("seatgeek", &[file.0.clone(), entry.0.clone()]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert_eq!((&line(&output)["files"], &line(&output)["events"]), (&2.into(), &1.into()), "{name}");
    }
}
