//! `rapport test`.

use crate::files;
use crate::output::{self, Outcome};
use rapport_flow::Severity;
use rapport_flow::Value;
use rapport_flow::dialogue::{CaseResult, Failure, read_tests, run_tests};
use rapport_flow::document::{Paint, Source, draw};
use rapport_flow::turn::Message;
use rapport_whatsapp::webhook::{self, ItemKind};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Play the written dialogues of flows, with mocked APIs
///
/// Reads every *.test.yaml of the paths, and plays its cases against the flows beside it with the engine of production.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  rapport test flows/\n  rapport test flows/customer-context.test.yaml --verbose\n  rapport test flows/ --format junit > report.xml"
)]
pub(crate) struct Test {
    /// Test files, or folders that hold some
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only cases whose name contains this
    #[arg(long, value_name = "TEXT")]
    case: Option<String>,
    /// Show the conversation of each case
    #[arg(long, short)]
    verbose: bool,
    #[arg(long, default_value = "text")]
    format: Report,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Report {
    Text,
    Json,
    Junit,
}

struct Played {
    source: Source,
    cases: Vec<CaseResult>,
    /// Why the file could not be played.
    unreadable: Vec<String>,
}

impl Test {
    pub(crate) fn run(self) -> anyhow::Result<Outcome> {
        let paths = files::collect(&self.paths, files::is_test_file)?;
        anyhow::ensure!(
            !paths.is_empty(),
            "no *.test.yaml in {}; a test stands beside its flow",
            shown(&self.paths)
        );
        let mut files = Vec::new();
        for path in &paths {
            files.push(self.play(path)?);
        }
        match self.format {
            Report::Text => self.print_text(&files),
            Report::Json => print_json(&files)?,
            Report::Junit => output::print(&junit(&files)),
        }
        let failed = files
            .iter()
            .any(|file| !file.unreadable.is_empty() || file.cases.iter().any(|case| !case.passed));
        let played: usize = files.iter().map(|file| file.cases.len()).sum();
        if played == 0 && !failed {
            output::note("No case was played: --case matched none.");
            return Ok(Outcome::FoundAnError);
        }
        Ok(if failed { Outcome::FoundAnError } else { Outcome::Fine })
    }

    fn play(&self, path: &Path) -> anyhow::Result<Played> {
        let source = files::source(path)?;
        let (tests, findings) = read_tests(&source);
        let mut unreadable: Vec<_> = findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| draw(&source, finding, Paint::Plain))
            .collect();
        let mut cases = Vec::new();
        if let Some(mut tests) = tests {
            let folder = files::folder_of(path);
            let flow_path = folder.join(&tests.flow.value);
            let flow = files::flow_file(&flow_path)?;
            if flow.flow.is_none() {
                unreadable.extend(
                    flow.findings
                        .iter()
                        .filter(|finding| finding.severity == Severity::Error)
                        .map(|finding| draw(&flow.source, finding, Paint::Plain)),
                );
            } else {
                if let Some(wanted) = &self.case {
                    tests.cases.retain(|case| case.name.contains(wanted));
                }
                let bot = files::bot_of(&folder)?;
                cases = run_tests(&tests, &bot, &messages_of);
            }
        }
        Ok(Played { source, cases, unreadable })
    }

    fn print_text(&self, files: &[Played]) {
        let (mut passed, mut failed) = (0, 0);
        for file in files {
            output::line(&file.source.file);
            for reason in &file.unreadable {
                output::print(reason);
                failed += 1;
            }
            for case in &file.cases {
                output::line(&format!("  {} {}", if case.passed { "ok    " } else { "FAILED" }, case.name));
                if self.verbose || !case.passed {
                    for line in case.transcript.iter().filter_map(rapport_flow::dialogue::Entry::words) {
                        output::line(&format!("           {}", line.replace('\n', "\n             ")));
                    }
                }
                if let Some(failure) = &case.failure {
                    print_failure(&file.source, failure);
                }
                if case.passed { passed += 1 } else { failed += 1 }
            }
        }
        output::line(&format!("{passed} passed, {failed} failed"));
    }
}

fn print_failure(source: &Source, failure: &Failure) {
    output::line(&format!("    {}:{}: {}", source.file, failure.line, failure.message));
    for line in failure.diff.lines() {
        output::line(&format!("      {line}"));
    }
}

/// What a recorded Meta webhook brings to a flow.
fn messages_of(recorded: &Value) -> Vec<Message> {
    webhook::parse(recorded.to_string().as_bytes())
        .iter()
        .filter_map(|item| match &item.kind {
            ItemKind::Message(inbound) if inbound.reaches_flow() => {
                let at = item.at_ms.unwrap_or(0);
                Some(rapport_server::translate::message(inbound, at, at))
            }
            _ => None,
        })
        .collect()
}

fn print_json(files: &[Played]) -> anyhow::Result<()> {
    let files: Vec<_> = files
        .iter()
        .map(|file| {
            let cases: Vec<_> = file
                .cases
                .iter()
                .map(|case| {
                    let failure = case.failure.as_ref().map(|failure| {
                        json!({ "line": failure.line, "message": failure.message, "expected": failure.expected,
                                "came": failure.came, "diff": failure.diff })
                    });
                    json!({ "name": case.name, "passed": case.passed, "failure": failure })
                })
                .collect();
            json!({ "file": file.source.file, "unreadable": file.unreadable, "cases": cases })
        })
        .collect();
    output::json(&files)
}

/// The XML that CI systems read.
fn junit(files: &[Played]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for file in files {
        let failures = file.cases.iter().filter(|case| !case.passed).count() + file.unreadable.len();
        let tests = file.cases.len() + file.unreadable.len();
        out.push_str(&format!(
            "  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\">\n",
            escaped(&file.source.file)
        ));
        for reason in &file.unreadable {
            out.push_str(&format!(
                "    <testcase name=\"can be read\"><failure>{}</failure></testcase>\n",
                escaped(reason)
            ));
        }
        for case in &file.cases {
            out.push_str(&format!("    <testcase name=\"{}\"", escaped(&case.name)));
            match &case.failure {
                Some(failure) => out.push_str(&format!(
                    "><failure message=\"{}\">{}:{}\n{}</failure></testcase>\n",
                    escaped(&failure.message),
                    escaped(&file.source.file),
                    failure.line,
                    escaped(&failure.diff)
                )),
                None => out.push_str("/>\n"),
            }
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// XML takes no control characters but tab and line break, escaped or not.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(letter),
            control if control.is_control() => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

fn shown(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_replaced() {
        assert_eq!(escaped("a<b & \"c\"\u{1b}[0m\n"), "a&lt;b &amp; &quot;c&quot;\u{fffd}[0m\n");
    }
}
