use super::*;
use crate::scope::Plain;
use crate::source::Text;
use proptest::prelude::*;
use serde_json::json;

fn parse(text: &str) -> Result<Condition, crate::Finding> {
    Condition::parse(Text { value: text.to_owned(), place: Place::verbatim(0, text.len()) })
}

fn holds(text: &str, values: &Value) -> bool {
    let scope = Plain { values: values.as_object().unwrap().clone(), ..Plain::default() };
    parse(text).unwrap_or_else(|finding| panic!("{text}: {}", finding.message)).holds(&scope)
}

#[test]
fn numbers_and_texts_compare_by_value() {
    for (text, value, expected) in [
        ("x = 0", json!(0), true),
        ("x = 0", json!("0"), true),
        ("x = \"0\"", json!(0), true),
        ("x = 1", serde_json::from_str("1.0").unwrap(), true),
        ("x = 1", json!("1.0"), true),
        ("x = \"7\"", json!("007"), false),
        ("x = 7", json!("007"), false),
        ("x = 7", json!(" 7"), false),
        ("x = 0", json!(""), false),
        ("x = 0", json!(null), false),
        ("x = 0", json!([]), false),
        ("x != \"pro\"", json!("max"), true),
        ("x = \"Pro\"", json!("pro"), false),
        ("x = true", json!("true"), true),
        ("x = false", json!(0), false),
        ("x = null", json!(null), true),
        ("x != null", json!("a"), true),
        ("x < 10", json!("9"), true),
        ("x < \"10\"", json!("9"), true),
        ("x >= 2.50", serde_json::from_str("2.5").unwrap(), true),
        ("x > \"2026-11-01\"", json!("2026-11-23"), true),
        ("x > 3", json!("abc"), false),
        ("x <= -3", json!(-3), true),
        ("x = 12345678901234567890123", serde_json::from_str("12345678901234567890123").unwrap(), true),
        ("x = 12345678901234567890123", serde_json::from_str("12345678901234567890124").unwrap(), false),
    ] {
        assert_eq!(holds(text, &json!({"x": value})), expected, "{text} with {value}");
    }
}

#[test]
fn the_literal_example_of_two_texts() {
    assert!(!holds("\"007\" = \"7\"", &json!({})));
    assert!(holds("0 = \"0\"", &json!({})));
}

#[test]
fn unset_compares_false_and_only_two_operators_see_it() {
    let nothing = json!({});
    for text in [
        "x = 1",
        "x != 1",
        "x < 1",
        "x >= 1",
        "x = y",
        "x != y",
        "x contains \"a\"",
        "x in [1]",
        "x matches \".*\"",
        "x is set",
        "1 in x",
        "x starts with \"\"",
    ] {
        assert!(!holds(text, &nothing), "{text}");
    }
    assert!(holds("x is empty", &nothing));
    assert!(holds("x is not set", &nothing));
    assert!(holds("not x = 1", &nothing));
    for (value, set, empty) in [
        (json!(null), false, true),
        (json!(""), true, true),
        (json!([]), true, true),
        (json!({}), true, true),
        (json!(0), true, false),
        (json!(false), true, false),
        (json!(" "), true, false),
    ] {
        let values = json!({"x": value});
        assert_eq!((holds("x is set", &values), holds("x is empty", &values)), (set, empty), "{values}");
    }
}

#[test]
fn words_and_lists() {
    let values = json!({
        "plan": "pro", "tags": ["vip", 7], "plans": ["free", "pro"], "text": "Order 42!", "n": 42, "o": {"a": null},
    });
    for (text, expected) in [
        ("plan in [\"pro\", \"max\"]", true),
        ("plan in [\"max\",]", false),
        ("plan in []", false),
        ("plan in plans", true),
        ("n in [41, \"42\"]", true),
        ("tags contains \"vip\"", true),
        ("tags contains \"7\"", true),
        ("tags contains \"v\"", false),
        ("o contains \"a\"", true),
        ("text contains \"42\"", true),
        ("text contains 42", true),
        ("text contains \"order\"", false),
        ("text starts with \"Order\" and text ends with \"!\"", true),
        ("n starts with 4", true),
        ("text matches \"(?i)order [0-9]+\"", true),
        ("text matches \"^\\d+$\"", false),
        ("n matches \"^4\"", true),
        ("o.a is empty and tags[1] = 7", true),
        ("TAGS is set", false),
        ("plan = \"pro\" AND n > 41", true),
    ] {
        assert_eq!(holds(text, &values), expected, "{text}");
    }
}

#[test]
fn not_binds_before_and_before_or() {
    let values = json!({"t": true, "f": false});
    assert!(holds("t = true or t = true and f = true", &values));
    assert!(!holds("(t = true or t = true) and f = true", &values));
    assert!(holds("not f = true and t = true", &values));
    assert!(holds("not (f = true and t = true)", &values));
    assert!(holds("not not t = true", &values));
}

