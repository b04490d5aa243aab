//! `rapport check`.

use crate::files;
use crate::output::{self, Outcome};
use anyhow::Context;
use rapport_flow::bot::Settings;
use rapport_flow::check::{CheckContext, check};
use rapport_flow::dialogue::read_tests;
use rapport_flow::document::edit::fix;
use rapport_flow::document::{Samples, Source, draw, read_bot, read_flow, read_samples};
use rapport_flow::{Finding, Flow, Severity};
use rapport_server::publish::is_flow_file;
use std::path::{Path, PathBuf};

/// Find what is wrong in flows, before customers do
///
/// Reads flows, bot.yaml, tests and samples; follows every path through a flow; and says where, what, why and the mend.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  rapport check flows/\n  rapport check flows/ --fix            apply the safe mends; comments and layout stay\n  rapport check flows/a.yaml --format json\n  rapport explain doubled-braces        what a code means"
)]
pub(crate) struct Check {
    /// Files, or folders that hold some
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Apply the mends that are safe
    #[arg(long)]
    fix: bool,
    /// End with 1 on warnings too
    #[arg(long)]
    strict: bool,
    #[arg(long, default_value = "text")]
    format: output::Format,
}

impl Check {
    pub(crate) fn run(self) -> anyhow::Result<Outcome> {
        let paths = files::collect(&self.paths, is_checked)?;
        anyhow::ensure!(
            !paths.is_empty(),
            "there is no flow in the paths; flows are .yaml, .yml or .json files"
        );
        if let Some(other) = paths.iter().find(|path| !is_text_of_flows(path)) {
            anyhow::bail!("{} is no flow: flows are .yaml, .yml or .json files", other.display());
        }
        let mut mended = Vec::new();
        for path in paths.iter().filter(|_| self.fix) {
            if mend(path)? {
                mended.push(path);
            }
        }
        let mut found = Vec::new();
        let mut around: Option<(PathBuf, Folder)> = None;
        for path in &paths {
            let beside = files::folder_of(path);
            let folder = match around.take().filter(|(folder, _)| *folder == beside) {
                Some((_, folder)) => folder,
                None => Folder::around(path)?,
            };
            let source = files::source(path)?;
            let findings = folder.findings(path, &source);
            found.push((source, findings));
            around = Some((beside, folder));
        }
        match self.format {
            output::Format::Json => {
                let all: Vec<_> = found
                    .iter()
                    .flat_map(|(source, findings)| {
                        findings.iter().map(|finding| output::finding(source, finding))
                    })
                    .collect();
                output::json(&all)?;
            }
            output::Format::Text => print_text(&found, &mended),
        }
        let worst = found.iter().flat_map(|(_, findings)| findings).map(|finding| finding.severity).min();
        Ok(match worst {
            Some(Severity::Error) => Outcome::FoundAnError,
            Some(Severity::Warning) if self.strict => Outcome::FoundAnError,
            _ => Outcome::Fine,
        })
    }
}

fn print_text(found: &[(Source, Vec<Finding>)], mended: &[&PathBuf]) {
    for (source, findings) in found {
        for finding in findings {
            output::line(draw(source, finding, output::paint()).trim_end());
            output::line("");
        }
    }
    let count =
        |severity| found.iter().flat_map(|(_, findings)| findings).filter(|f| f.severity == severity).count();
    for path in mended {
        output::line(&format!("mended {}", path.display()));
    }
    output::line(&format!(
        "{} checked: {}, {}, {}",
        output::count(found.len(), "file"),
        output::count(count(Severity::Error), "error"),
        output::count(count(Severity::Warning), "warning"),
        output::count(count(Severity::Hint), "hint")
    ));
}

/// Makes the safe mends of a file; whether there were any.
fn mend(path: &Path) -> anyhow::Result<bool> {
    let folder = Folder::around(path)?;
    let source = files::source(path)?;
    // First what keeps the file from being read, alone: once it is read the check finds errors that were hidden behind,
    // and more errors than before would look like a mend gone wrong.
    let readable = fix(&source, &|source| reading(path, source));
    let mended = fix(&Source::new(source.file.clone(), readable), &|source| folder.findings(path, source));
    if mended == source.text {
        return Ok(false);
    }
    std::fs::write(path, &mended).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(true)
}

/// What reading alone finds.
fn reading(path: &Path, source: &Source) -> Vec<Finding> {
    if is_named(path, "bot.") {
        read_bot(source).1
    } else if files::is_test_file(path) {
        read_tests(source).1
    } else if is_samples(path) {
        read_samples(source).1
    } else {
        read_flow(source).1
    }
}

fn is_text_of_flows(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ["yaml", "yml", "json"].contains(&ending.as_str()))
}

fn is_checked(path: &Path) -> bool {
    is_flow_file(path) || files::is_test_file(path) || is_named(path, "bot.") || is_samples(path)
}

fn is_named(path: &Path, beginning: &str) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    name.starts_with(beginning)
        && ["yaml", "yml", "json"].iter().any(|ending| name == format!("{beginning}{ending}"))
}

fn is_samples(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    [".samples.yaml", ".samples.yml", ".samples.json"].iter().any(|ending| name.ends_with(ending))
}

/// What stands beside a flow and is needed to judge it.
struct Folder {
    flows: Vec<(PathBuf, Flow)>,
    settings: Settings,
}

impl Folder {
    fn around(path: &Path) -> anyhow::Result<Folder> {
        let folder = files::folder_of(path);
        let mut flows = Vec::new();
        let mut paths: Vec<_> =
            std::fs::read_dir(&folder)?.filter_map(|entry| entry.ok().map(|e| e.path())).collect();
        paths.sort();
        for other in paths.into_iter().filter(|other| other.is_file() && is_flow_file(other)) {
            if let Some(flow) = files::flow_file(&other).ok().and_then(|file| file.flow) {
                flows.push((other, flow));
            }
        }
        Ok(Folder { flows, settings: files::bot_settings(&folder) })
    }

    fn findings(&self, path: &Path, source: &Source) -> Vec<Finding> {
        if is_named(path, "bot.") || files::is_test_file(path) || is_samples(path) {
            return reading(path, source);
        }
        let (flow, mut findings) = read_flow(source);
        let Some(flow) = flow else { return findings };
        let others: Vec<&Flow> =
            self.flows.iter().filter(|(other, _)| other.as_path() != path).map(|(_, flow)| flow).collect();
        let samples = samples_of(path);
        let context = CheckContext {
            flows: Some(&others),
            settings: Some(&self.settings),
            samples: samples.as_ref(),
            ..CheckContext::default()
        };
        findings.extend(check(&flow, &context));
        findings.sort_by_key(|finding| finding.span.as_ref().map_or(0, |span| span.start));
        findings
    }
}

/// The recorded answers beside a flow.
fn samples_of(path: &Path) -> Option<Samples> {
    let path = ["yaml", "yml", "json"].map(|ending| path.with_extension(format!("samples.{ending}")));
    let path = path.iter().find(|path| path.exists())?;
    read_samples(&files::source(path).ok()?).0
}
