//! Guesses which value a syntax error is about. The end of a value in `{…}` is a guess, so guesses are tried in turn.

use crate::source::Span;

/// A value that may be at fault.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) range: Span,
    pub(super) meant: Meant,
    /// Stands on a line of its own, not inside `{…}` or `[…]`.
    pub(super) block: bool,
}

/// What the author most likely meant by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    /// The value as it stands, as a text.
    Text,
    /// A text over several lines; `indent` is where its lines may stand.
    Lines { indent: usize },
    /// A text whose closing quote was forgotten.
    ClosedQuote,
    /// A text in quotes that holds the same quote.
    InnerQuote,
    /// `key:value`
    MissingSpace,
    /// Indentation by tabs.
    Tabs,
}

/// Lines above the error that are looked at.
const LINES_ABOVE: usize = 60;
/// Bytes of a `{…}` that are looked at.
const FLOW_BYTES_MAX: usize = 32 * 1024;

/// Values that may be the reason for an error at `at`, the likeliest first.
pub(super) fn candidates(text: &str, at: usize) -> Vec<Candidate> {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let lines = lines_before(text, at);
    let mut found = Vec::new();
    if lines.iter().take(2).any(|line| indentation(&text[line.clone()]).contains('\t')) {
        let line = lines[0].clone();
        found.push(Candidate { range: line, meant: Meant::Tabs, block: true });
    }
    for line in lines.iter().skip(1) {
        let Some(value) = value_of(text, line.clone()) else { continue };
        if text[value.start..].starts_with(['{', '[']) && !text[value.start..].starts_with("{{") {
            of_flow(text, value.start, at, true, &mut found);
        }
    }
    for line in lines.iter().take(3) {
        of_line(text, line.clone(), at, &mut found);
    }
    for line in lines.iter().skip(1).take(8) {
        over_lines(text, line.clone(), at, &mut found);
    }
    found
}

/// The error's line and those with content above it, nearest first.
fn lines_before(text: &str, at: usize) -> Vec<Span> {
    let mut lines = Vec::new();
    let mut end = text[at..].find(['\n', '\r']).map_or(text.len(), |length| at + length);
    loop {
        let start = text[..end].rfind(['\n', '\r']).map_or(0, |before| before + 1);
        if !text[start..end].trim().is_empty() {
            lines.push(start..end);
        }
        if start == 0 || lines.len() >= LINES_ABOVE {
            return lines;
        }
        end = start - 1;
    }
}

fn indentation(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

fn of_line(text: &str, line: Span, at: usize, found: &mut Vec<Candidate>) {
    if let Some(range) = glued_value(text, line.clone()) {
        found.push(Candidate { range, meant: Meant::MissingSpace, block: true });
    }
    let Some(value) = value_of(text, line) else { return };
    let words = &text[value.clone()];
    let flow = words.starts_with(['{', '[']);
    let whole = words.starts_with("{{") || (words.starts_with('[') && !words.ends_with(']'));
    if flow && !whole {
        of_flow(text, value.start, at, false, found);
    }
    // Braces around `key: value` are a map with a mistake in it, never a text: quotes would swallow its keys.
    if !begins_map(words) {
        found.push(Candidate { meant: meant(words), range: value.clone(), block: true });
    }
    if flow && whole {
        of_flow(text, value.start, at, false, found);
    }
}

/// What a single value without valid quoting means.
fn meant(words: &str) -> Meant {
    let mark = words.chars().next().filter(|first| matches!(first, '"' | '\''));
    match mark {
        Some(mark) if words[1..].matches(mark).count() == 0 => Meant::ClosedQuote,
        Some(mark) if words.len() > 2 && words.ends_with(mark) && !words.contains('\\') => {
            // `"a" and "b"` is a text of its own; `'don't'` has lost a quote inside.
            if words[1..words.len() - 1].matches(mark).count() % 2 == 1 {
                Meant::InnerQuote
            } else {
                Meant::Text
            }
        }
        _ => Meant::Text,
    }
}

/// The value on a line of a block: behind `key: ` or `- `, up to a comment.
fn value_of(text: &str, line: Span) -> Option<Span> {
    let first = line.start + indentation(&text[line.clone()]).len();
    let mut start = first;
    while text[start..line.end].starts_with("- ") {
        start += 2;
        start += indentation(&text[start..line.end]).len();
    }
    if let Some(length) = key_length(&text[start..line.end]) {
        start += length;
        start += indentation(&text[start..line.end]).len();
    }
    let rest = &text[start..line.end];
    if start == first && !rest.starts_with(['{', '[']) {
        return None;
    }
    let end = match rest.find(" # ") {
        Some(comment) if rest.starts_with(['{', '[']) && takes_bracket(&rest[comment..]) => rest.len(),
        Some(comment) if !rest.starts_with(['"', '\'']) => comment,
        _ => rest.len(),
    };
    let length = rest[..end].trim_end().len();
    (length > 0).then_some(start..start + length)
}

/// Length of `key:` at the start of a line, when a blank or the end follows the colon.
fn key_length(rest: &str) -> Option<usize> {
    if let Some(mark) = rest.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        let close = rest[1..].find(mark)? + 2;
        return rest[close..].starts_with(':').then_some(close + 1);
    }
    if rest.starts_with(['{', '[', '#', '|', '>']) {
        return None;
    }
    let colon = rest.char_indices().find(|(at, letter)| {
        *letter == ':' && rest[at + 1..].chars().next().is_none_or(char::is_whitespace)
    })?;
    Some(colon.0 + 1)
}

