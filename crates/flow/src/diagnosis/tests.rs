use super::*;
use crate::request::Method;
use crate::request::example::{answered, exchanged, step, told, told_of_step};
use serde_json::json;
use std::collections::BTreeSet;

#[test]
fn every_diagnosis_has_a_code_of_its_own_and_a_help_page() {
    let unique: BTreeSet<&str> = ALL.iter().copied().collect();
    assert_eq!(unique.len(), ALL.len());
    assert!(ALL.len() >= 24);
    for code in ALL {
        let page = help(code).unwrap_or_else(|| panic!("{code} has no page"));
        assert!(page.starts_with("# "), "{code}");
        for part in ["**Seen:**", "**Meaning:**", "**Change:**"] {
            assert!(page.contains(part), "{code} lacks {part}");
        }
        assert!(!page.contains("\nuse "), "{code}");
        assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{code}");
    }
    assert_eq!(help("nothing-such"), None);
}

#[test]
fn every_file_is_in_the_list() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diagnosis");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.strip_suffix(".rs").map(str::to_owned))
        .filter(|name| !["outline", "rows", "seen", "tests"].contains(&name.as_str()))
        .collect();
    files.sort();
    assert_eq!(files.len(), SOURCES.len());
}

#[test]
fn a_call_that_went_well_has_no_findings() {
    let search = step(Method::Post, "https://api.intercom.io/contacts/search")
        .header("Authorization", "Bearer {{secret.intercom_token}}")
        .header("Intercom-Version", "2.11")
        .json(&json!({"query": {"field": "email", "operator": "=", "value": "{{email}}"}, "pagination": {"per_page": 1}}))
        .save("name", "data[0].name")
        .save("total_count", "total_count");
    assert_eq!(told_of_step(&search), [] as [&str; 0]);
    let body = r#"{"type":"list","data":[{"name":"Priya Sharma"}],"total_count":1}"#;
    assert_eq!(
        told(&search, &exchanged(&search, &json!({"email": "priya@example.com"}), 200, body)),
        [] as [&str; 0]
    );
    assert_eq!(told(&search, &answered(200, body)), [] as [&str; 0]);
}

#[test]
fn every_failure_has_a_finding_first_and_says_what_to_do() {
    use crate::request::{Exchange, Outcome};
    let step = step(Method::Get, "https://a.example/x").header("Authorization", "Bearer {{secret.t}}");
    let mut exchanges: Vec<Exchange> = [400, 401, 403, 404, 405, 406, 409, 415, 422, 429, 500, 503]
        .map(|status| answered(status, ""))
        .into();
    let silent = [
        Outcome::Timeout,
        Outcome::Dns,
        Outcome::Connect,
        Outcome::Tls,
        Outcome::RedirectRefused,
        Outcome::BlockedAddress,
        Outcome::TooLarge,
        Outcome::Unknown,
    ];
    exchanges.extend(silent.map(crate::request::example::failed));
    exchanges.push(answered(200, "oops"));
    for exchange in exchanges {
        let findings = crate::request::example::findings(&step, &exchange);
        let about = format!("{:?} {:?}", exchange.outcome, exchange.status);
        assert!(!findings.is_empty(), "{about}");
        assert!(ALL.contains(&findings[0].code));
        for finding in findings {
            assert!(
                !finding.message.is_empty() && !finding.cause.is_empty() && !finding.mend.is_empty(),
                "{about}: {finding:?}"
            );
        }
    }
}

proptest::proptest! {
    #[test]
    fn any_answer_is_looked_at(body in r#"[{}\[\]",:a-c0<>!é ]{0,40}"#, status in 100_u16..600, html in proptest::bool::ANY) {
        let step = step(Method::Post, "https://api.intercom.io/contacts/search").save("a", "a[0].b").save_error("c", "errors[0].c");
        let mut exchange = answered(status, &body);
        exchange.sent.body = body;
        if html {
            exchange.headers = vec![("content-type".into(), "text/html".into())];
        }
        let _ = told(&step, &exchange);
    }
}
