//! Reading a path as written.

use super::{PATH_BYTES_MAX, Path, PathKind, PathStep};
use crate::finding::Finding;
use crate::source::{Place, Text};
use crate::template::reference::{STEPS_MAX, bracket, in_key, quoted};
use crate::template::{Fault, doubled_braces};

const CODE: &str = "bad-path";
/// Deepest brackets of a JSONPath. Its parser goes back and forth in nested filters; this keeps that short.
const QUERY_NESTING_MAX: usize = 8;
/// Largest compiled pattern of `match` and `search`, in bytes of memory.
const QUERY_PATTERN_SIZE_MAX: usize = 32 * 1024;
/// Most `..` of a JSONPath; each may visit the whole answer for every match of the one before.
const QUERY_DESCENTS_MAX: usize = 2;

impl Path {
    /// Reads a path; the finding (`bad-path`) has its place in the document. Never panics.
    pub fn parse(text: &Text) -> Result<Path, Finding> {
        read(&text.value).map_err(|fault| fault.finding(&text.place))
    }

    /// A path that stands in no document.
    pub fn of(text: &str) -> Option<Path> {
        Path::parse(&Text { value: text.to_owned(), place: Place::default() }).ok()
    }

    /// Whether it names the whole answer.
    pub fn is_whole(&self) -> bool {
        matches!(&self.kind, PathKind::Steps(steps) if steps.is_empty())
    }
}

fn read(text: &str) -> Result<Path, Fault> {
    let trimmed = text.trim();
    let whole = 0..text.len();
    if text.len() > PATH_BYTES_MAX {
        return Err(Fault::new(CODE, whole, format!("a path of more than {PATH_BYTES_MAX} bytes")));
    }
    if trimmed.is_empty() {
        return Err(Fault::new(CODE, whole, "an empty path").mend(
            "Write the keys that lead to the value, such as `data[0].name`; `$` alone is the whole answer.",
        ));
    }
    if let Some(bare) = braces_off(trimmed) {
        return Err(Fault::new(CODE, whole.clone(), "a path stands without braces")
            .because("Braces print a value in a text. A path says where in the answer a value stands.")
            .mend(format!("Write `{bare}`."))
            .offered_fix(whole, bare));
    }
    let kind = if trimmed == "$" {
        PathKind::Steps(Vec::new())
    } else if trimmed.starts_with('$') {
        query(text, trimmed)?
    } else {
        PathKind::Steps(steps(text)?)
    };
    Ok(Path { kind, text: trimmed.to_owned() })
}

fn braces_off(text: &str) -> Option<&str> {
    let text = doubled_braces::repair(text).map_or(text, |_| text.get(2..text.len() - 2).unwrap_or(text));
    let bare = text.strip_prefix("{{")?.strip_suffix("}}")?.trim();
    (!bare.contains(['{', '}'])).then_some(bare)
}

