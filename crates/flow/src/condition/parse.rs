//! Reading a condition: `or` binds weakest, then `and`, then `not`, then the comparisons.

use super::lex::{CODE, Token, tokens};
use super::{
    CONDITION_BYTES_MAX, Condition, Expression, NESTING_MAX, Operand, Operator, PATTERN_SIZE_MAX, Pattern,
};
use crate::Value;
use crate::finding::Finding;
use crate::source::{Span, Text};
use crate::template::Fault;

impl Condition {
    /// Reads a condition; the finding (`bad-condition`) has its place in the document. Never panics, and never nests
    /// deeper than [`NESTING_MAX`].
    pub fn parse(text: Text) -> Result<Condition, Finding> {
        match read(&text.value) {
            Ok(expression) => Ok(Condition { expression, text: text.value, place: text.place }),
            Err(fault) => Err(fault.finding(&text.place)),
        }
    }
}

fn read(text: &str) -> Result<Expression, Fault> {
    if text.len() > CONDITION_BYTES_MAX {
        return Err(Fault::new(
            CODE,
            0..text.len(),
            format!("a condition of more than {CONDITION_BYTES_MAX} bytes"),
        )
        .mend("Use several branches, or set a variable first."));
    }
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Err(Fault::new(CODE, 0..text.len(), "an empty condition")
            .mend("Write one, such as `total_count = 0`."));
    }
    let mut reader = Reader { text, tokens: &tokens, at: 0, depth: 0 };
    let expression = reader.any()?;
    match reader.tokens.get(reader.at) {
        None => Ok(expression),
        Some((token, span)) => Err(reader.left_over(token, span.clone())),
    }
}

