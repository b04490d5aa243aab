//! A text is longer than WhatsApp takes.
//!
//! A text message holds 4,096 characters; a text above buttons, a list, a URL button or a location request 1,024; a caption
//! 1,024; the description of a row 72. Holes count as nothing here, so the text may still grow beyond it when it is sent.
//! Shorten it, or send it in two messages.

use super::Checked;
use crate::finding::{Finding, Severity};
use crate::limits::{
    CAPTION_CHARS_MAX, INTERACTIVE_TEXT_CHARS_MAX, ROW_DESCRIPTION_CHARS_MAX, TEXT_CHARS_MAX,
};
use crate::steps::Action;
use crate::steps::ask_question::Show;
use crate::steps::send_message::{Content, Media};
use crate::template::{Part, Template};

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for step in &checked.graph.steps {
        for (text, most, what) in texts(&step.action) {
            let length = least_length(text);
            if length <= most {
                continue;
            }
            let message = format!("{what} has {length} characters; WhatsApp takes {most}");
            let finding = Finding::new("text-too-long", Severity::Error, message)
                .at(text.place.span.clone())
                .in_step(&step.name)
                .mend("Shorten it, or split it over two steps.");
            findings.push(finding);
        }
    }
}

/// Characters that are sent even when every hole is empty.
pub(super) fn least_length(template: &Template) -> usize {
    let fixed = template.parts.iter().map(|part| match part {
        Part::Text(text) => text.chars().count(),
        Part::Hole(_) => 0,
    });
    fixed.sum()
}

fn texts(action: &Action) -> Vec<(&Template, usize, &'static str)> {
    match action {
        Action::SendMessage(message) => match &message.content {
            Content::Text(text) => vec![(text, TEXT_CHARS_MAX, "the message")],
            Content::LocationRequest(text) | Content::UrlButton { text, .. } => {
                vec![(text, INTERACTIVE_TEXT_CHARS_MAX, "the message")]
            }
            Content::Media(Media { caption: Some(caption), .. }) => {
                vec![(caption, CAPTION_CHARS_MAX, "the caption")]
            }
            _ => Vec::new(),
        },
        Action::AskQuestion(question) => {
            let interactive = question.show != Show::Text && !question.choices.is_empty();
            let most = if interactive { INTERACTIVE_TEXT_CHARS_MAX } else { TEXT_CHARS_MAX };
            let mut all = vec![(&question.text, most, "the question")];
            all.extend(
                question
                    .invalid_text
                    .as_ref()
                    .map(|text| (text, most, "the text for answers that do not fit")),
            );
            if question.show == Show::List {
                let descriptions = question.choices.iter().filter_map(|choice| choice.description.as_ref());
                all.extend(descriptions.map(|text| (text, ROW_DESCRIPTION_CHARS_MAX, "the description")));
            }
            all
        }
        Action::HandOver(action) => {
            action.text.iter().map(|text| (text, TEXT_CHARS_MAX, "the message")).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{found, none};

    fn message(length: usize) -> String {
        format!("  a: {{type: send_message, text: \"{}{{{{now}}}}\", next: end}}\n", "é".repeat(length))
    }

    #[test]
    fn characters_count_not_bytes() {
        assert_eq!(found("text-too-long", &message(4097)).len(), 1);
        none("text-too-long", &message(4096));
    }

    #[test]
    fn a_text_above_buttons_is_shorter() {
        let question = |length: usize| {
            format!(
                "  a: {{type: ask_question, text: {}, choices: [{{title: Yes}}], next: end}}\n",
                "x".repeat(length)
            )
        };
        assert_eq!(found("text-too-long", &question(1025)).len(), 1);
        none("text-too-long", &question(1024));
    }
}
