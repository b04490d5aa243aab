//! How the tests of the checks ask.

use super::{CheckContext, check};
use crate::document::{Source, read_flow};
use crate::finding::{Finding, Severity};
use crate::flow::Flow;

/// Reads a flow that has to be readable.
#[track_caller]
pub(super) fn flow(text: &str) -> Flow {
    let (flow, findings) = read_flow(&Source::new("flow.yaml", text));
    flow.unwrap_or_else(|| panic!("not read: {findings:#?}"))
}

/// A flow of these steps.
pub(super) fn steps(steps: &str) -> String {
    format!("flow: test\nsteps:\n{steps}")
}

/// Findings of one code in a flow of these steps.
#[track_caller]
pub(super) fn found(code: &str, text: &str) -> Vec<Finding> {
    found_in(code, &steps(text), &CheckContext::default())
}

/// As [`found`], of a whole flow and with what is known beside it.
#[track_caller]
pub(super) fn found_in(code: &str, text: &str, context: &CheckContext<'_>) -> Vec<Finding> {
    let flow = flow(text);
    let findings = check(&flow, context);
    for finding in &findings {
        let span = finding.span.clone().expect("a place");
        assert!(text.get(span).is_some(), "{finding:#?}");
        assert!(!finding.mend.is_empty(), "no mend: {finding:#?}");
        assert!(finding.severity == Severity::Hint || !finding.message.is_empty());
    }
    findings.into_iter().filter(|finding| finding.code == code).collect()
}

/// What the findings of one code underline.
#[track_caller]
pub(super) fn places(code: &str, text: &str) -> Vec<String> {
    let whole = steps(text);
    let findings = found(code, text);
    findings.into_iter().map(|finding| whole[finding.span.expect("a place")].to_owned()).collect()
}

/// Nothing of this code.
#[track_caller]
pub(super) fn none(code: &str, text: &str) {
    assert_eq!(places(code, text), Vec::<String>::new(), "{text}");
}