struct Reader<'t> {
    text: &'t str,
    tokens: &'t [(Token, Span)],
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    /// The next token's range; an empty one at the end of the text.
    fn span(&self) -> Span {
        self.tokens.get(self.at).map_or(self.text.len()..self.text.len(), |(_, span)| span.clone())
    }

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Name(name)) if name.text.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    /// `starts with` and the like; nothing is taken unless both stand there.
    fn words(&mut self, first: &str, second: &str) -> bool {
        let before = self.at;
        let found = self.word(first) && self.word(second);
        if !found {
            self.at = before;
        }
        found
    }

    fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(found)) if *found == sign);
        self.at += usize::from(found);
        found
    }

    fn any(&mut self) -> Result<Expression, Fault> {
        let mut parts = vec![self.all()?];
        while self.word("or") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::Or(parts) })
    }

    fn all(&mut self) -> Result<Expression, Fault> {
        let mut parts = vec![self.negated()?];
        while self.word("and") {
            parts.push(self.negated()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::And(parts) })
    }

    fn negated(&mut self) -> Result<Expression, Fault> {
        let span = self.span();
        if !matches!(self.peek(), Some(Token::Sign("("))) && !self.is_word("not") {
            return self.comparison();
        }
        self.depth += 1;
        if self.depth > NESTING_MAX {
            return Err(Fault::new(CODE, span, format!("more than {NESTING_MAX} brackets in one another"))
                .mend("Use several branches, or set a variable first."));
        }
        let expression = if self.word("not") {
            Expression::Not(Box::new(self.negated()?))
        } else {
            self.at += 1;
            let inner = self.any()?;
            if !self.sign(")") {
                return Err(Fault::new(CODE, span, "a bracket is not closed").mend("Add `)`."));
            }
            inner
        };
        self.depth -= 1;
        Ok(expression)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Name(name)) if name.text.eq_ignore_ascii_case(word))
    }

    fn comparison(&mut self) -> Result<Expression, Fault> {
        let start = self.span();
        let left = self.operand("a name")?;
        if self.word("is") {
            let negated = self.word("not");
            let test = if self.word("set") {
                Expression::IsSet(left)
            } else if self.word("empty") {
                Expression::IsEmpty(left)
            } else {
                let span = self.span();
                return Err(Fault::new(CODE, span, "`is` is followed by `set` or `empty`")
                    .mend("To compare with a value write `=`, such as `plan = \"pro\"`."));
            };
            return Ok(if negated { Expression::Not(Box::new(test)) } else { test });
        }
        if self.word("in") {
            return Ok(Expression::In { left, list: self.list()? });
        }
        if self.word("matches") {
            return Ok(Expression::Matches { left, pattern: self.pattern()? });
        }
        if self.is_word("not") {
            let written = &self.text[start.clone()];
            return Err(Fault::new(CODE, self.span(), "`not` stands before a comparison").mend(format!(
                "Write `not {written} in […]`, `not {written} contains …`, or `{written} is not set`."
            )));
        }
        let operator = if self.words("starts", "with") {
            Operator::StartsWith
        } else if self.words("ends", "with") {
            Operator::EndsWith
        } else if self.word("contains") {
            Operator::Contains
        } else {
            match self.peek() {
                Some(Token::Sign(sign @ ("=" | "!=" | "<" | "<=" | ">" | ">="))) => {
                    let operator = operator(sign);
                    self.at += 1;
                    operator
                }
                _ => return Err(self.no_operator(start)),
            }
        };
        let right = self.operand("a value")?;
        Ok(Expression::Compare { left, operator, right })
    }

    fn no_operator(&self, operand: Span) -> Fault {
        let written = &self.text[operand.clone()];
        let known = "The operators are = != < <= > >= contains, starts with, ends with, matches, in, is set, is empty; and, or, not and brackets join them.";
        if let Some((Token::Name(_) | Token::Literal(_), span)) = self.tokens.get(self.at) {
            let seen = &self.text[span.clone()];
            let lower = seen.to_lowercase();
            let meant = match lower.as_str() {
                "equals" | "eq" => Some("="),
                "ne" => Some("!="),
                "includes" | "like" => Some("contains"),
                "startswith" | "starts_with" | "starts" => Some("starts with"),
                "endswith" | "ends_with" | "ends" => Some("ends with"),
                _ => None,
            };
            let fault = Fault::new(CODE, span.clone(), format!("`{seen}` is no operator")).because(known);
            return match meant {
                Some(meant) => fault.mend(format!("Write `{meant}`.")).offered_fix(span.clone(), meant),
                None => {
                    fault.mend(format!("Compare: `{written} = …`. A text of several words stands in quotes."))
                }
            };
        }
        Fault::new(CODE, operand, format!("`{written}` is compared with nothing"))
            .because(known)
            .mend(format!("Write `{written} = true`, or `{written} is set` to ask whether it has a value."))
    }

    fn operand(&mut self, wanted: &str) -> Result<Operand, Fault> {
        let span = self.span();
        match self.peek() {
            Some(Token::Literal(value)) => {
                let value = value.clone();
                self.at += 1;
                Ok(Operand::Literal(value))
            }
            Some(Token::Name(name)) if !is_reserved(&name.text) => {
                if name.secret().is_some() {
                    return Err(Fault::new(CODE, span, "a secret cannot be compared")
                        .because("Secrets are used only in auth, headers, query and body of a request."));
                }
                let reference = name.clone();
                self.at += 1;
                Ok(Operand::Reference { reference, span })
            }
            Some(Token::Sign("[")) => Err(Fault::new(CODE, span, "a list stands only behind `in`")
                .mend("Write `plan in [\"pro\", \"max\"]`.")),
            Some(_) => {
                let seen = &self.text[span.clone()];
                Err(Fault::new(CODE, span, format!("expected {wanted}, found `{seen}`"))
                    .mend("Compare with `plan = \"pro\" and total_count > 0`."))
            }
            None => Err(Fault::new(
                CODE,
                0..self.text.len(),
                format!("the condition ends where {wanted} is expected"),
            )
            .mend("Finish it, such as `plan = \"pro\"`.")),
        }
    }

    fn list(&mut self) -> Result<Vec<Operand>, Fault> {
        let span = self.span();
        if !self.sign("[") {
            return match self.peek() {
                Some(Token::Name(_)) => Ok(vec![self.operand("a list")?]),
                _ => {
                    Err(Fault::new(CODE, span, "`in` is followed by a list in square brackets, or by a name")
                        .mend("Write `plan in [\"pro\", \"max\"]`."))
                }
            };
        }
        let mut items = Vec::new();
        while !self.sign("]") {
            if !items.is_empty() && !self.sign(",") {
                return Err(Fault::new(
                    CODE,
                    span,
                    "the items of a list are not parted by commas, or the list is not closed",
                )
                .mend("Write `plan in [\"pro\", \"max\"]`."));
            }
            // A comma may stand behind the last.
            if self.sign("]") {
                break;
            }
            items.push(self.operand("an item")?);
        }
        Ok(items)
    }

    fn pattern(&mut self) -> Result<Pattern, Fault> {
        let span = self.span();
        let Some(Token::Literal(Value::String(written))) = self.peek() else {
            return Err(Fault::new(CODE, span, "`matches` is followed by a pattern in double quotes")
                .mend("Write `order_id matches \"^[A-Z]{2}[0-9]+$\"`."));
        };
        let compiled = regex::RegexBuilder::new(written).size_limit(PATTERN_SIZE_MAX).build();
        self.at += 1;
        compiled.map(Pattern).map_err(|error| {
            let why = error.to_string();
            let why = why.lines().last().unwrap_or("").trim_start_matches("error: ").to_owned();
            Fault::new(CODE, span, format!("this pattern cannot be read: {why}"))
                .because("Patterns are regular expressions without look-around and back-references, so that none can take long. In quotes, `\\\\` writes one backslash; `\\d` may also be written with a single one.")
        })
    }

    fn left_over(&self, token: &Token, span: Span) -> Fault {
        let seen = &self.text[span.clone()];
        let before = self.tokens.get(self.at.wrapping_sub(1));
        let whole = Fault::new(CODE, span.clone(), format!("`{seen}` does not belong here"));
        match (before, token) {
            (_, Token::Sign(")")) => whole.mend("Take the bracket away, or open one before."),
            (Some((Token::Name(_), from)), Token::Name(_)) => {
                let words = &self.text[from.start..span.end];
                whole
                    .because("A bare word is the name of a variable; a text stands in quotes.")
                    .mend(format!(
                        "Write `\"{words}\"` for a text, or join two comparisons with `and` or `or`."
                    ))
                    .offered_fix(from.start..span.end, format!("\"{words}\""))
            }
            (_, Token::Sign("=" | "!=" | "<" | "<=" | ">" | ">=")) => {
                whole.mend("Compare two values at a time: `a < b and b < c`.")
            }
            _ => whole.mend("Join two comparisons with `and` or `or`."),
        }
    }
}

fn operator(sign: &str) -> Operator {
    match sign {
        "=" => Operator::Equal,
        "!=" => Operator::NotEqual,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        ">" => Operator::Greater,
        _ => Operator::GreaterOrEqual,
    }
}

fn is_reserved(word: &str) -> bool {
    ["and", "or", "not", "is", "in"].iter().any(|reserved| word.eq_ignore_ascii_case(reserved))
}
