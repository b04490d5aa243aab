//! A safe fix puts quotes around texts; it never swallows or invents a key of the step.

use proptest::prelude::*;
use rapport_flow::document::edit::fix;
use rapport_flow::document::{Node, Source, parse, read_flow};

/// What breaks a text without quotes, alone or together.
const PIECES: [&str; 24] = [
    " # ", " #", "#", "{{id}}", "{id}", "{", "}", "[0]", "[", "]", ", ", ",", ": ", ":", "'", "\"", "*b*",
    "@", "&x ", "- ", "é", "\\", " ", "later",
];

/// The step's map, `TEXT` where the text stands, and its keys at any depth in the order of a walk.
const STEPS: [(&str, &[&str]); 6] = [
    ("{type: send_message, text: TEXT, next: end}", &["type", "text", "next"]),
    ("{type: send_message, next: end, text: TEXT}", &["type", "next", "text"]),
    ("{text: TEXT, type: send_message, next: end} # note", &["text", "type", "next"]),
    ("{type: set_variable, set: {x: TEXT, y: b}, next: end}", &["type", "set", "x", "y", "next"]),
    ("{type: tag_contact, add: [TEXT, b], next: end}", &["type", "add", "next"]),
    ("\n    type: send_message\n    text: TEXT\n    next: end", &["type", "text", "next"]),
];

const OTHER: &str = "  other:\n    type: send_message\n    text: Hi # note\n    next: end\n";

fn keys(node: Node<'_>, out: &mut Vec<String>) {
    for (key, value) in node.entries() {
        out.push(key.scalar().unwrap_or_default().to_owned());
        keys(value, out);
    }
    node.items().for_each(|item| keys(item, out));
}

fn keeps_the_keys(step: &str, wanted: &[&str], before: bool, after: bool) {
    let other = |there: bool| if there { OTHER } else { "" };
    let after = if before { "" } else { other(after) };
    let text = format!("flow: a\nsteps:\n{}  say: {step}\n{after}", other(before));
    let fixed = fix(&Source::new("flow.yaml", text.as_str()), &|source| read_flow(source).1);
    if fixed == text {
        return;
    }
    let found = keys_of_say(&fixed).unwrap_or_else(|| panic!("no longer read:\n{text}\n{fixed}"));
    // A `}` in the text may end the map for good, with a comment behind it. A step that was read as no map at all has
    // lost every key.
    let read = keys_of_say(&text).filter(|keys| !keys.is_empty());
    for key in
        wanted.iter().filter(|key| read.as_ref().is_none_or(|read| read.iter().any(|name| name == *key)))
    {
        assert!(found.iter().any(|name| name == key), "lost `{key}`:\n{text}\n{fixed}");
    }
}

fn keys_of_say(text: &str) -> Option<Vec<String>> {
    let source = Source::new("flow.yaml", text);
    let document = parse(&source).0?;
    let mut found = Vec::new();
    keys(document.root().get("steps")?.get("say")?, &mut found);
    Some(found)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn keep_the_keys_of_the_step(
        (step, wanted) in prop::sample::select(&STEPS[..]),
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 1..6),
        before: bool,
        after: bool,
    ) {
        let text = format!("Open {} to 18", pieces.join("a"));
        keeps_the_keys(&step.replace("TEXT", &text), wanted, before, after);
        keeps_the_keys(&step.replace("TEXT", &pieces.concat()), wanted, before, after);
    }
}
