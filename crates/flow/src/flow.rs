//! A flow as read from its document: triggers, steps and the exits that join them.

use crate::source::{Span, Spanned, Text};
use crate::steps::Action;
use indexmap::IndexMap;
use regex::Regex;

/// The exit that ends a flow when it is a target: `next: end`.
pub const END: &str = "end";

/// A flow that was read without an error. The first step is where it starts.
#[derive(Debug, Clone)]
pub struct Flow {
    pub name: String,
    pub title: Option<String>,
    /// Number of the published revision, from 1; 0 for one that is not published.
    pub revision: u32,
    /// Names that a `run_flow` step may or must give (`with`).
    pub inputs: Vec<Spanned<String>>,
    pub triggers: Vec<Trigger>,
    pub steps: IndexMap<String, Step>,
}

/// One step of a flow.
#[derive(Debug, Clone)]
pub struct Step {
    pub name: String,
    /// The step's key in the document.
    pub name_span: Span,
    /// The whole step in the document, from its key to the end of its value.
    pub span: Span,
    pub action: Action,
    /// Drawn exits by name: `next` stands under its main exit's name; choices and branches with a `next` of their own
    /// stand in the action.
    pub exits: IndexMap<String, Target>,
}

/// Where an exit leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// A step's name, or [`END`].
    pub step: String,
    pub span: Span,
}

/// What starts a flow.
#[derive(Debug, Clone)]
pub struct Trigger {
    pub kind: TriggerKind,
    pub span: Span,
}

#[derive(Debug, Clone)]
pub enum TriggerKind {
    Keywords {
        keywords: Vec<Text>,
        matching: KeywordMatch,
        /// Interrupts a running session.
        global: bool,
        /// Compiled `keywords` of [`KeywordMatch::Pattern`], in their order; empty otherwise.
        patterns: Vec<Regex>,
    },
    /// The first message a contact ever sends.
    FirstMessage,
    AnyMessage,
    /// The payload of a template's quick reply, or the id of a button.
    Button {
        payload: Text,
    },
    /// A click-to-WhatsApp ad or post; with `source_id`, only that one.
    Referral {
        source_id: Option<Text>,
    },
}

/// How a keyword is compared with a message, both case-folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeywordMatch {
    /// Stands in the message as a whole word.
    #[default]
    Word,
    /// Is the whole message.
    Exact,
    /// Stands in the message as a run of whole words.
    Phrase,
    /// A regular expression found in the message.
    Pattern,
}

impl Flow {
    /// The step where the flow starts; `None` only for a flow without steps, which the reader refuses.
    pub fn first_step(&self) -> Option<&Step> {
        self.steps.first().map(|(_, step)| step)
    }
}
