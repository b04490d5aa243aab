//! Reads a trigger: `{keywords: […], match: …, global: …}`, `{first_message: true}`, `{any_message: true}`,
//! `{button: PAYLOAD}` or `{referral: true|{source_id: …}}`.

use super::reader::{Fields, Reader, list_of, shorten};
use super::tree::{Node, Shape};
use crate::finding::{Finding, Severity};
use crate::flow::{KeywordMatch, Trigger, TriggerKind};
use crate::source::Text;
use regex::{Regex, RegexBuilder};

/// Largest compiled pattern, in bytes.
const PATTERN_BYTES_MAX: usize = 256 * 1024;
const KINDS: [&str; 5] = ["keywords", "first_message", "any_message", "button", "referral"];

pub(super) fn read(node: Node<'_>, reader: &mut Reader) -> Option<Trigger> {
    let mut fields = reader.fields(node, "a trigger")?;
    let given: Vec<&str> = KINDS.into_iter().filter(|kind| fields.has(kind)).collect();
    if given.len() > 1 {
        let message =
            format!("a trigger is one of {}; here are {}", list_of(KINDS), list_of(given.iter().copied()));
        let finding = Finding::new("wrong-fields", Severity::Error, message).at(node.span());
        reader.report(finding.mend("Write each as an entry of its own (`- …`)."));
    }
    let kind = match given.first() {
        Some(&"keywords") => keywords(&mut fields, reader),
        Some(&"first_message") => {
            yes(fields.take("first_message"), "`first_message`", reader).map(|()| TriggerKind::FirstMessage)
        }
        Some(&"any_message") => {
            yes(fields.take("any_message"), "`any_message`", reader).map(|()| TriggerKind::AnyMessage)
        }
        Some(&"button") => fields.text(reader, "button").map(|payload| TriggerKind::Button { payload }),
        Some(_) => referral(&mut fields, reader),
        None => {
            for kind in KINDS {
                fields.take(kind);
            }
            fields.report_missing(reader, "kind", "keywords: [hello]");
            None
        }
    };
    for kind in KINDS {
        fields.take(kind);
    }
    fields.finish(reader);
    Some(Trigger { kind: kind?, span: node.span() })
}

fn keywords(fields: &mut Fields<'_>, reader: &mut Reader) -> Option<TriggerKind> {
    let node = fields.take("keywords")?;
    let items = reader.one_or_more(node, "`keywords`");
    if items.is_empty() && node.shape() == Shape::List {
        reader.bad_value(
            node,
            "`keywords` is an empty list",
            "Name at least one word, or remove the trigger.",
        );
    }
    let keywords: Vec<Text> = items.into_iter().filter_map(|item| keyword(item, reader)).collect();
    let matching = fields.take("match").and_then(|node| {
        let words = [
            ("word", KeywordMatch::Word),
            ("exact", KeywordMatch::Exact),
            ("phrase", KeywordMatch::Phrase),
            ("pattern", KeywordMatch::Pattern),
        ];
        reader.word(node, "`match`", &words)
    });
    let matching = matching.unwrap_or_default();
    let global = fields.take("global").and_then(|node| reader.boolean(node, "`global`")).unwrap_or(false);
    let patterns = match matching {
        KeywordMatch::Pattern => keywords.iter().filter_map(|keyword| pattern(keyword, reader)).collect(),
        _ => Vec::new(),
    };
    if matching == KeywordMatch::Word {
        for keyword in &keywords {
            several_words(keyword, reader);
        }
    }
    Some(TriggerKind::Keywords { keywords, matching, global, patterns })
}

fn keyword(node: Node<'_>, reader: &mut Reader) -> Option<Text> {
    let text = reader.text(node, "a keyword")?;
    if text.value.trim().is_empty() {
        reader.bad_value(node, "a keyword is empty", "Write a word, or remove the entry.");
        return None;
    }
    Some(text)
}

/// `match: word` compares with single words, so a keyword of two can never stand there.
fn several_words(keyword: &Text, reader: &mut Reader) {
    if keyword.value.split_whitespace().count() < 2 {
        return;
    }
    let message = format!("`{}` has several words, and `match: word` compares one", shorten(&keyword.value));
    let finding = Finding::new("keyword-of-several-words", Severity::Error, message)
        .at(keyword.place.span.clone())
        .because("A keyword matches a whole word of the message.")
        .mend("Add `match: phrase` to the trigger.");
    reader.report(finding);
}

fn pattern(keyword: &Text, reader: &mut Reader) -> Option<Regex> {
    let built =
        RegexBuilder::new(&keyword.value).case_insensitive(true).size_limit(PATTERN_BYTES_MAX).build();
    match built {
        Ok(pattern) => Some(pattern),
        Err(error) => {
            let last = error.to_string();
            let words = last.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            let message = format!("`{}` is no pattern: {words}", shorten(&keyword.value));
            let finding = Finding::new("bad-pattern", Severity::Error, message)
                .at(keyword.place.span.clone())
                .because("`match: pattern` reads keywords as regular expressions.")
                .mend("Correct the expression, or use `match: word`.");
            reader.report(finding);
            None
        }
    }
}

fn yes(node: Option<Node<'_>>, field: &str, reader: &mut Reader) -> Option<()> {
    let node = node?;
    if reader.boolean(node, field)? {
        return Some(());
    }
    reader.bad_value(node, format!("{field} can only be true"), "Remove the trigger instead.");
    None
}

fn referral(fields: &mut Fields<'_>, reader: &mut Reader) -> Option<TriggerKind> {
    let node = fields.take("referral")?;
    if node.shape() != Shape::Map {
        yes(Some(node), "`referral`", reader)?;
        return Some(TriggerKind::Referral { source_id: None });
    }
    let mut inner = reader.fields(node, "`referral`")?;
    let source_id = inner.require(reader, "source_id", "source_id: \"120212345678\"");
    let source_id = source_id.and_then(|node| reader.text(node, "`source_id`"));
    inner.finish(reader);
    Some(TriggerKind::Referral { source_id: Some(source_id?) })
}
