//! `ask_question`: a question, what counts as an answer, and where it is kept.
//!
//! ```yaml
//! choose:
//!   type: ask_question
//!   text: Hi {{contact.name}}, what can we do for you?
//!   choices:
//!     - {keyword: ORDERS, title: My orders, next: orders}
//!     - {keyword: SUPPORT, title: Talk to a person, next: support}
//!   timeout: 30m
//!   exits: {timeout: goodbye, invalid: support}
//! ```

mod answer;
mod date;
mod number;
mod prompt;

use crate::Value;
use crate::document::{Fields, Node, Reader, schema, target, variable_name};
use crate::engine::{Next, Resume, TurnBuilder, later};
use crate::flow::{Step, Target};
use crate::session::Waiting;
use crate::source::Text;
use crate::template::Template;
use crate::turn::{Fact, Message, Outgoing};
use serde_json::json;
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct AskQuestion {
    pub text: Template,
    pub expect: Expect,
    pub save_as: Option<Text>,
    pub choices: Vec<Choice>,
    /// How choices are shown; [`Show::Text`] when no choice has a title.
    pub show: Show,
    /// Title of the button that opens a list; "Choose" when absent.
    pub list_button: Option<Template>,
    /// Said when an answer does not fit; a text of our own when absent.
    pub invalid_text: Option<Template>,
    /// Answers refused before the exit `invalid` is taken.
    pub attempts: u32,
    /// Time before the exit `timeout` is taken.
    pub timeout: Option<Duration>,
    /// Lines that come within so long of each other make one answer.
    pub join: Option<Duration>,
    /// ISO country for `expect: phone`.
    pub country: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    Text,
    Email,
    Phone,
    Number,
    Date,
    Choice,
    Location,
    Media,
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    Text,
    Buttons,
    List,
}

/// One choice. Its answer is its id, else its keyword.
#[derive(Debug, Clone)]
pub struct Choice {
    pub keyword: Option<Text>,
    pub title: Option<Template>,
    pub id: Option<Text>,
    pub description: Option<Template>,
    pub next: Option<Target>,
}

/// Quick lines that make one answer at most; with the last of them it is given.
const LINES_MAX: usize = 30;

/// The open question as [`Waiting::Answer`] keeps it.
struct Open {
    asked: String,
    asked_at: i64,
    refused: u32,
    timeout_at: Option<i64>,
    lines: Vec<Value>,
    join_until: Option<i64>,
}

impl AskQuestion {
    /// Asks on entry; then takes answers until one fits, attempts are spent or time is up.
    pub(crate) fn run(&self, _: &Step, turn: &mut TurnBuilder<'_>, resume: Option<&Resume<'_>>) -> Next {
        let Some(resume) = resume else { return self.ask(turn) };
        let Some(mut open) = Open::of(turn) else { return self.ask(turn) };
        if let Resume::Message(message) = resume {
            let Some(join) = self.join else { return self.answer(turn, open, message) };
            // What cannot be kept could not be joined; it is an answer by itself.
            let Ok(line) = serde_json::to_value(message) else { return self.answer(turn, open, message) };
            open.lines.push(line);
            open.join_until = Some(later(turn.now(), join));
            if open.lines.len() < LINES_MAX {
                return open.wait();
            }
        }
        if open.lines.len() >= LINES_MAX || open.join_until.is_some_and(|at| at <= turn.now()) {
            let message = joined(std::mem::take(&mut open.lines));
            open.join_until = None;
            turn.set_message(&message);
            return self.answer(turn, open, &message);
        }
        Next::exit("timeout")
    }

    fn ask(&self, turn: &mut TurnBuilder<'_>) -> Next {
        // The ids of the buttons hold the question's id, so it is made before the message has one.
        let asked = turn.new_id();
        let message = prompt::of(self, turn, &asked);
        turn.event(Fact::QuestionAsked);
        turn.send(message);
        let (asked_at, timeout_at) = self.clock(turn.now());
        Open { asked, asked_at, refused: 0, timeout_at, lines: Vec::new(), join_until: None }.wait()
    }

