//! `rapport call`: a request explained, against the pretend services.

use crate::program::{Place, Run, example};

fn call(arguments: &[&str]) -> Run {
    let flow = example("customer-context.yaml");
    let mut all = vec!["call", &flow, "find_contact"];
    all.extend(arguments);
    Place::new().run(&all)
}

#[test]
fn a_contact_is_found_and_mapped_and_the_token_stays_hidden() {
    let run = call(&["--set", "customer_email=priya@example.com", "--sandbox"]).ends(0);
    assert!(run.out.starts_with("POST https://api.intercom.io/contacts/search\n"), "{}", run.out);
    assert!(run.out.contains("Authorization: Bearer {{secret.intercom_token}}"), "{}", run.out);
    assert!(run.out.contains("\n200 ok ("), "{}", run.out);
    assert!(
        run.out.contains("  contact_name = \"Priya Sharma\"\n  contact_plan = \"pro\"\n  total_count = 1\n"),
        "{}",
        run.out
    );
}

#[test]
fn nobody_found_is_explained_at_the_step() {
    let run = call(&["--set", "customer_email=nobody@example.com", "--sandbox"]).ends(0);
    assert!(run.out.contains("total_count = 0"), "{}", run.out);
    assert!(run.out.contains("customer-context.yaml:13:3: hint[empty-result]"), "{}", run.out);
}

#[test]
fn a_hole_without_a_value_sends_nothing_and_shows_the_place() {
    let run = call(&["--sandbox"]).ends(1);
    assert!(run.out.contains("customer-context.yaml:22:59: error[bad-template]"), "{}", run.out);
    assert!(!run.out.contains("200"), "{}", run.out);
}

#[test]
fn without_the_secret_nothing_is_dialled() {
    let place = Place::new();
    let flow = example("customer-context.yaml");
    let run =
        place.run(&["call", &flow, "find_contact", "--set", "customer_email=priya@example.com"]).ends(1);
    assert!(run.out.contains("there is no secret intercom_token"), "{}", run.out);
    assert!(!place.path().join("data").exists(), "a call makes no installation");
}

#[test]
fn json_holds_request_answer_variables_and_findings() {
    let json =
        call(&["--set", "customer_email=nobody@example.com", "--sandbox", "--format", "json"]).ends(0).json();
    assert_eq!((&json["outcome"], &json["status"]), (&"ok".into(), &200.into()));
    assert_eq!(json["variables"]["total_count"].to_string(), "0");
    assert_eq!(json["unset"], serde_json::json!(["contact_id", "contact_name", "contact_plan"]));
    assert_eq!(
        (&json["findings"][0]["code"], &json["findings"][0]["step"]),
        (&"empty-result".into(), &"find_contact".into())
    );
    assert!(json["findings"][0].get("edits").is_none());
}

#[test]
fn a_search_made_with_get_is_explained() {
    let place = Place::new();
    place.write(
        "get.yaml",
        "flow: get\ntriggers: [{keywords: [hi]}]\nsteps:\n  look:\n    type: api_request\n    method: GET\n    url: https://api.intercom.io/contacts/search\n    headers:\n      Authorization: Bearer {{secret.intercom_token}}\n      Intercom-Version: \"2.11\"\n    response: json\n    next: end\n",
    );
    let run = place.run(&["call", "get.yaml", "look", "--sandbox"]).ends(1);
    assert!(run.out.contains("error[wrong-method]") && run.out.contains("POST"), "{}", run.out);
}
