//! The runner of dialogue tests: what it plays, what it refuses, and what it says when a dialogue goes another way.

use rapport_flow::Bot;
use rapport_flow::bot::Settings;
use rapport_flow::dialogue::{CaseResult, Failure, Simulator, read_tests, run_tests};
use rapport_flow::document::{Source, read_flow};
use rapport_flow::turn::{Channel, Contact, Message};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

const FLOW: &str = r#"
flow: shop
triggers: [{keywords: [shop]}]
steps:
  which:
    type: ask_question
    text: Which?
    expect: choice
    show: buttons
    save_as: size
    choices: [{id: s, title: Small}, {id: l, title: Large}]
    next: stock
  stock:
    type: api_request
    method: GET
    url: https://api.example.com/stock
    query: {size: "{{size}}", colour: red blue}
    headers: {X-Key: "{{secret.key}}"}
    response: json
    save: {pieces: pieces}
    exits: {failed: sorry}
    next: say
  say: {type: send_message, text: "{{pieces}} left", next: nap}
  nap: {type: wait, for: 25h, next: more}
  more: {type: send_message, text: Still here?, next: end}
  sorry: {type: hand_over, team: sales, note: "no stock: {{stock.outcome}} after {{stock.attempts}}"}
"#;

fn bot() -> Bot {
    let (flow, findings) = read_flow(&Source::new("shop.yaml", FLOW));
    Bot::new(Settings::default(), [Arc::new(flow.unwrap_or_else(|| panic!("{findings:#?}")))])
}

/// Plays one case of these lines.
fn play(mocks: &str, dialogue: &str) -> CaseResult {
    let text =
        format!("flow: shop.yaml\ncases:\n  - name: case\n    mocks: {mocks}\n    dialogue:\n{dialogue}");
    let (tests, findings) = read_tests(&Source::new("shop.test.yaml", text));
    let tests = tests.unwrap_or_else(|| panic!("{findings:#?}"));
    let webhook = |body: &serde_json::Value| {
        let text = body["text"].as_str().map(str::to_owned);
        vec![Message { kind: "text".into(), text, ..Message::default() }]
    };
    run_tests(&tests, &bot(), &webhook).remove(0)
}

fn passes(mocks: &str, dialogue: &str) {
    let result = play(mocks, dialogue);
    assert!(result.passed, "{:#?}", result.failure);
}

fn fails(mocks: &str, dialogue: &str) -> Failure {
    play(mocks, dialogue).failure.expect("the case should fail")
}

const STOCK: &str = "[{when: GET https://api.example.com/*, json: {pieces: 3}}]";

