//! Replays the corpora of the fuzz targets (`fuzz/corpus`), so that what was once found stays mended. A finding of
//! `make fuzz` becomes a test by copying its input to `fuzz/corpus/TARGET` under a name that says what it is.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "../../../fuzz/targets.rs"]
mod targets;

use std::fs;
use std::path::{Path, PathBuf};

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

#[test]
fn every_input_of_every_corpus_holds() {
    let mut broken = Vec::new();
    for (name, _) in targets::TARGETS {
        let inputs = inputs(name);
        assert!(inputs.len() >= 10, "fuzz/corpus/{name} holds {} inputs", inputs.len());
        for (input, bytes) in inputs {
            if let Err(panic) = std::panic::catch_unwind(|| targets::run(name, &bytes)) {
                broken.push(format!("{input}: {}", words(panic.as_ref())));
            }
        }
    }
    assert!(broken.is_empty(), "these inputs break their targets:\n{}", broken.join("\n"));
}

/// Beginnings of an input are inputs too: texts are cut everywhere in real life.
const BEGINNINGS: usize = 24;

#[test]
fn every_beginning_of_an_input_holds() {
    let mut broken = Vec::new();
    for (name, _) in targets::TARGETS {
        for (input, bytes) in inputs(name).into_iter().filter(|(_, bytes)| bytes.len() <= 512) {
            let breaks =
                |end: &usize| std::panic::catch_unwind(|| targets::run(name, &bytes[..*end])).is_err();
            let step = bytes.len().div_ceil(BEGINNINGS).max(1);
            if let Some(end) = (0..bytes.len()).step_by(step).find(breaks) {
                broken.push(format!("{input}, its first {end} bytes"));
            }
        }
    }
    assert!(broken.is_empty(), "these inputs break their targets:\n{}", broken.join("\n"));
}

#[test]
fn targets_corpora_and_binaries_are_the_same_list() {
    let mut names: Vec<String> = targets::TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    names.sort();
    let list = |folder: &str| {
        let mut found: Vec<String> = fs::read_dir(fuzz().join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        found.sort();
        found
    };
    assert_eq!(list("corpus"), names);
    assert_eq!(list("fuzz_targets"), names);
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for name in &names {
        assert!(
            manifest.contains(&format!("name = \"{name}\"\n")),
            "fuzz/Cargo.toml has no [[bin]] for {name}"
        );
    }
}

/// The inputs of a target with their names, in order.
fn inputs(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = fuzz().join("corpus").join(target);
    let read = |path: PathBuf| {
        let name = format!("{target}/{}", path.file_name().unwrap().to_string_lossy());
        (name, fs::read(&path).unwrap())
    };
    let mut inputs: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| read(entry.unwrap().path())).collect();
    inputs.sort();
    inputs
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default()
}
