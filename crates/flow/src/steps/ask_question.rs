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

use crate::Value;
use crate::document::schema;
use crate::document::{Fields, Node, Reader, target, variable_name};
use crate::flow::Target;
use crate::source::Text;
use crate::template::Template;
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
