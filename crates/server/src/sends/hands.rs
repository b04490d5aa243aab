//! What this process has in hand: which sends wait, which are out, which wait to learn their fate.

use rapport_store::{AccountId, ConversationKey, MessageId, QueuedSend, SendKey};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Sends in the hands of this process.
#[derive(Debug, Default)]
pub(crate) struct Sends {
    state: Mutex<Queues>,
}

#[derive(Debug, Default)]
struct Queues {
    /// What waits behind the send that a conversation's task has in hand. Present exactly while there is a task.
    lanes: HashMap<ConversationKey, VecDeque<QueuedSend>>,
    /// Everything whose result is not durable yet. Whoever reads an unsettled row and then finds it absent here may take
    /// it; nobody else has it.
    held: HashMap<Id, Hold>,
    /// Nothing is dialled any more: the server stops.
    closed: bool,
    /// The result of a send could not be written down, so nobody may say that nothing is under way.
    unwritten: bool,
}

/// A send by what stays the same when its contact is joined with another.
type Id = (AccountId, MessageId);

#[derive(Debug)]
enum Hold {
    /// It has not been dialled, or surely not been taken.
    Waits,
    /// On the wire, or answered and being written down.
    Out,
    /// It may have arrived; its task waits to be told to look at the row again.
    Unknown(Arc<Notify>),
}

fn id(send: SendKey) -> Id {
    (send.account, send.message)
}

impl Queues {
    fn take(&mut self, sends: &mut Vec<QueuedSend>) {
        sends.retain(|send| !self.held.contains_key(&id(send.key())));
        for send in sends {
            self.held.insert(id(send.key()), Hold::Waits);
        }
    }
}

impl Sends {
    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything in hand.
    pub(crate) fn len(&self) -> usize {
        self.lock().held.len()
    }

    /// Takes those into hand that nobody has, and leaves out the others.
    pub(super) fn take(&self, sends: &mut Vec<QueuedSend>) {
        self.lock().take(sends);
    }

    /// The same for a whole conversation that has no task; nothing while it has one.
    pub(super) fn take_conversation(&self, key: ConversationKey, sends: &mut Vec<QueuedSend>) {
        let mut queues = self.lock();
        if queues.lanes.contains_key(&key) {
            sends.clear();
        }
        queues.take(sends);
    }

    pub(super) fn has(&self, send: SendKey) -> bool {
        self.lock().held.contains_key(&id(send))
    }

    /// Puts sends in hand into their conversations' lanes. Returns those that found their lane free: each begins a task.
    pub(super) fn line_up(&self, sends: Vec<QueuedSend>) -> Vec<QueuedSend> {
        let lanes = &mut self.lock().lanes;
        let mut first = Vec::new();
        for send in sends {
            if let Some(lane) = lanes.get_mut(&send.conversation) {
                lane.push_back(send);
            } else {
                lanes.insert(send.conversation, VecDeque::new());
                first.push(send);
            }
        }
        first
    }

    /// The next send of a conversation; `None` gives the conversation up.
    pub(super) fn next(&self, key: ConversationKey) -> Option<QueuedSend> {
        let mut queues = self.lock();
        let next = queues.lanes.get_mut(&key)?.pop_front();
        if next.is_none() {
            queues.lanes.remove(&key);
        }
        next
    }

    /// Marks a send as dialled. `false`: the server stops, and it must not be.
    pub(super) fn goes_out(&self, send: SendKey) -> bool {
        let mut queues = self.lock();
        if queues.closed {
            return false;
        }
        queues.held.insert(id(send), Hold::Out);
        true
    }

    /// It is still here, after all.
    pub(super) fn waits(&self, send: SendKey) {
        self.lock().held.insert(id(send), Hold::Waits);
    }

