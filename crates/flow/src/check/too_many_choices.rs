//! A question has more choices than WhatsApp can show, or a message too many cards.
//!
//! Three reply buttons fit under a message, and ten rows into a list. Show more than three as a list (`show: list`), and more
//! than ten as a text with keywords (`show: text`) or in two questions. A message holds five contact cards.

use super::Checked;
use crate::finding::{Finding, Severity};
use crate::limits::{BUTTONS_MAX, CONTACT_CARDS_MAX, LIST_ROWS_MAX};
use crate::steps::Action;
use crate::steps::ask_question::Show;
use crate::steps::send_message::Content;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for step in &checked.graph.steps {
        let (count, most, what, mend) = match &step.action {
            Action::AskQuestion(question) => match question.show {
                Show::Buttons => {
                    (question.choices.len(), BUTTONS_MAX, "buttons", "Write `show: list`, or drop some.")
                }
                Show::List => (
                    question.choices.len(),
                    LIST_ROWS_MAX,
                    "rows of a list",
                    "Split them over two questions, or write `show: text`.",
                ),
                Show::Text => continue,
            },
            Action::SendMessage(message) => match &message.content {
                Content::Contacts(cards) => {
                    (cards.len(), CONTACT_CARDS_MAX, "contact cards", "Send the others in a further step.")
                }
                _ => continue,
            },
            _ => continue,
        };
        if count > most {
            let message = format!("{count} {what}; WhatsApp shows {most}");
            let finding = Finding::new("too-many-choices", Severity::Error, message);
            findings.push(finding.at(step.name_span.clone()).in_step(&step.name).mend(mend));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{found, none};

    fn question(show: &str, count: usize) -> String {
        let choices: Vec<String> = (0..count).map(|n| format!("{{title: Choice {n}}}")).collect();
        format!("  a: {{type: ask_question, text: Hi{show}, choices: [{}], next: end}}\n", choices.join(", "))
    }

    #[test]
    fn three_buttons_and_ten_rows() {
        assert_eq!(found("too-many-choices", &question(", show: buttons", 4)).len(), 1);
        none("too-many-choices", &question(", show: buttons", 3));
        none("too-many-choices", &question("", 10));
        assert_eq!(found("too-many-choices", &question("", 11)).len(), 1);
        none("too-many-choices", &question(", show: text", 30));
    }
}
