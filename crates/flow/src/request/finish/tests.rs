use super::*;
use crate::path::Path;
use crate::request::Method;
use crate::request::example::{answered, failed, row, step};
use proptest::prelude::*;
use serde_json::json;
use std::path::PathBuf;

fn search() -> ApiRequest {
    step(Method::Post, "https://api.intercom.io/contacts/search")
        .save("contact_name", "data[0].name")
        .save("contact_plan", "data[0].custom_attributes.plan")
        .save("total_count", "total_count")
        .save_error("error_code", "errors[0].code")
}

fn value(finished: &Finished, name: &str) -> Option<Value> {
    finished.values.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{name}")).1.clone()
}

#[test]
fn rows_of_a_found_customer() {
    let body =
        r#"{"total_count": 1, "data": [{"name": "Priya Sharma", "custom_attributes": {"plan": null}}]}"#;
    let finished = finish(&search(), &answered(200, body));
    assert_eq!(finished.outcome, Outcome::Ok);
    assert_eq!(value(&finished, "contact_name"), Some(json!("Priya Sharma")));
    assert_eq!(value(&finished, "contact_plan"), Some(Value::Null));
    assert_eq!(value(&finished, "total_count"), Some(json!(1)));
    assert_eq!(value(&finished, "error_code"), None);
    assert_eq!(finished.missing, []);
}

