//! `set_variable`: computes values and keeps them under names.

use crate::source::Text;
use crate::template::JsonTemplate;

#[derive(Debug, Clone)]
pub struct SetVariable {
    /// In the author's order; a later one sees the earlier ones.
    pub set: Vec<(Text, JsonTemplate)>,
}
