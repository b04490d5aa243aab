//! What goes into a turn and what comes out of it.

use crate::request::{Exchange, PreparedRequest};
use crate::session::Session;
use crate::{Value, Values};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a turn is about. One input, one turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// A message of the customer that may reach a flow (no reaction, edit, deletion, system or unsupported kind).
    Message(Message),
    /// The result of a call.
    Call {
        /// Id of the effect that ordered it.
        effect: String,
        exchange: Exchange,
    },
    /// `session.wake_at` has passed. The engine finds out what is due.
    Wake,
}

/// A customer's message as flows see it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// The platform's id.
    pub id: String,
    /// The platform's time, epoch milliseconds.
    pub sent_at: i64,
    /// When we wrote it down, epoch milliseconds.
    pub accepted_at: i64,
    /// `text`, `image`, `location`, `button`, `interactive`, …
    pub kind: String,
    /// The words: a text's body, a caption, the title of what was tapped.
    pub text: Option<String>,
    /// Id or payload of what was tapped.
    pub reply_id: Option<String>,
    /// The message it answers or quotes.
    pub context_id: Option<String>,
    /// Details by kind: `{latitude, longitude, name, address}` of a location, `{id, mime_type, filename, sha256}` of media,
    /// the cards of contacts, the answers of a WhatsApp Flow. Null for a text.
    pub content: Value,
    /// The ad or post it came from; null without.
    pub referral: Value,
    /// Whether it is the first the contact ever sent.
    pub first: bool,
}

/// All that a turn may know of the world. Tests give a clock that moves when told and ids from a seed.
#[derive(Debug, Clone)]
pub struct Ambient {
    /// Epoch milliseconds.
    pub now: i64,
    /// Prefix of every id made in this turn; unique to the turn.
    pub turn_id: String,
    /// Ids made so far.
    pub ids: u32,
    pub contact: Contact,
    pub channel: Channel,
    /// Whether people have the conversation, and when the team last acted in it, epoch milliseconds.
    pub with_team_since: Option<i64>,
}

impl Ambient {
    /// The next id of this turn.
    pub fn new_id(&mut self) -> String {
        self.ids += 1;
        format!("{}-{}", self.turn_id, self.ids)
    }
}

/// The person a conversation is with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    pub id: String,
    pub name: Option<String>,
    /// E.164 with `+`; unknown where the platform gives only a business-scoped id.
    pub phone: Option<String>,
    pub email: Option<String>,
    /// Custom fields.
    pub fields: Values,
    pub tags: BTreeSet<String>,
    /// The 24-hour service window ends here, epoch milliseconds; 0 = never open.
    pub window_until: i64,
    /// Wants no marketing.
    pub opted_out: bool,
    /// Wants nothing at all until they write again.
    pub stopped: bool,
}

/// The number that the conversation runs over.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    pub name: String,
    /// Display number, E.164 with `+`.
    pub phone: Option<String>,
}

/// The outcome of [`crate::advance`]. Session, events and effects are committed together or not at all.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// The next state, whole; `None` when no session runs any more.
    pub session: Option<Session>,
    /// Facts, in the order in which they happened.
    pub events: Vec<Event>,
    /// Orders, in the order in which they must leave.
    pub effects: Vec<Effect>,
}

/// A fact of a turn, for the timeline, the contact and the inbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Flow and step where it happened; absent for what concerns no step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    pub fact: Fact,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// `by` says how: `keyword account`, `first_message`, `any_message`, `button`, `referral`, `default_answer`.
    SessionStarted {
        by: String,
        revision: u32,
    },
    /// `reason`: `finished`, `timeout`, `handed_over`, `interrupted`, `fault`.
    SessionEnded {
        reason: String,
    },
    /// A step was left by this exit.
    StepLeft {
        exit: String,
    },
    QuestionAsked,
    AnswerAccepted {
        value: Value,
    },
    AnswerRefused {
        attempt: u32,
    },
    /// A message that met a question asked after it was accepted, and did not fit.
    MessageKept,
    CallStarted {
        effect: String,
    },
    /// `findings` are codes.
    CallFinished {
        effect: String,
        outcome: String,
        status: Option<u16>,
        findings: Vec<String>,
    },
    /// A hole of a message had no value and printed nothing.
    HoleUnset {
        name: String,
    },
    /// A message was not sent: `window_closed`, `stopped`, `opted_out`, or a limit it breaks.
    MessageWithheld {
        reason: String,
    },
    ContactUpdated {
        field: String,
        value: Value,
    },
    ContactTagged {
        tag: String,
    },
    ContactUntagged {
        tag: String,
    },
    /// `note` is the diagnosis of a fault, or what the author wrote for the team.
    HandedOver {
        team: Option<String>,
        note: Option<String>,
    },
    /// The conversation came back to the bot by idle time.
    Released,
    /// A fault of the bot: a flow that is gone, too many steps, too deep a stack.
    Fault {
        message: String,
    },
}

/// An order to the world outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    Send {
        id: String,
        /// Where it was ordered; shown under the message in the pretend phone and the inbox.
        flow: Option<String>,
        step: Option<String>,
        message: Outgoing,
    },
    Call {
        id: String,
        flow: String,
        step: String,
        request: Box<PreparedRequest>,
    },
}

/// A message to the customer, in the product's words; `server` translates it into Meta's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outgoing {
    Text {
        text: String,
    },
    Media {
        kind: MediaKind,
        source: MediaSource,
        caption: Option<String>,
        filename: Option<String>,
    },
    Location {
        latitude: f64,
        longitude: f64,
        name: Option<String>,
        address: Option<String>,
    },
    Contacts(Vec<ContactCard>),
    /// One button that opens a page.
    UrlButton {
        text: String,
        title: String,
        url: String,
    },
    LocationRequest {
        text: String,
    },
    /// Up to three reply buttons.
    Buttons {
        text: String,
        buttons: Vec<Choice>,
    },
    /// Up to ten rows behind one button.
    List {
        text: String,
        button: String,
        rows: Vec<Choice>,
    },
    Template(Template),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    Image,
    Document,
    Video,
    Audio,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaSource {
    Link(String),
    /// An uploaded media id of the platform.
    Id(String),
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactCard {
    pub name: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub organization: Option<String>,
}

/// A button or a row. `id` comes back when it is tapped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub id: String,
    pub title: String,
    pub description: Option<String>,
}

/// An approved template with its parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Template {
    pub name: String,
    pub language: String,
    /// `marketing`, `utility` or `authentication` where the author said so; decides about opt-outs.
    pub category: Option<String>,
    pub header: Option<TemplateHeader>,
    pub body: TemplateBody,
    pub buttons: Vec<TemplateButton>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateHeader {
    Text { name: Option<String>, text: String },
    Media { kind: MediaKind, source: MediaSource, filename: Option<String> },
    Location { latitude: f64, longitude: f64, name: Option<String>, address: Option<String> },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateBody {
    Numbered(Vec<String>),
    Named(Vec<(String, String)>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateButton {
    /// From 0, counting all buttons of the template.
    pub index: u8,
    pub parameter: ButtonParameter,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonParameter {
    Payload(String),
    UrlSuffix(String),
    CouponCode(String),
}
