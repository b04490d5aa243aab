//! The ledger of API request calls: ordered, started, finished, counted.
//!
//! | killed | then |
//! | --- | --- |
//! | before the dial, or during a call that may be repeated | open and not started: it is made again |
//! | after [`Store::start_call`] | open and started: finished with outcome `unknown`, never dialled again |
//! | after the answer, before the commit of its turn | as above: the answer is lost, the call is not done twice unless it may be |
//! | after the commit | finished; the same result again is stale |

use crate::accept::json;
use crate::ids::{AccountId, CallKey, ChannelId, ContactId, ConversationKey};
use crate::sqlite::Row;
use crate::unit::{Outcome, Unit, values};
use crate::{Store, StoreError};
use rapport_flow::request::{self, Exchange, PreparedRequest};
use std::fmt::Write as _;

/// A call without a result.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuedCall {
    pub key: CallKey,
    pub conversation: ConversationKey,
    pub request: Box<PreparedRequest>,
    /// Written down as begun; after a crash its outcome is `unknown`. Only calls that must not be repeated are.
    pub started: bool,
    /// Whether a session waits for it; otherwise its result is recorded and wakes nothing.
    pub awaited: bool,
    /// Epoch milliseconds.
    pub ordered_at: i64,
}

/// The end of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct FinishedCall {
    pub key: CallKey,
    pub contact: ContactId,
    /// After mapping: `not_json` and `missing_required` included.
    pub outcome: request::Outcome,
    /// Secrets masked. Bodies longer than [`EXCHANGE_BODY_BYTES_MAX`] are cut when they are stored.
    pub exchange: Exchange,
    /// Findings about it as a JSON list.
    pub findings: serde_json::Value,
    /// Epoch milliseconds.
    pub at: i64,
}

/// Longest request or answer body that is kept of an exchange, in bytes.
pub const EXCHANGE_BODY_BYTES_MAX: usize = 16 * 1024;

/// A call of the past, for the history of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct CallRecord {
    pub key: CallKey,
    pub contact: ContactId,
    pub ordered_at: i64,
    pub finished_at: Option<i64>,
    pub outcome: Option<request::Outcome>,
    /// `None` while it runs, and after its retention.
    pub exchange: Option<Exchange>,
    pub findings: serde_json::Value,
}

/// One counted action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub effect: String,
    /// Epoch milliseconds.
    pub at: i64,
    pub contact: ContactId,
    pub flow: String,
    pub step: String,
    pub outcome: String,
}

impl Store {
    /// Writes down that a call which must not be repeated is about to be dialled. `false`: it was started or finished
    /// before, do not dial.
    pub async fn start_call(&self, key: &CallKey, at: i64) -> Result<bool, StoreError> {
        let mut unit = Unit::new(key.account);
        unit.must(
            "update call set started_at = $5 where account = $1 and flow = $2 and step = $3 and effect = $4 \
             and open = 1 and started_at is null",
            values![key.account, &key.flow, &key.step, &key.effect, at],
        );
        Ok(matches!(self.commit(unit).await?, Outcome::Done(_)))
    }

    /// Records the result of a call that no session waits for any more. `false`: it was recorded before.
    pub async fn record_call(&self, call: FinishedCall) -> Result<bool, StoreError> {
        let mut unit = Unit::new(call.key.account);
        add_result(&mut unit, call)?;
        Ok(matches!(self.commit(unit).await?, Outcome::Done(_)))
    }

    /// Calls without a result, oldest first.
    pub async fn open_calls(&self, account: AccountId, limit: usize) -> Result<Vec<QueuedCall>, StoreError> {
        self.rows_apart(
            "select a.flow, a.step, a.effect, a.contact, a.channel, a.request, a.started_at, a.ordered_at, \
             v.waits_for from call a left join conversation v \
             on v.account = a.account and v.contact = a.contact and v.channel = a.channel \
             where a.account = $1 and a.open = 1 order by a.effect limit $2",
            values![account, limit],
            move |row| {
                let request = row.json(5, "request")?.ok_or_else(|| StoreError::Unreadable {
                    what: "request",
                    cause: "it is missing".into(),
                })?;
                let effect = row.text(2)?;
                Ok(QueuedCall {
                    awaited: row.maybe_text(8)?.as_ref() == Some(&effect),
                    key: CallKey { account, flow: row.text(0)?, step: row.text(1)?, effect },
                    conversation: ConversationKey {
                        account,
                        contact: ContactId(row.int(3)?),
                        channel: ChannelId(row.int(4)?),
                    },
                    request,
                    started: row.maybe_int(6)?.is_some(),
                    ordered_at: row.int(7)?,
                })
            },
        )
        .await
    }

