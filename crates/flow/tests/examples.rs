//! The shipped examples are sound and their dialogue tests pass.

use rapport_flow::Bot;
use rapport_flow::bot::Settings;
use rapport_flow::dialogue::{read_tests, run_tests};
use rapport_flow::document::{Source, read_bot, read_flow};
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
                let said: Vec<String> = result.transcript.iter().filter_map(|entry| entry.words()).collect();
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
