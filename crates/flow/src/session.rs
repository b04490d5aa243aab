//! The state of one contact's conversation with the bot: everything a turn needs that is not in its flow.

use crate::{Value, Values};
use serde::{Deserialize, Serialize};

/// A running session. It holds names of secrets, never secrets. Stored as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub id: String,
    /// Epoch milliseconds.
    pub started_at: i64,
    /// When the customer last wrote, epoch milliseconds; the session time-out counts from here.
    pub active_at: i64,
    /// The flow that runs (last) and those that called it.
    pub frames: Vec<Frame>,
    pub waiting: Waiting,
    /// When the session wants [`crate::Input::Wake`]: the end of a wait, of a question's time-out, of joined lines, or of
    /// the session itself. Epoch milliseconds.
    pub wake_at: i64,
    /// What started it, for `trigger.*`.
    #[serde(default)]
    pub trigger: Value,
    /// The latest message, for `message.*`.
    #[serde(default)]
    pub message: Value,
}

/// One flow on the stack, with variables of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    pub flow: String,
    /// Fixed when the flow is entered.
    pub revision: u32,
    /// The step that runs or waits.
    pub step: String,
    pub variables: Values,
    /// What later steps read of a call by the step's name: `status`, `outcome`, `headers`, `attempts`, `elapsed_ms`.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub calls: Values,
}

/// What the session waits for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// An answer to the question of the current step.
    Answer {
        /// Id of the effect that asked; part of the ids of its buttons, so that a tap on an older question is known.
        asked: String,
        /// Epoch milliseconds; a message accepted earlier spends no attempt.
        asked_at: i64,
        /// Answers refused so far.
        refused: u32,
        /// When the question's own time-out is due, epoch milliseconds.
        timeout_at: Option<i64>,
        /// Quick lines gathered so far (`join`), and when they become the answer.
        lines: Vec<Value>,
        join_until: Option<i64>,
    },
    /// The result of the call with this effect id. Messages wait behind it.
    Call { effect: String },
    /// A moment, epoch milliseconds.
    Time { until: i64 },
}

impl Session {
    /// Whether a message may be given to [`crate::advance`] now; while a call is out, messages wait.
    pub fn takes_messages(&self) -> bool {
        !matches!(self.waiting, Waiting::Call { .. })
    }

    /// The frame that runs.
    pub fn frame(&self) -> Option<&Frame> {
        self.frames.last()
    }
}
