//! The address of a request. No value can change its scheme, host, port, or the number of its segments.

use super::fill::{BadTemplate, Fill, Filled, Pieces};
use super::{Encoding, SecretText};
use crate::source::Text;
use crate::template::{Hole, Part, Template};

const FIELD: &str = "url";

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Path,
    Query,
}

/// Fills an address and adds the rows of a query table.
pub(super) fn fill(
    template: &Template,
    query: &[(Text, Template)],
    fill: Fill<'_>,
) -> Result<SecretText, BadTemplate> {
    let mut pieces = Pieces::default();
    let mut place = Place::Path;
    let (before, rest) = authority(template)?;
    pieces.text().push_str(before);
    let mut segment = Segment { text: String::new(), hole: None };
    let first = Part::Text(rest.to_owned());
    let parts = std::iter::once(&first).chain(template.parts.iter().skip(1));
    for (count, part) in parts.enumerate() {
        match part {
            // A fragment never leaves a browser; here it ends the address.
            Part::Text(text) => {
                let (text, ended) =
                    text.split_once('#').map_or((text.as_str(), false), |(text, _)| (text, true));
                let is_last = count + 1 == template.parts.len();
                let text = if is_last { text.trim_end() } else { text };
                control(template, text)?;
                for c in text.chars() {
                    match (place, c) {
                        (Place::Path, '/' | '\\') => segment.end(template)?,
                        (Place::Path, '?') => {
                            segment.end(template)?;
                            place = Place::Query;
                        }
                        (Place::Path, c) => segment.text.push(c),
                        (Place::Query, _) => {}
                    }
                }
                pieces.text().push_str(text);
                if ended {
                    break;
                }
            }
            Part::Hole(hole) if place == Place::Path => {
                match fill.text(template, hole, FIELD)? {
                    Filled::Secret(_) => {
                        return Err(BadTemplate::of_hole(
                            template,
                            hole,
                            FIELD,
                            "puts a secret into the path, where logs and other people see it",
                            "Send it in a header, in the query or in the body.",
                        ));
                    }
                    Filled::Value(value) => segment.text.push_str(&crate::template::print(&value)),
                }
                segment.hole = Some(hole.clone());
                fill.write(template, hole, Encoding::Percent, FIELD, &mut pieces)?;
            }
            Part::Hole(hole) => fill.write(template, hole, Encoding::Percent, FIELD, &mut pieces)?,
        }
    }
    segment.end(template)?;
    for (name, value) in query {
        let field = format!("query {}", name.value);
        separator(&mut pieces, &mut place);
        Encoding::Percent.write(&name.value, pieces.text());
        pieces.text().push('=');
        fill.value(value, Encoding::Percent, &field, &mut pieces)?;
    }
    let address = pieces.finish();
    match url::Url::parse(&address.with("x")) {
        Ok(_) => Ok(address),
        Err(error) => Err(BadTemplate::of_text(
            template,
            FIELD,
            format!("is not an address: {error}"),
            "Write it whole, such as `https://api.example.com/orders/{{order_id}}`.",
        )),
    }
}

/// `?` before the first row, `&` before each other.
fn separator(pieces: &mut Pieces, place: &mut Place) {
    let text = pieces.text();
    if *place == Place::Path {
        text.push('?');
        *place = Place::Query;
    } else if !text.ends_with(['?', '&']) {
        text.push('&');
    }
}

/// Cuts the first text behind the host and port. Both halves are the author's own words.
fn authority(template: &Template) -> Result<(&str, &str), BadTemplate> {
    let holed = |mend: &str| match template.holes().next() {
        Some(hole) => BadTemplate::of_hole(
            template,
            hole,
            FIELD,
            "stands where an address has its scheme, host or port",
            mend,
        ),
        None => BadTemplate::of_text(template, FIELD, "does not begin with https:// and a host", mend),
    };
    let mend = "Write the scheme and host out, such as `https://api.example.com/…`: where a request goes is fixed when the flow is published.";
    let Some(Part::Text(first)) = template.parts.first() else { return Err(holed(mend)) };
    let text = first.trim_start();
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    let Some(scheme) = scheme else {
        return Err(BadTemplate::of_text(template, FIELD, "does not begin with https:// and a host", mend));
    };
    let end = text[scheme.len()..].find(['/', '?', '#', '\\']).map(|end| scheme.len() + end);
    let (before, rest) = match end {
        Some(end) => text.split_at(end),
        None if template.parts.len() > 1 => return Err(holed(mend)),
        None => (text, ""),
    };
    control(template, before)?;
    if before.len() == scheme.len() {
        return Err(BadTemplate::of_text(template, FIELD, "has no host", mend));
    }
    Ok((before.trim_end(), rest))
}

/// Line breaks and tabs would be dropped by the reader of the address, and what is around them would join.
fn control(template: &Template, text: &str) -> Result<(), BadTemplate> {
    if text.chars().any(char::is_control) {
        return Err(BadTemplate::of_text(
            template,
            FIELD,
            "holds a line break or another control character",
            "Write the address on one line.",
        ));
    }
    Ok(())
}

/// A path segment with the last hole in it.
struct Segment {
    text: String,
    hole: Option<Hole>,
}

impl Segment {
    fn end(&mut self, template: &Template) -> Result<(), BadTemplate> {
        let text = std::mem::take(&mut self.text);
        let Some(hole) = self.hole.take() else { return Ok(()) };
        let why = match text.to_ascii_lowercase().replace("%2e", ".").trim() {
            "" => "is empty here, which would make another address",
            "." | ".." => "is `.` or `..` here, which would make another address",
            _ => return Ok(()),
        };
        let mend = format!(
            "Branch before this step, so that it runs only with a `{}` to ask for.",
            hole.reference.text
        );
        Err(BadTemplate::of_hole(template, &hole, FIELD, why, &mend))
    }
}