/// The value of `key:value`, where the key is a plain word.
fn glued_value(text: &str, line: Span) -> Option<Span> {
    let mut start = line.start + indentation(&text[line.clone()]).len();
    if text[start..line.end].starts_with("- ") {
        start += 2;
    }
    let rest = &text[start..line.end];
    let colon = rest.find(':')?;
    let key = &rest[..colon];
    let value = rest[colon + 1..].trim_end();
    let word = !key.is_empty()
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    let glued = !value.is_empty() && !value.starts_with([' ', '\t', '/', ':']);
    (word && glued).then_some(start + colon + 1..start + colon + 1 + value.len())
}

/// A value that goes on over deeper lines to the error and past it.
fn over_lines(text: &str, line: Span, at: usize, found: &mut Vec<Candidate>) {
    let Some(value) = value_of(text, line.clone()) else { return };
    if text[value.clone()].starts_with(['|', '>', '{', '[', '"', '\'']) {
        return;
    }
    let indent = indentation(&text[line.clone()]).len();
    let mut end = value.end;
    let mut offset = line.end;
    for next in text[line.end..].split_inclusive('\n') {
        let body = next.trim_end();
        offset += next.len();
        if next == "\n" || next == "\r\n" {
            continue;
        }
        if indentation(next).len() <= indent || body.is_empty() {
            break;
        }
        end = offset - next.len() + body.len();
    }
    if end > at && at > value.end && value.start - line.start > indent {
        found.push(Candidate {
            range: value.start..end,
            meant: Meant::Lines { indent: indent + 2 },
            block: true,
        });
    }
}

/// The texts of the `{…}` or `[…]` that opens at `start`: those at or before the error, nearest first. With `around`, only
/// when it is still open there. An error at its opening says that it is never closed: a `#` behind it may have taken its end.
fn of_flow(text: &str, start: usize, at: usize, around: bool, found: &mut Vec<Candidate>) {
    let (values, end) = flow_values(text, start);
    if around && end <= at {
        return;
    }
    let (before, behind) = values.split_at(values.partition_point(|value| value.start <= at));
    let cut = behind.iter().filter(|value| comment_in(&text[(*value).clone()]).is_some());
    for value in before.iter().rev().take(3).chain(cut.take(3)) {
        let words = &text[value.clone()];
        found.push(Candidate { range: value.clone(), meant: meant(words), block: false });
    }
}

