//! Flows as text: what reads, and what is said of what does not.

use rapport_flow::document::{Source, read_flow};
use rapport_flow::steps::Action;

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
