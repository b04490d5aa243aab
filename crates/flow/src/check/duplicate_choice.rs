//! Two choices of a question cannot be told apart.
//!
//! An answer is compared with keywords, titles and ids without regard to case. When two choices share one, only the first is
//! ever taken, and WhatsApp refuses buttons of the same title or id. Give each its own.

use super::Checked;
use crate::document::shorten;
use crate::finding::{Finding, Severity};
use crate::source::Span;
use crate::steps::Action;
use crate::steps::ask_question::Choice;
use std::collections::HashMap;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for step in &checked.graph.steps {
        let Action::AskQuestion(question) = &step.action else { continue };
        let mut seen: HashMap<String, usize> = HashMap::new();
        for (at, choice) in question.choices.iter().enumerate() {
            for (word, span) in words(choice) {
                let other = *seen.entry(word.trim().to_lowercase()).or_insert(at);
                if other == at {
                    continue;
                }
                let message = format!("`{}` already stands for choice {}", shorten(&word), other + 1);
                let finding = Finding::new("duplicate-choice", Severity::Error, message)
                    .at(span)
                    .in_step(&step.name)
                    .because("Answers are compared without regard to case, and the first choice that fits is taken.")
                    .mend("Give each choice its own keyword, title and id.");
                findings.push(finding);
            }
        }
    }
}

/// What an answer is compared with.
fn words(choice: &Choice) -> Vec<(String, Span)> {
    let keyword = choice.keyword.iter().map(|text| (text.value.clone(), text.place.span.clone()));
    let id = choice.id.iter().map(|text| (text.value.clone(), text.place.span.clone()));
    let title =
        choice.title.iter().filter_map(|title| Some((title.plain()?.to_owned(), title.place.span.clone())));
    keyword.chain(id).chain(title).collect()
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{none, places};

    fn question(choices: &str) -> String {
        format!("  a: {{type: ask_question, text: Hi, choices: [{choices}], next: end}}\n")
    }

    #[test]
    fn case_does_not_tell_them_apart() {
        assert_eq!(places("duplicate-choice", &question("{keyword: YES}, {keyword: yes}")), ["yes"]);
        assert_eq!(
            places("duplicate-choice", &question("{keyword: A, title: One}, {keyword: one}")),
            ["one"]
        );
        none("duplicate-choice", &question("{keyword: yes, title: Yes, id: yes}, {keyword: no}"));
    }
}