    fn answer(&self, turn: &mut TurnBuilder<'_>, mut open: Open, message: &Message) -> Next {
        if let Some((value, choice)) = self.read(turn, &open.asked, message) {
            if let Some(name) = &self.save_as {
                turn.set_variable(&name.value, value.clone());
            }
            turn.event(Fact::AnswerAccepted { value });
            return match choice.and_then(|choice| choice.next.clone()) {
                Some(target) => Next::To { exit: "answered".into(), target },
                None => Next::exit("answered"),
            };
        }
        if message.accepted_at <= open.asked_at {
            turn.event(Fact::MessageKept);
            return open.wait();
        }
        open.refused = open.refused.saturating_add(1);
        turn.event(Fact::AnswerRefused { attempt: open.refused });
        if open.refused >= self.attempts {
            return Next::exit("invalid");
        }
        let text = match turn.optional_text(self.invalid_text.as_ref()) {
            Some(text) => text,
            None => prompt::invalid(self, turn),
        };
        turn.send(Outgoing::Text { text });
        // It asks again: what was written before it came spends no further attempt.
        (open.asked_at, open.timeout_at) = self.clock(turn.now());
        open.wait()
    }

    /// The answer and, where it is one of them, the choice.
    fn read<'s>(
        &'s self,
        turn: &mut TurnBuilder<'_>,
        asked: &str,
        message: &Message,
    ) -> Option<(Value, Option<&'s Choice>)> {
        if let Some((choice, value)) = prompt::chosen(&self.choices, turn, asked, message) {
            return Some((Value::String(value), Some(choice)));
        }
        let country = self.country.as_deref().or(turn.bot().settings.country.as_deref());
        let local = answer::Local { country, zone: &turn.bot().settings.timezone, now: turn.now() };
        answer::read(self.expect, message, &local).map(|value| (value, None))
    }

    fn clock(&self, now: i64) -> (i64, Option<i64>) {
        (now, self.timeout.map(|timeout| later(now, timeout)))
    }
}

impl Open {
    fn of(turn: &TurnBuilder<'_>) -> Option<Open> {
        let waiting = turn.waiting()?.clone();
        let Waiting::Answer { asked, asked_at, refused, timeout_at, lines, join_until } = waiting else {
            return None;
        };
        Some(Open { asked, asked_at, refused, timeout_at, lines, join_until })
    }

    fn wait(self) -> Next {
        let Open { asked, asked_at, refused, timeout_at, lines, join_until } = self;
        Next::Wait(Waiting::Answer { asked, asked_at, refused, timeout_at, lines, join_until })
    }
}

/// Quick lines as one message: the last one with the texts of all, a line each, accepted when the last was.
fn joined(lines: Vec<Value>) -> Message {
    let messages: Vec<Message> =
        lines.into_iter().filter_map(|line| serde_json::from_value(line).ok()).collect();
    let texts: Vec<&str> = messages.iter().filter_map(|message| message.text.as_deref()).collect();
    let text = (!texts.is_empty()).then(|| texts.join("\n"));
    // A place or a file sent among the lines is what was asked for, if anything is.
    let carrier =
        messages.iter().rev().find(|message| !message.content.is_null() || message.reply_id.is_some());
    let mut message = carrier.or(messages.last()).cloned().unwrap_or_default();
    message.accepted_at = messages.last().map_or(0, |last| last.accepted_at);
    message.text = text;
    message
}

/// Answers that may be refused before the exit `invalid`, unless the author says otherwise.
pub const ATTEMPTS: u32 = 3;
/// Most attempts that an author may give.
pub const ATTEMPTS_MAX: u32 = 20;

const EXPECT: [(&str, Expect); 9] = [
    ("text", Expect::Text),
    ("email", Expect::Email),
    ("phone", Expect::Phone),
    ("number", Expect::Number),
    ("date", Expect::Date),
    ("choice", Expect::Choice),
    ("location", Expect::Location),
    ("media", Expect::Media),
    ("any", Expect::Any),
];

