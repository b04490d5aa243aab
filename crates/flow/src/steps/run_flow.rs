//! `run_flow`: runs another flow and comes back by `returned`.

use crate::source::Text;
use crate::template::JsonTemplate;

/// Flows that may stand on one another.
pub const DEPTH_MAX: usize = 8;

#[derive(Debug, Clone)]
pub struct RunFlow {
    pub flow: Text,
    /// Their input, our value.
    pub with: Vec<(Text, JsonTemplate)>,
    /// Our variable, their variable.
    pub save: Vec<(Text, Text)>,
}
