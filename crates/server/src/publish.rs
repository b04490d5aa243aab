//! Publishing flows: text is read and checked, becomes the next revision, and is what the bot runs from then on.

use crate::app::App;
use crate::clock;
use rapport_flow::bot::Settings;
use rapport_flow::check::{CheckContext, check};
use rapport_flow::document::{Located, Source, read_bot, read_flow};
use rapport_flow::{Bot, Finding, Flow, Severity};
use rapport_store::{AccountId, Publication, Store, StoreError};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Name of the setting that keeps the text of `bot.yaml`.
const BOT: &str = "bot.yaml";

/// The flows of a folder as read from disk.
#[derive(Debug, Default)]
pub struct Folder {
    pub flows: Vec<(Source, Option<Flow>, Vec<Finding>)>,
    pub bot: Option<(Source, Option<Settings>, Vec<Finding>)>,
}

#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error(
        "{count} of the files in {folder} cannot be published; `rapport check {folder}` shows more:{}",
        in_lines(findings)
    )]
    Findings { folder: PathBuf, count: usize, findings: Vec<Located> },
    #[error("{first} and {second} both hold the flow {name}; rename one")]
    SameName { name: String, first: String, second: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The first findings, a line each: place, what is wrong, code and mend.
fn in_lines(findings: &[Located]) -> String {
    const SHOWN_MAX: usize = 10;
    let line = |found: &Located| {
        let Located { file, line, column, message, code, mend, .. } = found;
        format!("\n  {file}:{line}:{column}: {message} [{code}] {mend}")
    };
    let mut text: String = findings.iter().take(SHOWN_MAX).map(line).collect();
    if findings.len() > SHOWN_MAX {
        let _ = write!(text, "\n  and {} more", findings.len() - SHOWN_MAX);
    }
    text
}

/// Whether a file's name is that of a flow: `.yaml`, `.yml` or `.json`, and neither a test nor samples.
pub fn is_flow_file(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    let kind = stem.rsplit_once('.').map(|(_, kind)| kind);
    matches!(extension, "yaml" | "yml" | "json")
        && stem != "bot"
        && !matches!(kind, Some("test" | "samples" | "schema"))
}

impl Folder {
    /// Reads every flow of a folder, not of those below it.
    pub fn read(folder: &Path) -> Result<Folder, PublishError> {
        let error = |path: &Path| {
            let path = path.to_owned();
            move |source| PublishError::Read { path, source }
        };
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(error(folder))? {
            paths.push(entry.map_err(error(folder))?.path());
        }
        paths.sort();
        let mut read = Folder::default();
        for path in paths.into_iter().filter(|path| path.is_file()) {
            let is_bot = path.file_name().is_some_and(|name| name == BOT);
            if !is_bot && !is_flow_file(&path) {
                continue;
            }
            let text = std::fs::read_to_string(&path).map_err(error(&path))?;
            let source = Source::new(path.display().to_string(), text);
            if is_bot {
                let (settings, findings) = read_bot(&source);
                read.bot = Some((source, settings, findings));
            } else {
                let (flow, findings) = read_flow(&source);
                read.flows.push((source, flow, findings));
            }
        }
        Ok(read)
    }

    /// Flows given as texts: those built into the binary.
    pub fn of_texts(texts: &[(&str, &str)]) -> Folder {
        let mut read = Folder::default();
        for (name, text) in texts {
            let source = Source::new(*name, *text);
            if *name == BOT {
                let (settings, findings) = read_bot(&source);
                read.bot = Some((source, settings, findings));
            } else {
                let (flow, findings) = read_flow(&source);
                read.flows.push((source, flow, findings));
            }
        }
        read
    }

    /// What keeps it from being published: errors of the text, and of the check, which knows `published` flows too.
    pub fn errors(&self, published: &[Flow], settings: &Settings) -> Vec<Located> {
        let own = || self.flows.iter().filter_map(|(_, flow, _)| flow.as_ref());
        let settings = self.bot.as_ref().and_then(|(_, settings, _)| settings.as_ref()).unwrap_or(settings);
        let mut errors = Vec::new();
        let mut keep = |source: &Source, findings: &[Finding]| {
            let worst = findings.iter().filter(|finding| finding.severity == Severity::Error);
            errors.extend(worst.map(|finding| source.locate(finding)));
        };
        for (source, flow, findings) in &self.flows {
            keep(source, findings);
            let Some(flow) = flow else { continue };
            let elsewhere = published.iter().filter(|other| own().all(|own| own.name != other.name));
            let others: Vec<&Flow> = own().filter(|other| other.name != flow.name).chain(elsewhere).collect();
            let context =
                CheckContext { flows: Some(&others), settings: Some(settings), ..CheckContext::default() };
            keep(source, &check(flow, &context));
        }
        if let Some((source, _, findings)) = &self.bot {
            keep(source, findings);
        }
        errors
    }

    /// Two files that hold flows of one name.
    fn same_name(&self) -> Option<PublishError> {
        let named: Vec<_> = self
            .flows
            .iter()
            .filter_map(|(source, flow, _)| Some((&flow.as_ref()?.name, &source.file)))
            .collect();
        let twice = |(at, (name, second)): (usize, &(&String, &String))| {
            let (_, first) = named[..at].iter().find(|(other, _)| other == name)?;
            let (first, second) = ((*first).clone(), (*second).clone());
            Some(PublishError::SameName { name: (*name).clone(), first, second })
        };
        named.iter().enumerate().find_map(twice)
    }
}

/// What publishing changed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Flows with a new revision.
    pub published: Vec<(String, u32)>,
    pub unchanged: usize,
}

