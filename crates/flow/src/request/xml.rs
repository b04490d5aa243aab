//! XML: answers read into values, so that the same paths work; and bodies whose holes stand only in text and attributes.

use super::fill::{BadTemplate, Fill, Pieces};
use super::{Encoding, SecretText};
use crate::template::{Part, Template, VALUE_DEPTH_MAX};
use crate::{Value, Values};
use roxmltree::{Document, Node, ParsingOptions};

/// Most attributes of one element.
const ATTRIBUTES_MAX: usize = 256;
/// Most nodes (elements, texts, comments) of an answer.
const NODES_MAX: u32 = 200_000;
const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Why an XML answer could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    #[error("not XML: {0}")]
    NotXml(String),
    #[error("XML with a document type (DTD), which is refused")]
    Dtd,
    #[error(
        "XML with elements nested deeper than {VALUE_DEPTH_MAX}, or more than {ATTRIBUTES_MAX} attributes on one"
    )]
    TooInvolved,
}

/// Reads XML into a value: the root element under its name; attributes as `@name`; text beside attributes or elements as
/// `#text`; an element of text alone as that text; repeated elements as a list; `xsi:nil` as null. Prefixes are dropped.
pub fn read(text: &str) -> Result<Value, XmlError> {
    let text = text.trim_start_matches('\u{feff}');
    measure(text)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES_MAX, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::DtdDetected => XmlError::Dtd,
        error => XmlError::NotXml(error.to_string()),
    })?;
    let root = document.root_element();
    let mut whole = Values::new();
    whole.insert(root.tag_name().name().to_owned(), element(root));
    Ok(Value::Object(whole))
}

/// Refuses, before anything is built, what would cost the parser time or the stack: it compares each attribute of an
/// element with its others, and copies namespaces on the way down.
fn measure(text: &str) -> Result<(), XmlError> {
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        rest = &rest[open..];
        let skip = |after: &str| rest.find(after).map_or("", |end| &rest[end + after.len()..]);
        if rest.starts_with("<!--") {
            rest = skip("-->");
        } else if rest.starts_with("<![CDATA[") {
            rest = skip("]]>");
        } else if rest.starts_with("<?") {
            rest = skip("?>");
        } else if rest.starts_with("<!") {
            return Err(XmlError::Dtd);
        } else if rest.starts_with("</") {
            depth = depth.saturating_sub(1);
            rest = &rest[2..];
        } else {
            let (length, attributes) = tag(rest);
            if !rest[..length].ends_with("/>") {
                depth += 1;
            }
            // One level is the object that the root stands in.
            if attributes > ATTRIBUTES_MAX || depth + 1 >= VALUE_DEPTH_MAX {
                return Err(XmlError::TooInvolved);
            }
            rest = &rest[length..];
        }
    }
    Ok(())
}

/// Length of a start tag and the number of its attributes.
fn tag(text: &str) -> (usize, usize) {
    let (mut quote, mut attributes) = (None, 0);
    for (at, byte) in text.bytes().enumerate() {
        match quote {
            Some(q) if byte == q => quote = None,
            Some(_) => {}
            None => match byte {
                b'"' | b'\'' => quote = Some(byte),
                b'=' => attributes += 1,
                b'>' => return (at + 1, attributes),
                _ => {}
            },
        }
    }
    (text.len(), attributes)
}

// As deep as `measure` let it be.
fn element(node: Node<'_, '_>) -> Value {
    if node.attribute((SCHEMA_INSTANCE, "nil")).is_some_and(|nil| matches!(nil, "true" | "1")) {
        return Value::Null;
    }
    let mut entries = Values::new();
    for attribute in node.attributes() {
        entries.entry(format!("@{}", attribute.name())).or_insert_with(|| attribute.value().into());
    }
    let mut text = String::new();
    let mut has_elements = false;
    for child in node.children() {
        if child.is_element() {
            has_elements = true;
            let name = child.tag_name().name();
            match entries.get_mut(name) {
                None => {
                    entries.insert(name.to_owned(), element(child));
                }
                Some(Value::Array(items)) => items.push(element(child)),
                Some(first) => *first = Value::Array(vec![first.take(), element(child)]),
            }
        } else if child.is_text() {
            text.push_str(child.text().unwrap_or(""));
        }
    }
    if entries.is_empty() {
        return Value::String(text);
    }
    let text = if has_elements { text.trim() } else { text.as_str() };
    if !text.is_empty() {
        entries.insert("#text".to_owned(), text.into());
    }
    Value::Object(entries)
}