    /// It has no known fate. What is returned tells when the row is worth another look.
    pub(super) fn becomes_unknown(&self, send: SendKey) -> Arc<Notify> {
        let told = Arc::new(Notify::new());
        self.lock().held.insert(id(send), Hold::Unknown(Arc::clone(&told)));
        told
    }

    /// The row of a send may say something new. `false`: it is not in hand.
    pub(crate) fn look_again(&self, send: SendKey) -> bool {
        match self.lock().held.get(&id(send)) {
            Some(Hold::Unknown(told)) => {
                told.notify_one();
                true
            }
            Some(Hold::Waits | Hold::Out) => true,
            None => false,
        }
    }

    /// Lets go of a send whose fate is durable, or which is left to the ledger.
    pub(super) fn release(&self, send: SendKey) {
        self.lock().held.remove(&id(send));
    }

    /// The row of a send does not say what came of it.
    pub(super) fn result_is_lost(&self) {
        self.lock().unwritten = true;
    }

    /// From now on nothing is dialled.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
    }

    /// Sends that are on the wire or being written down.
    pub(crate) fn out(&self) -> usize {
        self.lock().held.values().filter(|hold| matches!(hold, Hold::Out)).count()
    }

    /// Whether the rows tell all: nothing is out, and every result was written down.
    pub(crate) fn all_written(&self) -> bool {
        self.out() == 0 && !self.lock().unwritten
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_flow::turn::Outgoing;
    use rapport_store::{Address, ChannelId, ContactId, SendState};

    fn send(contact: i64, message: i64) -> QueuedSend {
        QueuedSend {
            conversation: ConversationKey {
                account: AccountId(1),
                contact: ContactId(contact),
                channel: ChannelId(1),
            },
            message: MessageId(message),
            effect: "e".into(),
            to: Address::default(),
            outgoing: Outgoing::Text { text: "Hi".into() },
            flow: None,
            step: None,
            state: SendState::Queued,
            resend: false,
            attempts: 0,
            due_at: 0,
            queued_at: 0,
        }
    }

    #[test]
    fn a_send_is_taken_once_even_when_its_contact_was_joined_with_another() {
        let sends = Sends::default();
        let mut first = vec![send(1, 10)];
        sends.take(&mut first);
        assert_eq!(first.len(), 1);
        let mut again = vec![send(1, 10), send(2, 10), send(1, 11)];
        sends.take(&mut again);
        assert_eq!(again, [send(1, 11)]);
    }

    #[test]
    fn a_conversation_has_one_task() {
        let sends = Sends::default();
        assert_eq!(sends.line_up(vec![send(1, 10), send(1, 11), send(2, 12)]), [send(1, 10), send(2, 12)]);
        let mut more = vec![send(1, 13)];
        sends.take_conversation(send(1, 13).conversation, &mut more);
        assert!(more.is_empty(), "the task of the conversation goes first");
        assert_eq!(sends.next(send(1, 0).conversation), Some(send(1, 11)));
        assert_eq!(sends.next(send(1, 0).conversation), None);
        assert_eq!(sends.line_up(vec![send(1, 13)]), [send(1, 13)], "free again");
    }

    #[test]
    fn after_the_stop_nothing_goes_out() {
        let sends = Sends::default();
        let mut one = vec![send(1, 10)];
        sends.take(&mut one);
        assert!(sends.goes_out(one[0].key()));
        sends.close();
        assert_eq!(sends.out(), 1, "what was out before is waited for");
        assert!(!sends.goes_out(send(1, 11).key()));
        sends.release(one[0].key());
        assert!(sends.all_written());
        sends.result_is_lost();
        assert!(!sends.all_written());
    }

    #[tokio::test]
    async fn news_that_come_before_anybody_waits_are_not_lost() {
        let sends = Sends::default();
        let told = sends.becomes_unknown(send(1, 10).key());
        assert!(sends.look_again(send(1, 10).key()));
        told.notified().await;
        assert!(!sends.look_again(send(1, 11).key()), "not in hand");
    }
}
