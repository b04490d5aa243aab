//! A template with its variables filled in (§9). Exactly those the approved template has, else Meta answers 132000.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{MediaSource, Place};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Template {
    pub name: String,
    /// The code under which it was approved (`en_US`); there is no falling back to another.
    pub language: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<TemplateHeader>,
    /// In the order of `{{1}}`, `{{2}}`, …, or in any order with names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<BodyParameter>,
    /// Only buttons that have something to fill in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<TemplateButton>,
}

/// The header's variable or file. Files are supplied at each send: the sample of the creation is not used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateHeader {
    Text(BodyParameter),
    Image(MediaSource),
    Video(MediaSource),
    Document { source: MediaSource, filename: Option<String> },
    Location(Place),
}

/// One variable of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyParameter {
    /// For templates created with `parameter_format: NAMED`; all of a template or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub text: String,
}

impl BodyParameter {
    pub fn positional(text: impl Into<String>) -> Self {
        Self { name: None, text: text.into() }
    }

    pub fn named(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: Some(name.into()), text: text.into() }
    }
}

/// What one button is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateButton {
    /// Its place among all buttons of the template, from 0 in the order of display.
    pub index: u8,
    pub kind: TemplateButtonKind,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateButtonKind {
    /// Comes back as the tap's payload.
    QuickReply {
        payload: String,
    },
    /// Only the end of the address, in place of its `{{1}}`; for a one-time password the code.
    Url {
        suffix: String,
    },
    CopyCode {
        code: String,
    },
    Flow {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        data: Option<Map<String, Value>>,
    },
}
