//! Accepting what a Meta webhook brings: written down before it is answered.
//!
//! | killed | then |
//! | --- | --- |
//! | before the commit | the POST was not answered; Meta delivers again and it is accepted then |
//! | after the commit, before the 200 | Meta delivers again: [`Accepted::Duplicate`]. A turn in the same unit is done; without one the message is found by [`Store::unconsumed`] |

use crate::conversation::{Address, Conversation, Details};
use crate::ids::{AccountId, ChannelId, ConversationKey, MessageId};
use crate::turn::{Committed, TurnCommit, TurnOutcome, add_turn, write_conversation};
use crate::unit::{Outcome, Unit, Value, values};
use crate::{Store, StoreError};
use rapport_flow::turn;
use sha2::{Digest, Sha256};

/// A customer's message, ready to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    pub account: AccountId,
    pub channel: ChannelId,
    pub from: Address,
    /// The name the person gave themselves.
    pub profile_name: Option<String>,
    /// Ours; ascending in the order in which messages are to be taken.
    pub id: MessageId,
    /// The platform's id, times, kind and words. `message.id` with the channel is the dedupe key; `message.first` is
    /// decided here and not read.
    pub message: turn::Message,
    /// Whether it may reach a flow: `false` for reactions, edits, deletions, system and unsupported kinds.
    pub for_flow: bool,
    /// The item as it came, where it is worth keeping.
    pub raw: Option<String>,
}

/// A message with the conversation it was read against, and the turn it caused, if one was decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Accept {
    pub incoming: Incoming,
    /// From [`Store::conversation_from`] with the same address.
    pub basis: Conversation,
    /// Consumes the message, which need not be listed in it. It must not overtake others: while messages wait, it is
    /// stale.
    pub turn: Option<TurnCommit>,
}

/// What became of an item.
#[derive(Debug, Clone, PartialEq)]
pub enum Accepted {
    /// Stored now. `turn` says what became of the turn that was handed over with it; when that was stale the message
    /// waits for its turn like any other.
    New { conversation: ConversationKey, turn: Option<TurnOutcome> },
    /// Known already; nothing was changed.
    Duplicate,
}

/// Something of Meta's that is kept as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawItem {
    pub account: AccountId,
    /// The webhook's `field`.
    pub field: String,
    /// What tells it from others; a redelivery has the same.
    pub key: String,
    pub body: String,
    /// Epoch milliseconds.
    pub accepted_at: i64,
}

/// How long after a customer's message free-form answers may be sent. Source: Cloud API, customer service window.
const SERVICE_WINDOW_MS: i64 = 24 * 3600 * 1000;
/// Tries at something that others keep changing; more would mean that they do nothing else.
pub(crate) const TRIES_MAX: usize = 16;

impl Store {
    /// Stores a message, opens its service window, lifts `stopped`, and commits its turn in the same unit.
    pub async fn accept(&self, item: Accept) -> Result<Accepted, StoreError> {
        self.accept_all(vec![item]).await.pop().unwrap_or(Err(StoreError::Closed))
    }

    /// [`accept`](Self::accept) for all messages of one POST: one hand-over to the writer, a unit each, in this order.
    /// One that fails does not touch the others.
    pub async fn accept_all(&self, items: Vec<Accept>) -> Vec<Result<Accepted, StoreError>> {
        let mut units = Vec::with_capacity(items.len());
        let mut prepared = Vec::with_capacity(items.len());
        for Accept { incoming, basis, turn } in items {
            let had_turn = turn.is_some();
            let built = build(&incoming, &basis, turn).map(|(unit, committed)| {
                units.push(unit);
                committed
            });
            prepared.push((incoming, basis.key, had_turn, built));
        }
        let mut outcomes = self.commit_each(units).await.into_iter();
        let mut answers = Vec::with_capacity(prepared.len());
        for (incoming, key, had_turn, built) in prepared {
            answers.push(match built {
                Err(error) => Err(error),
                Ok(committed) => match outcomes.next().unwrap_or(Err(StoreError::Closed)) {
                    Ok(Outcome::Done(_)) => {
                        Ok(Accepted::New { conversation: key, turn: committed.map(TurnOutcome::Committed) })
                    }
                    Ok(Outcome::Duplicate) => Ok(Accepted::Duplicate),
                    Ok(Outcome::Stale) => self.accept_alone(&incoming, key, had_turn).await,
                    Err(error) => Err(error),
                },
            });
        }
        answers
    }

    /// The conversation changed since it was read: stores the message without a turn.
    async fn accept_alone(
        &self,
        incoming: &Incoming,
        tried: ConversationKey,
        had_turn: bool,
    ) -> Result<Accepted, StoreError> {
        for _ in 0..TRIES_MAX {
            let basis = self
                .conversation_from(
                    incoming.account,
                    incoming.channel,
                    &incoming.from,
                    incoming.message.sent_at,
                    tried.contact,
                )
                .await?;
            let (unit, _) = build(incoming, &basis, None)?;
            match self.commit(unit).await? {
                Outcome::Done(_) => {
                    let turn = had_turn.then_some(TurnOutcome::Stale);
                    return Ok(Accepted::New { conversation: basis.key, turn });
                }
                Outcome::Duplicate => return Ok(Accepted::Duplicate),
                Outcome::Stale => {}
            }
        }
        Err(StoreError::Locked("the conversation kept changing while a message was accepted".into()))
    }

