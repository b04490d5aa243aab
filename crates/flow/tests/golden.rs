//! Golden cases of every step type, `steps/<type>.json`, and golden conversations, `conversations/*.json`. `UPDATE_GOLDEN=1`
//! rewrites what they expect; read the diff.
//!
//! A case plays `step` (named `it`, after the steps of `before`, followed by those of `steps`) with `inputs` and
//! `replies`, and names what it expects: `events` of the step, `sends`, `calls`, the `exit` it was left by, `variables`,
//! `contact`, what the session is `waiting` for. Findings of calls have cases of their own.

#![expect(clippy::unwrap_used, reason = "a test may stop at what should not happen")]

#[path = "golden/play.rs"]
mod play;

use play::Play;
use rapport_flow::steps::Action;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

fn file(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/steps").join(format!("{kind}.json"))
}

#[test]
fn every_step_type_has_its_cases_and_they_hold() {
    let mut wrong = Vec::new();
    for kind in Action::TYPES {
        let text = std::fs::read_to_string(file(kind))
            .unwrap_or_else(|_| panic!("tests/steps/{kind}.json is missing"));
        let mut cases: Vec<Value> =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert!(!cases.is_empty(), "{kind} has no case");
        for case in &mut cases {
            assert_eq!(case["step"]["type"], *kind, "{}", case["about"]);
            let play = Play::new(&json!({"flow": flow_of(case)}), case);
            play::compare(case, &observed(&play), &format!("{kind}: {}", case["about"]), &mut wrong);
        }
        play::update(&file(kind), &cases);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn flow_of(case: &Value) -> Value {
    let mut steps = Map::new();
    for (name, step) in case["before"].as_object().into_iter().flatten() {
        steps.insert(name.clone(), step.clone());
    }
    steps.insert("it".into(), case["step"].clone());
    for (name, step) in case["steps"].as_object().into_iter().flatten() {
        steps.insert(name.clone(), step.clone());
    }
    json!({"flow": "case", "triggers": [{"any_message": true}], "steps": steps})
}

/// All that a case may expect.
fn observed(play: &Play) -> Map<String, Value> {
    let facts = play.facts_of_step("it");
    let exit = facts.iter().rev().find_map(|fact| fact.get("step_left")?.get("exit").cloned());
    Map::from_iter([
        ("events".into(), json!(facts)),
        ("sends".into(), json!(play.sends())),
        ("calls".into(), json!(play.calls())),
        ("exit".into(), exit.unwrap_or_default()),
        ("variables".into(), play.variables()),
        ("contact".into(), play.contact()),
        ("waiting".into(), play.waiting()),
        ("facts".into(), json!(play.facts())),
    ])
}

/// A conversation is `flow` (and `flows`, `bot`), `inputs` and `replies`, and all that happens, line by line.
#[test]
fn golden_conversations_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conversations");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut wrong = Vec::new();
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        let mut cases: Vec<Value> =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for case in &mut cases {
            let play = Play::new(&case.clone(), &without_flows(case));
            let came = Map::from_iter([
                ("lines".into(), json!(play.lines())),
                ("variables".into(), play.variables()),
                ("waiting".into(), play.waiting()),
            ]);
            play::compare(case, &came, &case["about"].to_string(), &mut wrong);
        }
        play::update(file, &cases);
    }
    assert!(files.len() >= 3, "the conversations are missing");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn without_flows(case: &Value) -> Value {
    let mut case = case.clone();
    if let Some(case) = case.as_object_mut() {
        case.shift_remove("flows");
    }
    case
}
