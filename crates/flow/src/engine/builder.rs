//! A turn in the making: what steps may do while they run, and the loop that runs them.

use crate::bot::Bot;
use crate::flow::{END, Flow, Step, Target};
use crate::request::Exchange;
use crate::session::{Frame, Session, Waiting};
use crate::turn::{Ambient, Contact, Effect, Event, Fact, Message, Turn};
use crate::{Value, Values};
use std::cell::Cell;
use std::sync::Arc;

/// What a step wants to happen next.
#[derive(Debug)]
pub(crate) enum Next {
    /// Leave by an exit that the step's `next` and `exits` draw. `note` is what people read when it is not drawn and the
    /// conversation goes to them.
    Exit {
        exit: String,
        note: Option<String>,
    },
    /// Leave by an exit that is drawn inside the action: a branch, a choice with a `next` of its own.
    To {
        exit: String,
        target: Target,
    },
    /// Stay in the step until an input comes.
    Wait(Waiting),
    /// Stay in the step until another flow has ended.
    Enter(Frame),
    /// End this flow; a called one returns to its caller.
    End,
    HandOver {
        team: Option<String>,
        note: Option<String>,
    },
    /// What cannot go on, in words for people.
    Fault(String),
}

impl Next {
    pub(crate) fn exit(name: impl Into<String>) -> Self {
        Next::Exit { exit: name.into(), note: None }
    }

    pub(crate) fn done() -> Self {
        Next::exit("done")
    }
}

/// Why a step runs again after it waited.
#[derive(Debug)]
pub(crate) enum Resume<'a> {
    Message(&'a Message),
    Call {
        effect: &'a str,
        exchange: &'a Exchange,
    },
    Wake,
    /// The called flow ended with these variables.
    Returned(Values),
}

/// A turn, and what only a test or a simulator wants to know of it.
#[derive(Debug)]
pub(crate) struct Traced {
    pub(crate) turn: Turn,
    /// The last frame of a session that ended.
    pub(crate) ended: Option<Frame>,
    /// For each effect, how many of the events came before it.
    pub(crate) order: Vec<usize>,
}

#[derive(Debug)]
pub(crate) struct TurnBuilder<'a> {
    pub(super) bot: &'a Bot,
    pub(super) ambient: &'a mut Ambient,
    pub(super) session: Option<Session>,
    events: Vec<Event>,
    effects: Vec<Effect>,
    /// Events noted before each effect, for a transcript.
    order: Vec<usize>,
    /// Counts on while a text is rendered (`{{new_id}}`), hence the cell.
    ids: Cell<u32>,
    steps_run: u32,
    ended: Option<Frame>,
    /// Variables with which a session starts; a test may set some.
    pub(super) start_with: Values,
}

impl<'a> TurnBuilder<'a> {
    pub(super) fn new(bot: &'a Bot, session: Option<Session>, ambient: &'a mut Ambient) -> Self {
        let ids = Cell::new(ambient.ids);
        TurnBuilder {
            bot,
            ambient,
            session,
            events: Vec::new(),
            effects: Vec::new(),
            order: Vec::new(),
            ids,
            steps_run: 0,
            ended: None,
            start_with: Values::new(),
        }
    }

    pub(super) fn finish(self) -> Traced {
        self.ambient.ids = self.ids.get();
        let turn = Turn { session: self.session, events: self.events, effects: self.effects };
        Traced { turn, ended: self.ended, order: self.order }
    }