    /// Keeps an item of a kind we do not know. `false`: it was kept before.
    pub async fn accept_raw(&self, item: RawItem) -> Result<bool, StoreError> {
        let mut unit = Unit::new(item.account);
        unit.gate(
            "insert into raw_webhook (account, field, item, body, accepted_at) values ($1, $2, $3, $4, $5) \
             on conflict (account, field, item) do nothing",
            values![item.account, item.field, digest_text(&item.key), item.body, item.accepted_at],
        );
        Ok(matches!(self.commit(unit).await?, Outcome::Done(_)))
    }
}

/// The unit of one message: itself as the gate, its contact, its conversation, its turn.
fn build(
    incoming: &Incoming,
    basis: &Conversation,
    turn: Option<TurnCommit>,
) -> Result<(Unit, Option<Committed>), StoreError> {
    let ConversationKey { account, contact, channel } = basis.key;
    if (account, channel) != (incoming.account, incoming.channel) {
        return Err(StoreError::Misused(
            "a message and its basis are of different accounts or channels".into(),
        ));
    }
    let message = &incoming.message;
    let waits = incoming.for_flow && turn.is_none();
    let mut unit = Unit::new(account);
    unit.gate(
        "insert into message (account, contact, message, channel, incoming, kind, text, body, raw, wamid, wamid_key, \
         at, sent_at, first, unconsumed, unsettled, rank) \
         values ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, 0) \
         on conflict (account, contact, wamid_key) where incoming = 1 do nothing",
        values![
            account,
            contact,
            incoming.id,
            channel,
            &message.kind,
            message.text.as_deref(),
            details(message)?,
            incoming.raw.as_deref(),
            &message.id,
            wamid_key(channel, &message.id),
            message.accepted_at,
            message.sent_at,
            !basis.has_written,
            waits,
        ],
    );
    let mut address = incoming.from.clone();
    if basis.known {
        address.wa_id = address.wa_id.or_else(|| basis.address.wa_id.clone());
        address.bsuid = address.bsuid.or_else(|| basis.address.bsuid.clone());
        update_contact(&mut unit, incoming, basis, &address);
    } else {
        unit.must(
            "insert into contact (account, contact, wa_id, bsuid, profile_name, opted_out, stopped, version, \
             created_at) values ($1, $2, $3, $4, $5, 0, 0, 1, $6) on conflict do nothing",
            values![
                account,
                contact,
                address.wa_id.as_deref(),
                address.bsuid.as_deref(),
                incoming.profile_name.as_deref(),
                message.accepted_at,
            ],
        );
    }
    let opened =
        Opened { window_until: message.sent_at + SERVICE_WINDOW_MS, last_in_at: message.accepted_at };
    let Some(mut turn) = turn else {
        write_conversation(&mut unit, basis, Some(opened), None)?;
        return Ok((unit, None));
    };
    turn.consumed.retain(|id| *id != incoming.id);
    let committed = add_turn(&mut unit, basis, &address, Some(opened), turn)?;
    Ok((unit, Some(committed)))
}

/// What a message does to its conversation, whatever the turn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opened {
    /// Epoch milliseconds.
    pub(crate) window_until: i64,
    pub(crate) last_in_at: i64,
}

/// Writes what the message tells anew of its sender; nothing in the common case.
fn update_contact(unit: &mut Unit, incoming: &Incoming, basis: &Conversation, address: &Address) {
    let profile_name = incoming.profile_name.as_deref().or(basis.stored.profile_name.as_deref());
    let same = *address == basis.address && profile_name == basis.stored.profile_name.as_deref();
    if same && !basis.contact.stopped {
        return;
    }
    let ConversationKey { account, contact, .. } = basis.key;
    if address.wa_id != basis.address.wa_id {
        // A number has one owner: the one who writes from it now.
        unit.any(
            "update contact set wa_id = null where account = $1 and wa_id = $2 and contact <> $3",
            values![account, address.wa_id.as_deref(), contact],
        );
    }
    unit.must(
        "update contact set wa_id = $3, bsuid = $4, profile_name = $5, stopped = 0 \
         where account = $1 and contact = $2",
        values![account, contact, address.wa_id.as_deref(), address.bsuid.as_deref(), profile_name],
    );
}

fn details(message: &turn::Message) -> Result<Value, StoreError> {
    let details = Details {
        reply_id: message.reply_id.clone(),
        context_id: message.context_id.clone(),
        content: message.content.clone(),
        referral: message.referral.clone(),
    };
    if details.reply_id.is_none()
        && details.context_id.is_none()
        && details.content.is_null()
        && details.referral.is_null()
    {
        return Ok(Value::Null);
    }
    json(&details)
}

/// JSON for a text column.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<Value, StoreError> {
    serde_json::to_string(value)
        .map(Value::Text)
        .map_err(|error| StoreError::Misused(format!("a value cannot be written as JSON: {error}")))
}

/// 64 bits that stand for a platform id within one contact: an index of whole ids would be four times the size.
fn wamid_key(channel: ChannelId, wamid: &str) -> i64 {
    let digest =
        Sha256::new().chain_update(channel.0.to_be_bytes()).chain_update(wamid.as_bytes()).finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(first)
}

/// A digest as hexadecimal text.
pub(crate) fn digest_text(text: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
