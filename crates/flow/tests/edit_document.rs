//! Edits change what was meant and nothing else.

use rapport_flow::document::edit::{
    EditError, Segment, apply, fix, insert_step, remove_step, rename_step, set,
};
use rapport_flow::document::{Node, Shape, Source, parse, read_flow};
use rapport_flow::finding::Edit;

const EXAMPLE: &str = include_str!("documents/customer-context.yaml");

/// Texts that YAML makes something else of when they are written carelessly.
const NASTY: [&str; 44] = [
    "",
    " ",
    "a",
    " a",
    "a ",
    "a b",
    "a: b",
    "a:",
    ":a",
    "a #b",
    "#a",
    "a#b",
    "{{x}}",
    "Hi {{x}}, you",
    "{a}",
    "[a]",
    "[0].id",
    "*b*",
    "&a",
    "!t",
    "@a",
    "`a`",
    "%a",
    "|",
    ">",
    "- a",
    "-",
    "? a",
    "'",
    "\"",
    "it's",
    "\"a\" b",
    "\\",
    "a\\n",
    "null",
    "true",
    "42",
    "0042",
    "a\nb",
    "a\n\nb\n",
    "\n",
    "a\tb",
    "é日本😀",
    "a, b: c",
];

/// The ways to all single values.
fn ways(node: Node<'_>, way: &mut Vec<Segment>, out: &mut Vec<Vec<Segment>>) {
    match node.shape() {
        Shape::Scalar | Shape::Empty => out.push(way.clone()),
        Shape::Map => {
            for (key, value) in node.entries() {
                way.push(key.scalar().expect("a key").into());
                ways(value, way, out);
                way.pop();
            }
        }
        Shape::List => {
            for (at, item) in node.items().enumerate() {
                way.push(at.into());
                ways(item, way, out);
                way.pop();
            }
        }
    }
}

fn at<'d>(root: Node<'d>, way: &[Segment]) -> Node<'d> {
    way.iter().fold(root, |node, segment| match segment {
        Segment::Key(key) => node.get(key).expect("a key"),
        Segment::Index(index) => node.items().nth(*index).expect("an item"),
    })
}

/// The whole document as one line per value.
fn values(text: &str) -> Vec<(Vec<Segment>, String)> {
    let source = Source::new("flow.yaml", text);
    let (document, _) = parse(&source);
    let document = document.expect("it reads");
    let mut all = Vec::new();
    ways(document.root(), &mut Vec::new(), &mut all);
    all.into_iter()
        .map(|way| (way.clone(), at(document.root(), &way).scalar().unwrap_or_default().to_owned()))
        .collect()
}

#[test]
fn every_value_takes_every_text() {
    for text in [EXAMPLE.to_owned(), EXAMPLE.replace('\n', "\r\n")] {
        let before = values(&text);
        let source = Source::new("flow.yaml", text.as_str());
        let comments = text.matches(" # ").count();
        for (number, (way, old)) in before.iter().enumerate() {
            // Each text meets every style; not every value, for the sake of time.
            let all = old.contains('\n');
            for nasty in
                NASTY.into_iter().skip(if all { 0 } else { number % 4 }).step_by(if all { 1 } else { 4 })
            {
                let edited =
                    set(&source, way, nasty).unwrap_or_else(|error| panic!("{way:?} = {nasty:?}: {error}"));
                let mut wanted = before.clone();
                wanted[number].1 = nasty.to_owned();
                assert_eq!(values(&edited.text), wanted, "{way:?} = {nasty:?}\n{}", edited.text);
                assert!(edited.text.matches(" # ").count() >= comments, "{way:?} = {nasty:?}");
                if old == nasty {
                    assert_eq!(edited.text, text);
                }
            }
        }
    }
}

#[test]
fn the_style_is_kept() {
    let source = Source::new(
        "flow.yaml",
        "a: one # note\nb: 'two'\nc: \"three\"\nd: |-\n    four\n    five\ne: {f: six}\n",
    );
    let changed = |key: &str, text: &str| set(&source, &[key.into()], text).expect("it is set").text;
    assert!(changed("a", "uno").starts_with("a: uno # note\n"));
    assert!(changed("a", "uno: dos").starts_with("a: \"uno: dos\" # note\n"));
    assert!(changed("b", "it's").contains("b: 'it''s'\n"));
    assert!(changed("c", "a \"b\"").contains("c: \"a \\\"b\\\"\"\n"));
    assert!(changed("d", "x\n\n  y").contains("d: |-\n    x\n\n      y\n"));
    assert!(changed("d", "x\n").contains("d: |\n    x\ne:"));
    let inside = set(&source, &["e".into(), "f".into()], "a, b").expect("it is set").text;
    assert!(inside.ends_with("e: {f: \"a, b\"}\n"));
}