    pub(crate) fn bot(&self) -> &'a Bot {
        self.bot
    }

    pub(crate) fn now(&self) -> i64 {
        self.ambient.now
    }

    pub(crate) fn contact_mut(&mut self) -> &mut Contact {
        &mut self.ambient.contact
    }

    pub(crate) fn new_id(&self) -> String {
        self.ids.set(self.ids.get().saturating_add(1));
        format!("{}-{}", self.ambient.turn_id, self.ids.get())
    }

    /// The flows that stand on one another, the running one last; none only between sessions.
    pub(crate) fn frames(&self) -> &[Frame] {
        self.session.as_ref().map_or(&[], |session| &session.frames)
    }

    pub(crate) fn frame(&self) -> Option<&Frame> {
        self.frames().last()
    }

    pub(crate) fn frame_mut(&mut self) -> Option<&mut Frame> {
        self.session.as_mut()?.frames.last_mut()
    }

    pub(crate) fn waiting(&self) -> Option<&Waiting> {
        self.session.as_ref().map(|session| &session.waiting)
    }

    /// Makes `message` the one that `message.*` shows.
    pub(crate) fn set_message(&mut self, message: &Message) {
        if let Some(session) = &mut self.session {
            session.message = super::input::as_value(message);
        }
    }

    pub(crate) fn set_variable(&mut self, name: &str, value: Value) {
        if let Some(frame) = self.frame_mut() {
            frame.variables.insert(name.to_owned(), value);
        }
    }

    pub(crate) fn unset_variable(&mut self, name: &str) {
        if let Some(frame) = self.frame_mut() {
            frame.variables.shift_remove(name);
        }
    }

    /// Sets and unsets the variables that a call maps.
    pub(crate) fn map(&mut self, values: Vec<(String, Option<Value>)>) {
        for (name, value) in values {
            match value {
                Some(value) => self.set_variable(&name, value),
                None => self.unset_variable(&name),
            }
        }
    }

    /// What later steps read of a call by the step's name.
    pub(crate) fn remember_call(&mut self, step: &str, facts: Value) {
        if let Some(frame) = self.frame_mut() {
            frame.calls.insert(step.to_owned(), facts);
        }
    }

    pub(crate) fn forget_call(&mut self, step: &str) {
        if let Some(frame) = self.frame_mut() {
            frame.calls.shift_remove(step);
        }
    }

    /// Notes a fact of the step that runs.
    pub(crate) fn event(&mut self, fact: Fact) {
        let (flow, step) = match self.frame() {
            Some(frame) => (Some(frame.flow.clone()), Some(frame.step.clone())),
            None => (None, None),
        };
        self.events.push(Event { flow, step, fact });
    }

    /// Notes a fact of a flow or of the whole conversation.
    pub(super) fn event_of(&mut self, flow: Option<String>, fact: Fact) {
        self.events.push(Event { flow, step: None, fact });
    }

    pub(crate) fn order(&mut self, effect: Effect) {
        self.order.push(self.events.len());
        self.effects.push(effect);
    }

    /// Puts the session to sleep until the input that `waiting` names.
    pub(super) fn sleep(&mut self, waiting: Waiting) {
        let (now, timeout) = (self.ambient.now, self.bot.settings.session_timeout);
        if let Some(session) = &mut self.session {
            session.waiting = waiting;
            session.wake_at = super::wake::due(session, timeout, now);
        }
    }

    /// Starts a session at the first step of `flow`.
    pub(super) fn start(&mut self, flow: &Arc<Flow>, by: String, trigger: Value, message: Value) {
        self.event_of(Some(flow.name.clone()), Fact::SessionStarted { by, revision: flow.revision });
        let now = self.ambient.now;
        self.session = Some(Session {
            id: self.new_id(),
            started_at: now,
            active_at: now,
            frames: vec![Frame::entering(flow, self.start_with.clone())],
            waiting: Waiting::Time { until: now },
            wake_at: now,
            trigger,
            message,
        });
        self.run(None);
    }

    /// Runs steps until one waits or the session is over.
    pub(super) fn run(&mut self, mut resume: Option<Resume<'_>>) {
        while let Some(frame) = self.frame() {
            let Some(flow) = self.bot.at(&frame.flow, frame.revision).cloned() else {
                let gone = format!(
                    "This conversation runs on revision {} of the flow \"{}\", which is gone. It cannot go on where it stopped.",
                    frame.revision, frame.flow
                );
                return self.fault(gone);
            };
            let Some(step) = flow.steps.get(&frame.step) else {
                let gone = format!("The flow \"{}\" has no step \"{}\".", frame.flow, frame.step);
                return self.fault(gone);
            };
            if resume.is_none() {
                self.steps_run += 1;
                if self.steps_run > self.bot.settings.step_budget {
                    return self.fault(format!(
                        "The bot ran {} steps without waiting for anybody, the most that one turn may; it was about to run \"{}\". \
                         Look for a loop without a question or a wait.",
                        self.bot.settings.step_budget, step.name
                    ));
                }
            }
            let given = resume.take();
            let next = step.action.run(step, self, given.as_ref());
            resume = match next {
                Next::Wait(waiting) => return self.sleep(waiting),
                Next::Enter(frame) => {
                    if let Some(session) = &mut self.session {
                        session.frames.push(frame);
                    }
                    None
                }
                Next::End => self.end_flow(),
                Next::Exit { exit, note } => self.leave(&flow, step, &exit, None, note),
                Next::To { exit, target } => self.leave(&flow, step, &exit, Some(&target), None),
                Next::HandOver { team, note } => return self.hand_over(team, note),
                Next::Fault(message) => return self.fault(message),
            };
        }
        if self.session.is_some() {
            self.fault("This conversation holds no flow that could go on.".into());
        }
    }

    /// Leaves `step`; what it gives is for the caller's step when the flow ended with it.
    fn leave<'r>(
        &mut self,
        flow: &Flow,
        step: &Step,
        exit: &str,
        drawn: Option<&Target>,
        note: Option<String>,
    ) -> Option<Resume<'r>> {
        self.event(Fact::StepLeft { exit: exit.to_owned() });
        let main = step.action.main_exit().unwrap_or("otherwise");
        match drawn.or_else(|| step.exits.get(exit)) {
            Some(target) if target.step == END => self.end_flow(),
            Some(target) if flow.steps.contains_key(&target.step) => {
                if let Some(frame) = self.frame_mut() {
                    frame.step.clone_from(&target.step);
                }
                None
            }
            Some(target) => {
                self.fault(format!(
                    "The exit \"{exit}\" of the step \"{}\" leads to \"{}\", which the flow \"{}\" does not have.",
                    step.name, target.step, flow.name
                ));
                None
            }
            None if exit == main => self.end_flow(),
            None => {
                let note = note.unwrap_or_else(|| {
                    format!("The step \"{}\" ended by its exit \"{exit}\", which leads nowhere.", step.name)
                });
                self.hand_over(None, Some(note));
                None
            }
        }
    }

    /// Ends the running flow: back to its caller, or the session is finished.
    fn end_flow<'r>(&mut self) -> Option<Resume<'r>> {
        let session = self.session.as_mut()?;
        if session.frames.len() <= 1 {
            self.end_session("finished");
            return None;
        }
        let called = session.frames.pop()?;
        Some(Resume::Returned(called.variables))
    }

    /// Remembers the frame of a session that ends.
    pub(super) fn take_session(&mut self) -> Option<Session> {
        let session = self.session.take()?;
        self.ended = session.frames.last().cloned();
        Some(session)
    }
}

impl Frame {
    /// At the first step of a flow; a flow without steps (the reader refuses it) faults when it runs.
    pub(crate) fn entering(flow: &Flow, variables: Values) -> Self {
        Frame {
            flow: flow.name.clone(),
            revision: flow.revision,
            step: flow.first_step().map(|step| step.name.clone()).unwrap_or_default(),
            variables,
            calls: Values::new(),
        }
    }
}