fn steps(text: &str) -> Result<Vec<PathStep>, Fault> {
    let mut steps = Vec::new();
    let end = text.trim_end().len();
    let mut at = text.len() - text.trim_start().len();
    let begin = at;
    while at < end {
        let rest = &text[at..end];
        if rest.starts_with('[') {
            let (step, after) = bracket(text, at, end, CODE)?;
            steps.push(step);
            at = after;
            continue;
        }
        let key_at = match rest.strip_prefix('.') {
            Some(_) if at == begin => {
                return Err(Fault::new(CODE, at..at + 1, "a path does not begin with a dot")
                    .mend("Take the dot away.")
                    .safe_fix(at..at + 1, ""));
            }
            Some(_) => at + 1,
            None if at == begin => at,
            None => {
                let letter = text[at..].chars().next().map_or(0, char::len_utf8);
                return Err(Fault::new(CODE, at..at + letter, "a key follows a `]` without a dot")
                    .mend("Put a dot between them: `data[0].name`.")
                    .safe_fix(at..at, "."));
            }
        };
        let rest = &text[key_at..end];
        // Up to the next dot or bracket; what may not stand in a bare key is told below.
        let length = rest.find(['.', '[']).unwrap_or(rest.len());
        let key = &rest[..length];
        let span = key_at..key_at + length;
        if key.is_empty() {
            return Err(Fault::new(CODE, at..key_at.max(at + 1).min(end), "a dot with no key after it")
                .mend("Write the key after the dot, an odd one in brackets: `[\"odd key\"]`."));
        }
        if let Some(odd) = key.chars().find(|c| !in_key(*c) && !matches!(c, '$' | '/' | '+')) {
            return Err(odd_key(key, odd, span, at));
        }
        steps.push(PathStep::Key(key.to_owned()));
        at = key_at + length;
        if steps.len() > STEPS_MAX {
            return Err(Fault::new(CODE, begin..end, format!("more than {STEPS_MAX} steps")));
        }
    }
    if steps.len() > STEPS_MAX {
        return Err(Fault::new(CODE, begin..end, format!("more than {STEPS_MAX} steps")));
    }
    Ok(steps)
}

fn odd_key(key: &str, odd: char, span: std::ops::Range<usize>, at: usize) -> Fault {
    let shown = if odd == ' ' { "a space".to_owned() } else { format!("`{odd}`") };
    let fault = Fault::new(CODE, span.clone(), format!("{shown} cannot stand in the bare key `{key}`"));
    if odd == '*' {
        return fault.mend(
            "Pick one item (`[0]`), or begin the path with `$` for JSONPath, which takes the first match: `$.data[*].id`.",
        );
    }
    if matches!(odd, '{' | '}') {
        return fault
            .because("A path is fixed when the flow is published; it holds no holes.")
            .mend("Save the list and pick the item with JSONPath, such as `$.data[?@.type=='open'].id`.");
    }
    if key.contains(['"', ']']) {
        return fault.mend("Quote an odd key whole, in brackets: `[\"odd key\"]`.");
    }
    let quoted = format!("[\"{}\"]", key.trim());
    fault.mend(format!("Quote it: `{quoted}`.")).safe_fix(at..span.end, quoted)
}

fn query(text: &str, trimmed: &str) -> Result<PathKind, Fault> {
    let whole = 0..text.len();
    let start = text.len() - text.trim_start().len();
    if !trimmed[1..].starts_with(['.', '[']) {
        let fault =
            Fault::new(CODE, whole, "a path that begins with `$` is JSONPath, and goes on with `.` or `[`");
        return Err(fault.mend(format!(
            "Write `$.{key}`, or `[\"{trimmed}\"]` for a key that begins with a dollar sign.",
            key = &trimmed[1..]
        )));
    }
    if let Some(why) = too_involved(trimmed) {
        return Err(Fault::new(CODE, whole, format!("this JSONPath is too involved: {why}"))
            .because("The work of a path has to stay in proportion to the answer.")
            .mend("Save a part of the answer first, or name the keys."));
    }
    serde_json_path::JsonPath::parse(trimmed).map(|query| PathKind::Query(Box::new(query))).map_err(|error| {
        let at = start + error.position().min(trimmed.len().saturating_sub(1));
        let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        Fault::new(CODE, at..text.trim_end().len(), format!("this is not JSONPath: {}", error.message()))
            .because("A path that begins with `$` is JSONPath after RFC 9535.")
            .mend("Compare with `$.conversations[?@.state=='open'].id`; texts in it stand in quotes.")
    })
}

