//! One bubble of a chat.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Who wrote a bubble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Customer,
    Business,
}

/// Which step of which flow sent a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotation {
    pub flow: String,
    pub step: String,
}

/// A message as the phone shows it.
#[derive(Debug, Clone, Serialize)]
pub struct Bubble {
    /// Grows by one with each bubble of one customer.
    pub number: u64,
    /// Meta's message id.
    pub id: String,
    pub from: Side,
    /// Meta's word: `text`, `image`, `interactive`, `template`, …
    pub kind: String,
    /// The type's own object as sent or received; of a template the filled-in form.
    pub content: Value,
    /// Milliseconds since 1970.
    pub at_ms: i64,
    /// `accepted`, `sent`, `delivered`, `read` or `failed`.
    pub status: String,
    /// Meta's error object when failed.
    pub error: Option<Value>,
    /// `biz_opaque_callback_data` of the send.
    pub opaque: Option<String>,
    pub step: Option<Annotation>,
    /// The message this one quotes or answers.
    pub reply_to: Option<String>,
    pub reaction: Option<String>,
}

impl Bubble {
    /// The words a person reads in it: text, caption or body, with button titles in brackets.
    pub fn words(&self) -> String {
        let c = &self.content;
        let body = [&c["body"]["text"], &c["body"], &c["caption"], &c["name"], &c["filename"], &c["emoji"]]
            .into_iter()
            .find_map(Value::as_str)
            .unwrap_or("");
        let titles: Vec<&str> = match c["type"].as_str() {
            Some("button_reply") => c["button_reply"]["title"].as_str().into_iter().collect(),
            Some("list_reply") => c["list_reply"]["title"].as_str().into_iter().collect(),
            _ => Vec::new(),
        };
        let buttons = self.choices().into_iter().map(|choice| format!("[{}]", choice.title));
        let mut lines: Vec<String> = Vec::new();
        lines.extend((!body.is_empty()).then(|| body.to_owned()));
        lines.extend(titles.into_iter().map(str::to_owned));
        lines.extend(c["text"].as_str().filter(|_| self.kind == "button").map(str::to_owned));
        lines.extend(buttons);
        if lines.is_empty() {
            lines.push(format!("({})", self.kind));
        }
        lines.join("\n")
    }

    /// What the customer can tap in it, in display order.
    pub fn choices(&self) -> Vec<Choice> {
        let action = &self.content["action"];
        let buttons = list(&action["buttons"]).map(|b| Choice::of(&b["reply"], ChoiceKind::Button));
        let rows = list(&action["sections"])
            .flat_map(|section| list(&section["rows"]))
            .map(|row| Choice::of(row, ChoiceKind::Row));
        let quick = list(&self.content["buttons"])
            .filter(|b| self.kind == "template" && b["type"] == "QUICK_REPLY")
            .map(|b| Choice {
                id: b["payload"].as_str().unwrap_or_default().to_owned(),
                title: b["text"].as_str().unwrap_or_default().to_owned(),
                description: None,
                kind: ChoiceKind::TemplateButton,
            });
        if self.from == Side::Customer { Vec::new() } else { buttons.chain(rows).chain(quick).collect() }
    }
}

/// Something to tap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    pub id: String,
    pub title: String,
    pub description: Option<String>,
    pub kind: ChoiceKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceKind {
    Button,
    Row,
    TemplateButton,
}

impl Choice {
    fn of(value: &Value, kind: ChoiceKind) -> Self {
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        Self {
            id: text("id").unwrap_or_default(),
            title: text("title").unwrap_or_default(),
            description: text("description"),
            kind,
        }
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
