//! The worked example under the checks.

use rapport_flow::check::{CheckContext, check};
use rapport_flow::document::{Source, read_flow};

const EXAMPLE: &str = include_str!("documents/customer-context.yaml");

fn codes(text: &str) -> Vec<(String, Option<String>)> {
    let source = Source::new("flow.yaml", text);
    let (flow, findings) = read_flow(&source);
    let flow = flow.unwrap_or_else(|| panic!("{findings:#?}"));
    let found = findings.into_iter().chain(check(&flow, &CheckContext::default()));
    found.map(|finding| (finding.code.to_owned(), finding.step)).collect()
}

/// The last step returns nowhere, which the example leaves as it is: the flow ends there.
#[test]
fn the_worked_example_has_one_warning() {
    assert_eq!(codes(EXAMPLE), [("exit-not-drawn".to_owned(), Some("orders".to_owned()))]);
}

/// Without its `failed` exit the name could not be read anywhere else; led to the greeting, it is unset there.
#[test]
fn a_failed_call_that_goes_on_is_seen() {
    let text = EXAMPLE.replace("exits: {ok: found, failed: sorry}", "exits: {ok: found, failed: context}");
    let found = codes(&text);
    let unset: Vec<_> = found.iter().filter(|(code, _)| code == "possibly-unset").collect();
    assert_eq!(unset.len(), 2, "{found:#?}");
}
