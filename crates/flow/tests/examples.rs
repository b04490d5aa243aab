//! The shipped examples are sound and their dialogue tests pass.

#![expect(clippy::unwrap_used, reason = "a test may stop at what should not happen")]

use rapport_flow::bot::Settings;
use rapport_flow::check::{CheckContext, check};
use rapport_flow::dialogue::{Entry, read_tests, run_tests};
use rapport_flow::document::{Source, read_bot, read_flow};
use rapport_flow::{Bot, Flow};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

fn source(path: &Path) -> Source {
    Source::new(path.file_name().unwrap().to_str().unwrap(), std::fs::read_to_string(path).unwrap())
}

/// Files by what their names say they are: flows, tests.
fn files() -> (Vec<PathBuf>, Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(examples()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    paths.retain(|path| !path.ends_with("bot.yaml") && !path.to_str().unwrap().ends_with(".samples.yaml"));
    paths.sort();
    paths.into_iter().partition(|path| !path.to_str().unwrap().ends_with(".test.yaml"))
}

fn settings() -> Settings {
    let (settings, findings) = read_bot(&source(&examples().join("bot.yaml")));
    assert!(findings.is_empty(), "{findings:#?}");
    settings.unwrap()
}

fn bot() -> Bot {
    let flows = files().0.into_iter().map(|path| {
        let (flow, findings) = read_flow(&source(&path));
        assert!(findings.is_empty(), "{}: {findings:#?}", path.display());
        Arc::new(flow.unwrap())
    });
    Bot::new(settings(), flows.collect::<Vec<_>>())
}

#[test]
fn every_example_passes_its_dialogues() {
    let (flows, tests) = files();
    assert_eq!(flows.len(), tests.len(), "each example has its tests beside it");
    let bot = bot();
    let mut cases = 0;
    let mut failures = Vec::new();
    for path in tests {
        let (document, findings) = read_tests(&source(&path));
        assert!(findings.is_empty(), "{}: {findings:#?}", path.display());
        for result in run_tests(&document.unwrap(), &bot, &|_| Vec::new()) {
            cases += 1;
            if let Some(failure) = result.failure {
                let said: Vec<String> = result.transcript.iter().filter_map(Entry::words).collect();
                failures.push(format!(
                    "{}:{}: {}: {}\n{}\n--\n{}",
                    path.display(),
                    failure.line,
                    result.name,
                    failure.message,
                    failure.diff,
                    said.join("\n")
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(cases >= 20, "only {cases} cases were read");
}

/// What the examples leave as it is: `customer-context` stays word for word what the product page shows.
const ACCEPTED: [(&str, &str); 2] =
    [("customer-context", "exit-not-drawn"), ("customer-context", "unused-variable")];

#[test]
fn the_checker_has_nothing_to_say_about_the_examples() {
    let bot = bot();
    let flows: Vec<&Flow> = bot.flows().map(|flow| &**flow).collect();
    let context =
        CheckContext { flows: Some(&flows), settings: Some(&bot.settings), ..CheckContext::default() };
    for flow in &flows {
        let found: Vec<_> = check(flow, &context)
            .into_iter()
            .filter(|finding| !ACCEPTED.contains(&(flow.name.as_str(), finding.code)))
            .collect();
        assert!(found.is_empty(), "{}: {found:#?}", flow.name);
    }
}