/// An XML body. Holes stand in text and in attribute values only.
pub(super) fn body(template: &Template, fill: Fill<'_>) -> Result<SecretText, BadTemplate> {
    const FIELD: &str = "body";
    let mut pieces = Pieces::default();
    let mut at = At::Text;
    for part in &template.parts {
        match part {
            Part::Text(text) => {
                at = at.walk(text);
                pieces.text().push_str(text);
            }
            Part::Hole(hole) if matches!(at, At::Text | At::Value(_)) => {
                fill.write(template, hole, Encoding::Xml, FIELD, &mut pieces)?;
            }
            Part::Hole(hole) => {
                let why = match at {
                    At::Tag => "stands in a tag, outside of an attribute's quotes",
                    _ => "stands in a comment, a CDATA section or an instruction",
                };
                let mend = "Put it between tags or inside an attribute's quotes; it is escaped there.";
                return Err(BadTemplate::of_hole(template, hole, FIELD, why, mend));
            }
        }
    }
    Ok(pieces.finish())
}

/// Where in XML we are.
#[derive(Clone, Copy, PartialEq)]
enum At {
    Text,
    Tag,
    Value(char),
    Until(&'static str),
}

impl At {
    fn walk(mut self, text: &str) -> At {
        let mut rest = text;
        while !rest.is_empty() {
            (self, rest) = match self {
                At::Text => match rest.find('<') {
                    None => (At::Text, ""),
                    Some(open) => opened(&rest[open..]),
                },
                At::Until(end) => match rest.find(end) {
                    None => (self, ""),
                    Some(at) => (At::Text, &rest[at + end.len()..]),
                },
                At::Value(quote) => match rest.find(quote) {
                    None => (self, ""),
                    Some(at) => (At::Tag, &rest[at + 1..]),
                },
                At::Tag => match rest.find(['>', '"', '\'']) {
                    None => (self, ""),
                    Some(at) if rest[at..].starts_with('>') => (At::Text, &rest[at + 1..]),
                    Some(at) => {
                        (At::Value(if rest[at..].starts_with('"') { '"' } else { '\'' }), &rest[at + 1..])
                    }
                },
            };
        }
        self
    }
}

fn opened(rest: &str) -> (At, &str) {
    for (open, end) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")] {
        if let Some(rest) = rest.strip_prefix(open) {
            return (At::Until(end), rest);
        }
    }
    (At::Tag, &rest[1..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::Path;
    use proptest::prelude::*;
    use serde_json::json;

    const ORDERS: &str = r#"<?xml version="1.0"?><r:response xmlns:r="urn:x" status="ok">
        <order id="7"><note>a &amp; <![CDATA[<b>]]></note><sku>A</sku><sku>B</sku><empty/></order><count>1</count>
      </r:response>"#;

    fn at(path: &str) -> Option<Value> {
        Path::of(path).unwrap().read_xml(&read(ORDERS).unwrap()).found().cloned()
    }

    #[test]
    fn the_same_paths_read_xml() {
        assert_eq!(at("response.@status"), Some(json!("ok")));
        assert_eq!(at("r:response.count"), Some(json!("1")));
        assert_eq!(at("response.count[0]"), Some(json!("1")));
        assert_eq!(at("response.count.#text"), Some(json!("1")));
        assert_eq!(at("response.order[0].@id"), Some(json!("7")));
        assert_eq!(at("response.order.@id"), Some(json!("7")));
        assert_eq!(at("response.order.0.note"), Some(json!("a & <b>")));
        assert_eq!(at("response.order.sku[1]"), Some(json!("B")));
        assert_eq!(at("response.order.sku"), Some(json!(["A", "B"])));
        assert_eq!(at("response.order.empty"), Some(json!("")));
        assert_eq!(at("response.order[1]"), None);
        assert_eq!(at("response.order.price"), None);
        assert_eq!(at("$.response.order.sku[1]"), Some(json!("B")));
    }

    #[test]
    fn text_beside_attributes_and_nil() {
        let value = read(r#"<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><p cur="EUR">9.50</p><n xsi:nil="true"/></a>"#).unwrap();
        assert_eq!(value, json!({"a": {"p": {"@cur": "EUR", "#text": "9.50"}, "n": null}}));
    }

    #[test]
    fn dangerous_documents_are_refused() {
        assert_eq!(read("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>"), Err(XmlError::Dtd));
        let deep = format!("{}{}", "<a>".repeat(300_000), "</a>".repeat(300_000));
        assert_eq!(read(&deep), Err(XmlError::TooInvolved));
        let wide = format!("<a {}/>", "a='' ".repeat(100_000));
        assert_eq!(read(&wide), Err(XmlError::TooInvolved));
        for text in ["", "<a>", "<a></b>", "plain", "{\"a\":1}", "<a b=1/>", "<a>&nope;</a>"] {
            assert!(matches!(read(text), Err(XmlError::NotXml(_))), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_xml_or_an_error(text in r#"(<[a-c]|</[a-c]>|/>|>|<!--|-->|<!\[CDATA\[|\]\]>|<\?|\?>|="|'| |x|&amp;|é){0,40}"#) {
            if let Ok(value) = read(&text) {
                prop_assert!(crate::template::depth(&value) <= VALUE_DEPTH_MAX);
            }
        }
    }
}
