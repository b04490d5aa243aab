//! Reads the `body` of an API request.

use super::{Body, Part, templates};
use crate::document::{Node, Reader, Shape, list_of};
use crate::source::Text;

const KINDS: [&str; 5] = ["json", "form", "multipart", "text", "xml"];

/// `none`, or one of `{json}`, `{form}`, `{multipart}`, `{text}`, `{xml}`.
pub(super) fn read(node: Node<'_>, reader: &mut Reader) -> Option<Body> {
    if node.scalar() == Some("none") {
        return Some(Body::None);
    }
    if node.shape() == Shape::Scalar {
        reader.wrong(node, "`body`", "`none`, or a map such as `json: {…}`");
        return None;
    }
    let mut fields = reader.fields(node, "`body`")?;
    let given: Vec<&str> = KINDS.into_iter().filter(|kind| fields.has(kind)).collect();
    let found: Vec<Node<'_>> = KINDS.into_iter().filter_map(|kind| fields.take(kind)).collect();
    let body = match (given.as_slice(), found.first()) {
        ([kind], Some(value)) => of_kind(kind, *value, reader),
        ([], _) => {
            fields.report_missing(reader, "kind", "json: {email: \"{{customer_email}}\"}");
            None
        }
        _ => {
            let message = format!("a body is of one kind, and this has {}", list_of(given.iter().copied()));
            reader.wrong_fields(node, message, "Keep one of them.");
            None
        }
    };
    fields.finish(reader);
    body
}

fn of_kind(kind: &str, node: Node<'_>, reader: &mut Reader) -> Option<Body> {
    match kind {
        // As typed: the quotes in the text decide what a hole becomes.
        "json" if node.shape() == Shape::Scalar => reader.template(node, "`json`").map(Body::JsonText),
        "json" => Some(Body::Json(reader.json(node))),
        "form" => Some(Body::Form(templates(node, "`form`", reader))),
        "multipart" => {
            let parts = reader.list(node, "`multipart`").into_iter().map(|item| part(item, reader));
            parts.collect::<Vec<_>>().into_iter().collect::<Option<_>>().map(Body::Multipart)
        }
        "text" => reader.template(node, "`text`").map(Body::Text),
        _ => reader.template(node, "`xml`").map(Body::Xml),
    }
}

/// `{name, value, filename, content_type}`
fn part(node: Node<'_>, reader: &mut Reader) -> Option<Part> {
    let mut fields = reader.fields(node, "a part")?;
    let name: Option<Text> =
        fields.require(reader, "name", "name: note").and_then(|node| reader.text(node, "`name`"));
    let value = fields.require(reader, "value", "value: \"{{message.text}}\"");
    let value = value.and_then(|node| reader.template(node, "`value`"));
    let filename = fields.template(reader, "filename");
    let content_type = fields.text(reader, "content_type");
    fields.finish(reader);
    Some(Part { name: name?, value: value?, filename, content_type })
}
