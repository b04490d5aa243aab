//! Events of the YAML parser to the tree. The only place that knows the parser: it is young and pinned.

use super::tree::{Data, Id, Kind, Style};
use crate::finding::{Edit, Finding, Severity};
use crate::source::Span;
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, StructureStyle, options};

/// Collections that may stand in one another.
const NESTING_MAX: usize = 64;

/// A tree, and what YAML allows but flows refuse.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) nodes: Vec<Data>,
    pub(super) root: Id,
    pub(super) comments: Vec<Span>,
    pub(super) findings: Vec<Finding>,
}

/// Where the parser stopped and why.
#[derive(Debug)]
pub(super) struct Stopped {
    pub(super) at: usize,
    pub(super) words: String,
    /// A limit was met: nothing can be read past it.
    pub(super) limit: bool,
}

struct Open {
    id: Id,
    key: Option<Id>,
}

/// Builds the tree of `text`, which differs from `source` only where a bad value was masked.
pub(super) fn build(text: &str, source: &str) -> Result<Built, Stopped> {
    let options = options! {
        strict_indentation: true,
        disallow_directives: true,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        flow_nesting_limit: NESTING_MAX,
        block_nesting_limit: NESTING_MAX,
        max_buffered_comment_events: 10_000,
    };
    let mut builder = Builder {
        text,
        source,
        built: Built { nodes: Vec::new(), root: 0, comments: Vec::new(), findings: Vec::new() },
        open: Vec::new(),
        flow_depth: 0,
        documents: 0,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => {
                let range = span.byte_range().unwrap_or(0..0);
                let tag = span.tag_span().and_then(|tag| tag.byte_range());
                if !builder.take(event, range, tag) {
                    break;
                }
            }
            Err(error) => {
                return Err(Stopped {
                    at: error.marker().byte_offset().unwrap_or(text.len()).min(text.len()),
                    words: error.kind().to_string(),
                    limit: matches!(
                        error.kind(),
                        ErrorKind::RecursionLimitExceeded | ErrorKind::TooManyComments
                    ),
                });
            }
        }
    }
    if builder.built.nodes.is_empty() {
        builder.built.nodes.push(Data { kind: Kind::Empty, range: text.len()..text.len(), in_flow: false });
    }
    builder.built.comments.sort_by_key(|comment| comment.start);
    Ok(builder.built)
}

struct Builder<'t> {
    text: &'t str,
    source: &'t str,
    built: Built,
    open: Vec<Open>,
    flow_depth: usize,
    documents: usize,
}

