//! A message would be empty.
//!
//! WhatsApp refuses a message without a text, a button without a title and a template without a name. Write the text, or
//! remove the step.

use super::Checked;
use crate::finding::{Finding, Severity};
use crate::steps::Action;
use crate::steps::send_message::Content;
use crate::template::Template;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for step in &checked.graph.steps {
        for (text, what) in texts(&step.action) {
            if text.plain().is_none_or(|plain| !plain.trim().is_empty()) {
                continue;
            }
            let finding = Finding::new("empty-text", Severity::Error, format!("{what} is empty"))
                .at(text.place.span.clone())
                .in_step(&step.name)
                .because("WhatsApp refuses it.")
                .mend("Write a text, or remove the step.");
            findings.push(finding);
        }
    }
}

fn texts(action: &Action) -> Vec<(&Template, &'static str)> {
    match action {
        Action::SendMessage(message) => match &message.content {
            Content::Text(text) | Content::LocationRequest(text) => vec![(text, "the message")],
            Content::UrlButton { text, title, .. } => {
                vec![(text, "the message"), (title, "the button's title")]
            }
            _ => Vec::new(),
        },
        Action::AskQuestion(question) => {
            let titles = question.choices.iter().filter_map(|choice| choice.title.as_ref());
            let mut all = vec![(&question.text, "the question")];
            all.extend(titles.map(|title| (title, "a title")));
            all.extend(
                question.invalid_text.as_ref().map(|text| (text, "the text for answers that do not fit")),
            );
            all
        }
        Action::HandOver(action) => action.text.iter().map(|text| (text, "the message")).collect(),
        Action::SendTemplate(action) => {
            vec![(&action.template, "the template's name"), (&action.language, "the language")]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{none, places};

    #[test]
    fn blanks_are_no_text() {
        assert_eq!(places("empty-text", "  a: {type: send_message, text: \" \", next: end}\n"), ["\" \""]);
        none("empty-text", "  a: {type: send_message, text: \"{{now}}\", next: end}\n");
    }
}