/// Why a JSONPath could cost more than its answer is worth, if it could. Texts in quotes are skipped.
///
/// With these rules the work is in proportion to the answer: a filter looks only at what it is given, and patterns are
/// small and the author's own.
fn too_involved(text: &str) -> Option<String> {
    let (mut open, mut descents, mut at) = (0_usize, 0, 0);
    // How many brackets were open where the filter that we are in began.
    let mut filter: Option<usize> = None;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        match c {
            '"' | '\'' => {
                at = quoted(text, at, text.len())?.1;
                continue;
            }
            '[' | '(' | '!' => {
                open += 1;
                if open > QUERY_NESTING_MAX {
                    return Some(format!("more than {QUERY_NESTING_MAX} brackets stand in one another"));
                }
            }
            ']' | ')' => {
                open = open.saturating_sub(1);
                filter = filter.filter(|began| open >= *began);
            }
            '?' if filter.is_none() => filter = Some(open),
            '?' | '*' | ':' if filter.is_some() => {
                return Some(format!(
                    "`{c}` stands inside a filter, which may only look at single values (`@.state`)"
                ));
            }
            '.' if rest.starts_with("..") => {
                descents += 1;
                if filter.is_some() {
                    return Some(
                        "`..` stands inside a filter, which may only look at single values (`@.state`)"
                            .into(),
                    );
                }
                if descents > QUERY_DESCENTS_MAX {
                    return Some(format!("more than {QUERY_DESCENTS_MAX} `..` stand in it"));
                }
                at += 1;
            }
            'm' | 's' => {
                let arguments = rest.strip_prefix("match(").or_else(|| rest.strip_prefix("search("));
                if let Some(why) = arguments.and_then(bad_pattern) {
                    return Some(why);
                }
            }
            _ => {}
        }
        at += c.len_utf8();
    }
    None
}

/// The pattern of `match` or `search` is compiled again for each item, so it has to be small, and the author's own.
fn bad_pattern(arguments: &str) -> Option<String> {
    let at = arguments.find(',').map_or(arguments.len(), |comma| comma + 1);
    let pattern = arguments[at..].trim_start();
    if !pattern.starts_with(['"', '\'']) {
        return Some("the pattern of `match` or `search` is not a text in quotes".into());
    }
    let (pattern, _) = quoted(pattern, 0, pattern.len())?;
    let small = regex::RegexBuilder::new(&pattern).size_limit(QUERY_PATTERN_SIZE_MAX).build();
    matches!(small, Err(regex::Error::CompiledTooBig(_))).then(|| "the pattern is too large".into())
}

