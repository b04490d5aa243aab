//! Conditions: `total_count = 0 and (plan in ["pro", "max"] or not email is set)`. No braces, texts in quotes.

mod compare;
mod decimal;
mod holds;
mod lex;
mod parse;

use crate::Value;
use crate::source::{Place, Span};
use crate::template::Reference;

/// Longest condition, in bytes.
pub const CONDITION_BYTES_MAX: usize = 4096;
/// Deepest brackets and `not`s.
pub const NESTING_MAX: usize = 32;
/// Largest compiled pattern of `matches`, in bytes of memory.
pub const PATTERN_SIZE_MAX: usize = 1 << 20;

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
    Compare {
        left: Operand,
        operator: Operator,
        right: Operand,
    },
    /// Has a value that is not null.
    IsSet(Operand),
    /// Unset, null, an empty text, list or object.
    IsEmpty(Operand),
    /// `left in [a, b]`, or in a list that a variable holds.
    In {
        left: Operand,
        list: Vec<Operand>,
    },
    /// Compiled when the condition is read.
    Matches {
        left: Operand,
        pattern: Pattern,
    },
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

/// A reference in a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention<'c> {
    pub reference: &'c Reference,
    /// Range in the condition's text.
    pub span: Span,
    /// Whether it stands where a text often does (`plan = pro`): an unknown bare name here probably lacks its quotes.
    pub compared_with: bool,
    /// Whether the condition asks if it is set or empty, so that it may well be unset.
    pub tested: bool,
}

impl Condition {
    /// Every reference, in order.
    pub fn mentions(&self) -> Vec<Mention<'_>> {
        let mut found = Vec::new();
        mentions(&self.expression, &mut found);
        found.sort_by_key(|mention| mention.span.start);
        found
    }
}

fn mentions<'c>(expression: &'c Expression, found: &mut Vec<Mention<'c>>) {
    let mut add = |operand: &'c Operand, compared_with, tested| {
        if let Operand::Reference { reference, span } = operand {
            found.push(Mention { reference, span: span.clone(), compared_with, tested });
        }
    };
    match expression {
        Expression::And(parts) | Expression::Or(parts) => parts.iter().for_each(|part| mentions(part, found)),
        Expression::Not(inner) => mentions(inner, found),
        Expression::Compare { left, right, .. } => {
            add(left, false, false);
            add(right, true, false);
        }
        Expression::IsSet(operand) | Expression::IsEmpty(operand) => add(operand, false, true),
        Expression::In { left, list } => {
            add(left, false, false);
            for item in list {
                add(item, true, false);
            }
        }
        Expression::Matches { left, .. } => add(left, false, false),
    }
}

#[cfg(test)]
mod tests;
