//! A flow as text: YAML for people and git, JSON for the API, read into a [`Flow`](crate::Flow) with places, comments and
//! every finding; changed only by edits of ranges.

mod bot;
pub mod edit;
mod events;
mod flow;
pub(crate) mod help;
mod lint;
mod masking;
mod place;
mod reader;
mod samples;
mod scalar;
pub mod schema;
mod snippet;
mod source;
mod tree;
mod trigger;
mod value_at;

pub use bot::read_bot;
pub use flow::{RESERVED, read_flow};
pub(crate) use flow::{target, variable_name};
pub use reader::{Fields, Reader};
pub(crate) use reader::{list_of, shorten};
pub use samples::{Answer, Sample, Samples, read_samples};
pub use scalar::{double_quote, duration, quote};
pub use snippet::{Paint, draw};
pub use source::{Format, Located, Source};
pub use tree::{Document, Node, Shape, Style};

use crate::finding::{Edit, Finding, Severity};
use crate::source::Span;

/// Largest document that is read.
pub const BYTES_MAX: usize = 1024 * 1024;

/// Reads the tree of a document and all that YAML makes of it unasked. No tree when it cannot be read past a mistake.
pub fn parse(source: &Source) -> (Option<Document<'_>>, Vec<Finding>) {
    if source.text.len() > BYTES_MAX {
        let message = format!("the file has {} bytes; at most {BYTES_MAX} are read", source.text.len());
        let finding = Finding::new("too-large", Severity::Error, message)
            .at(0..0)
            .because("A flow of this size is nearly always another file.")
            .mend("Split the flow and join the parts with run_flow steps.");
        return (None, vec![finding]);
    }
    let (built, mut findings) = masking::read(source);
    let Some(mut built) = built else { return (None, findings) };
    let tabs = findings.iter().any(|finding| finding.code == "tab");
    findings.append(&mut lint::lint(&mut built, source, tabs));
    let document = Document { source, nodes: built.nodes, root: built.root, comments: built.comments };
    (Some(document), findings)
}

/// A path that begins with `[` is a list to YAML.
pub(crate) fn unquoted_path(span: Span, path: &str) -> Finding {
    Finding::new("unquoted-path", Severity::Error, format!("`{path}` is a list to YAML, not a path"))
        .at(span.clone())
        .because("A plain text cannot begin with `[`.")
        .mend(format!("Put the path in quotes: {}.", scalar::quote(path)))
        .safe_fix(vec![Edit { range: span, text: scalar::quote(path) }])
}

/// A country by its two letters, as phone numbers without a country code need it.
pub(crate) fn country(node: Node<'_>, reader: &mut Reader) -> Option<String> {
    let text = reader.text(node, "`country`")?.value;
    if text.len() == 2 && crate::phone::is_country(&text.to_ascii_uppercase()) {
        return Some(text.to_ascii_uppercase());
    }
    reader.bad_value(
        node,
        format!("`{}` is no country", shorten(&text)),
        "Write its two letters, such as IN or DE.",
    );
    None
}

/// Braces doubled as web guides print them (`{{"query": …}}`), and the text as it was surely meant.
fn doubled_braces(span: Span, text: &str) -> Option<(Finding, String)> {
    let repaired = crate::template::doubled_braces::repair(text)?;
    let finding = Finding::new("doubled-braces", Severity::Error, "the braces are written twice")
        .at(span.clone())
        .because("Some guides print each brace twice; JSON has single braces, and only a hole has two.")
        .mend(format!("Write it as: {repaired}"))
        .safe_fix(vec![Edit { range: span, text: repaired.clone() }]);
    Some((finding, repaired))
}
