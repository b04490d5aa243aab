use super::*;
use crate::source::Place;
use crate::template::{FilterKind, Hole};
use proptest::prelude::*;
use serde_json::json;

fn parse(text: &str) -> (Template, Vec<Finding>) {
    Template::parse(Text { value: text.to_owned(), place: Place::verbatim(10, text.len()) })
}

fn whole(text: &str) -> Vec<Part> {
    let (template, findings) = parse(text);
    assert_eq!(findings, [], "{text}");
    template.parts
}

fn only_hole(text: &str) -> Hole {
    match whole(text).as_slice() {
        [Part::Hole(hole)] => hole.clone(),
        parts => panic!("{text}: {parts:?}"),
    }
}

#[test]
fn text_around_holes_is_kept_as_it_is() {
    let parts = whole("Hi {{ name }}, {x} $$Name }} {");
    let [Part::Text(before), Part::Hole(hole), Part::Text(after)] = parts.as_slice() else {
        panic!("{parts:?}")
    };
    assert_eq!((before.as_str(), after.as_str()), ("Hi ", ", {x} $$Name }} {"));
    assert_eq!((hole.reference.text.as_str(), hole.span.clone()), ("name", 3..13));
    assert_eq!(whole(""), []);
    assert_eq!(whole(r#"{"a":{"b":{{n}}}}"#).len(), 3);
}

#[test]
fn quoted_braces_write_two() {
    assert_eq!(whole("write {{'{{'}}name{{ \"}}\" }}"), [Part::Text("write {{name}}".into())]);
}

#[test]
fn filters_and_their_arguments() {
    let hole = only_hole("{{ order.items[0].sku | trim | default: \"a | }} b\" | upper }}");
    assert_eq!(hole.reference.text, "order.items[0].sku");
    let kinds: Vec<_> = hole.filters.iter().map(|filter| filter.kind).collect();
    assert_eq!(kinds, [FilterKind::Trim, FilterKind::Default, FilterKind::Upper]);
    assert_eq!(hole.filters[1].argument, Some(json!("a | }} b")));
    assert_eq!(hole.filters[0].span, 22..28);
    assert_eq!(only_hole("{{n|default:0}}").filters[0].argument, Some(json!(0)));
    assert_eq!(only_hole("{{n | default: false}}").filters[0].argument, Some(json!(false)));
    assert_eq!(only_hole("{{n | date: long}}").filters[0].argument, Some(json!("long")));
    assert_eq!(only_hole(r"{{n | join: '\n'}}").filters[0].argument, Some(json!("\n")));
}

#[test]
fn what_is_no_hole_stays_text_and_is_told() {
    for (text, code, says) in [
        ("Hi {{name", "bad-hole", "Close it"),
        ("Hi {{}}", "bad-hole", "name of a variable"),
        ("{{first name}}", "bad-hole", "no spaces"),
        ("{{a + b}}", "bad-hole", "set_variable"),
        ("{{a.}}", "bad-hole", "after the dot"),
        ("{{1}}", "bad-hole", "Begin with the name"),
        ("{{$json.name}}", "bad-hole", "Begin with the name"),
        ("{{'x'}}", "bad-hole", "without braces"),
        ("{{a || 'x'}}", "bad-hole", "default"),
        ("{{a | default}}", "bad-hole", "{{contact_name | default"),
        ("{{a | default 'x'}}", "bad-hole", "default: …"),
        ("{{a | default: there}}", "bad-hole", "`'there'`"),
        ("{{a | default: 'x' 'y'}}", "bad-hole", "one argument"),
        ("{{a | upper: 1}}", "bad-hole", "{{code | upper}}"),
        ("{{a | date: 'DD/MM'}}", "bad-hole", "date:"),
        ("{{a |}}", "bad-hole", "The filters are"),
        ("{{a | capitalise}}", "unknown-filter", "`capitalize`"),
        ("{{a | sha256}}", "unknown-filter", "The filters are"),
        ("{{don't}}", "bad-hole", "Close it"),
    ] {
        let (template, findings) = parse(text);
        assert_eq!(template.parts, [Part::Text(text.into())], "{text}");
        assert_eq!(findings.len(), 1, "{text}: {findings:?}");
        let finding = &findings[0];
        assert_eq!(finding.code, code, "{text}");
        let told = format!("{} {} {}", finding.message, finding.cause, finding.mend);
        assert!(told.contains(says), "{text}: {told}");
        let span = finding.span.clone().unwrap();
        assert!(span.start >= 10 && span.end <= 10 + text.len() && !span.is_empty(), "{text}: {span:?}");
    }
}

#[test]
fn a_bad_hole_does_not_hide_the_next() {
    let (template, findings) = parse("{{a b}} {{name}} {{x {{y}}");
    assert_eq!(template.holes().map(|hole| hole.reference.text.as_str()).collect::<Vec<_>>(), ["name", "y"]);
    assert_eq!(findings.len(), 2);
    assert_eq!(findings[0].span, Some(14..15), "the words that do not belong");
}

#[test]
fn doubled_braces_are_one_finding_that_mends_the_text() {
    let text = r#"{{"query": {{"value": "{{{{customer_email}}}}"}}}}"#;
    let (template, findings) = parse(text);
    assert_eq!(template.holes().count(), 0);
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!(finding.code, "doubled-braces");
    assert!(finding.mend.contains(r#"{"query": {"value": "{{customer_email}}"}}"#), "{}", finding.mend);
    let mut mended = text.to_owned();
    for edit in finding.fix.as_ref().unwrap().edits.iter().rev() {
        mended.replace_range(edit.range.start - 10..edit.range.end - 10, &edit.text);
    }
    assert_eq!(mended, r#"{"query": {"value": "{{customer_email}}"}}"#);
}

#[test]
fn triple_braces_are_told() {
    let (template, findings) = parse("{{{name}}}");
    assert_eq!(template.holes().count(), 1);
    assert_eq!(findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["triple-braces"]);
}

#[test]
fn a_long_text_of_open_holes_is_cut_in_time() {
    let text = "{{'".repeat(200_000);
    assert!(!parse(&text).1.is_empty());
}

proptest! {
    #[test]
    fn any_text_is_cut(text in r#"[{}|:'"\\a-c. \[\]0-9é]{0,80}"#) {
        let (template, findings) = parse(&text);
        for hole in template.holes() {
            prop_assert!(text[hole.span.clone()].starts_with("{{") && text[hole.span.clone()].ends_with("}}"));
        }
        for finding in findings {
            let span = finding.span.unwrap();
            prop_assert!(span.start >= 10 && span.end <= 10 + text.len());
        }
    }

    #[test]
    fn a_text_without_two_braces_is_itself(text in "[^{]{0,60}") {
        let (template, findings) = parse(&text);
        prop_assert_eq!(template.plain(), Some(text.as_str()));
        prop_assert!(findings.is_empty());
    }
}
