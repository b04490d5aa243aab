//! `rapport check`.

use crate::files;
use crate::output::{self, Outcome};
use rapport_flow::bot::Settings;
use rapport_flow::check::{CheckContext, check};
use rapport_flow::dialogue::read_tests;
use rapport_flow::document::edit::fix;
use rapport_flow::document::{Paint, Samples, Source, draw, read_bot, read_flow, read_samples};
use rapport_flow::{Finding, Flow, Severity};
use rapport_server::publish::is_flow_file;
use std::io::IsTerminal;
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
        let mut found = Vec::new();
        let mut fixed = 0;
        for path in &paths {
            let folder = Folder::around(path)?;
            let mut source = files::source(path)?;
            if self.fix {
                let mended = fix(&source, &|source| folder.findings(path, source));
                if mended != source.text {
                    std::fs::write(path, &mended)
                        .map_err(|error| anyhow::anyhow!("cannot write {}: {error}", path.display()))?;
                    fixed += 1;
                    source = files::source(path)?;
                }
            }
            let findings = folder.findings(path, &source);
            found.push((source, findings));
        }
        match self.format {
            output::Format::Json => {
                let all: Vec<_> = found
                    .iter()
                    .flat_map(|(source, findings)| findings.iter().map(|finding| source.locate(finding)))
                    .collect();
                output::json(&all)?;
            }
            output::Format::Text => print_text(&found, fixed),
        }
        let worst = found.iter().flat_map(|(_, findings)| findings).map(|finding| finding.severity).min();
        Ok(match worst {
            Some(Severity::Error) => Outcome::FoundAnError,
            Some(Severity::Warning) if self.strict => Outcome::FoundAnError,
            _ => Outcome::Fine,
        })
    }
}

fn print_text(found: &[(Source, Vec<Finding>)], fixed: usize) {
    let paint = if std::io::stdout().is_terminal() { Paint::Ansi } else { Paint::Plain };
    for (source, findings) in found {
        for finding in findings {
            output::line(draw(source, finding, paint).trim_end());
            output::line("");
        }
    }
    let count =
        |severity| found.iter().flat_map(|(_, findings)| findings).filter(|f| f.severity == severity).count();
    let mended = if fixed > 0 { format!(", {fixed} mended") } else { String::new() };
    output::line(&format!(
        "{} checked{mended}: {} errors, {} warnings, {} hints",
        if found.len() == 1 { "1 file".to_owned() } else { format!("{} files", found.len()) },
        count(Severity::Error),
        count(Severity::Warning),
        count(Severity::Hint)
    ));
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
        if is_named(path, "bot.") {
            return read_bot(source).1;
        }
        if files::is_test_file(path) {
            return read_tests(source).1;
        }
        if is_samples(path) {
            return read_samples(source).1;
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
