//! How a question is shown, and which choice a message means.

use super::{AskQuestion, Choice, Expect, Show};
use crate::engine::{TurnBuilder, chars, fold, words};
use crate::limits as most;
use crate::template::Template;
use crate::turn::{self, Message, Outgoing};

/// Title of the button that opens a list.
const LIST_BUTTON: &str = "Choose";

/// The question as a message. Buttons and lists that the platform would refuse (too many, too long, two alike) are
/// shown as numbered lines to type.
pub(super) fn of(question: &AskQuestion, turn: &mut TurnBuilder<'_>, asked: &str) -> Outgoing {
    let text = turn.text(&question.text);
    let shown = shown(&question.choices, asked, &mut |template| turn.text(template));
    match question.show {
        Show::Buttons if fit_buttons(&text, &shown) => return Outgoing::Buttons { text, buttons: shown },
        Show::List => {
            let button =
                turn.optional_text(question.list_button.as_ref()).unwrap_or_else(|| LIST_BUTTON.into());
            if fit_list(&text, &button, &shown) {
                return Outgoing::List { text, button, rows: shown };
            }
        }
        _ => {}
    }
    let titled = question.choices.iter().any(|choice| choice.title.is_some());
    if !titled && question.show == Show::Text {
        // The author's words name the keywords.
        return Outgoing::Text { text };
    }
    let lines: Vec<String> = shown
        .iter()
        .enumerate()
        .map(|(index, choice)| match &choice.description {
            Some(description) => format!("{}. {} – {description}", index + 1, choice.title),
            None => format!("{}. {}", index + 1, choice.title),
        })
        .collect();
    Outgoing::Text { text: format!("{text}\n\n{}", lines.join("\n")) }
}

/// Said when an answer does not fit and the author wrote nothing for it.
pub(super) fn invalid(question: &AskQuestion, turn: &TurnBuilder<'_>) -> String {
    let text = match question.expect {
        Expect::Text | Expect::Any => "Please write your answer as a text message.",
        Expect::Email => "That does not look like an email address. Please send it like name@example.com.",
        Expect::Phone => {
            "That does not look like a phone number. Please send it with the country code, like +44 20 7946 0123."
        }
        Expect::Number => "That does not look like a number. Please send only the number, like 42.",
        Expect::Date => "That does not look like a date. Please send it like 2026-07-31.",
        Expect::Location => "Please share a location: tap the paper clip or the plus sign, then Location.",
        Expect::Media => "Please send a photo, a video, an audio message or a document.",
        Expect::Choice => {
            let titles: Vec<String> = shown(&question.choices, "", &mut |template| turn.printed(template))
                .into_iter()
                .map(|choice| choice.title)
                .collect();
            return format!("Please reply with one of these: {}.", titles.join(", "));
        }
    };
    text.into()
}

/// The choice that a message means, and its value: a tapped button of this question, its id, keyword or title typed
/// (a tap on an older question types its title), its number, or its keyword or title as words of a sentence that
/// names no other.
pub(super) fn chosen<'c>(
    choices: &'c [Choice],
    turn: &TurnBuilder<'_>,
    asked: &str,
    message: &Message,
) -> Option<(&'c Choice, String)> {
    if choices.is_empty() {
        return None;
    }
    let shown = shown(choices, asked, &mut |template| turn.printed(template));
    if let Some(tapped) = &message.reply_id
        && let Some(index) = shown.iter().position(|choice| choice.id == *tapped)
    {
        return Some((&choices[index], value(&choices[index], &shown[index].title)));
    }
    let typed = fold(message.text.as_deref()?);
    let names = |index: usize| {
        let choice = &choices[index];
        let fixed = [&choice.id, &choice.keyword].into_iter().flatten().map(|text| text.value.as_str());
        fixed
            .chain([shown[index].title.as_str()])
            .map(fold)
            .filter(|name| !name.is_empty())
            .collect::<Vec<_>>()
    };
    let bare = typed.trim_matches(|c: char| matches!(c, '.' | '!' | '?' | ',' | '"' | '\'' | '*'));
    let exact = |typed: &str| (0..choices.len()).find(|index| names(*index).iter().any(|name| name == typed));
    let by_number = || {
        let number: usize = bare.parse().ok()?;
        (1..=choices.len()).contains(&number).then(|| number - 1)
    };
    let in_sentence = || {
        let said = words(&typed);
        let mut hits = (0..choices.len()).filter(|index| {
            names(*index).iter().any(|name| {
                let wanted = words(name);
                !wanted.is_empty() && said.windows(wanted.len()).any(|run| run == wanted)
            })
        });
        hits.next().filter(|_| hits.next().is_none())
    };
    let index = exact(&typed).or_else(|| exact(bare)).or_else(by_number).or_else(in_sentence)?;
    Some((&choices[index], value(&choices[index], &shown[index].title)))
}

/// A choice saves its id, else its keyword, else its title.
fn value(choice: &Choice, title: &str) -> String {
    let named = choice.id.as_ref().or(choice.keyword.as_ref());
    named.map_or_else(|| title.to_owned(), |text| text.value.clone())
}

/// The choices as buttons or rows: their ids begin with the question's, so that a tap on an older one is known.
fn shown(choices: &[Choice], asked: &str, print: &mut dyn FnMut(&Template) -> String) -> Vec<turn::Choice> {
    let mut print = |template: &Option<Template>| {
        let text = print(template.as_ref()?).trim().to_owned();
        (!text.is_empty()).then_some(text)
    };
    let mut shown = Vec::with_capacity(choices.len());
    for choice in choices {
        let named = choice.keyword.as_ref().or(choice.id.as_ref());
        let title = print(&choice.title).or_else(|| named.map(|text| text.value.clone())).unwrap_or_default();
        let description = print(&choice.description);
        let id = format!("{asked}:{}", value(choice, &title));
        shown.push(turn::Choice { id, title, description });
    }
    shown
}

fn fit_buttons(text: &str, buttons: &[turn::Choice]) -> bool {
    fit(text, buttons, most::BUTTONS_MAX, most::BUTTON_TITLE_CHARS_MAX, most::BUTTON_ID_CHARS_MAX)
        // A reply button has no place for it.
        && buttons.iter().all(|button| button.description.is_none())
}

fn fit_list(text: &str, button: &str, rows: &[turn::Choice]) -> bool {
    fit(text, rows, most::LIST_ROWS_MAX, most::ROW_TITLE_CHARS_MAX, most::ROW_ID_CHARS_MAX)
        && chars(button) <= most::BUTTON_TITLE_CHARS_MAX
        && rows.iter().all(|row| {
            row.description.as_ref().is_none_or(|text| chars(text) <= most::ROW_DESCRIPTION_CHARS_MAX)
        })
}

fn fit(text: &str, shown: &[turn::Choice], count: usize, title: usize, id: usize) -> bool {
    let alike = |part: fn(&turn::Choice) -> &str| {
        shown.iter().enumerate().any(|(at, one)| shown[..at].iter().any(|other| part(other) == part(one)))
    };
    !text.trim().is_empty()
        && chars(text) <= most::INTERACTIVE_TEXT_CHARS_MAX
        && (1..=count).contains(&shown.len())
        && shown.iter().all(|choice| {
            !choice.title.is_empty() && chars(&choice.title) <= title && chars(&choice.id) <= id
        })
        && !alike(|choice| &choice.title)
        && !alike(|choice| &choice.id)
}
