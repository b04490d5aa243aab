//! JSON Schemas (draft 2020-12) of the documents, by which editors complete, explain and validate. The committed files in
//! `schema/` are made from here; a test compares them.
//!
//! An editor finds the schema by a line at the head of the document:
//! `# yaml-language-server: $schema=../schema/flow.schema.json`.

mod other;

pub use other::{bot_schema, samples_schema, test_schema};

use crate::Value;
use crate::steps::{self, Action};
use serde_json::{Map, json};

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of a flow, made from the list of step types.
pub fn flow_schema() -> Value {
    let mut definitions = Map::new();
    let mut rules = Vec::new();
    for (word, schema) in steps::schemas() {
        definitions.insert(word.to_owned(), with_exits(word, schema));
        rules.push(json!({
            "if": {"properties": {"type": {"const": word}}, "required": ["type"]},
            "then": {"$ref": format!("#/$defs/{word}")},
        }));
    }
    let step = json!({
        "type": "object",
        "required": ["type"],
        "properties": {"type": words("What the step does.", Action::TYPES)},
        "allOf": rules,
    });
    definitions.insert("step".into(), step);
    definitions.insert("trigger".into(), trigger());
    let position = object(
        "Position on the canvas.",
        &[("x", json!({"type": "number"})), ("y", json!({"type": "number"}))],
        &["x", "y"],
    );
    document(
        "flow",
        "A Rapport flow",
        "A conversation: triggers start it, steps and their exits make it. The first step is where it begins.",
        &[
            (
                "rapport",
                json!({"description": "Version of the format.", "type": "integer", "minimum": 1, "maximum": 1}),
            ),
            ("flow", text("Name of the flow: letters, digits, - and _.")),
            ("title", text("Its name for people.")),
            (
                "inputs",
                json!({"description": "Names that a run_flow step gives by `with`.", "type": "array", "items": plain_text()}),
            ),
            (
                "triggers",
                json!({"description": "What starts the flow.", "type": "array", "items": {"$ref": "#/$defs/trigger"}}),
            ),
            (
                "steps",
                json!({"description": "The steps by name; the first is where the flow begins.", "type": "object", "minProperties": 1, "additionalProperties": {"$ref": "#/$defs/step"}}),
            ),
            (
                "layout",
                json!({"description": "Positions of the steps on the canvas; stands at the end.", "type": "object", "additionalProperties": position}),
            ),
        ],
        &["flow", "steps"],
        definitions,
    )
}

/// A whole document.
fn document(
    name: &str,
    title: &str,
    description: &str,
    fields: &[(&str, Value)],
    required: &[&str],
    definitions: Map<String, Value>,
) -> Value {
    let hint = format!(
        "In an editor: `# yaml-language-server: $schema={name}.schema.json` at the head of the file."
    );
    let mut schema = json!({"$schema": DRAFT, "title": title});
    let Value::Object(mut body) = object(&format!("{description} {hint}"), fields, required) else {
        return schema;
    };
    if let Value::Object(schema) = &mut schema {
        schema.append(&mut body);
        if !definitions.is_empty() {
            schema.insert("$defs".into(), Value::Object(definitions));
        }
    }
    schema
}

/// `type`, `next` and `exits` beside a step's own fields.
fn with_exits(word: &str, mut schema: Value) -> Value {
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert("type".into(), json!({"const": word}));
        if let Some(main) = steps::main_exit(word) {
            let what = format!("The step after this one (its exit `{main}`); `end` ends the flow.");
            properties.insert("next".into(), target(&what));
            let names: Map<String, Value> = steps::exits(word)
                .into_iter()
                .map(|exit| (exit.to_owned(), target("Where it leads.")))
                .collect();
            let mut exits = json!({"description": "Where each exit leads; one not drawn hands over to people.", "type": "object", "properties": names, "additionalProperties": false});
            if word == "api_request" {
                exits["patternProperties"] =
                    json!({"^[1-5]([0-9][0-9]|xx)$": target("The step after an answer of this status.")});
            }
            properties.insert("exits".into(), exits);
        }
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.insert(0, json!("type"));
    }
    schema
}

fn trigger() -> Value {
    let yes = |what: &str| json!({"description": what, "const": true});
    let keywords = object(
        "Starts the flow at a word.",
        &[
            (
                "keywords",
                json!({"description": "The words.", "anyOf": [plain_text(), {"type": "array", "items": plain_text(), "minItems": 1}]}),
            ),
            (
                "match",
                words(
                    "How they are compared, without regard to case; word unless said.",
                    &["word", "exact", "phrase", "pattern"],
                ),
            ),
            ("global", json!({"description": "Interrupts a running conversation.", "type": "boolean"})),
        ],
        &["keywords"],
    );
    let source = object("Only this ad or post.", &[("source_id", text("Its id."))], &["source_id"]);
    let referral = json!({"description": "A click on an ad or post.", "anyOf": [{"const": true}, source]});
    json!({"anyOf": [
        keywords,
        object("Starts the flow at a contact's first message.", &[("first_message", yes("Always true."))], &["first_message"]),
        object("Starts the flow at any message.", &[("any_message", yes("Always true."))], &["any_message"]),
        object("Starts the flow at a tap on a button.", &[("button", text("Its payload or id."))], &["button"]),
        object("Starts the flow at an ad.", &[("referral", referral)], &["referral"]),
    ]})
}

/// A step: what it does, its own fields, those it needs.
pub(crate) fn step(description: &str, fields: &[(&str, Value)], required: &[&str]) -> Value {
    object(description, fields, required)
}

/// A map of known fields.
pub(crate) fn object(description: &str, fields: &[(&str, Value)], required: &[&str]) -> Value {
    let properties: Map<String, Value> =
        fields.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    if !description.is_empty() {
        schema["description"] = json!(description);
    }
    schema
}

/// A text: a scalar as written, so a number or `true` is one too.
pub(crate) fn text(description: &str) -> Value {
    json!({"description": description, "type": ["string", "number", "boolean"]})
}

pub(crate) fn plain_text() -> Value {
    json!({"type": ["string", "number", "boolean"]})
}

/// The name of a step.
pub(crate) fn target(description: &str) -> Value {
    json!({"description": description, "type": "string"})
}

pub(crate) fn words(description: &str, words: &[&str]) -> Value {
    json!({"description": description, "enum": words})
}

pub(crate) fn duration(description: &str) -> Value {
    json!({"description": format!("{description} Such as 30s, 5m, 25h or 2d."), "type": "string", "pattern": "^[0-9]+[smhd]$"})
}

pub(crate) fn location() -> Value {
    object(
        "A place.",
        &[
            ("latitude", text("Degrees north.")),
            ("longitude", text("Degrees east.")),
            ("name", text("What it is called.")),
            ("address", text("Its address.")),
        ],
        &["latitude", "longitude"],
    )
}
