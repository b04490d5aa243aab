//! Reading one hole: `{{ reference | filter: argument }}` or `{{'{{'}}`.

use super::reference::{begins_name, quoted, scan};
use super::{Fault, Filter, FilterKind, HOLE_BYTES_MAX, Hole};
use crate::Value;
use crate::spelling::nearest;

const CODE: &str = "bad-hole";

/// What stood between the braces.
pub(super) enum Inside {
    /// Two braces, written as `{{'{{'}}`.
    Braces(&'static str),
    Hole(Hole),
}

/// Reads the hole that opens at `open`; returns it and the offset after its closing braces.
pub(super) fn read(text: &str, open: usize) -> Result<(Inside, usize), Fault> {
    let close = closing(text, open).ok_or_else(|| {
        Fault::new(CODE, open..open + 2, "a hole that opens with `{{` is not closed")
            .because("Two braces always open a hole. It ends with `}}` on the same text.")
            .mend("Close it (`{{name}}`), or write `{{'{{'}}` where two braces should be printed.")
    })?;
    let mut reader = Reader { text, at: open + 2, end: close, whole: open..close + 2 };
    reader.blanks();
    let inside = match reader.peek() {
        Some('"' | '\'') => reader.braces()?,
        _ => Inside::Hole(reader.hole()?),
    };
    Ok((inside, close + 2))
}

/// The offset of the `}}` that closes the hole; quotes hide it.
pub(super) fn closing(text: &str, open: usize) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    let bytes = text.as_bytes();
    let limit = bytes.len().min(open + HOLE_BYTES_MAX);
    for at in open + 2..limit {
        let byte = bytes[at];
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if byte == b'\\' => escaped = true,
            Some(q) if byte == q => quote = None,
            None if byte == b'"' || byte == b'\'' => quote = Some(byte),
            None if byte == b'}' && bytes.get(at + 1) == Some(&b'}') && at + 1 < limit => return Some(at),
            Some(_) | None => {}
        }
    }
    None
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    /// Offset of the closing braces.
    end: usize,
    /// The hole, braces included.
    whole: std::ops::Range<usize>,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..self.end]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn blanks(&mut self) {
        self.at = self.end - self.rest().trim_start().len();
    }

    fn written(&self) -> &str {
        &self.text[self.whole.clone()]
    }

    fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::new(CODE, self.whole.clone(), message)
    }

    fn braces(&mut self) -> Result<Inside, Fault> {
        let literal = quoted(self.text, self.at, self.end);
        if let Some((value, after)) = literal
            && self.text[after..self.end].trim().is_empty()
        {
            match value.as_str() {
                "{{" => return Ok(Inside::Braces("{{")),
                "}}" => return Ok(Inside::Braces("}}")),
                _ => {}
            }
        }
        Err(self
            .fault(format!("`{}` holds a text in quotes where a name belongs", self.written()))
            .because("A hole begins with the name of a value. Only `{{'{{'}}` and `{{'}}'}}` hold a text: two braces.")
            .mend("Write the text without braces, or the variable's name without quotes."))
    }

    fn hole(&mut self) -> Result<Hole, Fault> {
        if self.peek().is_none() {
            return Err(self
                .fault("an empty hole")
                .mend("Write the name of a variable in it: `{{customer_email}}`."));
        }
        let (reference, after) = scan(self.text, self.at, self.end, CODE).map_err(|fault| {
            let message = format!("`{}` is not a hole: {}", self.written(), fault.message);
            Fault { message, ..fault }.because(
                "A hole is `{{name}}` or `{{name | filter: argument}}`; it holds no sums, calls or texts.",
            )
        })?;
        self.at = after;
        let mut filters = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                None => break,
                Some('|') => filters.push(self.filter()?),
                Some(_) => {
                    let rest = self.rest().trim_end();
                    let message = format!("`{}`: `{rest}` does not belong behind a name", self.written());
                    return Err(Fault { at: self.at..self.at + rest.len(), ..self.fault(message) }
                        .because("A hole is `{{name}}` or `{{name | filter: argument}}`; a name holds no spaces, and an odd key stands in brackets.")
                        .mend("Use a variable's name, or `set_variable` to compute a value first."));
                }
            }
        }
        Ok(Hole { reference, filters, span: self.whole.clone() })
    }

    fn filter(&mut self) -> Result<Filter, Fault> {
        let start = self.at;
        self.at += 1;
        if self.rest().starts_with('|') {
            return Err(self
                .fault(format!("`{}`: `||` is no filter", self.written()))
                .mend("Write `| default: \"…\"` for a value that may be missing."));
        }
        self.blanks();
        let rest = self.rest();
        let length =
            rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(rest.len());
        let name = rest[..length].to_owned();
        let named = self.at..self.at + length;
        let Some(kind) = FilterKind::of(&name) else { return Err(self.unknown(&name, named)) };
        self.at = named.end;
        self.blanks();
        let argument = match self.peek() {
            Some(':') => {
                self.at += 1;
                self.blanks();
                Some(self.argument(kind)?)
            }
            Some('|') | None => None,
            Some(_) => {
                return Err(self
                    .fault(format!("`{}`: a filter's argument follows a colon", self.written()))
                    .mend(format!("Write `{name}: …`.")));
            }
        };
        kind.accepts(argument.as_ref()).map_err(|why| {
            Fault { at: start..self.at, ..self.fault(format!("`{}`: {why}", self.written())) }
                .mend(format!("For example `{}`.", kind.example()))
        })?;
        let end = start + self.text[start..self.at].trim_end().len();
        Ok(Filter { kind, argument, span: start..end })
    }

    fn unknown(&self, name: &str, named: std::ops::Range<usize>) -> Fault {
        let all: Vec<&str> = FilterKind::names().collect();
        let known = format!("The filters are {}.", all.join(", "));
        if name.is_empty() {
            return self.fault(format!("`{}`: no filter after `|`", self.written())).mend(known);
        }
        let fault = Fault::new("unknown-filter", named.clone(), format!("there is no filter `{name}`"));
        match nearest(name, all.iter().copied()) {
            Some(near) => {
                fault.because(known).mend(format!("Did you mean `{near}`?")).offered_fix(named, near)
            }
            None => fault.mend(known),
        }
    }

    /// A text in quotes, a number, or a word of JSON.
    fn argument(&mut self, kind: FilterKind) -> Result<Value, Fault> {
        if let Some('"' | '\'') = self.peek() {
            let (value, after) = quoted(self.text, self.at, self.end)
                .ok_or_else(|| self.fault(format!("`{}`: a quote is not closed", self.written())))?;
            self.at = after;
            self.blanks();
            if !matches!(self.peek(), None | Some('|')) {
                return Err(self
                    .fault(format!("`{}`: something follows the argument", self.written()))
                    .mend("A filter takes one argument; join further filters with `|`."));
            }
            return Ok(Value::String(value));
        }
        let start = self.at;
        let length = self.rest().find('|').unwrap_or(self.end - self.at);
        let written = self.rest()[..length].trim_end().to_owned();
        let span = start..start + written.len();
        self.at = start + length;
        match serde_json::from_str::<Value>(&written) {
            Ok(value) if !value.is_object() && !value.is_array() => return Ok(value),
            _ => {}
        }
        // A word that is one of a filter's own reads well without quotes.
        if kind == FilterKind::Date && super::date::is_named(&written) {
            return Ok(Value::String(written));
        }
        let what = if written.chars().next().is_some_and(begins_name) { "a text" } else { "an argument" };
        Err(Fault {
            at: span.clone(),
            ..self.fault(format!("`{}`: {what} stands without quotes", self.written()))
        }
        .because("An argument is a text in quotes, a number, true, false or null; never another variable.")
        .mend(format!("Write it in quotes: `'{written}'`."))
        .offered_fix(span, format!("'{written}'")))
    }
}