/// Where the texts of a flow collection stand, and where it ends, read leniently: a text ends before `, key:`, a closing
/// bracket or the line.
fn flow_values(text: &str, start: usize) -> (Vec<Span>, usize) {
    let mut limit = (start + FLOW_BYTES_MAX).min(text.len());
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let mut values = Vec::new();
    let mut open: Vec<u8> = Vec::new();
    let mut at = start;
    while at < limit {
        let rest = &text[at..limit];
        let Some(letter) = rest.chars().next() else { break };
        match letter {
            '{' | '[' if !rest.starts_with("{{") && !begins_path(rest) => {
                open.push(letter as u8);
                at += 1;
            }
            '}' | ']' => {
                open.pop();
                at += 1;
                if open.is_empty() {
                    break;
                }
            }
            ',' => at += 1,
            '#' if at > 0 && text[..at].ends_with(char::is_whitespace) => {
                at += rest.find(['\n', '\r']).unwrap_or(rest.len());
            }
            letter if letter.is_whitespace() => at += letter.len_utf8(),
            _ => {
                let map = open.last() == Some(&b'{');
                if map && let Some(length) = key_length(rest) {
                    at += length;
                    let blanks = text[at..limit].len() - text[at..limit].trim_start_matches(' ').len();
                    at += blanks;
                    let value = &text[at..limit];
                    let nested =
                        value.starts_with(['{', '[']) && !value.starts_with("{{") && !begins_path(value);
                    let comment = value.starts_with('#') && !takes_bracket(value);
                    if nested || comment || value.starts_with([',', '}', '\n', '\r']) {
                        continue;
                    }
                }
                let length = text_length(&text[at..limit], map);
                if length > 0 {
                    values.push(at..at + length);
                }
                at = (at + length.max(1)).min(text.len());
                while !text.is_char_boundary(at) {
                    at += 1;
                }
            }
        }
    }
    (values, at)
}

/// `[0].id`, `[0][1]`: a path, not a list.
fn begins_path(rest: &str) -> bool {
    let Some(inner) = rest.strip_prefix('[') else { return false };
    let digits = inner.trim_start_matches(|letter: char| letter.is_ascii_digit());
    digits.len() < inner.len() && digits.strip_prefix(']').is_some_and(|after| after.starts_with(['.', '[']))
}

/// Length of the text at the start of `rest`, inside a map or a list.
fn text_length(rest: &str, map: bool) -> usize {
    if let Some(mark) = rest.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        let close = closing(rest, mark);
        if let Some(close) = close
            && rest[close..]
                .trim_start_matches(' ')
                .chars()
                .next()
                .is_none_or(|next| ",}]\n\r".contains(next))
        {
            return close;
        }
    }
    let mut at = 0;
    let mut brackets = 0_usize;
    while let Some(letter) = rest[at..].chars().next() {
        let tail = &rest[at..];
        if tail.starts_with("{{") {
            let end = tail.find("}}").map_or(2, |end| end + 2);
            at += end;
            continue;
        }
        match letter {
            '#' if rest[..at].ends_with([' ', '\t']) && !takes_bracket(tail) => break,
            '[' | '{' => brackets += 1,
            ']' | '}' if brackets > 0 => brackets -= 1,
            '}' | ']' | '\n' | '\r' => break,
            ',' if brackets == 0 && (!map || key_follows(&tail[1..])) => break,
            _ => {}
        }
        at += letter.len_utf8();
    }
    rest[..at].trim_end().len()
}

/// Where YAML begins a comment in a value without valid quoting.
pub(super) fn comment_in(value: &str) -> Option<usize> {
    value.match_indices('#').map(|(at, _)| at).find(|at| *at == 0 || value[..*at].ends_with([' ', '\t']))
}

/// Whether a comment in `{…}` would take the closing bracket along: then its `#` belongs to the text.
fn takes_bracket(comment: &str) -> bool {
    let line = comment.lines().next().unwrap_or_default();
    let mut open = 0_usize;
    line.chars().any(|letter| {
        match letter {
            '{' | '[' => open += 1,
            '}' | ']' if open == 0 => return true,
            '}' | ']' => open -= 1,
            _ => {}
        }
        false
    })
}

/// `{key: …`: a map, however wrong its rest.
fn begins_map(words: &str) -> bool {
    words.strip_prefix('{').is_some_and(key_follows)
}

/// End of the quoted text at the start of `rest`.
fn closing(rest: &str, mark: char) -> Option<usize> {
    let mut escaped = false;
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if escaped {
            escaped = false;
        } else if letter == '\\' && mark == '"' {
            escaped = true;
        } else if letter == mark {
            if mark == '\'' && letters.peek().is_some_and(|(_, next)| *next == '\'') {
                letters.next();
                continue;
            }
            return Some(at + 1);
        }
    }
    None
}

/// Whether ` key:` stands behind a comma.
fn key_follows(rest: &str) -> bool {
    let rest = rest.trim_start();
    let word = rest
        .find(|letter: char| {
            !(letter.is_ascii_alphanumeric() || letter == '_' || letter == '-' || letter == '"')
        })
        .unwrap_or(rest.len());
    word > 0 && rest[word..].starts_with(':')
}