#[test]
fn an_empty_list_is_a_success_that_unsets() {
    let finished = finish(&search(), &answered(200, r#"{"total_count": 0, "data": []}"#));
    assert_eq!(finished.outcome, Outcome::Ok);
    assert_eq!(value(&finished, "contact_name"), None);
    assert_eq!(value(&finished, "total_count"), Some(json!(0)));
    let names: Vec<&str> = finished.missing.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["contact_name", "contact_plan"]);
    assert_eq!(finished.missing[0].missing.why, Why::IndexPastEnd { index: 0, length: 0 });
}

#[test]
fn a_failed_call_unsets_every_variable_it_maps() {
    let unauthorized = finish(&search(), &answered(401, r#"{"errors": [{"code": "unauthorized"}]}"#));
    assert_eq!(unauthorized.outcome, Outcome::ClientError);
    assert_eq!(value(&unauthorized, "error_code"), Some(json!("unauthorized")));
    assert_eq!(value(&unauthorized, "contact_name"), None);
    for exchange in
        [failed(Outcome::Timeout), failed(Outcome::Unknown), answered(500, "oops"), answered(429, "")]
    {
        let finished = finish(&search(), &exchange);
        assert_eq!(finished.outcome, exchange.outcome, "a broken error body is no fault of its own");
        assert_eq!(finished.values.len(), 4);
        assert!(finished.values.iter().all(|(_, value)| value.is_none()));
    }
    assert_eq!(unsent(&search()).values.len(), 4);
}

#[test]
fn required_and_default_rows() {
    let mut required = search();
    required.save[1].when_missing = WhenMissing::Refuse;
    required.save.push(row("tier", "tier", WhenMissing::Default(json!("free"))));
    let finished = finish(&required, &answered(200, r#"{"total_count": 1, "data": [{"name": "Priya"}]}"#));
    assert_eq!(finished.outcome, Outcome::MissingRequired);
    assert_eq!(finished.facts["outcome"], json!("missing_required"));
    assert_eq!(
        value(&finished, "contact_name"),
        Some(json!("Priya")),
        "what was found is of this answer and stays"
    );
    assert_eq!(value(&finished, "tier"), Some(json!("free")));
    let failed = finish(&required, &answered(500, "{}"));
    assert_eq!(value(&failed, "tier"), None, "a default is for what an answer lacks, not for a failed call");
    let null = r#"{"data": [{"name": "P", "custom_attributes": {"plan": null}}]}"#;
    assert_eq!(finish(&required, &answered(200, null)).outcome, Outcome::Ok, "null is there");
}

#[test]
fn what_is_not_json_is_told_and_an_empty_answer_is_none() {
    let html = finish(&search(), &answered(200, "<!doctype html><title>Log in</title>"));
    assert_eq!(html.outcome, Outcome::NotJson);
    assert!(html.unreadable.unwrap().contains("not JSON"));
    assert!(html.values.iter().all(|(_, value)| value.is_none()));
    for body in ["", "  \n"] {
        let empty = finish(&search(), &answered(204, body));
        assert_eq!(empty.outcome, Outcome::Ok);
        assert_eq!(empty.missing.len(), 3);
    }
    let bom = finish(&search(), &answered(200, "\u{feff}{\"total_count\": 2}"));
    assert_eq!(value(&bom, "total_count"), Some(json!(2)));
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    assert_eq!(finish(&search(), &answered(200, &deep)).outcome, Outcome::NotJson);
    let abyss = "[".repeat(500_000);
    assert_eq!(finish(&search(), &answered(200, &abyss)).outcome, Outcome::NotJson);
}

#[test]
fn other_kinds_of_answers() {
    let text = ApiRequest { response: ResponseKind::Text, ..step(Method::Get, "https://a.example/") }
        .save("all", "$");
    assert_eq!(value(&finish(&text, &answered(200, "pong <b>")), "all"), Some(json!("pong <b>")));
    let xml = ApiRequest { response: ResponseKind::Xml, ..step(Method::Get, "https://a.example/") }
        .save("id", "response.order[0].@id");
    assert_eq!(
        value(&finish(&xml, &answered(200, "<response><order id='7'/></response>")), "id"),
        Some(json!("7"))
    );
    assert_eq!(finish(&xml, &answered(200, "{}")).outcome, Outcome::NotJson);
    let none = ApiRequest { response: ResponseKind::None, ..step(Method::Delete, "https://a.example/") }
        .save("x", "id");
    let finished = finish(&none, &answered(200, "<html>"));
    assert_eq!((finished.outcome, finished.missing.len()), (Outcome::Ok, 1));
}

#[test]
fn later_steps_read_the_facts_of_the_call() {
    let mut exchange = answered(201, "{}");
    exchange.headers.push(("location".into(), "https://a.example/1".into()));
    exchange.headers.push(("set-cookie".into(), "a".into()));
    exchange.headers.push(("set-cookie".into(), "b".into()));
    let facts = finish(&search(), &exchange).facts;
    assert_eq!(facts["status"], json!(201));
    assert_eq!(facts["outcome"], json!("ok"));
    assert_eq!(facts["headers"]["location"], json!("https://a.example/1"));
    assert_eq!(facts["headers"]["set-cookie"], json!("a, b"));
    assert_eq!((&facts["attempts"], &facts["elapsed_ms"]), (&json!(1), &json!(5)));
    assert!(finish(&search(), &failed(Outcome::Dns)).facts.get("status").is_none());
}

#[test]
fn numbers_keep_every_digit() {
    let step = step(Method::Get, "https://a.example/").save("n", "n");
    for digits in ["12345678901234567890123", "-37.000000000001", "1.0", "0.10", "43000000000001", "1e400"] {
        let finished = finish(&step, &answered(200, &format!("{{\"n\": {digits}}}")));
        // Reading spells an exponent with its sign.
        assert_eq!(value(&finished, "n").unwrap().to_string().replace('+', ""), digits);
    }
}

/// The cases of the vendors' examples; they are no part of this repository.
fn shared_cases() -> Option<Vec<Value>> {
    let root = std::env::var_os("RAPPORT_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let mut files: Vec<PathBuf> = std::fs::read_dir(root.join("fixtures/connectors"))
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    Some(
        files
            .iter()
            .map(|file| serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap())
            .collect(),
    )
}

#[test]
fn the_connectors_answers_are_mapped_as_their_index_says() {
    let Some(cases) = shared_cases() else {
        println!("skipped: the shared connector cases are not here");
        return;
    };
    let (mut seen, mut absent, mut nulls) = (0, 0, 0);
    for case in &cases {
        let status = u16::try_from(case["response"]["status"].as_u64().unwrap()).unwrap();
        let expected = case["expected"].as_array().unwrap();
        let mut call = step(Method::Post, "https://a.example/");
        for (count, row) in expected.iter().enumerate() {
            let path = row["path"].as_str().unwrap();
            let name = format!("v{count}");
            call = if status < 300 { call.save(&name, path) } else { call.save_error(&name, path) };
        }
        let finished = finish(&call, &answered(status, &case["response"]["body"].to_string()));
        assert_eq!(finished.outcome, Outcome::of_status(status), "{}", case["id"]);
        let exchange = answered(status, &case["response"]["body"].to_string());
        let findings = crate::diagnosis::of_exchange(&call, &exchange, &finished);
        assert!(
            status < 400
                || findings.first().is_some_and(|finding| finding.severity == crate::Severity::Error)
        );
        for (row, (name, value)) in expected.iter().zip(&finished.values) {
            let about = format!("{} {} ({name})", case["id"], row["path"]);
            seen += 1;
            let wanted = row["found"].as_bool().unwrap().then_some(&row["value"]);
            assert_eq!(value.as_ref(), wanted, "{about}");
            absent += usize::from(value.is_none());
            nulls += usize::from(value == &Some(Value::Null));
        }
    }
    assert_eq!((cases.len(), seen, absent, nulls), (32, 307, 74, 23));
}

#[test]
fn a_whole_answer_can_be_saved_and_read_on() {
    let step =
        step(Method::Get, "https://a.example/").save("all", "$").save("first", "$.list[?@.open==true].id");
    let finished =
        finish(&step, &answered(200, r#"{"list": [{"id": 1, "open": false}, {"id": 2, "open": true}]}"#));
    assert_eq!(value(&finished, "first"), Some(json!(2)));
    let all = value(&finished, "all").unwrap();
    assert_eq!(Path::of("list[1].id").unwrap().read(&all).found(), Some(&json!(2)));
}

proptest! {
    #[test]
    fn any_answer_is_mapped(
        body in r#"[\[\]{}",:<>/a-c0-2.eé& -]{0,60}"#,
        status in 100_u16..600,
        kind in prop::sample::select(vec![ResponseKind::Json, ResponseKind::Xml, ResponseKind::Text, ResponseKind::None]),
    ) {
        let step = ApiRequest { response: kind, ..search() }.save("all", "$").save("any", "$..a");
        let finished = finish(&step, &answered(status, &body));
        prop_assert_eq!(finished.values.len(), 6);
    }
}
