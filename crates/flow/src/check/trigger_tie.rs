//! Two flows would start at the same message.
//!
//! Triggers are tried in an order (global, exact, phrase, word, pattern, any), and within the same kind the flow whose name
//! comes first wins. Two flows with the same keyword in the same way of matching, the same button, or both with
//! `first_message` or `any_message` leave to chance of the name which one starts. Change one of them.

use super::Checked;
use crate::document::shorten;
use crate::finding::{Finding, Severity};
use crate::flow::{Flow, KeywordMatch, TriggerKind};

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    let Some(flows) = checked.context.flows else { return };
    for trigger in &checked.flow.triggers {
        for (said, span) in meets(&trigger.kind) {
            let tied = flows.iter().find(|flow| flow.name != checked.flow.name && has(flow, &said));
            let Some(tied) = tied else { continue };
            let message = format!("the flow `{}` starts at {} too", tied.name, said.words());
            let finding = Finding::new("trigger-tie", Severity::Warning, message)
                .at(span.unwrap_or_else(|| trigger.span.clone()))
                .because("Only one of them can start.")
                .mend("Change the trigger of one of the two flows.");
            findings.push(finding);
        }
    }
}

/// What a trigger waits for, comparable over flows.
#[derive(PartialEq)]
enum Said {
    Keyword { word: String, matching: KeywordMatch, global: bool },
    First,
    Any,
    Button(String),
    Referral(Option<String>),
}

impl Said {
    fn words(&self) -> String {
        match self {
            Said::Keyword { word, .. } => format!("`{}`", shorten(word)),
            Said::First => "a contact's first message".to_owned(),
            Said::Any => "any message".to_owned(),
            Said::Button(payload) => format!("the button `{}`", shorten(payload)),
            Said::Referral(Some(source)) => format!("the ad `{}`", shorten(source)),
            Said::Referral(None) => "any ad".to_owned(),
        }
    }
}

fn meets(kind: &TriggerKind) -> Vec<(Said, Option<crate::source::Span>)> {
    match kind {
        TriggerKind::Keywords { keywords, matching, global, .. } => keywords
            .iter()
            .map(|keyword| {
                let word = match matching {
                    KeywordMatch::Pattern => keyword.value.clone(),
                    _ => keyword.value.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase(),
                };
                let said = Said::Keyword { word, matching: *matching, global: *global };
                (said, Some(keyword.place.span.clone()))
            })
            .collect(),
        TriggerKind::FirstMessage => vec![(Said::First, None)],
        TriggerKind::AnyMessage => vec![(Said::Any, None)],
        TriggerKind::Button { payload } => {
            vec![(Said::Button(payload.value.clone()), Some(payload.place.span.clone()))]
        }
        TriggerKind::Referral { source_id } => {
            vec![(Said::Referral(source_id.as_ref().map(|source| source.value.clone())), None)]
        }
    }
}

fn has(flow: &Flow, said: &Said) -> bool {
    flow.triggers.iter().any(|trigger| meets(&trigger.kind).iter().any(|(other, _)| other == said))
}

#[cfg(test)]
mod tests {
    use crate::check::CheckContext;
    use crate::check::testing::{flow, found_in};

    fn ties(ours: &str, theirs: &str) -> usize {
        let text = |name: &str, trigger: &str| {
            format!("flow: {name}\ntriggers: [{trigger}]\nsteps: {{a: {{type: end}}}}\n")
        };
        let other = flow(&text("other", theirs));
        let flows = [&other];
        let context = CheckContext { flows: Some(&flows), ..CheckContext::default() };
        found_in("trigger-tie", &text("test", ours), &context).len()
    }

    #[test]
    fn the_same_word_in_the_same_way() {
        assert_eq!(ties("{keywords: [Hello, hi]}", "{keywords: [HI]}"), 1);
        assert_eq!(ties("{keywords: [hi]}", "{keywords: [hi], match: exact}"), 0);
        assert_eq!(ties("{keywords: [hi]}", "{keywords: [hi], global: true}"), 0);
        assert_eq!(ties("{any_message: true}", "{any_message: true}"), 1);
        assert_eq!(ties("{any_message: true}", "{first_message: true}"), 0);
        assert_eq!(ties("{referral: {source_id: \"1\"}}", "{referral: true}"), 0);
        assert_eq!(ties("{button: YES}", "{button: YES}"), 1);
    }
}