    /// The latest calls of a step, newest first.
    pub async fn calls_of_step(
        &self,
        account: AccountId,
        flow: &str,
        step: &str,
        limit: usize,
    ) -> Result<Vec<CallRecord>, StoreError> {
        let key = CallKey { account, flow: flow.into(), step: step.into(), effect: String::new() };
        self.rows_apart(
            "select effect, contact, ordered_at, finished_at, outcome, exchange, findings from call \
             where account = $1 and flow = $2 and step = $3 order by effect desc limit $4",
            values![account, flow, step, limit],
            move |row| {
                Ok(CallRecord {
                    key: CallKey { effect: row.text(0)?, ..key.clone() },
                    contact: ContactId(row.int(1)?),
                    ordered_at: row.int(2)?,
                    finished_at: row.maybe_int(3)?,
                    outcome: read_outcome(row, 4)?,
                    exchange: row.json(5, "exchange")?,
                    findings: row.json(6, "findings")?.unwrap_or_default(),
                })
            },
        )
        .await
    }

    /// Counted actions of a span of time (`from` included, `until` not, epoch milliseconds), oldest first.
    pub async fn actions(
        &self,
        account: AccountId,
        from: i64,
        until: i64,
        limit: usize,
    ) -> Result<Vec<Action>, StoreError> {
        self.rows_apart(
            "select effect, at, contact, flow, step, outcome from action \
             where account = $1 and at >= $2 and at < $3 order by at, effect limit $4",
            values![account, from, until, limit],
            |row| {
                Ok(Action {
                    effect: row.text(0)?,
                    at: row.int(1)?,
                    contact: ContactId(row.int(2)?),
                    flow: row.text(3)?,
                    step: row.text(4)?,
                    outcome: row.text(5)?,
                })
            },
        )
        .await
    }
}

pub(crate) fn add_call(unit: &mut Unit, call: &QueuedCall) -> Result<(), StoreError> {
    let ConversationKey { account, contact, channel } = call.conversation;
    unit.any(
        "insert into call (account, flow, step, effect, contact, channel, request, repeatable, open, ordered_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)",
        values![
            account,
            &call.key.flow,
            &call.key.step,
            &call.key.effect,
            contact,
            channel,
            json(&call.request)?,
            call.request.repeatable,
            call.ordered_at,
        ],
    );
    Ok(())
}

/// Finishes a call and counts its action, once.
pub(crate) fn add_result(unit: &mut Unit, call: FinishedCall) -> Result<(), StoreError> {
    let FinishedCall { key, contact, outcome, mut exchange, findings, at } = call;
    bound(&mut exchange.body);
    bound(&mut exchange.sent.body);
    unit.must(
        // The request as ordered is no longer needed: the exchange holds what was sent.
        "update call set open = 0, request = null, finished_at = $5, outcome = $6, exchange = $7, findings = $8 \
         where account = $1 and flow = $2 and step = $3 and effect = $4 and open = 1",
        values![
            key.account,
            &key.flow,
            &key.step,
            &key.effect,
            at,
            outcome.as_str(),
            json(&exchange)?,
            findings.to_string(),
        ],
    );
    unit.any(
        "insert into action (account, at, effect, contact, flow, step, outcome) values ($1, $2, $3, $4, $5, $6, $7) \
         on conflict (account, at, effect) do nothing",
        values![key.account, at, key.effect, contact, key.flow, key.step, outcome.as_str()],
    );
    Ok(())
}

/// Cuts a body to what is kept, between characters, and says so.
fn bound(body: &mut String) {
    if body.len() > EXCHANGE_BODY_BYTES_MAX {
        let mut end = EXCHANGE_BODY_BYTES_MAX;
        while !body.is_char_boundary(end) {
            end -= 1;
        }
        let cut = body.len() - end;
        body.truncate(end);
        let _ = write!(body, "… ({cut} bytes more)");
    }
}

fn read_outcome(row: &Row<'_>, column: usize) -> Result<Option<request::Outcome>, StoreError> {
    let Some(word) = row.maybe_text(column)? else { return Ok(None) };
    std::iter::once(request::Outcome::Ok)
        .chain(request::Outcome::FAILED)
        .find(|outcome| outcome.as_str() == word)
        .map(Some)
        .ok_or(StoreError::Unreadable { what: "outcome", cause: word })
}
