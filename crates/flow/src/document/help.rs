//! Help pages of what reading a document finds. Its findings come from many small places, so the pages stand together.

mod expressions;
mod fields;
mod yaml;

use std::fmt::Write;

/// What a finding of reading means, with an example that has it and the same without it.
struct Page {
    code: &'static str,
    title: &'static str,
    /// Why it is no flow as written, or not the one that was meant.
    why: &'static str,
    mend: &'static str,
    within: Within,
    /// Empty where an example would not fit on a page.
    wrong: &'static str,
    right: &'static str,
}

/// What an example is a part of. The page shows the part; the tests read it within the whole.
enum Within {
    File,
    Steps,
    /// Fields of a `send_message`.
    Message,
    /// Fields of an `api_request`.
    Request,
}

/// The help page of a finding of reading, in Markdown.
pub(crate) fn help(code: &str) -> Option<String> {
    let page = pages().find(|page| page.code == code)?;
    let mut text = format!("# {}\n\n**Meaning:** {}\n\n**Change:** {}\n", page.title, page.why, page.mend);
    if !page.wrong.is_empty() {
        let place = match page.within {
            Within::File | Within::Steps => "",
            Within::Message => " (in a `send_message` step)",
            Within::Request => " (in an `api_request` step)",
        };
        // Writing to a text cannot fail.
        let _ = write!(
            text,
            "\nInstead of{place}\n\n```yaml\n{}\n```\n\nwrite\n\n```yaml\n{}\n```\n",
            page.wrong.trim_end(),
            page.right.trim_end()
        );
    }
    Some(text)
}

/// Codes of all pages.
pub(crate) fn codes() -> impl Iterator<Item = &'static str> {
    pages().map(|page| page.code)
}

fn pages() -> impl Iterator<Item = &'static Page> {
    [yaml::PAGES, fields::PAGES, expressions::PAGES].into_iter().flatten()
}

#[cfg(test)]
mod tests;
