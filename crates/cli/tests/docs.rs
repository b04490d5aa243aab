//! What the documentation shows is true: examples can be read, tables are complete, links lead somewhere.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use rapport_flow::bot::Settings;
use rapport_flow::dialogue::{read_tests, run_tests};
use rapport_flow::document::{Source, read_bot, read_flow};
use rapport_flow::request::Outcome;
use rapport_flow::steps::Action;
use rapport_flow::template::FilterKind;
use rapport_flow::{Bot, Finding, Severity};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Every page of documentation, from the root.
fn pages() -> Vec<String> {
    let mut pages: Vec<String> = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].map(String::from).into();
    for folder in ["docs", "docs/decisions"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "md") {
                pages.push(format!("{folder}/{}", path.file_name().unwrap().to_string_lossy()));
            }
        }
    }
    pages.sort();
    pages
}

/// Blocks fenced by the words given (`yaml flow`), as sources named by their page and line.
fn blocks(page: &str, words: &str) -> Vec<Source> {
    let text = read(page);
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in text.lines().enumerate() {
        match &mut open {
            Some((at, block)) if line.trim() == "```" => {
                found.push(Source::new(format!("{page}, block at line {at}, .yaml"), block.clone()));
                open = None;
            }
            Some((_, block)) => {
                block.push_str(line);
                block.push('\n');
            }
            None if line.trim() == format!("```{words}") => open = Some((number + 1, String::new())),
            None => {}
        }
    }
    assert!(open.is_none(), "{page}: a block is not closed");
    found
}

fn assert_sound(source: &Source, findings: &[Finding]) {
    let errors: Vec<String> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| source.locate(finding))
        .map(|place| {
            format!("{}:{}:{}: {} {}", place.file, place.line, place.column, place.message, place.mend)
        })
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn every_flow_that_is_shown_can_be_read() {
    let mut count = 0;
    for page in pages() {
        for source in blocks(&page, "yaml flow") {
            let (flow, findings) = read_flow(&source);
            assert_sound(&source, &findings);
            assert!(flow.is_some(), "{}", source.file);
            count += 1;
        }
        for source in blocks(&page, "yaml bot") {
            assert_sound(&source, &read_bot(&source).1);
        }
        for source in blocks(&page, "yaml test") {
            assert_sound(&source, &read_tests(&source).1);
        }
    }
    assert!(count >= 20, "only {count} flows were found: do their blocks still begin with ```yaml flow?");
}

#[test]
fn tests_that_are_shown_pass() {
    let example = Source::new("examples/customer-context.yaml", read("examples/customer-context.yaml"));
    let shown = blocks("README.md", "yaml flow");
    let flows = shown.iter().chain([&example]).map(|source| Arc::new(read_flow(source).0.unwrap()));
    let bot = Bot::new(Settings::default(), flows);
    for page in ["README.md", "docs/flows.md"] {
        let tests = blocks(page, "yaml test");
        assert_eq!(tests.len(), 1, "{page}");
        for case in run_tests(&read_tests(&tests[0]).0.unwrap(), &bot, &|_| Vec::new()) {
            assert!(case.passed, "{page}, {}: {:?}", case.name, case.failure);
        }
    }
}

#[test]
fn the_reference_of_flows_names_everything() {
    let page = read("docs/flows.md");
    let shown: Vec<Source> = blocks("docs/flows.md", "yaml flow");
    for word in Action::TYPES {
        assert!(page.contains(&format!("\n## {word}\n")), "docs/flows.md has no chapter {word}");
        assert!(
            shown.iter().any(|source| source.text.contains(&format!("type: {word}"))),
            "no example of {word}"
        );
    }
    for name in FilterKind::names() {
        assert!(page.contains(&format!("`{name}`")), "docs/flows.md does not name the filter {name}");
    }
    for outcome in Outcome::FAILED {
        assert!(
            page.contains(&format!("`{}`", outcome.as_str())),
            "docs/flows.md lacks {}",
            outcome.as_str()
        );
    }
}

#[test]
fn every_metric_is_explained() {
    let page = read("docs/operations.md");
    let source = read("crates/server/src/metrics.rs");
    let names: BTreeSet<&str> = source.split('"').filter(|word| is_metric(word)).collect();
    assert!(names.len() > 10, "no metrics were found in crates/server/src/metrics.rs");
    for name in names {
        assert!(page.contains(&format!("`{name}`")), "docs/operations.md does not explain {name}");
    }
}

fn is_metric(word: &str) -> bool {
    word.starts_with("rapport_") && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
}

#[test]
fn settings_that_are_shown_are_toml() {
    for page in pages() {
        for source in blocks(&page, "toml") {
            let parsed = source.text.parse::<toml::Table>();
            assert!(parsed.is_ok(), "{}: {}", source.file, parsed.unwrap_err());
        }
    }
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut dead = Vec::new();
    for page in pages() {
        let folder = Path::new(&page).parent().unwrap();
        for target in links(&read(&page)) {
            let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let path = if file.is_empty() { PathBuf::from(&page) } else { folder.join(file) };
            if !root().join(&path).exists() {
                dead.push(format!("{page}: {target} is no file"));
            } else if !anchor.is_empty() {
                let text = read(path.to_str().unwrap());
                let mut headings = text.lines().filter(|line| line.starts_with('#'));
                if !headings.any(|heading| anchor_of(heading) == anchor) {
                    dead.push(format!("{page}: {target} is no heading"));
                }
            }
        }
    }
    assert!(dead.is_empty(), "links that lead nowhere:\n{}", dead.join("\n"));
}

/// Targets of `[words](target)` and `src="…"` that are files of ours.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (before, after) in [("](", ')'), ("src=\"", '"')] {
        for rest in text.split(before).skip(1) {
            if let Some((target, _)) = rest.split_once(after)
                && !target.contains("://")
                && !target.contains(char::is_whitespace)
            {
                found.push(target.to_owned());
            }
        }
    }
    found
}

/// The anchor that code hosts make of a heading.
fn anchor_of(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = words.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}
