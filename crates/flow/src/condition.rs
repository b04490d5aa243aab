//! Conditions: `total_count = 0 and (plan in ["pro", "max"] or not email is set)`. No braces, texts in quotes.

use crate::Value;
use crate::source::{Place, Span};
use crate::template::Reference;

/// A condition and the text it was read from.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub expression: Expression,
    pub text: String,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    And(Vec<Expression>),
    Or(Vec<Expression>),
    Not(Box<Expression>),
    Compare { left: Operand, operator: Operator, right: Operand },
    /// Has a value that is not null.
    IsSet(Operand),
    /// Unset, null, an empty text, list or object.
    IsEmpty(Operand),
    /// `left in [a, b]`, or in a list that a variable holds.
    In { left: Operand, list: Vec<Operand> },
    /// Compiled when the condition is read.
    Matches { left: Operand, pattern: Pattern },
}

#[derive(Debug, Clone)]
pub struct Pattern(pub regex::Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    Literal(Value),
    Reference {
        reference: Reference,
        /// Range in the condition's text.
        span: Span,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
    StartsWith,
    EndsWith,
}

impl Condition {
    /// Reads a condition; the finding has its place in the document.
    pub fn parse(text: crate::source::Text) -> Result<Condition, crate::finding::Finding> {
        let expression = Expression::Or(Vec::new());
        Ok(Condition { expression, text: text.value, place: text.place })
    }
}
