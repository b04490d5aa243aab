//! What YAML refuses or silently changes, and what is said of it.

use rapport_flow::document::{Node, Source, parse};

/// Code, place as text, and what a machine would write there.
fn found(text: &str) -> Vec<(&'static str, String, Option<String>)> {
    let source = Source::new("flow.yaml", text);
    let (_, findings) = parse(&source);
    findings
        .into_iter()
        .map(|finding| {
            let span = finding.span.expect("a place");
            let fix = finding.fix.map(|fix| fix.edits[0].text.clone());
            (finding.code, text[span].to_owned(), fix)
        })
        .collect()
}

/// One finding, and the document is read past it.
#[track_caller]
fn one(text: &str, code: &str, place: &str, fix: Option<&str>) {
    assert_eq!(found(text), [(code_of(code), place.to_owned(), fix.map(str::to_owned))], "{text}");
    let source = Source::new("flow.yaml", text);
    assert!(parse(&source).0.is_some(), "not read past: {text}");
}

fn code_of(code: &str) -> &'static str {
    String::from(code).leak()
}

#[test]
fn values_that_only_lack_quotes() {
    one("x: @status\ny: 1\n", "needs-quotes", "@status", Some("\"@status\""));
    one("x: `code`\n", "needs-quotes", "`code`", Some("\"`code`\""));
    one("x: 50% off\ny: %d\n", "needs-quotes", "%d", Some("\"%d\""));
    one("text: Plan: {{plan}}\ny: 1\n", "needs-quotes", "Plan: {{plan}}", Some("\"Plan: {{plan}}\""));
    one("text: \"Hi\" she said\ny: 1\n", "needs-quotes", "\"Hi\" she said", Some("'\"Hi\" she said'"));
    one("when: \"007\" = \"7\"\n", "needs-quotes", "\"007\" = \"7\"", Some("'\"007\" = \"7\"'"));
    one("- when: a = 1\n  x: > 5\n", "needs-quotes", "> 5", Some("\"> 5\""));
    one("text: 'don't'\ny: 1\n", "needs-quotes", "'don't'", Some("\"don't\""));
    one("text: - one\n", "needs-quotes", "- one", Some("\"- one\""));
    one("text: Hi: there # note\ny: 1\n", "needs-quotes", "Hi: there", Some("\"Hi: there\""));
    one("text: \"open\ny: 1\nz: 2\n", "unclosed-quote", "\"open", Some("\""));
}

#[test]
fn values_in_a_line_of_braces() {
    one(
        "x: {path: data[0].name, required: true}\n",
        "needs-quotes",
        "data[0].name",
        Some("\"data[0].name\""),
    );
    one("x: {text: Hi {{name}}}\ny: 1\n", "unquoted-hole", "Hi {{name}}", Some("\"Hi {{name}}\""));
    one(
        "x: {text: Hi {{name}}, how are you?, next: end}\n",
        "unquoted-hole",
        "Hi {{name}}, how are you?",
        Some("\"Hi {{name}}, how are you?\""),
    );
    one("x: {path: [0].id, b: 1}\n", "unquoted-path", "[0].id", Some("\"[0].id\""));
    one("x: {text: It's: fine, b: 1}\n", "needs-quotes", "It's: fine", Some("\"It's: fine\""));
    one(
        "x:\n  - {when: plan = \"pro\" or a: b, next: end}\n",
        "needs-quotes",
        "plan = \"pro\" or a: b",
        Some("'plan = \"pro\" or a: b'"),
    );
    one("x: {a: 1,\n  b: @c,\n  d: 2}\n", "needs-quotes", "@c", Some("\"@c\""));
}

