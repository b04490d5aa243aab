//! Committing a turn: session, events, outgoing messages, calls, timers and consumed input, all or nothing.

use crate::call::{FinishedCall, QueuedCall};
use crate::conversation::Conversation;
use crate::ids::{MessageId, TurnId};
use crate::send::QueuedSend;
use crate::{Store, StoreError};
use rapport_flow::Turn;

/// What the engine decided, with all it needs to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct TurnCommit {
    pub id: TurnId,
    /// Epoch milliseconds.
    pub at: i64,
    pub turn: Turn,
    /// Waiting messages that the turn used up.
    pub consumed: Vec<MessageId>,
    /// The call whose result was the turn's input.
    pub finished: Option<FinishedCall>,
    /// One id for each `Effect::Send`, ascending.
    pub message_ids: Vec<MessageId>,
}

/// What became of a turn.
#[derive(Debug, Clone, PartialEq)]
pub enum TurnOutcome {
    Committed(Committed),
    /// Something else changed the conversation first. Nothing was written: read again, decide again.
    Stale,
}

/// What is to be carried out now that the turn is on disk.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Committed {
    /// The conversation's version after the turn.
    pub version: i64,
    /// In the order in which they must leave.
    pub sends: Vec<QueuedSend>,
    pub calls: Vec<QueuedCall>,
}

impl Store {
    /// Commits a turn that was decided on `basis`. A finished call that is already recorded makes it stale as well.
    pub async fn commit_turn(
        &self,
        basis: &Conversation,
        turn: TurnCommit,
    ) -> Result<TurnOutcome, StoreError> {
        let _ = (basis, turn);
        Err(StoreError::Closed)
    }
}
