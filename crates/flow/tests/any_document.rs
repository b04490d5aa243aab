//! Any text is read to an end, without a panic, and every finding stands inside it.

use proptest::prelude::*;
use rapport_flow::check::{CheckContext, check};
use rapport_flow::document::edit::fix;
use rapport_flow::document::{Node, Paint, Source, draw, parse, read_bot, read_flow, read_samples};
use rapport_flow::finding::Finding;

const EXAMPLE: &str = include_str!("documents/customer-context.yaml");

/// What people and generators write, in odd order.
const PIECES: [&str; 60] = [
    "a: ",
    "\n",
    "  ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    ": ",
    "#",
    " #",
    "'",
    "\"",
    "|",
    "|-\n",
    ">",
    "&a ",
    "*a",
    "*b*",
    "!t ",
    "{{x}}",
    "{{",
    "}}",
    "{{\"a\": {{",
    "}}}}",
    "? ",
    "---\n",
    "...\n",
    "\t",
    "\r\n",
    "\r",
    "\u{feff}",
    "é",
    "😀",
    "\u{2028}",
    "steps:\n",
    "  a:\n",
    "    type: ",
    "send_message",
    "api_request",
    "\n    text: ",
    "\n    next: ",
    "flow: x\n",
    "when: a = 1",
    "save: {x: data[0].id}",
    "[0].id",
    "json: ",
    "0042",
    "64e1",
    "+91",
    "@x",
    "%",
    "`",
    "=",
    "\\",
    "\u{0}",
    "next: end",
    "1.5",
    "exits: {ok: a, failed: b}",
];

fn all_findings(source: &Source) -> Vec<Finding> {
    let (flow, mut findings) = read_flow(source);
    if let Some(flow) = flow {
        findings.extend(check(&flow, &CheckContext::default()));
    }
    findings
}

fn holds(file: &str, text: &str) {
    let source = Source::new(file, text);
    let mut findings = all_findings(&source);
    findings.extend(read_bot(&source).1);
    findings.extend(read_samples(&source).1);
    for finding in &findings {
        let span = finding.span.clone().unwrap_or(0..0);
        assert!(text.get(span).is_some(), "{finding:#?}\n{text:?}");
        for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
            assert!(text.get(edit.range.clone()).is_some(), "{finding:#?}\n{text:?}");
        }
        let place = source.locate(finding);
        assert!(place.line >= 1 && place.column >= 1 && place.end_line <= source.line_count(), "{place:?}");
        assert!((place.line, place.column) <= (place.end_line, place.end_column), "{place:?}\n{text:?}");
        assert!(!draw(&source, finding, Paint::Plain).is_empty());
    }
    if let (Some(document), _) = parse(&source) {
        let mut open = vec![document.root()];
        while let Some(node) = open.pop() {
            assert!(text.get(node.span()).is_some(), "{node:?}");
            if let Some(read) = node.text() {
                for (at, _) in read.value.char_indices() {
                    assert!(text.get(read.place.within(at..at)).is_some(), "{read:?}\n{text:?}");
                }
            }
            open.extend(node.entries().flat_map(|(key, value)| [key, value]).chain(node.items()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        holds("flow.yaml", &text);
    }

    #[test]
    fn any_pieces(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40)) {
        let text: String = pieces.concat();
        holds("flow.yaml", &text);
        holds("flow.json", &text);
    }

    #[test]
    fn the_example_with_a_piece_in_it(at in 0..EXAMPLE.len(), cut in 0..8_usize, piece in prop::sample::select(&PIECES[..])) {
        let mut end = (at + cut).min(EXAMPLE.len());
        while !EXAMPLE.is_char_boundary(end) { end += 1; }
        let mut start = at;
        while !EXAMPLE.is_char_boundary(start) { start -= 1; }
        let text = format!("{}{piece}{}", &EXAMPLE[..start], &EXAMPLE[end..]);
        holds("flow.yaml", &text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Fixing twice changes no more than fixing once.
    #[test]
    fn fixes_come_to_rest(at in 0..EXAMPLE.len(), piece in prop::sample::select(&PIECES[..])) {
        let mut at = at;
        while !EXAMPLE.is_char_boundary(at) { at -= 1; }
        let text = format!("{}{piece}{}", &EXAMPLE[..at], &EXAMPLE[at..]);
        let once = fix(&Source::new("flow.yaml", text), &all_findings);
        let twice = fix(&Source::new("flow.yaml", once.as_str()), &all_findings);
        prop_assert_eq!(once, twice);
    }
}

/// What the properties above once found.
#[test]
fn texts_that_were_trouble() {
    for (from, to) in [("data[0].id", "data[0]é.id"), ("      json: {", "---\njson: {")] {
        let text = EXAMPLE.replace(from, to);
        assert_ne!(text, EXAMPLE);
        holds("flow.yaml", &text);
        let once = fix(&Source::new("flow.yaml", text), &all_findings);
        assert_eq!(fix(&Source::new("flow.yaml", once.as_str()), &all_findings), once);
    }
}

/// An offset in a text as read leads to the same letter in the source, through escapes and indentation.
#[test]
fn places_inside_texts_are_exact() {
    let text = "a: plain {{x}}\nb: 'it''s {{x}}'\nc: \"tab\\t \\\"q\\\" é \\u00e9 {{x}}\"\nd: |\n    one\n\n      {{x}}\n";
    let source = Source::new("flow.yaml", text);
    let (document, findings) = parse(&source);
    assert!(findings.is_empty());
    for key in ["a", "b", "c", "d"] {
        let read = document.as_ref().and_then(|document| document.root().get(key)).and_then(Node::text);
        let read = read.expect("a text");
        let at = read.value.find("{{x}}").expect("a hole");
        assert_eq!(&text[read.place.within(at..at + 5)], "{{x}}", "{key}");
    }
}

/// Inputs that made other readers slow.
#[test]
fn no_text_takes_long_to_read() {
    let cuts = "a: b #c\n".repeat(20_000);
    let keys = (0..20_000).fold(String::new(), |text, n| text + "k" + &n.to_string() + ": @x\n");
    let braces = "{a: ".repeat(50_000);
    let holes =
        format!("flow: a\nsteps: {{a: {{type: send_message, text: \"{}\"}}}}\n", "{{".repeat(100_000));
    let line = format!("a: [{}]\n", "x, ".repeat(300_000));
    for text in [cuts, keys, braces, holes, line] {
        let source = Source::new("flow.yaml", text);
        let (_, findings) = read_flow(&source);
        assert!(!findings.is_empty());
    }
}