#[test]
fn holes_paths_and_bold() {
    one("priority: {{p}}\ny: 1\n", "unquoted-hole", "{{p}}", Some("\"{{p}}\""));
    one(
        "priority: {{p | default: x}}\ny: 1\n",
        "unquoted-hole",
        "{{p | default: x}}",
        Some("\"{{p | default: x}}\""),
    );
    one("x: {a: {{p}}, b: 1}\n", "unquoted-hole", "{{p}}", Some("\"{{p}}\""));
    one("text: {{name}}, hello\ny: 1\n", "unquoted-hole", "{{name}}, hello", Some("\"{{name}}, hello\""));
    one("id: [0].id\ny: 1\n", "unquoted-path", "[0].id", Some("\"[0].id\""));
    one("text: *New*\n", "unquoted-bold", "*New*", Some("\"*New*\""));
    one("text: *New* offer\ny: 1\n", "unquoted-bold", "*New* offer", Some("\"*New* offer\""));
}

#[test]
fn comments_that_cut() {
    one(
        "text: Your order #{{id}} is out\ny: 1\n",
        "comment-cuts-text",
        "#{{id}} is out",
        Some("\"Your order #{{id}} is out\""),
    );
    one(
        "text: Your order # {{id}} is out\n",
        "comment-cuts-text",
        "# {{id}} is out",
        Some("\"Your order # {{id}} is out\""),
    );
    one("text: Call us #now\n", "comment-cuts-text", "#now", Some("\"Call us #now\""));
    one("color: #ff0000\ny: 1\n", "comment-cuts-text", "#ff0000", Some("\"#ff0000\""));
    for fine in
        ["text: Hello # a note\n", "steps: #here\n  a: 1\n", "a: 1\n#commented: out\n", "a: |- #{{x}}\n  b\n"]
    {
        assert_eq!(found(fine), [], "{fine}");
    }
}

#[test]
fn commas_and_colons_in_braces() {
    one(
        "x: {text: Hello, dear customer}\n",
        "comma-cuts-text",
        "Hello, dear customer",
        Some("\"Hello, dear customer\""),
    );
    one("x: {text: a, b, c, next: end}\n", "comma-cuts-text", "a, b, c", Some("\"a, b, c\""));
    one("x: {b:c}\n", "missing-space", "b:c", Some(" "));
    one("a: 1\nmethod:POST\nb: 1\n", "missing-space", ":POST", Some(" "));
}

#[test]
fn what_flows_do_not_use() {
    one("a: 1\n\"a\": 2\n", "duplicate-key", "\"a\"", None);
    one("a: &x b\n", "anchor", "&x", Some(""));
    one("a: *x\n", "alias", "*x", None);
    one("a: !t b\n", "tag", "!t", None);
    one("? a\n: b\n", "complex-key", "a", None);
    one("a:\tb\n", "tab", "\t", Some(" "));
    one("a:\n\tb: 1\n\tc: 2\n", "tab", "\tb: 1", Some("  "));
    one("a: 1\n---\nb: 2\n", "second-document", "---", None);
    assert_eq!(found("%YAML 1.2\n---\na: 1\n")[0].0, "syntax");
}

#[test]
fn a_text_over_lines_is_read_as_one() {
    let text = "text: Hello\n  Plan: x\nb: 1\n";
    one(text, "needs-quotes", "Hello\n  Plan: x", Some("|-\n  Hello\n  Plan: x"));
}

/// One pass gives all: nothing hides behind an earlier mistake.
#[test]
fn many_mistakes_give_as_many_findings() {
    let text = "flow: a\nb: @x\nc: {{p}}\nd: [0].id\ne: *New* one\nf: Plan: {{plan}}\ng: \"Hi\" she said\n\
                h: {path: data[0].name}\ni: {text: Hi {{name}}}\nj: %d\nk: Order #{{id}}\nl: &a b\nm: !t c\n\
                n: {text: Hello, dear}\no: 1\no: 2\np: {b:c}\nq:\tr\n";
    let codes: Vec<&str> = found(text).into_iter().map(|(code, ..)| code).collect();
    assert_eq!(codes.len(), 16, "{codes:?}");
}

