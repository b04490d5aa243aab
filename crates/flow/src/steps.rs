//! The step types. One list; the schema, the reference page, the palette and the completeness tests are made from it.
//!
//! Each type has one file: what it is (with one complete example that parses), how it is read, checked and run.

pub mod api_request;
pub mod ask_question;
pub mod condition;
pub mod end;
pub mod hand_over;
mod reading;
pub mod run_flow;
pub mod send_message;
pub mod send_template;
pub mod set_variable;
pub mod tag_contact;
pub mod update_contact;
pub mod wait;

use crate::engine::{Next, Resume, TurnBuilder};
use crate::flow::Step;
pub use reading::{example, page};
pub(crate) use reading::{exits, is_exit, main_exit, read, schemas};

/// Declares the step types: the `type` word in documents, the action and its main exit (`None` for a step that ends).
macro_rules! steps {
    ($($word:ident: $module:ident :: $action:ident => $main:expr,)+) => {
        /// What a step does.
        #[derive(Debug, Clone)]
        pub enum Action {
            $($action(Box<$module::$action>),)+
        }

        impl Action {
            /// The `type` words, in the order of the palette and the docs.
            pub const TYPES: &'static [&'static str] = &[$(stringify!($word)),+];

            /// The `type` word of this step.
            pub fn type_name(&self) -> &'static str {
                match self { $(Action::$action(_) => stringify!($word),)+ }
            }

            /// The exit that `next` draws.
            pub fn main_exit(&self) -> Option<&'static str> {
                match self { $(Action::$action(_) => $main,)+ }
            }

            /// Runs the step on entry (`resume` is `None`) and again for each input it waits for.
            pub(crate) fn run(&self, step: &Step, turn: &mut TurnBuilder<'_>, resume: Option<&Resume<'_>>) -> Next {
                match self { $(Action::$action(action) => action.run(step, turn, resume),)+ }
            }
        }
    };
}

steps! {
    send_message: send_message::SendMessage => Some("done"),
    send_template: send_template::SendTemplate => Some("done"),
    ask_question: ask_question::AskQuestion => Some("answered"),
    condition: condition::Branch => None,
    set_variable: set_variable::SetVariable => Some("done"),
    api_request: api_request::ApiRequest => Some("ok"),
    hand_over: hand_over::HandOver => None,
    run_flow: run_flow::RunFlow => Some("returned"),
    wait: wait::Wait => Some("done"),
    tag_contact: tag_contact::TagContact => Some("done"),
    update_contact: update_contact::UpdateContact => Some("done"),
    end: end::End => None,
}
