//! Committing a turn: session, events, outgoing messages, calls, timers and consumed input, all or nothing.
//!
//! | killed | then |
//! | --- | --- |
//! | before the commit | the turn never was; its input is found again by [`Store::unconsumed`], [`Store::due_wakes`] or [`Store::open_calls`] |
//! | after the commit, before a send | the send is found by [`Store::queued_sends`], its fate unknown (see `send.rs`) |
//! | after the commit, before a call | the call is found by [`Store::open_calls`]: not started, so it is made |

use crate::accept::{Opened, json};
use crate::call::{FinishedCall, QueuedCall, add_call, add_result};
use crate::conversation::{Address, Conversation};
use crate::ids::{ConversationKey, MessageId, TurnId};
use crate::send::{QueuedSend, SendState, add_send};
use crate::unit::{Outcome, Unit, Value, values};
use crate::{Store, StoreError};
use rapport_flow::session::Waiting;
use rapport_flow::turn::{Event, Fact};
use rapport_flow::{Effect, Session, Turn};

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
        if !basis.known {
            return Err(StoreError::Misused("a turn of a stranger is committed with their message".into()));
        }
        let mut unit = Unit::new(basis.key.account);
        let committed = add_turn(&mut unit, basis, &basis.address, None, turn)?;
        Ok(match self.commit(unit).await? {
            Outcome::Done(_) => TurnOutcome::Committed(committed),
            Outcome::Duplicate | Outcome::Stale => TurnOutcome::Stale,
        })
    }
}

/// Adds all that a turn writes. The compare-and-set stands first: a stale turn has changed nothing yet.
pub(crate) fn add_turn(
    unit: &mut Unit,
    basis: &Conversation,
    address: &Address,
    opened: Option<Opened>,
    commit: TurnCommit,
) -> Result<Committed, StoreError> {
    let ConversationKey { account, contact, channel } = basis.key;
    let TurnCommit { id, at, turn, consumed, finished, message_ids } = commit;
    write_conversation(unit, basis, opened, Some(Ran { session: turn.session.as_ref() }))?;
    for message in consumed {
        unit.must(
            "update message set unconsumed = 0 \
             where account = $1 and contact = $2 and message = $3 and unconsumed = 1",
            values![account, contact, message],
        );
    }
    if let Some(finished) = finished {
        add_result(unit, finished)?;
    }
    add_contact_changes(unit, basis, &turn.events)?;
    add_hand_over(unit, basis.key, &turn.events, at);
    if !turn.events.is_empty() {
        unit.any(
            "insert into turn (account, contact, turn, channel, at, events) values ($1, $2, $3, $4, $5, $6)",
            values![account, contact, id, channel, at, json(&turn.events)?],
        );
    }
    let waits_for = turn.session.as_ref().and_then(waits_for);
    let mut committed = Committed { version: basis.version + 1, ..Committed::default() };
    let mut ids = message_ids.into_iter();
    for effect in turn.effects {
        match effect {
            Effect::Send { id, flow, step, message } => {
                let key = ids.next().ok_or_else(|| {
                    StoreError::Misused("a turn needs a message id for each message it sends".into())
                })?;
                let send = QueuedSend {
                    conversation: basis.key,
                    message: key,
                    effect: id,
                    to: address.clone(),
                    outgoing: message,
                    flow,
                    step,
                    state: SendState::Queued,
                    resend: false,
                    attempts: 0,
                    due_at: 0,
                    queued_at: at,
                };
                add_send(unit, &send, None)?;
                committed.sends.push(send);
            }
            Effect::Call { id, flow, step, request } => {
                let awaited = waits_for == Some(id.as_str());
                let call = QueuedCall {
                    key: crate::ids::CallKey { account, flow, step, effect: id },
                    conversation: basis.key,
                    request,
                    started: false,
                    awaited,
                    ordered_at: at,
                };
                add_call(unit, &call)?;
                committed.calls.push(call);
            }
        }
    }
    Ok(committed)
}

/// The update of a conversation, put together from the parts that the case needs: SQLite rewrites the entries of every
/// index whose column a statement names, changed or not.
macro_rules! update_conversation {
    ($($part:literal),* ; $guard:literal) => {
        concat!(
            "update conversation set version = version + 1, session = $4, waits_for = $5, wake_at = $6",
            $($part,)*
            " where account = $1 and contact = $2 and channel = $3 and version = $7",
            $guard
        )
    };
}
macro_rules! update_with_message {
    ($($part:literal),*) => {
        update_conversation!(
            ", window_until = case when window_until < $8 then $8 else window_until end, last_in_at = $9"
            $(, $part)* ;
            // A message that was accepted without a turn comes first.
            " and not exists (select 1 from message \
               where account = $1 and contact = $2 and channel = $3 and unconsumed = 1)"
        )
    };
}

/// The session as a turn left it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ran<'a> {
    session: Option<&'a Session>,
}