#[test]
fn a_wrong_condition_is_told_with_its_place_and_a_mend() {
    for (text, at, says) in [
        ("plan == \"pro\"", "==", "Write `=`"),
        ("a = 1 && b = 2", "&&", "Write `and`"),
        ("a = 1 || b = 2", "||", "Write `or`"),
        ("a <> 1", "<>", "Write `!=`"),
        ("!a = 1", "!", "not"),
        ("{{plan}} = \"pro\"", "{{plan}}", "Write the bare name: `plan`"),
        ("plan = 'pro'", "'pro'", "Write `\"pro\"`"),
        ("plan = “pro”", "“pro”", "Write `\"pro\"`"),
        ("plan = pro plan", "plan", "\"pro plan\""),
        ("plan = \"pro", "\"pro", "Close it"),
        ("plan", "plan", "is set"),
        ("plan = ", "plan = ", "Finish it"),
        ("plan equals \"pro\"", "equals", "Write `=`"),
        ("(plan = 1", "(", "Add `)`"),
        ("plan = 1)", ")", "Take the bracket away"),
        ("plan is pro", "pro", "write `=`"),
        ("plan in \"pro\"", "\"pro\"", "plan in ["),
        ("plan = [\"pro\"]", "[", "behind `in`"),
        ("plan not in [\"pro\"]", "not", "not plan in"),
        ("id = 007", "007", "\"007\""),
        ("day = 2026-11-23", "2026-11-23", "\"2026-11-23\""),
        ("id matches digits", "digits", "in double quotes"),
        ("id matches \"(\"", "\"(\"", "cannot be read"),
        ("id matches \"(?=a)\"", "\"(?=a)\"", "look-around"),
        ("1 < n < 3", "<", "two values at a time"),
        ("secret.token = \"x\"", "secret.token", "cannot be compared"),
        ("a = 1 and", "a = 1 and", "Finish it"),
        ("plan = \"a\"; b", ";", "means nothing"),
        ("", "", "Write one"),
    ] {
        let finding = parse(text).expect_err(text);
        assert_eq!(finding.code, "bad-condition");
        let told = format!("{} {} {}", finding.message, finding.cause, finding.mend);
        assert!(told.contains(says), "{text}: {told}");
        let span = finding.span.unwrap();
        assert_eq!(&text[span], at, "{text}");
    }
}

#[test]
fn safe_mends_give_the_condition_that_was_meant() {
    for text in [
        "plan==\"pro\"",
        "n = 1&&plan = 'pro'",
        "{{plan}} = \"pro\"",
        "!n = 2",
        "plan = “pro”",
        "n≥1",
        "plan = «pro»",
    ] {
        let mut mended = text.to_owned();
        for _ in 0..4 {
            let Err(finding) = parse(&mended) else { break };
            let fix = finding.fix.unwrap_or_else(|| panic!("{mended}: {}", finding.message));
            assert!(fix.safe);
            mended.replace_range(fix.edits[0].range.clone(), &fix.edits[0].text);
        }
        assert!(holds(&mended, &json!({"plan": "pro", "n": 1})), "{text} became {mended}");
    }
}

#[test]
fn mentions_tell_where_a_text_lost_its_quotes() {
    let condition = parse("plan = pro and not email is set").unwrap();
    let mentions: Vec<_> = condition
        .mentions()
        .into_iter()
        .map(|m| (m.reference.text.as_str(), m.compared_with, m.tested))
        .collect();
    assert_eq!(mentions, [("plan", false, false), ("pro", true, false), ("email", false, true)]);
}

#[test]
fn deep_brackets_are_refused_and_long_chains_are_not() {
    for text in [format!("{}a = 1", "(".repeat(1500)), format!("{}a = 1", "not ".repeat(1000))] {
        assert!(parse(&text).unwrap_err().message.contains("brackets"), "{}", text.len());
    }
    let fair = format!("{}a = 1{}", "(".repeat(30), ")".repeat(30));
    assert!(parse(&fair).is_ok());
    let chain = vec!["a = 1"; 400].join(" and ");
    assert!(holds(&chain, &json!({"a": 1})));
}

proptest! {
    #[test]
    fn any_text_is_a_condition_or_a_finding(text in "([a-c]|and|or|not|is|set|empty|in|matches|contains|[=!<>()\\[\\],\"'{}&|“0-9.é -]| ){0,30}") {
        match parse(&text) {
            Ok(condition) => { condition.holds(&Plain::default()); }
            Err(finding) => prop_assert!(finding.span.unwrap().end <= text.len()),
        }
    }

    #[test]
    fn any_letters_at_all(text in "\\PC{0,60}") {
        let _ = parse(&text);
    }
}
