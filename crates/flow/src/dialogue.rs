//! Conversations without the world: the simulator on a clock that moves when told, and the runner of `*.test.yaml`.

mod compare;
mod document;
mod mock;
mod runner;
mod shown;
mod simulator;

pub use document::{Case, Check, Line, Mock, MockAnswer, Reply, TestDocument, read_tests};
pub use runner::{CaseResult, Failure, Webhook, run_tests};
pub use shown::as_value as message_as_value;
pub use simulator::{Entry, Happened, NoSuchButton, PendingCall, Simulator};