#[test]
fn json_is_read_as_it_is() {
    let text = "{\n\t\"flow\": \"a\",\n\t\"n\": 64e1, \"t\": \"a\\u00e9\\n\", \"e\": {}, \"l\": []\n}\n";
    let source = Source::new("flow.json", text);
    let (document, findings) = parse(&source);
    assert!(findings.is_empty(), "{findings:#?}");
    let document = document.expect("it reads");
    assert_eq!(document.root().get("t").and_then(Node::scalar), Some("aé\n"));
    let broken = Source::new("flow.json", "{\"a\": 1,, \"b\": @x}");
    let (document, findings) = parse(&broken);
    assert!(document.is_none());
    assert_eq!(findings[0].code, "syntax");
}

#[test]
fn too_much_is_refused_at_once() {
    let deep = "[".repeat(200_000);
    assert_eq!(found(&deep)[0].0, "too-deep");
    let large = format!("a: {}", "x".repeat(1024 * 1024));
    let source = Source::new("flow.yaml", large);
    assert_eq!(parse(&source).1[0].code, "too-large");
}

#[test]
fn doubled_braces_of_web_guides() {
    let body = r#"{{"query": {{"field": "email", "value": "{{customer_email}}"}}, "pagination": {{"per_page": 1}}}}"#;
    let mended =
        r#"{"query": {"field": "email", "value": "{{customer_email}}"}, "pagination": {"per_page": 1}}"#;
    one(&format!("body:\n  json: {body}\nnext: a\n"), "doubled-braces", body, Some(mended));
}

/// Inside `{…}` a comment takes the closing bracket along, wherever the step stands.
#[test]
fn comments_that_cut_in_braces() {
    for after in ["", "b: {type: end}\n", "# note\nb:\n  text: hi\n"] {
        let cut = |map: &str, comment: &str, fix: &str| {
            one(&format!("x: {map}\n{after}"), "comment-cuts-text", comment, Some(fix));
        };
        cut(
            "{type: send_message, text: 10 to 18 # later, next: end}",
            "# later, next: end}",
            "\"10 to 18 # later\"",
        );
        cut("{text: Order #{{id}} is out, b: 1}", "#{{id}} is out, b: 1}", "\"Order #{{id}} is out\"");
        cut("{text: #now, next: end}", "#now, next: end}", "\"#now\"");
        cut("{set: {a: b # c, d: e}, next: end}", "# c, d: e}, next: end}", "\"b # c\"");
        cut("{add: [vip # new, b], next: end}", "# new, b], next: end}", "\"vip # new\"");
        cut("{text: a {b} # c, next: end}", "# c, next: end}", "\"a {b} # c\"");
        cut("[a # b]", "# b]", "\"a # b\"");
    }
    for fine in ["x: {a: 1, # one, two\n  b: 2}\n", "x: {a: 1 # {one}\n  , b: [2 # two\n  ]} # three}\n"] {
        assert_eq!(found(fine), [], "{fine}");
    }
}

/// Where the text ends, or whether the comment was meant, is a guess: offered, not applied.
#[test]
fn guesses_in_braces_are_only_offered() {
    for map in [
        "{text: Hi, order #5, dear, next: end}",
        "{type: send_message, # say it, next: end}",
        "{text: \"10 to 18\" # later, next: end}",
        "{text: @a, b, next: end}",
    ] {
        let source = Source::new("flow.yaml", format!("x: {map}\n"));
        let (document, findings) = parse(&source);
        assert!(document.is_some(), "{map}");
        assert!(findings.iter().all(|finding| finding.fix.as_ref().is_some_and(|fix| !fix.safe)), "{map}");
    }
}

#[test]
fn braces_in_a_text_in_braces() {
    one("x: {text: a {b} c, next: end}\n", "needs-quotes", "a {b} c", Some("\"a {b} c\""));
    one("x: {text: a {b, c} d}\ny: 1\n", "needs-quotes", "a {b, c} d", Some("\"a {b, c} d\""));
    one("x: {name} there\ny: 1\n", "needs-quotes", "{name} there", Some("\"{name} there\""));
    // Nobody closed it: a map that cannot be read, and no text.
    assert_eq!(found("x: {a: b, c: d\n"), [("syntax", "{".to_owned(), None)]);
}