/// Reads the question. Without `expect`, one with choices expects a choice and any other a text.
pub(crate) fn read(fields: &mut Fields<'_>, reader: &mut Reader) -> Option<AskQuestion> {
    let text = fields.require(reader, "text", "text: What is your name?");
    let text = text.and_then(|node| reader.template(node, "`text`"));
    let expect = fields.take("expect").and_then(|node| reader.word(node, "`expect`", &EXPECT));
    let save_as = fields.text(reader, "save_as").map(|name| variable_name(name, reader));
    let given = fields.take("choices").map(|node| reader.list(node, "`choices`")).unwrap_or_default();
    let choices: Vec<Option<Choice>> = given.into_iter().map(|item| choice(item, reader)).collect();
    let show = fields.take("show").and_then(|node| {
        let words = [("text", Show::Text), ("buttons", Show::Buttons), ("list", Show::List)];
        reader.word(node, "`show`", &words)
    });
    let list_button = fields.template(reader, "list_button");
    let invalid_text = fields.template(reader, "invalid_text");
    let attempts =
        fields.take("attempts").and_then(|node| reader.whole(node, "`attempts`", 1..=ATTEMPTS_MAX));
    let timeout = fields.take("timeout").and_then(|node| reader.duration(node, "`timeout`"));
    let join = fields.take("join").and_then(|node| reader.duration(node, "`join`"));
    let country = fields.take("country").and_then(|node| crate::document::country(node, reader));
    let choices = choices.into_iter().collect::<Option<Vec<Choice>>>()?;
    let usual = if choices.is_empty() { Expect::Text } else { Expect::Choice };
    Some(AskQuestion {
        text: text?,
        expect: expect.unwrap_or(usual),
        save_as,
        show: show.unwrap_or_else(|| usual_show(&choices)),
        choices,
        list_button,
        invalid_text,
        attempts: attempts.unwrap_or(ATTEMPTS),
        timeout,
        join,
        country,
    })
}

/// Text without titles; buttons for as many as WhatsApp shows; else a list.
fn usual_show(choices: &[Choice]) -> Show {
    if choices.iter().all(|choice| choice.title.is_none()) {
        Show::Text
    } else if choices.len() <= crate::limits::BUTTONS_MAX
        && choices.iter().all(|choice| choice.description.is_none())
    {
        Show::Buttons
    } else {
        Show::List
    }
}

fn choice(node: Node<'_>, reader: &mut Reader) -> Option<Choice> {
    let mut fields = reader.fields(node, "a choice")?;
    let choice = Choice {
        keyword: fields.text(reader, "keyword"),
        title: fields.template(reader, "title"),
        id: fields.text(reader, "id"),
        description: fields.template(reader, "description"),
        next: fields.take("next").and_then(|node| target(node, "`next`", reader)),
    };
    let named = ["keyword", "title", "id"].iter().any(|name| fields.has(name));
    if !named {
        fields.report_missing(reader, "`keyword` or `title`", "keyword: SUPPORT");
    }
    fields.finish(reader);
    named.then_some(choice)
}

/// As the JSON Schema tells it to editors.
pub(crate) fn schema() -> Value {
    let choice = schema::object(
        "One choice. Its answer is its id, else its keyword.",
        &[
            ("keyword", schema::text("What the customer types.")),
            ("title", schema::text("What the button or row says: at most 20 or 24 characters.")),
            ("id", schema::text("What is saved as the answer.")),
            ("description", schema::text("Below the title in a list: at most 72 characters.")),
            ("next", schema::target("The step after this choice; without it the exit `answered` is taken.")),
        ],
        &[],
    );
    let expect: Vec<&str> = EXPECT.iter().map(|pair| pair.0).collect();
    schema::step(
        "Asks, waits for the answer, checks it and keeps it.",
        &[
            ("text", schema::text("The question; may hold holes.")),
            (
                "expect",
                schema::words(
                    "What counts as an answer. A choice where there are choices, else a text.",
                    &expect,
                ),
            ),
            ("save_as", schema::text("Variable that keeps the answer.")),
            ("choices", json!({"description": "What can be chosen.", "type": "array", "items": choice})),
            (
                "show",
                schema::words(
                    "How choices are shown; as text when none has a title.",
                    &["text", "buttons", "list"],
                ),
            ),
            ("list_button", schema::text("Title of the button that opens the list.")),
            ("invalid_text", schema::text("Said when an answer does not fit.")),
            (
                "attempts",
                json!({"description": "Answers refused before the exit `invalid` is taken; 3 unless said.", "type": "integer", "minimum": 1, "maximum": ATTEMPTS_MAX}),
            ),
            ("timeout", schema::duration("Time before the exit `timeout` is taken.")),
            ("join", schema::duration("Lines that come within so long of each other make one answer.")),
            ("country", schema::text("Country (two letters) of phone numbers typed without a country code.")),
        ],
        &["text"],
    )
}