/// Writes what a message (`opened`) and a turn (`ran`, where there was one) do to the conversation, in one statement.
pub(crate) fn write_conversation(
    unit: &mut Unit,
    basis: &Conversation,
    opened: Option<Opened>,
    ran: Option<Ran<'_>>,
) -> Result<(), StoreError> {
    let ConversationKey { account, contact, channel } = basis.key;
    let running = ran.and_then(|ran| ran.session);
    let session_text = match running {
        Some(session) => json(session)?,
        None => Value::Null,
    };
    let waits = running.and_then(waits_for);
    let wake_at = running.map(|session| session.wake_at);

    if basis.version == 0 {
        let opened = opened.unwrap_or(Opened { window_until: 0, last_in_at: 0 });
        unit.must(
            "insert into conversation (account, contact, channel, version, session, waits_for, wake_at, alarm_at, \
             window_until, last_in_at, with_team) values ($1, $2, $3, 1, $4, $5, $6, $6, $7, $8, 0) \
             on conflict (account, contact, channel) do nothing",
            values![
                account, contact, channel, session_text, waits, wake_at, opened.window_until, opened.last_in_at,
            ],
        );
        return Ok(());
    }
    if ran.is_none() {
        if let Some(opened) = opened {
            unit.must(
                "update conversation set window_until = case when window_until < $4 then $4 else window_until end, \
                 last_in_at = $5 where account = $1 and contact = $2 and channel = $3",
                values![account, contact, channel, opened.window_until, opened.last_in_at],
            );
        }
        return Ok(());
    }
    let keeps_alarm = match (basis.stored.alarm_at, wake_at) {
        (None, None) => true,
        (Some(alarm_at), Some(wake_at)) => alarm_at <= wake_at,
        _ => false,
    };
    let mut values =
        Vec::from(values![account, contact, channel, session_text, waits, wake_at, basis.version]);
    if let Some(opened) = opened {
        values.extend([opened.window_until.into(), opened.last_in_at.into()]);
    }
    unit.must(
        match (opened.is_some(), keeps_alarm) {
            (false, true) => update_conversation!(; ""),
            (false, false) => update_conversation!(", alarm_at = $6"; ""),
            (true, true) => update_with_message!(),
            (true, false) => update_with_message!(", alarm_at = $6"),
        },
        values,
    );
    Ok(())
}

/// The call that a session waits for.
fn waits_for(session: &Session) -> Option<&str> {
    match &session.waiting {
        Waiting::Call { effect } => Some(effect),
        Waiting::Answer { .. } | Waiting::Time { .. } => None,
    }
}

fn add_contact_changes(unit: &mut Unit, basis: &Conversation, events: &[Event]) -> Result<(), StoreError> {
    let mut contact = basis.contact.clone();
    let mut name = basis.stored.name.clone();
    let mut phone = basis.stored.phone.clone();
    let mut changed = false;
    for event in events {
        match &event.fact {
            Fact::ContactUpdated { field, value } => match field.as_str() {
                "name" => name = words(value),
                "phone" => phone = words(value),
                "email" => contact.email = words(value),
                _ if value.is_null() => {
                    contact.fields.remove(field);
                }
                _ => {
                    contact.fields.insert(field.clone(), value.clone());
                }
            },
            Fact::ContactTagged { tag } => {
                contact.tags.insert(tag.clone());
            }
            Fact::ContactUntagged { tag } => {
                contact.tags.remove(tag);
            }
            _ => continue,
        }
        changed = true;
    }
    if changed {
        unit.must(
            "update contact set name = $4, phone = $5, email = $6, fields = $7, tags = $8, version = version + 1 \
             where account = $1 and contact = $2 and version = $3",
            values![
                basis.key.account,
                basis.key.contact,
                basis.contact_version,
                name,
                phone,
                contact.email,
                json(&contact.fields)?,
                json(&contact.tags)?,
            ],
        );
    }
    Ok(())
}

/// A value for a column of words; null takes it away.
fn words(value: &rapport_flow::Value) -> Option<String> {
    match value {
        rapport_flow::Value::Null => None,
        rapport_flow::Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn add_hand_over(unit: &mut Unit, key: ConversationKey, events: &[Event], at: i64) {
    let ConversationKey { account, contact, channel } = key;
    let latest = events.iter().rev().find_map(|event| match &event.fact {
        Fact::HandedOver { team, note } => Some(Some((team, note))),
        Fact::Released => Some(None),
        _ => None,
    });
    match latest {
        Some(Some((team, note))) => unit.must(
            "update conversation set with_team = 1, team = $4, team_since = $5, team_acted_at = $5, team_note = $6 \
             where account = $1 and contact = $2 and channel = $3",
            values![account, contact, channel, team.as_deref(), at, note.as_deref()],
        ),
        Some(None) => unit.must(
            "update conversation set with_team = 0, team = null, team_since = null, team_acted_at = null, \
             team_note = null where account = $1 and contact = $2 and channel = $3",
            values![account, contact, channel],
        ),
        None => {}
    }
}
