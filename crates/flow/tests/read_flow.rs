//! Flows as text: what reads, and what is said of what does not.

use rapport_flow::document::{Source, read_flow, read_samples};
use rapport_flow::steps::Action;
use rapport_flow::steps::ask_question::{Expect, Show};
use rapport_flow::steps::send_message::Content;
use rapport_flow::template::JsonTemplate;

const EXAMPLE: &str = include_str!("documents/customer-context.yaml");

#[test]
fn the_worked_example_reads_without_a_finding() {
    let source = Source::new("customer-context.yaml", EXAMPLE);
    let (flow, findings) = read_flow(&source);
    assert!(findings.is_empty(), "{findings:#?}");
    let flow = flow.expect("it reads");
    assert_eq!(flow.name, "customer-context");
    let steps: Vec<&str> = flow.steps.keys().map(String::as_str).collect();
    assert_eq!(
        steps,
        ["ask_email", "find_contact", "found", "nobody", "sorry", "context", "support", "orders"]
    );
    let find = &flow.steps["find_contact"];
    assert_eq!(find.exits["ok"].step, "found");
    assert_eq!(find.exits["failed"].step, "sorry");
    let Action::ApiRequest(request) = &find.action else { panic!("{:?}", find.action) };
    assert_eq!(request.headers[1].1.text, "2.11");
    assert_eq!(request.save[0].path_text.value, "data[0].id");
    assert_eq!(&EXAMPLE[request.save[0].path_text.place.span.clone()], "data[0].id");
}

/// Code and place of every finding in the steps of a flow.
fn found(steps: &str) -> Vec<(&'static str, String)> {
    let text = format!("flow: a\nsteps:\n{steps}");
    let (flow, findings) = read_flow(&Source::new("flow.yaml", text.as_str()));
    assert_eq!(flow.is_some(), findings.is_empty(), "{findings:#?}");
    findings
        .into_iter()
        .map(|finding| (finding.code, text[finding.span.expect("a place")].to_owned()))
        .collect()
}

#[track_caller]
fn one(steps: &str, code: &str, place: &str) {
    let found = found(steps);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0, found[0].1.as_str()), (code, place));
}

#[test]
fn seven_mistakes_give_seven_findings_in_one_go() {
    let steps = "  one:\n    type: ask_question\n    expect: emial\n    attempts: many\n    timeout: 5 minutes\n    \
                 safe_as: x\n    next: [two]\n  two:\n    type: api_request\n    method: FETCH\n    url: https://example.com\n";
    let places: Vec<(&str, String)> = found(steps);
    let expected = [
        ("missing-field", "one"),
        ("bad-value", "emial"),
        ("wrong-type", "many"),
        ("bad-duration", "5 minutes"),
        ("unknown-field", "safe_as"),
        ("wrong-type", "[two]"),
        ("bad-value", "FETCH"),
    ];
    assert_eq!(places, expected.map(|(code, place)| (code, place.to_owned())));
}

#[test]
fn a_mistake_stands_where_it_was_made() {
    one("  a: {type: sendmessage, text: x}\n", "bad-value", "sendmessage");
    one("  a: {text: x}\n", "missing-field", "a");
    one("  end: {type: end}\n", "reserved-name", "end");
    one("  a: {type: end, next: b}\n", "unknown-field", "next");
    one("  a: {type: wait, for: 1h, next: end, exits: {done: end}}\n", "exit-drawn-twice", "done");
    one("  a: {type: wait, for: 1h, exits: {don: end}}\n", "unknown-exit", "don");
    one("  a: {type: set_variable, set: {contact: 1}}\n", "reserved-name", "contact");
    one("  a: {type: set_variable, set: {x: {y: 0042}}}\n", "number-needs-quotes", "0042");
    one("  a: {type: set_variable, set: {x: [+919820000001]}}\n", "number-needs-quotes", "+919820000001");
    one("  a: {type: set_variable, set: {x: 64e1}}\n", "number-needs-quotes", "64e1");
    one("  a: {type: set_variable, set: {x: {\"{{now}}\": 1}}}\n", "hole-in-key", "\"{{now}}\"");
    one(
        "  a: {type: send_message, text: x, image: \"https://example.com/a.png\"}\n",
        "wrong-fields",
        "image",
    );
    one("  a: {type: send_message, text: \"Hi {{na me}}\"}\n", "bad-hole", "me");
    one("  a: {type: wait, for: 1h, until: x}\n", "wrong-fields", "x");
    one("  a: {type: wait}\n", "missing-field", "a");
    one("  a: {type: send_message, text: }\n", "missing-value", "");
    let call = "  a: {type: api_request, method: GET, url: \"https://example.com\", ";
    one(&format!("{call}timeout: 2m}}\n"), "bad-value", "2m");
    one(&format!("{call}save: {{x: [0]}}}}\n"), "unquoted-path", "[0]");
    one(&format!("{call}exits: {{\"999\": end}}}}\n"), "unknown-exit", "\"999\"");
    one(
        &format!("{call}body: {{jsn: 1}}}}\n").replace("jsn", "json: 1, text"),
        "wrong-fields",
        "{json: 1, text: 1}",
    );
    one(
        &format!("{call}auth: {{type: bearer, token: x}}, headers: {{authorization: y}}}}\n"),
        "two-authorizations",
        "authorization",
    );
    one(
        &format!("{call}save: {{x: {{path: a, required: true, default: 1}}}}}}\n"),
        "wrong-fields",
        "{path: a, required: true, default: 1}",
    );
}