/// `key` after `way`, quoted where it is odd.
pub(crate) fn join(way: &str, key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(in_key);
    match (bare, way.is_empty()) {
        (true, true) => key.to_owned(),
        (true, false) => format!("{way}.{key}"),
        (false, _) => format!("{way}[\"{}\"]", key.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(name: &str) -> PathStep {
        PathStep::Key(name.to_owned())
    }

    fn steps_of(text: &str) -> Vec<PathStep> {
        match Path::of(text).unwrap_or_else(|| panic!("{text}")).kind {
            PathKind::Steps(steps) => steps,
            PathKind::Query(_) => panic!("{text} is a query"),
        }
    }

    #[test]
    fn reads_every_form() {
        assert_eq!(steps_of("data[0].name"), [key("data"), PathStep::Index(0), key("name")]);
        assert_eq!(steps_of("[0].id"), [PathStep::Index(0), key("id")]);
        assert_eq!(steps_of("data.0.id"), [key("data"), key("0"), key("id")]);
        assert_eq!(steps_of(r#"["odd key"].x"#), [key("odd key"), key("x")]);
        assert_eq!(steps_of(r#"a['it\'s "so"']"#), [key("a"), key("it's \"so\"")]);
        assert_eq!(steps_of("order.@status"), [key("order"), key("@status")]);
        assert_eq!(steps_of("soap:Envelope.#text"), [key("soap:Envelope"), key("#text")]);
        assert_eq!(steps_of(" total_count "), [key("total_count")]);
        assert_eq!(steps_of("$"), []);
        assert!(matches!(Path::of("$.a[?@.b=='c'].d").unwrap().kind, PathKind::Query(_)));
    }

    #[test]
    fn a_wrong_path_is_told_with_its_place_and_a_mend() {
        for (text, at, says) in [
            ("", 0..0, "`$` alone"),
            ("{{data[0].id}}", 0..14, "Write `data[0].id`"),
            (".data", 0..1, "Take the dot away"),
            ("data..id", 4..5, "an odd one in brackets"),
            ("data[0]name", 7..8, "Put a dot"),
            ("data[].id", 4..6, "`[0]` is the first"),
            ("data[*].id", 4..7, "JSONPath"),
            ("data[-1]", 4..8, "JSONPath"),
            ("data[plan]", 4..10, "Quote the key"),
            ("data.Plan name", 5..14, r#"["Plan name"]"#),
            ("$$Name", 0..6, "JSONPath"),
            ("data[0", 4..6, "number or a quoted key"),
        ] {
            let text = Text { value: text.into(), place: Place::verbatim(100, text.len()) };
            let finding = Path::parse(&text).unwrap_err();
            assert_eq!(finding.code, "bad-path");
            let told = format!("{} {} {}", finding.message, finding.cause, finding.mend);
            assert!(told.contains(says), "{}: {told}", text.value);
            assert_eq!(finding.span, Some(100 + at.start..100 + at.end), "{}", text.value);
        }
        let finding =
            Path::parse(&Text { value: "$.a[?@.b=]".into(), place: Place::verbatim(0, 10) }).unwrap_err();
        assert!(finding.message.contains("not JSONPath"), "{}", finding.message);
    }

    #[test]
    fn safe_mends_give_a_path() {
        for (text, mended) in
            [(".data", "data"), ("data[0]name", "data[0].name"), ("a.Plan name.b", "a[\"Plan name\"].b")]
        {
            let finding =
                Path::parse(&Text { value: text.into(), place: Place::verbatim(0, text.len()) }).unwrap_err();
            let fix = finding.fix.unwrap();
            let mut out = text.to_owned();
            out.replace_range(fix.edits[0].range.clone(), &fix.edits[0].text);
            assert_eq!((out.as_str(), fix.safe), (mended, true));
            assert!(Path::of(&out).is_some());
        }
    }

    #[test]
    fn involved_queries_are_refused_quickly() {
        for text in [
            format!("${}", "[?@".repeat(150)),
            format!("$[?{}", "(".repeat(400)),
            format!("$[?{}@.a", "!(".repeat(8)),
            format!("$[?{}", "length(".repeat(7)),
            format!("$[?{}", "value($[?".repeat(4)),
            "$..*..*..*".to_owned(),
            "$[?count($..a) > 5]".to_owned(),
            "$[?$[?@.a=='z']]".to_owned(),
            "$[?count(@.*) > 5]".to_owned(),
            "$.list[?match(@.a, @.b)]".to_owned(),
            "$.list[?match(@.a, '((a{100}){100}){100}')]".to_owned(),
        ] {
            assert!(Path::of(&text).is_none(), "{text}");
        }
        for text in [
            "$.list[?@.name=='a..b[*]?'].id",
            "$.list[?match(@.name, 'a.*b') && @.n > 1].id",
            "$..list[?(@.a == 1 || @.b[0].c == $.c)].id",
            "$.list[?@.open].items[?@.n >= 2]..sku",
            "$.list[1:3].id",
            "$.list[*].id",
        ] {
            assert!(Path::of(text).is_some(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_path_or_a_finding(text in r#"[\[\]().$@?*'"a-c0-2é{}\\ !=&|,:-]{0,60}"#) {
            let _ = Path::parse(&Text { place: Place::verbatim(0, text.len()), value: text });
        }

        #[test]
        fn joined_keys_read_back(keys in prop::collection::vec("\\PC{1,8}", 1..5)) {
            let text = keys.iter().fold(String::new(), |way, key| join(&way, key));
            prop_assert_eq!(steps_of(&text), keys.iter().map(|name| key(name)).collect::<Vec<_>>());
        }
    }
}
