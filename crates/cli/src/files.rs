//! Flow files on disk: which ones a path means, and the flows that belong together.

use anyhow::Context;
use rapport_flow::bot::Settings;
use rapport_flow::document::{Source, read_bot, read_flow};
use rapport_flow::{Bot, Finding, Flow};
use rapport_server::publish::is_flow_file;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A flow file as read.
#[derive(Debug)]
pub(crate) struct FlowFile {
    pub(crate) source: Source,
    pub(crate) flow: Option<Flow>,
    pub(crate) findings: Vec<Finding>,
}

pub(crate) fn is_test_file(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    [".test.yaml", ".test.yml", ".test.json"].iter().any(|ending| name.ends_with(ending))
}

/// The files that `paths` mean: a file itself, a folder's files that are `wanted`, its folders included.
pub(crate) fn collect(paths: &[PathBuf], wanted: fn(&Path) -> bool) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = Vec::new();
    for path in paths {
        if path.is_dir() {
            folders.push(path.clone());
        } else if path.exists() {
            found.push(path.clone());
        } else {
            anyhow::bail!("{} does not exist", path.display());
        }
    }
    while let Some(folder) = folders.pop() {
        let entries =
            std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if path.is_dir() && !hidden {
                folders.push(path);
            } else if wanted(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

pub(crate) fn source(path: &Path) -> anyhow::Result<Source> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let text = String::from_utf8(bytes)
        .ok()
        .with_context(|| format!("{} is not UTF-8 text; save it as UTF-8", path.display()))?;
    Ok(Source::new(path.display().to_string(), text))
}

pub(crate) fn flow_file(path: &Path) -> anyhow::Result<FlowFile> {
    let source = source(path)?;
    let (flow, findings) = read_flow(&source);
    Ok(FlowFile { source, flow, findings })
}

/// The folder that a file stands in.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

/// `bot.yaml` of a folder, if it has one that can be read.
pub(crate) fn bot_settings(folder: &Path) -> Settings {
    let path = folder.join("bot.yaml");
    if !path.exists() {
        return Settings::default();
    }
    source(&path).ok().and_then(|source| read_bot(&source).0).unwrap_or_default()
}

/// The readable flows of a folder, as one bot; those that cannot be read are left out.
pub(crate) fn bot_of(folder: &Path) -> anyhow::Result<Bot> {
    let mut flows = Vec::new();
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .with_context(|| format!("cannot read {}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_file() && is_flow_file(path))
        .collect();
    entries.sort();
    for path in entries {
        if let Some(flow) = flow_file(&path)?.flow {
            flows.push(Arc::new(flow));
        }
    }
    Ok(Bot::new(bot_settings(folder), flows))
}
