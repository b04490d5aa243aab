//! The title or id of a button or row is longer than WhatsApp takes.
//!
//! A button's title holds 20 characters, a row's 24; the button that opens a list 20, a URL button 20. An id holds 256 on a
//! button and 200 on a row. Shorten it; what does not fit can stand in the text above, or in a row's description.

use super::Checked;
use super::text_too_long::least_length;
use crate::finding::{Finding, Severity};
use crate::limits::{BUTTON_ID_CHARS_MAX, BUTTON_TITLE_CHARS_MAX, ROW_ID_CHARS_MAX, ROW_TITLE_CHARS_MAX};
use crate::source::Span;
use crate::steps::Action;
use crate::steps::ask_question::{AskQuestion, Show};
use crate::steps::send_message::Content;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for step in &checked.graph.steps {
        for (span, length, most, what) in titles(&step.action) {
            if length <= most {
                continue;
            }
            let message = format!("{what} has {length} characters; WhatsApp takes {most}");
            let finding = Finding::new("title-too-long", Severity::Error, message)
                .at(span)
                .in_step(&step.name)
                .mend("Shorten it; the rest can stand in the text above.");
            findings.push(finding);
        }
    }
}

type Title = (Span, usize, usize, &'static str);

fn titles(action: &Action) -> Vec<Title> {
    match action {
        Action::AskQuestion(question) if question.show != Show::Text => of_question(question),
        Action::SendMessage(message) => match &message.content {
            Content::UrlButton { title, .. } => {
                vec![(
                    title.place.span.clone(),
                    least_length(title),
                    BUTTON_TITLE_CHARS_MAX,
                    "the button's title",
                )]
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn of_question(question: &AskQuestion) -> Vec<Title> {
    let (title_most, id_most, what) = match question.show {
        Show::List => (ROW_TITLE_CHARS_MAX, ROW_ID_CHARS_MAX, "the row's title"),
        _ => (BUTTON_TITLE_CHARS_MAX, BUTTON_ID_CHARS_MAX, "the button's title"),
    };
    let mut found = Vec::new();
    for choice in &question.choices {
        if let Some(title) = &choice.title {
            found.push((title.place.span.clone(), least_length(title), title_most, what));
        } else if let Some(keyword) = &choice.keyword {
            found.push((keyword.place.span.clone(), keyword.value.chars().count(), title_most, what));
        }
        if let Some(id) = &choice.id {
            found.push((id.place.span.clone(), id.value.chars().count(), id_most, "the id"));
        }
    }
    if let (Show::List, Some(button)) = (question.show, &question.list_button) {
        found.push((
            button.place.span.clone(),
            least_length(button),
            BUTTON_TITLE_CHARS_MAX,
            "the button that opens the list",
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{none, places};

    fn question(show: &str, title: &str) -> String {
        format!(
            "  a: {{type: ask_question, text: Hi, show: {show}, choices: [{{title: {title}}}], next: end}}\n"
        )
    }

    #[test]
    fn buttons_and_rows_have_their_own_lengths() {
        let (twenty_one, twenty_five) = ("Talk to a real person", "Talk to a real person now");
        assert_eq!(places("title-too-long", &question("buttons", twenty_one)), [twenty_one]);
        none("title-too-long", &question("list", twenty_one));
        assert_eq!(places("title-too-long", &question("list", twenty_five)), [twenty_five]);
        none("title-too-long", &question("text", twenty_five));
    }
}