impl Builder<'_> {
    /// Takes one event; false ends the reading.
    fn take(&mut self, event: Event<'_>, range: Span, tag: Option<Span>) -> bool {
        if let Some(tag) = tag {
            self.refuse_tag(tag);
        }
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    let finding =
                        Finding::new("second-document", Severity::Error, "a second document begins here")
                            .at(range)
                            .because("`---` separates documents, and a file holds one.")
                            .mend("Move what follows into a file of its own.");
                    self.built.findings.push(finding);
                    return false;
                }
            }
            Event::Comment(..) => self.built.comments.push(range),
            Event::Anchor(_, name) => {
                let edits = vec![Edit { range: self.with_blanks_after(range.clone()), text: String::new() }];
                let finding = Finding::new("anchor", Severity::Error, format!("`&{name}` is a YAML anchor"))
                    .at(range)
                    .because("A plain text cannot begin with `&`; flows use no anchors and aliases.")
                    .mend("Put the text in quotes if the `&` belongs to it, else remove it.")
                    .offered_fix(edits);
                self.built.findings.push(finding);
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => self.alias(range),
            Event::Scalar(value, style, ..) => self.scalar(&value, style, range),
            Event::SequenceStart(style, ..) => {
                let flow = style == StructureStyle::Flow;
                self.begin(Kind::List { items: Vec::new(), flow }, flow, range);
            }
            Event::MappingStart(style, ..) => {
                let flow = style == StructureStyle::Flow;
                self.begin(Kind::Map { entries: Vec::new(), flow }, flow, range);
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(range),
            _ => {}
        }
        true
    }

    fn refuse_tag(&mut self, tag: Span) {
        let words = self.source.get(tag.clone()).unwrap_or_default();
        let finding = Finding::new("tag", Severity::Error, format!("`{words}` is a YAML tag"))
            .at(tag)
            .because("A plain text cannot begin with `!`; flows use no tags.")
            .mend("Put the text in quotes if the `!` belongs to it, else remove it.");
        self.built.findings.push(finding);
    }

    fn with_blanks_after(&self, range: Span) -> Span {
        let rest = &self.source[range.end..];
        range.start..range.end + (rest.len() - rest.trim_start_matches(' ').len())
    }

    /// An alias reads as the text it shows: most are WhatsApp bold (`*New*`) without quotes.
    fn alias(&mut self, range: Span) {
        let words = self.source.get(range.clone()).unwrap_or_default().to_owned();
        let bold = words.len() > 2 && words.ends_with('*');
        let finding = if bold {
            Finding::new(
                "unquoted-bold",
                Severity::Error,
                format!("`{words}` is an alias to YAML, not bold text"),
            )
            .because("A plain text cannot begin with `*`.")
            .mend("Put the text in quotes.")
            .safe_fix(vec![Edit { range: range.clone(), text: format!("\"{words}\"") }])
        } else {
            Finding::new("alias", Severity::Error, format!("`{words}` is a YAML alias"))
                .because("A plain text cannot begin with `*`; flows use no anchors and aliases.")
                .mend("Put the text in quotes if the `*` belongs to it, else write the value out.")
        };
        self.built.findings.push(finding.at(range.clone()));
        self.add(Kind::Scalar(words, Style::Mended), range);
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, range: Span) {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::Single,
            ScalarStyle::DoubleQuoted => Style::Double,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        // The parser gives nothing at all as a plain `~` without a source.
        if style == Style::Plain && range.is_empty() {
            let at = self.behind_colon(range.start);
            self.add(Kind::Empty, at..at);
            return;
        }
        let range = match style {
            Style::Literal | Style::Folded => self.with_header(range),
            _ => range,
        };
        self.add(Kind::Scalar(value.to_owned(), style), range);
    }

    /// An empty value stands behind its key's colon.
    fn behind_colon(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if rest[blanks..].starts_with(':') { at + blanks + 1 } else { at }
    }

    /// A block scalar from its `|` or `>` to the end of its last line with content: the parser's range begins behind the
    /// header and ends behind blank lines.
    fn with_header(&self, range: Span) -> Span {
        let before = self.text.get(..range.start).unwrap_or_default();
        let mut end = before.rfind(['\n', '\r']).unwrap_or(0);
        while self.text[..end].ends_with(['\n', '\r', ' ']) {
            end -= 1;
        }
        let start = before[..end].rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let line = &self.text[start..end];
        let header = line.char_indices().find(|(at, letter)| {
            matches!(letter, '|' | '>')
                && (*at == 0 || line[..*at].ends_with([' ', '\t']))
                && is_header(&line[*at + 1..])
        });
        let Some((at, _)) = header else { return range };
        let content = self.text[..range.end].trim_end_matches(['\n', '\r', ' ', '\t']).len();
        start + at..content.max(end)
    }

    fn begin(&mut self, kind: Kind, flow: bool, range: Span) {
        let id = self.add(kind, range);
        self.open.push(Open { id, key: None });
        if flow {
            self.flow_depth += 1;
        }
    }

    fn end(&mut self, range: Span) {
        let Some(open) = self.open.pop() else { return };
        let flow = matches!(
            self.built.nodes[open.id].kind,
            Kind::Map { flow: true, .. } | Kind::List { flow: true, .. }
        );
        if flow {
            self.flow_depth = self.flow_depth.saturating_sub(1);
            self.built.nodes[open.id].range.end = range.end;
            return;
        }
        // A block collection ends, to the parser, where the next thing begins: take the last child's end.
        let (first, last) = match &self.built.nodes[open.id].kind {
            Kind::Map { entries, .. } => {
                (entries.first().map(|pair| pair.0), entries.last().map(|pair| pair.1))
            }
            Kind::List { items, .. } => (None, items.last().copied()),
            _ => (None, None),
        };
        let start =
            first.map_or(self.built.nodes[open.id].range.start, |id| self.built.nodes[id].range.start);
        let end = last.map_or(start, |id| self.built.nodes[id].range.end);
        self.built.nodes[open.id].range = start..end.max(start);
    }

    /// Adds a node under the collection that is open.
    fn add(&mut self, kind: Kind, range: Span) -> Id {
        let id = self.built.nodes.len();
        let in_flow = self.flow_depth > 0;
        self.built.nodes.push(Data { kind, range, in_flow });
        let Some(open) = self.open.last_mut() else {
            self.built.root = id;
            return id;
        };
        match (&mut self.built.nodes[open.id].kind, open.key.take()) {
            (Kind::Map { entries, .. }, Some(key)) => entries.push((key, id)),
            (Kind::List { items, .. }, _) => items.push(id),
            (_, _) => open.key = Some(id),
        }
        id
    }
}

/// Whether this may follow the `|` or `>` of a block scalar.
fn is_header(rest: &str) -> bool {
    let rest = rest.trim_start_matches(|letter: char| matches!(letter, '+' | '-' | '1'..='9'));
    let tail = rest.trim_start();
    tail.is_empty() || (tail.len() < rest.len() && tail.starts_with('#'))
}
