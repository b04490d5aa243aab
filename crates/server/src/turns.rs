//! Running turns: read the conversation, let the flow decide, commit, carry out.

use crate::app::App;
use crate::lanes::{self, Acceptance, Job};
use crate::{calls, clock, publish, receipts, sends};
use rapport_flow::engine::call_findings;
use rapport_flow::request::Outcome;
use rapport_flow::turn::{Ambient, Channel, Event, Fact};
use rapport_flow::{Bot, Effect, Input, Session, Turn};
use rapport_store::{
    Accept, Accepted, CallKey, Committed, Conversation, ConversationKey, FinishedCall, MessageId, StoreError,
    TurnCommit, TurnId, TurnOutcome,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// How often a turn is decided again because something else changed the conversation first.
const STALE_TRIES_MAX: u32 = 16;

/// Does one job of a lane.
pub(crate) async fn run(app: &Arc<App>, key: ConversationKey, job: Job) {
    let outcome = match job {
        Job::Accept(acceptance) => accept(app, *acceptance).await,
        Job::Call { call, exchange, out } => {
            let result = call_finished(app, key, &call, &exchange).await;
            if result.is_err() {
                calls::result_again(app, key, Job::Call { call, exchange, out });
            }
            result
        }
        Job::Look => look(app, key).await,
    };
    if let Err(error) = outcome {
        // Nothing is lost: Meta delivers again, a call's result is kept, and the rest is found by the safety net.
        tracing::error!(%error, contact = %key.contact, "a turn could not be committed");
        metrics::counter!("rapport_turn_errors_total").increment(1);
    }
}

/// Writes a message down and, when nothing is before it, runs its turn in the same unit.
async fn accept(app: &Arc<App>, acceptance: Acceptance) -> Result<(), StoreError> {
    let Acceptance { incoming, basis, done } = acceptance;
    let for_flow = incoming.for_flow;
    let taken = (incoming.channel, incoming.message.id.clone());
    let outcome = try_accept(app, incoming, basis).await;
    let told = match &outcome {
        Ok(_) => Ok(()),
        Err(error) => Err(error.clone()),
    };
    // The webhook's task may be gone with its connection; the message is stored all the same.
    let _ = done.send(told);
    let outcome = outcome?;
    if matches!(outcome, Accepted::New { .. }) {
        metrics::counter!("rapport_messages_total").increment(1);
    }
    match outcome {
        Accepted::New { turn: Some(TurnOutcome::Committed(committed)), .. } => {
            show_taken(app, taken.0, &taken.1, &committed);
            carry_out(app, committed);
        }
        Accepted::New { conversation, .. } if for_flow => lanes::push(app, conversation, Job::Look),
        Accepted::New { .. } => {}
        Accepted::Duplicate => metrics::counter!("rapport_duplicates_total").increment(1),
    }
    Ok(())
}

async fn try_accept(
    app: &Arc<App>,
    incoming: rapport_store::Incoming,
    basis: Option<Conversation>,
) -> Result<Accepted, StoreError> {
    let basis = if let Some(basis) = basis {
        basis
    } else {
        let stranger = rapport_store::ContactId(app.next_id());
        let (channel, from) = (incoming.channel, &incoming.from);
        app.store
            .conversation_from(incoming.account, channel, from, incoming.message.sent_at, stranger)
            .await?
    };
    let takes_it = incoming.for_flow
        && basis.waiting.is_empty()
        && basis.session.as_ref().is_none_or(Session::takes_messages);
    let turn = if takes_it {
        let mut message = incoming.message.clone();
        message.first = !basis.has_written;
        let mut seen = basis.clone();
        // The message itself opens the window, lifts a stop and names the person.
        seen.contact.stopped = false;
        seen.contact.window_until = seen.contact.window_until.max(message.sent_at + sends::WINDOW_MS);
        if seen.contact.name.is_none() {
            seen.contact.name.clone_from(&incoming.profile_name);
        }
        Some(decide(app, &seen, Input::Message(message), Vec::new(), None).await?)
    } else {
        None
    };
    app.store.accept(Accept { incoming, basis, turn }).await
}

/// Takes what waits, one turn after the other, until nothing is left that can be taken now.
async fn look(app: &Arc<App>, key: ConversationKey) -> Result<(), StoreError> {
    let mut stale = 0;
    loop {
        let Some(basis) = app.store.conversation(key).await? else { return Ok(()) };
        let Some((input, consumed)) = next_input(&basis, clock::now()) else { return Ok(()) };
        let taken = match &input {
            Input::Message(message) => Some(message.id.clone()),
            _ => None,
        };
        let turn = decide(app, &basis, input, consumed, None).await?;
        match app.store.commit_turn(&basis, turn).await? {
            TurnOutcome::Committed(committed) => {
                stale = 0;
                if let Some(message) = taken {
                    show_taken(app, key.channel, &message, &committed);
                }
                carry_out(app, committed);
            }
            TurnOutcome::Stale => again(&mut stale)?,
        }
    }
}

/// What a conversation can take now: its oldest message, or its wake.
fn next_input(basis: &Conversation, now: i64) -> Option<(Input, Vec<MessageId>)> {
    let due =
        basis.session_fault.is_some() || basis.session.as_ref().is_some_and(|session| session.wake_at <= now);
    let takes = basis.session.as_ref().is_none_or(Session::takes_messages);
    match basis.waiting.first() {
        Some(waiting) if takes => Some((Input::Message(waiting.message.clone()), vec![waiting.id])),
        _ if due => Some((Input::Wake, Vec::new())),
        _ => None,
    }
}

/// The result of a call, and the turn that it wakes, as one unit.
async fn call_finished(
    app: &Arc<App>,
    key: ConversationKey,
    call: &CallKey,
    exchange: &rapport_flow::request::Exchange,
) -> Result<(), StoreError> {
    let mut stale = 0;
    loop {
        let basis = app.store.conversation(key).await?;
        let awaited = basis.as_ref().filter(|basis| waits_for(basis, &call.effect));
        let Some(basis) = awaited else {
            let finished = calls::finished(call, key.contact, exchange, &[], clock::now());
            app.store.record_call(finished).await?;
            break;
        };
        let input = Input::Call { effect: call.effect.clone(), exchange: exchange.clone() };
        let bot = bot_for(app, basis.session.as_ref()).await?;
        let findings = basis.session.as_ref().map(|session| findings(&bot, session, &call.effect, exchange));
        let findings = findings.unwrap_or_default();
        let finished = calls::finished(call, key.contact, exchange, &findings, clock::now());
        let turn = decide(app, basis, input, Vec::new(), Some(finished)).await?;
        match app.store.commit_turn(basis, turn).await? {
            TurnOutcome::Committed(committed) => {
                carry_out(app, committed);
                break;
            }
            TurnOutcome::Stale => again(&mut stale)?,
        }
    }
    // Messages that waited behind the call.
    lanes::push(app, key, Job::Look);
    Ok(())
}

/// What went wrong with a call. A fault in finding that out must not cost the result.
fn findings(
    bot: &Bot,
    session: &Session,
    effect: &str,
    exchange: &rapport_flow::request::Exchange,
) -> Vec<rapport_flow::Finding> {
    let found = catch_unwind(AssertUnwindSafe(|| call_findings(bot, session, effect, exchange)));
    found.unwrap_or_else(|_| {
        tracing::error!(effect, "looking for the findings of a call panicked");
        Vec::new()
    })
}

fn waits_for(basis: &Conversation, effect: &str) -> bool {
    use rapport_flow::session::Waiting;
    basis.session.as_ref().is_some_and(
        |session| matches!(&session.waiting, Waiting::Call { effect: waiting } if waiting == effect),
    )
}

fn again(stale: &mut u32) -> Result<(), StoreError> {
    *stale += 1;
    metrics::counter!("rapport_turns_stale_total").increment(1);
    if *stale > STALE_TRIES_MAX {
        return Err(StoreError::Misused("a turn stayed stale; the conversation changes without end".into()));
    }
    Ok(())
}

/// Lets the flow decide and gathers what the store needs to commit it.
async fn decide(
    app: &Arc<App>,
    basis: &Conversation,
    input: Input,
    consumed: Vec<MessageId>,
    finished: Option<FinishedCall>,
) -> Result<TurnCommit, StoreError> {
    let bot = bot_for(app, basis.session.as_ref()).await?;
    let now = clock::now();
    let id = TurnId(app.ids.next(now));
    let mut ambient = Ambient {
        now,
        turn_id: id.to_string(),
        ids: 0,
        contact: basis.contact.clone(),
        channel: channel(app, basis),
        with_team_since: basis.with_team.as_ref().map(|team| team.acted_at),
    };
    let turn = match &basis.session_fault {
        Some(cause) => {
            tracing::error!(contact = %basis.key.contact, cause, "a stored session cannot be read; it is handed over");
            fault(None, "This conversation was written by another version of Rapport and cannot go on.")
        }
        None => advance(&bot, basis.session.clone(), input, &mut ambient),
    };
    metrics::counter!("rapport_turns_total").increment(1);
    let finished = finished.map(|finished| with_mapped_outcome(finished, &turn));
    let sends = turn.effects.iter().filter(|effect| matches!(effect, Effect::Send { .. })).count();
    let message_ids = (0..sends).map(|_| MessageId(app.ids.next(now))).collect();
    Ok(TurnCommit { id, at: now, turn, consumed, finished, message_ids })
}

/// Reading the answer may have turned `ok` into `not_json` or `missing_required`.
fn with_mapped_outcome(mut finished: FinishedCall, turn: &Turn) -> FinishedCall {
    let mapped = turn.events.iter().find_map(|event| match &event.fact {
        Fact::CallFinished { effect, outcome, .. } if *effect == finished.key.effect => {
            Some(outcome.as_str())
        }
        _ => None,
    });
    if let Some(outcome) = mapped.and_then(Outcome::from_name) {
        finished.outcome = outcome;
    }
    finished
}

/// A fault of the engine ends the session and brings people in; it never takes the server down.
fn advance(bot: &Bot, session: Option<Session>, input: Input, ambient: &mut Ambient) -> Turn {
    let place =
        session.as_ref().and_then(Session::frame).map(|frame| (frame.flow.clone(), frame.step.clone()));
    let turn = catch_unwind(AssertUnwindSafe(|| rapport_flow::advance(bot, session, input, ambient)));
    turn.unwrap_or_else(|_| {
        let at = place.as_ref().map(|(flow, step)| format!("{flow}.{step}"));
        tracing::error!(at, "a turn panicked; the conversation is handed over");
        metrics::counter!("rapport_turn_panics_total").increment(1);
        fault(place, "Rapport made a mistake of its own in this conversation (a bug).")
    })
}

/// The turn that ends a session and brings people in.
fn fault(place: Option<(String, String)>, message: &str) -> Turn {
    let (flow, step) = place.unzip();
    let event = |fact| Event { flow: flow.clone(), step: step.clone(), fact };
    let events = vec![
        event(Fact::Fault { message: message.to_owned() }),
        event(Fact::HandedOver { team: None, note: Some(message.to_owned()) }),
        event(Fact::SessionEnded { reason: "fault".into() }),
    ];
    Turn { session: None, events, effects: Vec::new() }
}

/// The published flows, and the older revisions that this session holds.
async fn bot_for(app: &Arc<App>, session: Option<&Session>) -> Result<Arc<Bot>, StoreError> {
    let bot = app.bot();
    let missing: Vec<_> = session
        .iter()
        .flat_map(|session| &session.frames)
        .filter(|frame| bot.at(&frame.flow, frame.revision).is_none())
        .collect();
    if missing.is_empty() {
        return Ok(bot);
    }
    let mut older = Vec::new();
    for frame in missing {
        older.extend(publish::older_revision(app, &frame.flow, frame.revision).await?);
    }
    Ok(app.keep_flows(older))
}

fn channel(app: &App, basis: &Conversation) -> Channel {
    app.channel(basis.key.channel)
        .map(|channel| Channel { name: channel.name.clone(), phone: channel.phone.clone() })
        .unwrap_or_default()
}

/// A message that the bot only keeps (people have the conversation) is not marked: nobody has read it.
fn show_taken(app: &Arc<App>, channel: rapport_store::ChannelId, message: &str, committed: &Committed) {
    let typing = !committed.calls.is_empty();
    if typing || !committed.sends.is_empty() {
        receipts::show(app, channel, message, typing);
    }
}

/// Begins what a committed turn ordered.
pub(crate) fn carry_out(app: &Arc<App>, committed: Committed) {
    sends::begin(app, committed.sends);
    for call in committed.calls {
        calls::begin(app, call);
    }
}

/// After a bug in doing a job: people take the conversation, so that its customer does not wait for nobody.
pub(crate) async fn hand_over_after_panic(app: &App, key: ConversationKey) {
    metrics::counter!("rapport_turn_panics_total").increment(1);
    tracing::error!(contact = %key.contact, "work on a conversation panicked; it is handed over");
    let note = "Rapport made a mistake of its own in this conversation (a bug).";
    if let Err(error) = app.store.take_over(key, None, Some(note), clock::now()).await {
        tracing::error!(%error, contact = %key.contact, "the conversation could not be handed over");
    }
}