#[test]
fn triggers_are_one_of_their_kinds() {
    let codes = |trigger: &str| -> Vec<&'static str> {
        let text = format!("flow: a\ntriggers: [{trigger}]\nsteps: {{a: {{type: end}}}}\n");
        read_flow(&Source::new("flow.yaml", text)).1.into_iter().map(|finding| finding.code).collect()
    };
    for fine in [
        "{keywords: [hi, hello]}",
        "{keywords: hi, match: exact, global: true}",
        "{keywords: [\"^order [0-9]+$\"], match: pattern}",
        "{first_message: true}",
        "{any_message: true}",
        "{button: YES}",
        "{referral: true}",
        "{referral: {source_id: 120}}",
    ] {
        assert_eq!(codes(fine), Vec::<&str>::new(), "{fine}");
    }
    assert_eq!(codes("{keywords: [\"(\"], match: pattern}"), ["bad-pattern"]);
    assert_eq!(codes("{keywords: [good morning]}"), ["keyword-of-several-words"]);
    assert_eq!(codes("{keywords: []}"), ["bad-value"]);
    assert_eq!(codes("{any_message: false}"), ["bad-value"]);
    assert_eq!(codes("{any_message: true, first_message: true}"), ["wrong-fields"]);
    assert_eq!(codes("{}"), ["missing-field"]);
    assert_eq!(codes("{keyword: [hi]}"), ["missing-field", "unknown-field"]);
}

#[test]
fn the_forms_of_each_step() {
    let steps = "  m: {type: send_message, document: {link: \"https://example.com/a.pdf\", filename: a.pdf, caption: Hi}, next: l}\n  \
                 l: {type: send_message, location: {latitude: 52.5, longitude: 13.4}, next: q}\n  \
                 q: {type: ask_question, text: Which?, choices: [{title: One, id: 1, next: s}, {title: Two}], next: s}\n  \
                 s: {type: set_variable, set: {n: 2.50, t: \"2.50\", b: true, z: null, l: [1, x], h: \"{{n}}\"}, next: t}\n  \
                 t: {type: send_template, template: hello, language: en_US, header: {image: \"https://example.com/a.png\"}, \
                 body: {first: \"{{n}}\"}, buttons: [{index: 0, payload: YES}], next: c}\n  \
                 c: {type: tag_contact, add: vip, remove: [new, old], next: end}\n";
    let text = format!("flow: a\nsteps:\n{steps}");
    let (flow, findings) = read_flow(&Source::new("flow.yaml", text));
    let flow = flow.unwrap_or_else(|| panic!("{findings:#?}"));
    let Action::SendMessage(message) = &flow.steps["m"].action else { panic!() };
    assert!(matches!(&message.content, Content::Media(media) if media.filename.is_some()));
    let Action::AskQuestion(question) = &flow.steps["q"].action else { panic!() };
    assert_eq!((question.expect, question.show, question.attempts), (Expect::Choice, Show::Buttons, 3));
    let Action::SetVariable(set) = &flow.steps["s"].action else { panic!() };
    let literals: Vec<String> = set
        .set
        .iter()
        .map(|(_, value)| match value {
            JsonTemplate::Literal(value) => value.to_string(),
            JsonTemplate::Text(template) => format!("text {}", template.text),
            JsonTemplate::List(items) => format!("{} items", items.len()),
            JsonTemplate::Object(_) => "object".to_owned(),
        })
        .collect();
    assert_eq!(literals, ["2.50", "text 2.50", "true", "null", "2 items", "text {{n}}"]);
}

/// The same flow as JSON, tabs and all.
#[test]
fn json_is_a_flow_too() {
    let text = "{\n\t\"flow\": \"a\",\n\t\"steps\": {\"s\": {\"type\": \"set_variable\", \"set\": {\"n\": 64e1}, \"next\": \"end\"}}\n}\n";
    let (flow, findings) = read_flow(&Source::new("flow.json", text));
    assert!(flow.is_some(), "{findings:#?}");
}

#[test]
fn a_finding_is_located_as_people_count() {
    let text = "flow: a\r\nsteps:\r\n  é: {type: wait, for: soon}\r\n";
    let source = Source::new("flow.yaml", text);
    let (_, findings) = read_flow(&source);
    let place = source.locate(&findings[0]);
    assert_eq!((place.line, place.column, place.end_line, place.end_column), (3, 24, 3, 28));
    assert_eq!(place.step.as_deref(), Some("é"));
    let json = serde_json::to_value(&place).expect("JSON");
    let keys: Vec<&str> = json.as_object().expect("a map").keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "code",
            "severity",
            "file",
            "line",
            "column",
            "end_line",
            "end_column",
            "step",
            "message",
            "cause",
            "mend"
        ]
    );
}

#[test]
fn samples_are_answers_by_step() {
    let text = "find: {status: 404, json: {error: no}}\nother: {text: hi}\n";
    let (samples, findings) = read_samples(&Source::new("a.samples.yaml", text));
    let samples = samples.unwrap_or_else(|| panic!("{findings:#?}"));
    assert_eq!((samples["find"].status, samples["other"].status), (404, 200));
    assert!(read_samples(&Source::new("a.samples.yaml", "find: {status: 99, json: {}}\n")).0.is_none());
    assert!(read_samples(&Source::new("a.samples.yaml", "find: {status: 200}\n")).0.is_none());
}