/// Publishes a folder: all of it or nothing.
pub async fn publish(
    store: &Store,
    account: AccountId,
    folder: &Folder,
    origin: &Path,
    author: &str,
) -> Result<Changes, PublishError> {
    if let Some(error) = folder.same_name() {
        return Err(error);
    }
    let published: Vec<Flow> = store.current_flows(account).await?.iter().filter_map(read_revision).collect();
    let findings = folder.errors(&published, &settings_of(store.setting(account, BOT).await?.as_deref()));
    if !findings.is_empty() {
        let mut files: Vec<_> = findings.iter().map(|finding| &finding.file).collect();
        files.dedup();
        return Err(PublishError::Findings { folder: origin.to_owned(), count: files.len(), findings });
    }
    let now = clock::now();
    let publications: Vec<Publication> = folder
        .flows
        .iter()
        .filter_map(|(source, flow, _)| Some((source, flow.as_ref()?)))
        .map(|(source, flow)| Publication {
            account,
            name: flow.name.clone(),
            source: source.text.clone(),
            author: author.to_owned(),
            note: None,
            at: now,
        })
        .collect();
    let names: Vec<String> = publications.iter().map(|publication| publication.name.clone()).collect();
    let published = store.publish(publications).await?;
    if let Some((source, _, _)) = &folder.bot {
        store.put_setting(account, BOT, &source.text, now).await?;
    }
    let mut changes = Changes::default();
    for (name, outcome) in names.into_iter().zip(published) {
        if outcome.new {
            changes.published.push((name, outcome.revision));
        } else {
            changes.unchanged += 1;
        }
    }
    Ok(changes)
}

/// The bot as published: the current revision of each flow. A revision that this version cannot read any more is left
/// out and said loudly; the sessions that hold it are handed over.
pub async fn load_bot(store: &Store, account: AccountId) -> Result<Bot, StoreError> {
    Ok(load(store, account, &store.current_flows(account).await?).await?.0)
}

/// Reads the bot from these revisions and the settings as stored; the mark tells whether the next look finds the same.
async fn load(
    store: &Store,
    account: AccountId,
    revisions: &[rapport_store::Revision],
) -> Result<(Bot, Mark), StoreError> {
    let settings_text = store.setting(account, BOT).await?;
    let settings = settings_of(settings_text.as_deref());
    let flows = revisions.iter().filter_map(read_revision).map(Arc::new);
    let mark = Mark::of(revisions, settings_text);
    Ok((Bot::new(settings, flows), mark))
}

/// The settings of a stored `bot.yaml`.
fn settings_of(text: Option<&str>) -> Settings {
    text.and_then(|text| read_bot(&Source::new(BOT, text)).0).unwrap_or_default()
}

/// What was published when the bot was read: names with revisions, and the text of `bot.yaml`.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    revisions: Vec<(String, u32)>,
    settings: Option<String>,
}

impl Mark {
    fn of(revisions: &[rapport_store::Revision], settings: Option<String>) -> Mark {
        let revisions = revisions.iter().map(|revision| (revision.name.clone(), revision.revision)).collect();
        Mark { revisions, settings }
    }
}

/// Reads flows and settings again when another process published some since `mark`, and new sessions run them.
pub(crate) async fn refresh(app: &App, mark: &mut Option<Mark>) -> Result<(), StoreError> {
    let revisions = app.store.current_flows(app.account).await?;
    let settings = app.store.setting(app.account, BOT).await?;
    let known = mark.as_ref();
    if known.is_some_and(|known| *known == Mark::of(&revisions, settings)) {
        return Ok(());
    }
    let (bot, now) = load(&app.store, app.account, &revisions).await?;
    if known.is_some() {
        tracing::info!(flows = revisions.len(), "flows or bot.yaml were published; new sessions run them");
    }
    app.set_bot(bot);
    *mark = Some(now);
    Ok(())
}

/// An older revision that a session still holds; `None` when it is gone or cannot be read any more.
pub(crate) async fn older_revision(app: &App, name: &str, revision: u32) -> Result<Option<Flow>, StoreError> {
    let stored = app.store.flow_revision(app.account, name, revision).await?;
    Ok(stored.as_ref().and_then(read_revision))
}

fn read_revision(revision: &rapport_store::Revision) -> Option<Flow> {
    let source = Source::new(revision.name.as_str(), revision.source.as_str());
    let (flow, findings) = read_flow(&source);
    if flow.is_none() {
        let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
        tracing::error!(
            flow = revision.name,
            revision = revision.revision,
            ?codes,
            "a published flow cannot be read"
        );
    }
    flow.map(|flow| Flow { revision: revision.revision, ..flow })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_samples_and_schemas_are_no_flows() {
        for name in ["a.yaml", "a.yml", "a.json", "contest.yaml"] {
            assert!(is_flow_file(Path::new(name)), "{name}");
        }
        for name in ["a.test.yaml", "a.samples.yaml", "bot.yaml", "a.schema.json", "README.md", "yaml"] {
            assert!(!is_flow_file(Path::new(name)), "{name}");
        }
    }
}
