//! `ask_question`: a question, what counts as an answer, and where it is kept.

use crate::flow::Target;
use crate::source::Text;
use crate::template::Template;
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
