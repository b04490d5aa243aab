//! What every command prints with, and what it ends with. The only place that writes to standard output.

use rapport_flow::document::{Paint, Source};
use rapport_flow::{Finding, Value};
use serde_json::json;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Fine,
    FoundAnError,
    UsedWrongly,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        ExitCode::from(match outcome {
            Outcome::Fine => 0,
            Outcome::FoundAnError => 1,
            Outcome::UsedWrongly => 2,
        })
    }
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Format {
    #[default]
    Text,
    Json,
}

/// Writes to standard output. A reader that has gone away (`| head`) ends the program quietly.
pub(crate) fn print(text: &str) {
    let mut out = io::stdout().lock();
    if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// The same with a line break.
pub(crate) fn line(text: &str) {
    print(&format!("{text}\n"));
}

/// Says where a server is to be found. It goes on serving when nobody reads that.
pub(crate) fn announce(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// A value as JSON on one line.
pub(crate) fn json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    line(&serde_json::to_string(value)?);
    Ok(())
}

/// `1 error`, `2 errors`.
pub(crate) fn count(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

/// A finding with its place, as every command shows it in JSON:
/// `{code, severity, file, line, column, end_line, end_column, step, message, cause, mend}`.
pub(crate) fn finding(source: &Source, finding: &Finding) -> Value {
    let located = source.locate(finding);
    json!({
        "code": located.code, "severity": located.severity, "file": located.file,
        "line": located.line, "column": located.column,
        "end_line": located.end_line, "end_column": located.end_column,
        "step": located.step, "message": located.message, "cause": located.cause, "mend": located.mend,
    })
}

/// Lines after the first begin as far right as the first; an empty line stays empty.
pub(crate) fn hang(text: &str, columns: usize) -> String {
    let indent = " ".repeat(columns);
    let mut lines = text.lines();
    let mut out = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        out.push('\n');
        if !line.is_empty() {
            out.push_str(&indent);
            out.push_str(line);
        }
    }
    out
}

/// Colours where a person looks on.
pub(crate) fn paint() -> Paint {
    if io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
        Paint::Ansi
    } else {
        Paint::Plain
    }
}

/// A note beside the results, on standard error.
pub(crate) fn note(text: &str) {
    // A closed standard error leaves nobody to tell.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// An error and its causes, on standard error.
pub(crate) fn failure(error: &anyhow::Error) {
    let mut text = format!("error: {error}");
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text.push_str(&format!("\n  because: {cause}"));
        }
    }
    note(&text);
}
