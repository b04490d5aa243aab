//! The rules of ARCHITECTURE.md that a machine can check.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn manifest(name: &str) -> toml::Table {
    let path = root().join("crates").join(name).join("Cargo.toml");
    fs::read_to_string(&path).unwrap().parse().unwrap()
}

fn dependencies(name: &str) -> BTreeSet<String> {
    manifest(name).get("dependencies").and_then(toml::Value::as_table).unwrap().keys().cloned().collect()
}

/// Source files of a crate with their paths from the root, tests and examples included.
fn sources(name: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("crates").join(name)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let shown = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
                found.push((shown, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty());
    found
}

const CRATES: [&str; 7] = ["flow", "whatsapp", "connect", "store", "server", "cli", "sandbox"];

/// This file names what it forbids.
fn is_this_file(path: &str) -> bool {
    path.ends_with("tests/architecture.rs")
}

#[test]
fn flow_depends_on_nothing_that_waits_dials_or_reads_a_clock() {
    let allowed: BTreeSet<String> = [
        "serde",
        "serde_json",
        "serde_json_path",
        "indexmap",
        "granit-parser",
        "roxmltree",
        "regex",
        "phonenumber",
        "jiff",
        "thiserror",
        "base64",
        "percent-encoding",
        "url",
    ]
    .map(String::from)
    .into();
    let used = dependencies("flow");
    let foreign: Vec<_> = used.difference(&allowed).collect();
    assert!(foreign.is_empty(), "flow must stay pure; it now depends on {foreign:?}");
    for (path, text) in sources("flow") {
        for word in ["SystemTime", "Instant::now", "std::net", "std::thread", "std::process"] {
            assert!(
                !text.contains(word) || path.contains("/tests/"),
                "{path} uses {word}; flow takes such things as arguments"
            );
        }
    }
}

#[test]
fn arrows_between_crates_point_one_way() {
    let expected: [(&str, &[&str]); 7] = [
        ("flow", &[]),
        ("whatsapp", &[]),
        ("connect", &["rapport-flow"]),
        ("store", &["rapport-flow", "rapport-whatsapp"]),
        ("server", &["rapport-flow", "rapport-whatsapp", "rapport-connect", "rapport-store"]),
        ("sandbox", &[]),
        (
            "cli",
            &[
                "rapport-flow",
                "rapport-whatsapp",
                "rapport-connect",
                "rapport-store",
                "rapport-server",
                "rapport-sandbox",
            ],
        ),
    ];
    for (name, allowed) in expected {
        for dependency in dependencies(name).iter().filter(|d| d.starts_with("rapport-")) {
            assert!(allowed.contains(&dependency.as_str()), "{name} must not know {dependency}");
        }
    }
}

#[test]
fn only_store_speaks_sql() {
    for name in CRATES.iter().filter(|name| **name != "store") {
        assert!(!dependencies(name).contains("rusqlite"), "{name} must not depend on rusqlite");
        for (path, text) in sources(name) {
            if is_this_file(&path) {
                continue;
            }
            for (number, line) in text.lines().enumerate() {
                let line = line.to_lowercase();
                let select = line.contains("select ") && line.contains(" from ") && line.contains('"');
                let update = line.contains("update ") && line.contains(" set ") && line.contains('"');
                let writes =
                    ["insert into ", "delete from ", "create table "].iter().any(|sql| line.contains(sql));
                assert!(
                    !(select || update || writes),
                    "{path}:{} holds SQL; verbs live in store: {line}",
                    number + 1
                );
            }
        }
    }
}

#[test]
fn http_clients_stand_where_the_guard_is() {
    // `connect` dials strangers, `whatsapp` dials Meta, `sandbox` delivers pretend webhooks.
    let dialling = ["connect", "whatsapp", "sandbox"];
    for name in CRATES {
        let allowed = dialling.contains(&name);
        assert!(allowed || !dependencies(name).contains("reqwest"), "{name} must not depend on reqwest");
        let raw = dependencies(name).contains("hyper-util");
        assert!(name == "connect" || !raw, "{name} must not dial by hyper-util; the guard stands in connect");
    }
    for name in CRATES {
        for (path, text) in sources(name) {
            if is_this_file(&path) || path.contains("/tests/") {
                continue;
            }
            let builds = text.contains("Client::builder()") || text.contains("Client::new()");
            let expected = text.contains("disallowed_methods");
            assert!(
                !builds || expected || !text.contains("reqwest"),
                "{path} builds an HTTP client of its own"
            );
        }
    }
}

#[test]
fn only_the_clock_reads_the_clock() {
    for name in ["flow", "whatsapp", "connect", "store", "server", "cli"] {
        for (path, text) in sources(name) {
            let reads = text.contains("SystemTime::now") || text.contains("Timestamp::now");
            let allowed =
                path == "crates/server/src/clock.rs" || path.contains("/tests/") || is_this_file(&path);
            assert!(!reads || allowed, "{path} reads the clock; take the time as an argument");
        }
    }
}

/// serde buffers such types and cannot hold numbers of arbitrary precision while it does.
#[test]
fn no_type_makes_serde_buffer() {
    for name in CRATES {
        for (path, text) in sources(name) {
            for (number, line) in text.lines().enumerate() {
                let line = line.trim_start();
                let attribute = line.starts_with("#[serde(") && !is_this_file(&path);
                let buffers = line.contains("untagged") || line.contains("flatten") || line.contains("tag =");
                assert!(!(attribute && buffers), "{path}:{}: {line}", number + 1);
            }
        }
    }
}

#[test]
fn lints_are_expected_with_a_reason_and_never_just_allowed() {
    for name in CRATES {
        for (path, text) in sources(name) {
            for (number, line) in text.lines().enumerate() {
                let line = line.trim_start();
                let allows = line.starts_with("#[allow(") || line.starts_with("#![allow(");
                assert!(!allows, "{path}:{}: use #[expect(lint, reason = \"…\")]", number + 1);
            }
        }
    }
}

#[test]
fn every_step_type_is_complete() {
    for word in rapport_flow::steps::Action::TYPES {
        let module = if *word == "condition" { "condition" } else { word };
        let source = root().join("crates/flow/src/steps").join(format!("{module}.rs"));
        let text =
            fs::read_to_string(&source).unwrap_or_else(|_| panic!("{word} has no file {}", source.display()));
        assert!(text.starts_with("//!"), "{word}: the file begins with what the step is");
        assert!(text.contains(&format!("type: {word}")), "{word}: the docs hold no complete example");
        let cases = root().join("crates/flow/tests/steps").join(format!("{word}.json"));
        let cases = fs::read_to_string(&cases)
            .unwrap_or_else(|_| panic!("{word} has no golden cases {}", cases.display()));
        let cases: serde_json::Value = serde_json::from_str(&cases).unwrap();
        assert!(cases.as_array().is_some_and(|list| !list.is_empty()), "{word}: no golden case");
        let schema = fs::read_to_string(root().join("schema/flow.schema.json")).unwrap();
        assert!(schema.contains(&format!("\"{word}\"")), "{word} is not in the published schema");
    }
}
