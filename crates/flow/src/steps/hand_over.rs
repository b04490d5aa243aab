//! `hand_over`: ends the session and gives the conversation to people.

use crate::template::Template;

#[derive(Debug, Clone, Default)]
pub struct HandOver {
    pub text: Option<Template>,
    pub team: Option<Template>,
    /// What the team reads.
    pub note: Option<Template>,
}
