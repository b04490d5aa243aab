use super::{Page, Within, pages};
use crate::check;
use crate::document::{Source, read_flow};
use regex::Regex;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn found(page: &Page, example: &str) -> Vec<&'static str> {
    let indented = |by: usize| {
        let margin = " ".repeat(by);
        format!("{margin}{}\n", example.trim_end().replace('\n', &format!("\n{margin}")))
    };
    let head = "flow: example\ntriggers: [{keywords: [hello]}]\nsteps:\n";
    let text = match page.within {
        Within::File => example.to_owned(),
        // `---` counts only at the left edge.
        Within::Steps => format!("{head}{}", indented(2)).replace("\n  ---", "\n---"),
        Within::Message => {
            let next = if example.contains("next:") { "" } else { "    next: end\n" };
            format!("{head}  hello:\n    type: send_message\n{}{next}", indented(4))
        }
        Within::Request => {
            let end = if example.contains("exits:") { "" } else { "    next: end\n" };
            let call =
                "    type: api_request\n    method: POST\n    url: https://api.example.com/customers\n";
            format!("{head}  look_up:\n{call}{}{end}", indented(4))
        }
    };
    read_flow(&Source::new("flow.yaml", text)).1.into_iter().map(|finding| finding.code).collect()
}

#[test]
fn examples_show_what_their_page_is_about() {
    let mut wrong = Vec::new();
    for page in pages().filter(|page| !page.wrong.is_empty()) {
        let seen = found(page, page.wrong);
        if !seen.contains(&page.code) {
            wrong.push(format!("{}: the wrong example gives {seen:?}", page.code));
        }
        let seen = found(page, page.right);
        if !seen.is_empty() {
            wrong.push(format!("{}: the right example gives {seen:?}", page.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_that_stands_in_the_source_has_one_page() {
    let codes = written_codes();
    assert!(codes.len() > 100, "only {} codes were found: the patterns below are out of date", codes.len());
    let lacking: Vec<&String> = codes.iter().filter(|code| check::help(code).is_none()).collect();
    assert!(lacking.is_empty(), "no help page: {lacking:?}");
    let idle: Vec<&str> = super::codes().filter(|code| !codes.contains(*code)).collect();
    assert!(idle.is_empty(), "a help page, but no finding: {idle:?}");
    let listed: Vec<String> = check::codes().collect();
    let once: BTreeSet<&String> = listed.iter().collect();
    assert_eq!(once.len(), listed.len(), "a code has two pages");
}

/// Codes of findings as they are written in this crate: given to `Finding::new` or `Fault::new`, a constant `CODE`, or
/// the head of a row of code, message and cause. Code of tests is left out.
fn written_codes() -> BTreeSet<String> {
    let written =
        Regex::new(r#"(?:(?:Finding|Fault)::new\(\s*|CODE: &str = |^\s*\()"([a-z]+(?:-[a-z]+)*)"(?:,|;)"#)
            .expect("a pattern");
    let mut codes = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
                let text = fs::read_to_string(&path).expect("a text");
                let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
                codes.extend(written.captures_iter(code).map(|found| found[1].to_owned()));
            }
        }
    }
    codes
}
