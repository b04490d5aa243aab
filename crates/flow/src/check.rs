//! What an author should know before publishing: a data-flow analysis over the graph of the steps, one file for each
//! finding. The comment at the head of such a file is the finding's help page.

pub(crate) mod dataflow;
pub(crate) mod graph;
#[cfg(test)]
mod testing;
pub(crate) mod uses;

use crate::bot::Settings;
use crate::diagnosis;
use crate::document::{self, Samples};
use crate::finding::Finding;
use crate::flow::Flow;
use crate::steps::Action;
use dataflow::Dataflow;
use graph::Graph;
use std::collections::BTreeSet;
use uses::Use;

/// What a check may know beside the flow itself. What is `None` is not judged.
#[derive(Debug, Default, Clone, Copy)]
pub struct CheckContext<'c> {
    /// The other flows of the account, by which `run_flow` and triggers are judged.
    pub flows: Option<&'c [&'c Flow]>,
    pub settings: Option<&'c Settings>,
    /// Recorded answers of this flow's steps.
    pub samples: Option<&'c Samples>,
    /// Names of the account's secrets.
    pub secrets: Option<&'c BTreeSet<String>>,
    /// Names of the custom fields that contacts have.
    pub contact_fields: Option<&'c BTreeSet<String>>,
}

/// Everything that can be found in a flow that was read, in the order of the text.
pub fn check(flow: &Flow, context: &CheckContext<'_>) -> Vec<Finding> {
    let graph = Graph::new(flow);
    let dataflow = Dataflow::new(flow, &graph);
    let reached = graph.reached();
    let uses = graph.steps.iter().map(|step| uses::of_step(step)).collect();
    let checked = Checked { flow, context, graph, dataflow, reached, uses };
    let mut findings = Vec::new();
    for check in CHECKS {
        check(&checked, &mut findings);
    }
    requests_as_written(&checked, &mut findings);
    findings.sort_by_key(|finding| finding.span.as_ref().map_or(0, |span| span.start));
    findings
}

/// What the diagnosis of calls already sees in a request as written: a wrong method, a missing header, a plain secret.
fn requests_as_written(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for step in &checked.graph.steps {
        let Action::ApiRequest(request) = &step.action else { continue };
        for mut finding in diagnosis::of_step(request) {
            // The same mistake, told by one of ours with its exact place.
            let told = finding.code == "bad-template"
                && findings.iter().any(|other| {
                    other.step.as_deref() == Some(&step.name)
                        && matches!(other.code, "bad-url" | "invalid-json-body" | "secret-exposed")
                });
            if told {
                continue;
            }
            finding.step.get_or_insert_with(|| step.name.clone());
            finding.span.get_or_insert_with(|| step.name_span.clone());
            findings.push(finding);
        }
    }
}

/// The help page of a finding in Markdown: of this module, of the diagnosis of calls, or of reading a document.
pub fn help(code: &str) -> Option<String> {
    let Some((_, source)) = PAGES.iter().find(|(module, _)| module.replace('_', "-") == code) else {
        return diagnosis::help(code).map(str::to_owned).or_else(|| document::help::help(code));
    };
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    let (title, rest) = lines.split_first()?;
    Some(format!("# {}\n{}", title.trim_end_matches('.'), rest.join("\n")))
}

/// Codes of all findings of this module and of reading a document; [`diagnosis::ALL`] has those of calls.
pub fn codes() -> impl Iterator<Item = String> {
    let checks = PAGES.iter().map(|(module, _)| module.replace('_', "-"));
    checks.chain(document::help::codes().map(str::to_owned))
}

/// A flow with all that was worked out about it once.
struct Checked<'c> {
    flow: &'c Flow,
    context: &'c CheckContext<'c>,
    graph: Graph<'c>,
    dataflow: Dataflow<'c>,
    reached: Vec<bool>,
    /// By step.
    uses: Vec<Vec<Use<'c>>>,
}

impl<'c> Checked<'c> {
    /// Every use in a step that can be reached, with the step's index.
    fn uses(&self) -> impl Iterator<Item = (usize, &Use<'c>)> {
        let steps = self.uses.iter().enumerate().filter(|(step, _)| self.reached[*step]);
        steps.flat_map(|(step, uses)| uses.iter().map(move |found| (step, found)))
    }

    /// Another flow by its name; `None` also when the flows are not known.
    fn other(&self, name: &str) -> Option<&'c Flow> {
        if name == self.flow.name {
            return Some(self.flow);
        }
        self.context.flows?.iter().copied().find(|flow| flow.name == name)
    }
}

/// Declares the checks: each is a file of its name with a function `check`, and its code is its name with hyphens.
macro_rules! checks {
    ($($module:ident,)+) => {
        $(mod $module;)+
        const CHECKS: &[fn(&Checked<'_>, &mut Vec<Finding>)] = &[$($module::check,)+];
        const PAGES: &[(&str, &str)] =
            &[$((stringify!($module), include_str!(concat!("check/", stringify!($module), ".rs"))),)+];
    };
}

checks! {
    unknown_target,
    unreachable_step,
    exit_not_drawn,
    no_otherwise,
    loop_without_wait,
    loop_of_calls,
    branch_never_taken,
    unknown_variable,
    used_before_set,
    possibly_unset,
    unused_variable,
    name_clash,
    unknown_attribute,
    unknown_secret,
    secret_exposed,
    secret_over_http,
    bad_url,
    invalid_json_body,
    path_not_in_sample,
    empty_text,
    text_too_long,
    title_too_long,
    too_many_choices,
    duplicate_choice,
    choices_not_expected,
    window_closed,
    timeout_after_session,
    trigger_tie,
    unknown_flow,
    endless_calls,
    missing_input,
    unknown_input,
    unknown_result,
}

#[cfg(test)]
mod tests {
    use super::{codes, help};

    #[test]
    fn every_finding_has_a_help_page() {
        for code in codes() {
            let page = help(&code).expect("a page");
            assert!(page.len() > 80, "{code}: {page}");
        }
        assert_eq!(help("no-such-code"), None);
    }
}