#[test]
fn every_kind_of_line_has_its_say() {
    passes(
        STOCK,
        r#"
      - webhook: {text: shop}
      - sends: {text: Which?, buttons: [Small, Large]}
      - tap: Large
      - called: {step: stock, method: GET, url: https://api.example.com/stock, query: {size: l, colour: red blue}, headers: {x-key: "{{secret.key}}"}}
      - outcome: {stock: ok}
      - findings: {stock: []}
      - variables: {size: l, pieces: 3}
      - bot: 3 left
      - ended: false
      - wait: 25h
      - withheld: window_closed
      - handed_over: false
      - ended: finished
"#,
    );
}

#[test]
fn a_query_of_a_mock_is_a_set() {
    let mock = |url: &str| format!("[{{when: 'GET {url}', json: {{pieces: 3}}}}]");
    let talk = "      - customer: shop\n      - tap: s\n";
    passes(&mock("https://api.example.com/stock?colour=red%20blue&size=s"), talk);
    passes(&mock("https://api.example.com/stock?colour=*&size=*"), talk);
    let failure = fails(&mock("https://api.example.com/stock?size=s"), talk);
    assert!(failure.message.contains("no mock answers the call of `stock`"), "{}", failure.message);
    assert_eq!(failure.line, 7, "the tap made the call");
}

#[test]
fn attempts_use_up_answers_as_the_wire_would() {
    let talk = |after: &str| format!("      - customer: shop\n      - tap: s\n{after}");
    let mocks =
        |answers: &str| format!("[{{when: GET https://api.example.com/stock, answers: [{answers}]}}]");
    // A GET is tried three times in all.
    passes(
        &mocks("{fails: timeout}, {status: 503}, {json: {pieces: 1}}"),
        &talk("      - outcome: {stock: ok}\n"),
    );
    passes(
        &mocks("{fails: dns}, {fails: connect}, {fails: tls}"),
        &talk("      - handed_over: {team: sales, note: 'no stock: tls after 3'}\n"),
    );
    // An error of the server that is no hiccup is not tried again; nor is one that asks for more time than there is.
    passes(&mocks("{status: 500}"), &talk("      - handed_over: {note: '*server_error after 1'}\n"));
    passes(
        &mocks("{status: 429, headers: {Retry-After: '3600'}}"),
        &talk("      - handed_over: {note: '*rate_limited after 1'}\n"),
    );
    let failure = fails(&mocks("{status: 503}"), &talk(""));
    assert!(failure.message.contains("used up"), "{}", failure.message);
}

#[test]
fn a_failure_says_where_what_and_the_difference() {
    let failure = fails("[]", "      - customer: shop\n      - bot: Witch?\n");
    assert_eq!(failure.line, 7);
    assert_eq!(failure.message, "the bot said something else");
    assert_eq!(failure.diff, "- Witch?\n+ Which?");

    let failure = fails("[]", "      - customer: hello\n      - bot: Which?\n");
    assert_eq!(
        (failure.line, failure.message.as_str()),
        (7, "the bot sent nothing here (no trigger meets the message)")
    );

    let failure = fails(STOCK, "      - customer: shop\n      - tap: Huge\n");
    assert_eq!(failure.message, "there is no button or row \"Huge\"; shown so far: Small, Large");

    let failure =
        fails(STOCK, "      - customer: shop\n      - tap: s\n      - variables: {pieces: \"3\"}\n");
    assert_eq!(failure.message, "the variables differ: pieces: wanted \"3\", came 3");

    let failure =
        fails(STOCK, "      - customer: shop\n      - tap: s\n      - called: {query: {size: l}}\n");
    assert_eq!(failure.message, "no call was made like this: query.size: wanted \"l\", came \"s\"");

    let failure = fails(STOCK, "      - customer: shop\n      - called: {methd: GET}\n");
    assert_eq!(failure.message, "`called` knows no `methd`; did you mean `method`?");
}

#[test]
fn a_stretch_that_names_a_message_names_all() {
    let failure = fails(
        STOCK,
        "      - customer: shop\n      - bot: Which?\n      - tap: s\n      - bot: 3 left\n      - wait: 1h\n      - bot: never\n",
    );
    assert_eq!(failure.message, "the bot sent nothing here");
    passes(STOCK, "      - customer: shop\n      - tap: s\n      - bot: 3 left\n");
}

#[test]
fn a_test_file_that_cannot_be_read_says_so_at_the_place() {
    for (text, code, line) in [
        ("cases: []\n", "missing-field", 1),
        ("flow: a.yaml\ncases:\n  - name: x\n    dialogue:\n      - custmer: hi\n", "bad-value", 5),
        (
            "flow: a.yaml\ncases:\n  - name: x\n    dialogue:\n      - {customer: hi, bot: ho}\n",
            "wrong-type",
            5,
        ),
        (
            "flow: a.yaml\ncases:\n  - name: x\n    mocks: [{when: api.example.com}]\n    dialogue: []\n",
            "bad-value",
            4,
        ),
        (
            "flow: a.yaml\ncases:\n  - name: x\n    mocks: [{when: GET https://a.example, fails: tiemout}]\n    dialogue: []\n",
            "bad-value",
            4,
        ),
        ("flow: a.yaml\ncases:\n  - name: x\n    dialogue:\n      - wait: soon\n", "bad-duration", 5),
    ] {
        let source = Source::new("a.test.yaml", text);
        let (tests, findings) = read_tests(&source);
        assert!(tests.is_none(), "{text}");
        let located = source.locate(&findings[0]);
        assert_eq!((located.code.as_str(), located.line), (code, line), "{text}\n{findings:#?}");
    }
}

/// What `rapport chat` and the editor do, without a test file.
#[test]
fn the_simulator_is_stepped_by_hand() {
    let contact = Contact { id: "c".into(), ..Contact::default() };
    let mut talk = Simulator::new(bot(), contact, Channel::default(), 1_767_780_000_000);
    talk.say("shop");
    assert!(talk.pending_call().is_none());
    talk.tap("small").unwrap();
    let call = talk.pending_call().unwrap().clone();
    assert_eq!(call.request.url.redacted(), "https://api.example.com/stock?size=s&colour=red%20blue");
    // Messages wait behind the call.
    let before = talk.transcript().len();
    talk.say("hello?");
    assert_eq!(talk.transcript().len(), before + 1);
    let exchange = json!({
        "outcome": "ok", "status": 200, "headers": [], "body": "{\"pieces\": 2}",
        "sent": {"method": "GET", "url": "", "headers": [], "body": ""},
        "attempts": [], "elapsed_ms": 40, "detail": null, "redirect_to": null,
    });
    talk.answer_call(serde_json::from_value(exchange).unwrap());
    assert_eq!(talk.variables().unwrap()["pieces"], json!(2));
    assert!(talk.pending_call().is_none());
    assert_eq!(talk.wait(Duration::from_hours(25)), Duration::ZERO);
    assert!(talk.session().is_none());
}
