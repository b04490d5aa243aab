//! The published JSON Schemas: committed, complete, and true of the documents.

use rapport_flow::Value;
use rapport_flow::check::{CheckContext, check};
use rapport_flow::document::schema::{bot_schema, flow_schema, samples_schema, test_schema};
use rapport_flow::document::{Reader, Source, parse, read_flow};
use rapport_flow::finding::Severity;
use rapport_flow::steps::Action;
use std::collections::BTreeSet;
use std::path::Path;

const EXAMPLE: &str = include_str!("documents/customer-context.yaml");
const TEST: &str = include_str!("documents/customer-context.test.yaml");

#[test]
fn the_committed_schemas_are_fresh() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema");
    let all = [
        ("flow", flow_schema()),
        ("test", test_schema()),
        ("bot", bot_schema()),
        ("samples", samples_schema()),
    ];
    for (name, schema) in all {
        let file = folder.join(format!("{name}.schema.json"));
        let fresh = format!("{}\n", serde_json::to_string_pretty(&schema).expect("JSON"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(&file, &fresh).expect("a file");
        }
        let committed = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(committed == fresh, "{} is stale: run the tests with UPDATE_GOLDEN=1", file.display());
    }
}

/// The reader names the fields of a step when it meets one it does not know; the schema must have the same.
#[test]
fn reader_and_schema_know_the_same_fields() {
    let schema = flow_schema();
    for word in Action::TYPES {
        let text = format!("flow: a\nsteps:\n  b: {{type: {word}, zzzzzzzz: 1}}\n");
        let (_, findings) = read_flow(&Source::new("flow.yaml", text));
        let unknown =
            findings.iter().find(|finding| finding.code == "unknown-field").expect("an unknown field");
        let read: BTreeSet<&str> = unknown.mend.split('`').skip(1).step_by(2).collect();
        let properties = schema["$defs"][word]["properties"].as_object().expect("properties");
        let told: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        assert_eq!(read, told, "{word}");
        assert!(schema["$defs"][word]["description"].as_str().is_some_and(|text| text.len() > 20), "{word}");
    }
}

fn value(name: &str, text: &str) -> Value {
    let source = Source::new(name, text);
    let (document, findings) = parse(&source);
    assert!(findings.is_empty(), "{findings:#?}");
    Reader::default().value(document.expect("it reads").root())
}

#[test]
fn the_worked_example_fits_its_schemas() {
    let schema = flow_schema();
    assert_eq!(wrong(&schema, &schema, &value("flow.yaml", EXAMPLE)), None);
    let tests = test_schema();
    assert_eq!(wrong(&tests, &tests, &value("flow.test.yaml", TEST)), None);
}

#[test]
fn mistakes_do_not_fit() {
    let schema = flow_schema();
    for (from, to) in [
        ("    expect: email", "    expect: mail"),
        ("    save_as: customer_email", "    safe_as: customer_email"),
        ("    method: POST", "    method: post"),
        ("exits: {ok: found, failed: sorry}", "exits: {ok: found, failure: sorry}"),
        ("  nobody: {type: send_message", "  nobody: {type: send_mesage"),
        ("  - keywords: [account]", "  - keyword: [account]"),
    ] {
        let text = EXAMPLE.replace(from, to);
        assert_ne!(text, EXAMPLE, "{from}");
        assert!(wrong(&schema, &schema, &value("flow.yaml", &text)).is_some(), "{to}");
    }
}

/// A validator for what our schemas use; says where a value does not fit.
fn wrong(root: &Value, schema: &Value, value: &Value) -> Option<String> {
    if let Some(target) = schema["$ref"].as_str() {
        let target =
            target.strip_prefix("#").and_then(|pointer| root.pointer(pointer)).expect("a definition");
        return wrong(root, target, value);
    }
    let no = |what: &str| Some(format!("{what}: {value}"));
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    let is = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.as_i64().is_some(),
        other => panic!("unknown type {other}"),
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is(kind)) {
        return no("type");
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        return no("enum");
    }
    if schema.get("const").is_some_and(|wanted| wanted != value) {
        return no("const");
    }
    if let Some(any) = schema["anyOf"].as_array()
        && any.iter().all(|schema| wrong(root, schema, value).is_some())
    {
        return no("anyOf");
    }
    for rule in schema["allOf"].as_array().into_iter().flatten() {
        if wrong(root, &rule["if"], value).is_none()
            && let Some(found) = wrong(root, &rule["then"], value)
        {
            return Some(found);
        }
    }
    for item in value.as_array().into_iter().flatten() {
        if let Some(items) = schema.get("items")
            && let Some(found) = wrong(root, items, item)
        {
            return Some(found);
        }
    }
    let object = value.as_object()?;
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !object.contains_key(name) {
            return no(&format!("required {name}"));
        }
    }
    for (name, value) in object {
        let status = schema["patternProperties"]
            .as_object()
            .filter(|_| name.len() == 3)
            .and_then(|all| all.values().next());
        let field = schema["properties"].get(name).or(status).or(schema.get("additionalProperties"));
        match field {
            Some(Value::Bool(false)) => return no(&format!("unknown {name}")),
            Some(field) => {
                if let Some(found) = wrong(root, field, value) {
                    return Some(found);
                }
            }
            None => {}
        }
    }
    None
}

/// What ships as an example fits the schemas, and no flow of it has an error.
#[test]
fn the_shipped_examples_fit() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("the examples").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(entry.path()).expect("a text");
        let schema = if name.ends_with(".test.yaml") {
            test_schema()
        } else if name.ends_with(".samples.yaml") {
            samples_schema()
        } else if name == "bot.yaml" {
            bot_schema()
        } else {
            let source = Source::new(name.as_str(), text.as_str());
            let (flow, findings) = read_flow(&source);
            let flow = flow.unwrap_or_else(|| panic!("{findings:#?}"));
            let errors: Vec<_> = check(&flow, &CheckContext::default())
                .into_iter()
                .filter(|finding| finding.severity == Severity::Error)
                .collect();
            assert!(errors.is_empty(), "{name}: {errors:#?}");
            flow_schema()
        };
        assert_eq!(wrong(&schema, &schema, &value(&name, &text)), None, "{name}");
        seen += 1;
    }
    assert!(seen > 0);
}