#[test]
fn steps_come_and_go_without_a_trace() {
    let bom = format!("\u{feff}{EXAMPLE}");
    let no_end = EXAMPLE.trim_end().to_owned();
    for text in [EXAMPLE.to_owned(), EXAMPLE.replace('\n', "\r\n"), bom, no_end] {
        let source = Source::new("flow.yaml", text.as_str());
        let (flow, _) = read_flow(&source);
        for name in flow.expect("it reads").steps.keys() {
            for body in ["{type: end}", "type: wait\nfor: 30s\nnext: end"] {
                let inserted = insert_step(&source, Some(name), "fresh", body).expect("it is inserted").text;
                assert_ne!(inserted, text);
                let back =
                    remove_step(&Source::new("flow.yaml", inserted), "fresh").expect("it is removed").text;
                assert_eq!(back, text, "after {name}");
            }
            let renamed = rename_step(&source, name, "fresh").expect("it is renamed").text;
            let back = rename_step(&Source::new("flow.yaml", renamed), "fresh", name).expect("renamed").text;
            assert_eq!(back, text, "{name}");
        }
    }
}

#[test]
fn a_removed_step_takes_its_comments_along() {
    let text = "flow: a\nsteps:\n  one: {type: end}\n\n  # about two\n  # and more\n  two:\n    type: end\n    # deeper\n\n  # about three\n  three: {type: end}\n";
    let removed = remove_step(&Source::new("flow.yaml", text), "two").expect("it is removed").text;
    assert_eq!(removed, "flow: a\nsteps:\n  one: {type: end}\n\n  # about three\n  three: {type: end}\n");
}

#[test]
fn a_rename_reaches_every_exit() {
    let text = "flow: a\nsteps:\n  one: {type: wait, for: 1s, next: two}\n  two:\n    type: ask_question\n    text: two\n    \
                choices: [{keyword: A, next: 'two'}]\n    exits: {invalid: \"two\"}\n  c: {type: condition, branches: [{when: a = 1, next: two}], otherwise: two}\n\
                layout:\n  two: {x: 1, y: 2}\n";
    let renamed = rename_step(&Source::new("flow.yaml", text), "two", "zwei").expect("it is renamed").text;
    assert_eq!(renamed.matches("zwei").count(), 7);
    assert!(renamed.contains("text: two"));
}

#[test]
fn what_cannot_be_done_is_refused() {
    let source = Source::new("flow.yaml", EXAMPLE);
    let refused = |result: Result<_, EditError>| {
        result.map(|_: rapport_flow::document::edit::Edited| ()).expect_err("refused")
    };
    assert_eq!(
        refused(set(&source, &["steps".into(), "none".into()], "x")),
        EditError::NotFound("steps.none".into())
    );
    assert_eq!(refused(set(&source, &["steps".into()], "x")), EditError::NotAValue("steps".into()));
    assert_eq!(
        refused(insert_step(&source, None, "found", "{type: end}")),
        EditError::Exists("found".into())
    );
    assert_eq!(refused(insert_step(&source, None, "end", "{type: end}")), EditError::BadName("end".into()));
    assert_eq!(refused(insert_step(&source, None, "x", "{type: end}\nother: 1")), EditError::NotAStep);
    assert_eq!(refused(insert_step(&source, None, "x", "{type: [")), EditError::NotAStep);
    let one = Source::new("flow.yaml", "flow: a\nsteps:\n  a: {type: end}\n");
    assert_eq!(refused(remove_step(&one, "a")), EditError::LastStep);
    let json = Source::new("flow.json", "{\"flow\": \"a\", \"steps\": {\"a\": {\"type\": \"end\"}}}");
    assert_eq!(refused(insert_step(&json, None, "x", "{type: end}")), EditError::InBraces);
    assert!(set(&json, &["flow".into()], "b").expect("it is set").text.contains("\"flow\": \"b\""));
    let broken = Source::new("flow.yaml", "a: @x\n");
    assert_eq!(refused(set(&broken, &["a".into()], "x")), EditError::NotReadable);
}

#[test]
fn edits_must_not_overlap_or_leave_the_text() {
    let edit = |start, end, text: &str| Edit { range: start..end, text: text.into() };
    assert_eq!(apply("abc", &[edit(2, 3, "z"), edit(0, 1, "x"), edit(1, 1, "y")]).as_deref(), Ok("xybz"));
    assert_eq!(apply("abc", &[edit(0, 2, ""), edit(1, 3, "")]), Err(EditError::Overlap(1)));
    assert_eq!(apply("abc", &[edit(2, 4, "")]), Err(EditError::OutOfText(4)));
    assert_eq!(apply("é", &[edit(1, 1, "")]), Err(EditError::OutOfText(1)));
}

#[test]
fn fixes_keep_the_comments_and_end() {
    let text = "# head\nflow: a # name\nsteps:\n  one:\n    type: send_message # kind\n    text: Plan: {{contact.name}} # why\n    next: two\n  \
                two:\n    type: api_request\n    method: get\n    url: https://example.com\n    save:\n      id: [0].id # first\n      all: {path: data[0].x}\n    \
                next: end\n";
    let fixed = fix(&Source::new("flow.yaml", text), &|source| read_flow(source).1);
    let expected = text
        .replace("Plan: {{contact.name}}", "\"Plan: {{contact.name}}\"")
        .replace("method: get", "method: GET")
        .replace(" [0].id", " \"[0].id\"")
        .replace("data[0].x", "\"data[0].x\"");
    assert_eq!(fixed, expected);
    assert!(read_flow(&Source::new("flow.yaml", fixed)).1.is_empty());
}
