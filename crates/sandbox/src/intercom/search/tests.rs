use serde_json::json;

use super::*;

struct Fields;

impl Searchable for Fields {
    fn kind(&self, field: &str) -> Option<Kind> {
        Some(match field {
            "name" | "email" => Kind::Text,
            "visits" => Kind::Integer,
            "blocked" => Kind::Boolean,
            "created_at" => Kind::Date,
            "tag_id" => Kind::Tag,
            _ => return None,
        })
    }

    fn values<'r>(&self, record: &'r Value, field: &str) -> Vec<&'r Value> {
        match &record[field] {
            Value::Null => Vec::new(),
            Value::Array(items) => items.iter().collect(),
            value => vec![value],
        }
    }
}

/// 2026-11-23 12:00 UTC.
const NOON: i64 = 1_795_435_200;

fn found(query: &Value) -> Result<bool, Refusal> {
    let record = json!({
        "name": "Asha Rao", "email": "asha@example.com", "visits": 7, "blocked": false, "created_at": NOON,
        "tag_id": ["11", "12"],
    });
    Query::parse(query, &Fields).map(|query| query.finds(&record, &Fields))
}

fn filter(field: &str, operator: &str, value: impl Into<Value>) -> Value {
    let value = value.into();
    json!({"field": field, "operator": operator, "value": value})
}

#[test]
fn each_operator_takes_the_kinds_of_the_table_and_no_other() {
    let samples = [
        ("name", json!("Asha")),
        ("visits", json!(7)),
        ("blocked", json!(true)),
        ("created_at", json!(NOON)),
        ("tag_id", json!("11")),
    ];
    // Rows of connectors.md §1.2; columns as in `samples`.
    let table = [
        ("=", "yyyyy"),
        ("!=", "yyy-y"),
        ("IN", "yyy--"),
        ("NIN", "yyy--"),
        (">", "-y-y-"),
        ("<", "-y-y-"),
        (">=", "-y---"),
        ("<=", "-y---"),
        ("~", "y----"),
        ("!~", "y----"),
        ("^", "y----"),
        ("$", "y----"),
    ];
    for (operator, row) in table {
        for ((field, value), mark) in samples.iter().zip(row.chars()) {
            let value = if operator.ends_with("IN") { json!([value]) } else { value.clone() };
            let taken = found(&filter(field, operator, value)).is_ok();
            assert_eq!(taken, mark == 'y', "{operator} on {field}");
        }
    }
}

#[test]
fn operators_mean_what_they_say() {
    let cases = [
        ("name", "=", json!("Asha Rao"), true),
        ("name", "=", json!("asha rao"), false),
        ("email", "=", json!("Asha@Example.com"), true),
        ("name", "!=", json!("Asha"), true),
        ("name", "IN", json!(["x", "Asha Rao"]), true),
        ("name", "NIN", json!(["x", "Asha Rao"]), false),
        ("name", "~", json!("sha r"), true),
        ("name", "!~", json!("Rao"), false),
        ("name", "^", json!("asha"), true),
        ("name", "^", json!("Rao"), false),
        ("name", "$", json!("Rao"), true),
        ("visits", ">", json!(6), true),
        ("visits", ">", json!(7), false),
        ("visits", ">=", json!(7), true),
        ("visits", "<", json!(7), false),
        ("visits", "<=", json!(7), true),
        ("blocked", "=", json!(false), true),
        ("tag_id", "=", json!("12"), true),
        ("tag_id", "!=", json!("12"), false),
        ("name", "=", json!(null), false),
        ("name", "!=", json!(null), true),
    ];
    for (field, operator, value, expected) in cases {
        assert_eq!(
            found(&filter(field, operator, value.clone())),
            Ok(expected),
            "{field} {operator} {value}"
        );
    }
}

#[test]
fn dates_are_cut_to_the_day() {
    let hours = |h: i64| json!(NOON + h * 3600);
    let holds = |operator: &str, hour: i64| found(&filter("created_at", operator, hours(hour))).unwrap();
    assert!(holds("=", -11) && holds("=", 11), "the whole day is equal");
    assert!(!holds(">", -11), "greater begins with the next day");
    assert!(holds(">", -13));
    assert!(!holds("<", 11));
    assert!(holds("<", 13));
    assert!(found(&filter("created_at", "=", json!(NOON.to_string()))).unwrap(), "digits in quotes");
}

#[test]
fn groups_nest_two_levels_and_hold_fifteen() {
    let yes = || filter("visits", "=", json!(7));
    let no = || filter("visits", "=", json!(8));
    let group = |operator: &str, parts: Vec<Value>| json!({"operator": operator, "value": parts});
    assert_eq!(found(&group("AND", vec![yes(), no()])), Ok(false));
    assert_eq!(found(&group("OR", vec![yes(), no()])), Ok(true));
    assert_eq!(found(&group("AND", vec![group("OR", vec![yes(), no()]), yes()])), Ok(true));
    let three = group("AND", vec![group("OR", vec![group("AND", vec![yes()])])]);
    assert!(found(&three).is_err(), "three levels");
    assert!(found(&group("AND", (0..15).map(|_| yes()).collect())).is_ok());
    assert!(found(&group("AND", (0..16).map(|_| yes()).collect())).is_err());
    assert!(found(&group("AND", Vec::new())).is_err());
}

#[test]
fn malformed_queries_are_refused_and_never_panic() {
    let cases = [
        json!(null),
        json!([]),
        json!("x"),
        json!({}),
        json!({"operator": "AND"}),
        json!({"operator": "AND", "value": {}}),
        json!({"operator": "AND", "value": [1]}),
        json!({"field": "name"}),
        json!({"field": "name", "operator": "="}),
        json!({"field": 1, "operator": "=", "value": 1}),
        json!({"field": "nome", "operator": "=", "value": "x"}),
        json!({"field": "name", "operator": "LIKE", "value": "x"}),
        json!({"field": "name", "operator": "=", "value": 1}),
        json!({"field": "name", "operator": "=", "value": ["x"]}),
        json!({"field": "name", "operator": "IN", "value": "x"}),
        json!({"field": "visits", "operator": "=", "value": "7"}),
        json!({"field": "blocked", "operator": "=", "value": "true"}),
    ];
    for case in cases {
        assert!(found(&case).is_err(), "{case}");
    }
}
