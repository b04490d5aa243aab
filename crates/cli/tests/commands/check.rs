//! `rapport check`: findings with their place, safe mends, JSON for other programs.

use crate::program::{Place, root};

/// Doubled braces, a path that YAML would cut, a variable that nobody sets and a step that is not there.
const BAD: &str = r#"# Kept: who is this?
flow: look-up
triggers: [{keywords: [hi]}]
steps:
  look:
    type: api_request
    method: POST        # searches are POST
    repeatable: true
    url: https://api.example.com/search
    body:
      json: |-
        {{"query": {{"field": "phone", "value": "{{{{contact.phone}}}}"}}}}
    response: json
    save: {name: data[0].name}
    next: hello
  hello: {type: send_message, text: "Hi {{nam}}", next: nosuch}
"#;

const KEYS: [&str; 11] = [
    "code",
    "severity",
    "file",
    "line",
    "column",
    "end_line",
    "end_column",
    "step",
    "message",
    "cause",
    "mend",
];

#[test]
fn the_shipped_examples_have_no_error() {
    let examples = root().join("examples").display().to_string();
    let run = Place::new().run(&["check", &examples]).ends(0);
    assert!(run.out.contains(": 0 errors, "), "{}", run.out);
}

#[test]
fn a_finding_names_file_line_column_and_mend() {
    let place = Place::new();
    place.write("flows/look-up.yaml", BAD);
    let run = place.run(&["check", "flows"]).ends(1);
    assert!(run.out.contains("flows/look-up.yaml:12:9: error[doubled-braces]"), "{}", run.out);
    assert!(
        run.out.contains(r#"{"query": {"field": "phone", "value": "{{contact.phone}}"}}"#),
        "{}",
        run.out
    );
    assert!(run.out.ends_with("1 file checked: 2 errors, 0 warnings, 0 hints\n"), "{}", run.out);
}

#[test]
fn json_has_exactly_the_keys_of_a_finding() {
    let place = Place::new();
    place.write("look-up.yaml", BAD);
    let findings = place.run(&["check", "look-up.yaml", "--format", "json"]).ends(1).json();
    let findings = findings.as_array().unwrap();
    assert_eq!(findings.len(), 2);
    for finding in findings {
        let keys: Vec<_> = finding.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, KEYS);
    }
    let first = &findings[0];
    assert_eq!((&first["code"], &first["severity"]), (&"doubled-braces".into(), &"error".into()));
    assert_eq!((&first["line"], &first["column"], &first["step"]), (&12.into(), &9.into(), &"look".into()));
}

#[test]
fn fix_makes_the_safe_mends_and_leaves_every_other_byte() {
    let place = Place::new();
    place.write("look-up.yaml", BAD);
    let run = place.run(&["check", "look-up.yaml", "--fix"]).ends(1);
    let expected = BAD
        .replace(
            r#"{{"query": {{"field": "phone", "value": "{{{{contact.phone}}}}"}}}}"#,
            r#"{"query": {"field": "phone", "value": "{{contact.phone}}"}}"#,
        )
        .replace("data[0].name", "\"data[0].name\"");
    assert_eq!(place.read("look-up.yaml"), expected);
    // What hid behind them is found now, and is a person's to mend.
    assert!(
        run.out.contains("error[unknown-target]") && run.out.contains("error[unknown-variable]"),
        "{}",
        run.out
    );
    assert!(run.out.contains("mended look-up.yaml\n"), "{}", run.out);
    let again = place.run(&["check", "look-up.yaml", "--fix"]).ends(1);
    assert!(!again.out.contains("mended"), "a second time there is nothing to mend: {}", again.out);
}

#[test]
fn warnings_end_with_0_unless_strict() {
    let place = Place::new();
    place.write(
        "a.yaml",
        "flow: a\ntriggers: [{keywords: [hi]}]\nsteps:\n  hello: {type: send_message, text: Hello}\n",
    );
    let run = place.run(&["check", "."]).ends(0);
    assert!(run.out.contains("warning[exit-not-drawn]"), "{}", run.out);
    place.run(&["check", ".", "--strict"]).ends(1);
}

#[test]
fn a_flow_that_another_one_runs_is_looked_for_beside_it() {
    let place = Place::new();
    place.write(
        "a.yaml",
        "flow: a\ntriggers: [{keywords: [hi]}]\nsteps:\n  go: {type: run_flow, flow: b, next: end}\n",
    );
    let run = place.run(&["check", "a.yaml"]).ends(1);
    assert!(run.out.contains("a.yaml:4:"), "{}", run.out);
    place.write("b.yaml", "flow: b\nsteps:\n  hello: {type: send_message, text: Hello, next: end}\n");
    place.run(&["check", "a.yaml"]).ends(0);
}
