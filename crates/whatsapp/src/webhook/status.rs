//! What became of a message we sent (§6).

use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::sender::Sender;
use super::time::epoch_ms;
use crate::ids::Wamid;
use crate::json::Object;

/// One element of `statuses[]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// May be unknown to us: the status overtook the answer to the send, or another app sent the message.
    pub id: Wamid,
    pub state: StatusState,
    pub recipient: Recipient,
    /// What we put into the send: the surest way to find the message.
    pub biz_opaque_callback_data: Option<String>,
    pub conversation: Option<Conversation>,
    pub pricing: Option<Pricing>,
    pub errors: Vec<Fault>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusState {
    Sent,
    Delivered,
    Read,
    Played,
    Failed,
    /// Old values (`deleted`, `warning`) and any to come: kept, and of no effect.
    Other(String),
}

/// To whom it went. A number and a scoped id exclude one another in practice; a group names both itself and one
/// participant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Recipient {
    pub person: Sender,
    pub group_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conversation {
    pub id: Option<String>,
    /// `service`, `marketing`, …; old: `user_initiated`, `business_initiated`.
    pub origin: Option<String>,
    /// Milliseconds since 1970.
    pub expires_ms: Option<i64>,
}

/// What Meta charges, by Meta's own word: never guess it from the window (§14).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pricing {
    pub billable: Option<bool>,
    /// `PMP` per message, before July 2025 `CBP` per conversation.
    pub model: Option<String>,
    /// `regular`, `free_customer_service`, `free_entry_point`.
    pub kind: Option<String>,
    pub category: Option<String>,
}

/// How far a message has come; the order of arrival of statuses means nothing, this does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusRank {
    /// The send call was answered; no webhook says so.
    Accepted,
    Sent,
    Delivered,
    Read,
    Played,
    Failed,
}

impl StatusRank {
    /// Whether a message at `stored` moves to this rank. A failure counts only before delivery; a delivery after a
    /// failure (another device) counts.
    pub fn supersedes(self, stored: Self) -> bool {
        match (self, stored) {
            (Self::Failed, stored) => stored < Self::Delivered,
            (new, Self::Failed) => new >= Self::Delivered,
            (new, stored) => new > stored,
        }
    }
}

impl StatusState {
    /// `None` for states of no effect.
    pub fn rank(&self) -> Option<StatusRank> {
        match self {
            Self::Sent => Some(StatusRank::Sent),
            Self::Delivered => Some(StatusRank::Delivered),
            Self::Read => Some(StatusRank::Read),
            Self::Played => Some(StatusRank::Played),
            Self::Failed => Some(StatusRank::Failed),
            Self::Other(_) => None,
        }
    }

    pub fn as_str(&self) -> &str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Failed => "failed",
            Self::Other(state) => state,
        }
    }

    fn named(name: String) -> Self {
        match name.as_str() {
            "sent" => Self::Sent,
            "delivered" => Self::Delivered,
            "read" => Self::Read,
            "played" => Self::Played,
            "failed" => Self::Failed,
            _ => Self::Other(name),
        }
    }
}

impl Status {
    /// Reads a status from its JSON as kept in [`super::Item::raw`]; `None` without id or state.
    pub fn from_json(raw: &str) -> Option<Self> {
        Self::read(&Object::read(raw)?)
    }

    pub(crate) fn read(status: &Object<'_>) -> Option<Self> {
        Some(Self {
            id: status.id("id")?,
            state: StatusState::named(status.text("status")?),
            recipient: recipient(status),
            biz_opaque_callback_data: status.text("biz_opaque_callback_data"),
            conversation: status.object("conversation").map(|conversation| Conversation {
                id: conversation.text("id"),
                origin: conversation.object("origin").and_then(|origin| origin.text("type")),
                expires_ms: epoch_ms(&conversation, "expiration_timestamp"),
            }),
            pricing: status.object("pricing").map(|pricing| Pricing {
                billable: pricing.boolean("billable"),
                model: pricing.text("pricing_model"),
                kind: pricing.text("type"),
                category: pricing.text("category"),
            }),
            errors: Fault::read_all(status),
        })
    }
}

fn recipient(status: &Object<'_>) -> Recipient {
    if status.text("recipient_type").as_deref() == Some("group") {
        let keys = [
            "recipient_participant_id",
            "recipient_participant_user_id",
            "recipient_participant_parent_user_id",
        ];
        return Recipient { person: Sender::read(status, keys), group_id: status.text("recipient_id") };
    }
    let keys = ["recipient_id", "recipient_user_id", "parent_recipient_user_id"];
    Recipient { person: Sender::read(status, keys), group_id: None }
}

#[cfg(test)]
mod tests {
    use super::StatusRank::{Accepted, Delivered, Failed, Played, Read, Sent};
    use super::*;

    const ALL: [StatusRank; 6] = [Accepted, Sent, Delivered, Read, Played, Failed];

    #[test]
    fn the_rule_of_ranks_in_full() {
        // Rows: stored. Columns: new, in the order of ALL.
        let moves = [
            (Accepted, [false, true, true, true, true, true]),
            (Sent, [false, false, true, true, true, true]),
            (Delivered, [false, false, false, true, true, false]),
            (Read, [false, false, false, false, true, false]),
            (Played, [false, false, false, false, false, false]),
            (Failed, [false, false, true, true, true, false]),
        ];
        for (stored, expected) in moves {
            assert_eq!(ALL.map(|new| new.supersedes(stored)), expected, "stored {stored:?}");
        }
    }

    #[test]
    fn whatever_the_order_of_arrival_read_stays_read() {
        for order in [
            [Sent, Delivered, Read],
            [Read, Delivered, Sent],
            [Delivered, Read, Sent],
            [Read, Sent, Delivered],
        ] {
            let end = order
                .into_iter()
                .fold(Accepted, |stored, new| if new.supersedes(stored) { new } else { stored });
            assert_eq!(end, Read, "{order:?}");
        }
    }

    #[test]
    fn a_group_status_names_the_participant() {
        let status = Status::from_json(
            r#"{"id":"wamid.A","status":"read","recipient_type":"group","recipient_id":"G1","recipient_participant_id":"491","recipient_participant_user_id":"DE.7"}"#,
        )
        .unwrap();
        assert_eq!(status.recipient.group_id.as_deref(), Some("G1"));
        assert_eq!(status.recipient.person.wa_id.unwrap().as_str(), "491");
        assert_eq!(status.recipient.person.scoped.unwrap().as_str(), "DE.7");
    }
}
