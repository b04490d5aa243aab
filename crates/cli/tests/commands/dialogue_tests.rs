//! `rapport test`: the shipped dialogues, and reports that other programs read.

use crate::program::{Place, root};

fn examples() -> String {
    root().join("examples").display().to_string()
}

const FAILING: &str = "\
flow: greet.yaml
cases:
  - name: \"greets <& 'quotes'\"
    dialogue:
      - customer: hi
      - bot: Good morning
  - name: greets
    dialogue:
      - customer: hi
      - bot: Hello
";

fn with_a_failing_case() -> Place {
    let place = Place::new();
    place.write("greet.yaml", "flow: greet\ntriggers: [{keywords: [hi]}]\nsteps:\n  hello: {type: send_message, text: Hello, next: end}\n");
    place.write("greet.test.yaml", FAILING);
    place
}

#[test]
fn the_shipped_examples_pass() {
    let run = Place::new().run(&["test", &examples()]).ends(0);
    let cases = run.out.lines().filter(|line| line.starts_with("  ok ")).count();
    assert!(cases >= 20, "{}", run.out);
    assert!(run.out.ends_with(&format!("{cases} passed, 0 failed\n")), "{}", run.out);
}

#[test]
fn a_case_that_fails_shows_line_and_difference() {
    let run = with_a_failing_case().run(&["test", "."]).ends(1);
    assert!(run.out.contains("FAILED greets <& 'quotes'"), "{}", run.out);
    assert!(run.out.contains("greet.test.yaml:6: "), "{}", run.out);
    assert!(run.out.contains("Good morning") && run.out.contains("Hello"), "{}", run.out);
    assert!(run.out.ends_with("1 passed, 1 failed\n"), "{}", run.out);
}

#[test]
fn json_counts_the_same() {
    let json = with_a_failing_case().run(&["test", ".", "--format", "json"]).ends(1).json();
    let cases = json[0]["cases"].as_array().unwrap();
    assert_eq!(cases.iter().map(|case| case["passed"].as_bool().unwrap()).collect::<Vec<_>>(), [false, true]);
    assert_eq!(cases[0]["failure"]["line"], 6);
    assert!(cases[1]["failure"].is_null());
}

#[test]
fn junit_is_xml_with_the_right_counts() {
    let out = with_a_failing_case().run(&["test", ".", "--format", "junit"]).ends(1).out;
    let document = roxmltree::Document::parse(&out).unwrap();
    let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).unwrap();
    assert_eq!((suite.attribute("tests"), suite.attribute("failures")), (Some("2"), Some("1")));
    let names: Vec<_> = suite.children().filter_map(|case| case.attribute("name")).collect();
    assert_eq!(names, ["greets <& 'quotes'", "greets"]);
    let all = Place::new().run(&["test", &examples(), "--format", "junit"]).ends(0).out;
    let document = roxmltree::Document::parse(&all).unwrap();
    assert!(!document.descendants().any(|node| node.has_tag_name("failure")));
}

#[test]
fn a_missing_flow_and_a_case_that_matches_nothing_are_no_success() {
    let place = with_a_failing_case();
    place.run(&["test", ".", "--case", "nothing like it"]).ends(1);
    place.run(&["test", ".", "--case", "nowhere to be found"]).ends(1);
    std::fs::remove_file(place.path().join("greet.yaml")).unwrap();
    let run = place.run(&["test", "."]).ends(2);
    assert!(run.err.contains("greet.yaml"), "{}", run.err);
}
