//! Messages with something to tap (§8, interactive).

use serde::{Deserialize, Serialize};

use super::MediaSource;

/// What every interactive message has: words, and optionally something above and below.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
}

impl Body {
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), header: None, footer: None }
    }
}

/// Above the words. A list takes a text only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Header {
    Text(String),
    Image(MediaSource),
    Video(MediaSource),
    Document { source: MediaSource, filename: Option<String> },
}

/// Up to three reply buttons; the tap comes back as `button_reply`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buttons {
    pub body: Body,
    pub buttons: Vec<ReplyButton>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyButton {
    pub id: String,
    pub title: String,
}

/// A menu of at most ten rows; the choice comes back as `list_reply`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    pub body: Body,
    /// The label that opens the menu.
    pub button: String,
    pub sections: Vec<Section>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Required as soon as there are two sections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub id: String,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// One button that opens an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CtaUrl {
    pub body: Body,
    pub label: String,
    pub url: String,
}

/// A button that opens a WhatsApp Flow; the answers come back as `nfm_reply`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowMessage {
    pub body: Body,
    pub flow: FlowRef,
    pub label: String,
    /// The only link from the answers to what we know: opaque and unguessable (§16.5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<FlowAction>,
    /// For a Flow that is not published yet.
    #[serde(default)]
    pub draft: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowRef {
    Id(String),
    Name(String),
}

/// What happens when the Flow opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowAction {
    /// Shows a screen with these data.
    Navigate {
        screen: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        data: Option<serde_json::Map<String, serde_json::Value>>,
    },
    /// Asks our endpoint for the first screen.
    DataExchange,
}
