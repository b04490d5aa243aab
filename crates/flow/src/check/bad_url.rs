//! A URL cannot be called as it is written.
//!
//! A URL begins with `https://` (or `http://`) and a host. Scheme, host and port hold no hole: what a customer types must never
//! decide where a request goes. A user and password belong into `auth`, not before the host.

use super::Checked;
use crate::finding::{Finding, Severity};
use crate::steps::Action;
use crate::steps::api_request::Auth;
use crate::steps::send_message::{Content, Media, Source};
use crate::steps::send_template::Header;
use crate::template::{Part, Template};

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for step in &checked.graph.steps {
        for (url, strict) in urls(&step.action) {
            let Some((problem, mend)) = problem(url, strict) else { continue };
            let finding = Finding::new("bad-url", Severity::Error, problem)
                .at(url.place.span.clone())
                .in_step(&step.name)
                .mend(mend);
            findings.push(finding);
        }
    }
}

/// URLs of a step; those of requests are strict about holes.
fn urls(action: &Action) -> Vec<(&Template, bool)> {
    match action {
        Action::ApiRequest(request) => {
            let mut urls = vec![(&request.url, true)];
            if let Auth::ClientCredentials { token_url, .. } = &request.auth {
                urls.push((token_url, true));
            }
            urls
        }
        Action::SendMessage(message) => match &message.content {
            Content::UrlButton { url, .. } | Content::Media(Media { source: Source::Link(url), .. }) => {
                vec![(url, false)]
            }
            _ => Vec::new(),
        },
        Action::SendTemplate(template) => match &template.header {
            Some(Header::Media(Media { source: Source::Link(url), .. })) => vec![(url, false)],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn problem(url: &Template, strict: bool) -> Option<(String, &'static str)> {
    const WHOLE: &str = "Write a whole address, such as https://api.example.com/customers.";
    if !strict && url.parts.iter().any(|part| matches!(part, Part::Hole(_))) {
        return None;
    }
    let first = match url.parts.first() {
        None => return Some(("the URL is empty".into(), WHOLE)),
        Some(Part::Hole(_)) => {
            return Some((
                "a URL cannot begin with a hole".into(),
                "Write scheme and host out; a hole may stand behind them.",
            ));
        }
        Some(Part::Text(text)) => text,
    };
    let Some((scheme, rest)) = first.split_once("://") else {
        return Some(("the URL has no scheme".into(), WHOLE));
    };
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return Some((
            format!("`{}://` cannot be called", crate::document::shorten(scheme)),
            "Write https://.",
        ));
    }
    let host_ends = rest.contains(['/', '?', '#']);
    if !host_ends && url.parts.len() > 1 {
        return Some((
            "a hole stands in the host of the URL".into(),
            "Write the host out; a hole may stand behind the slash.",
        ));
    }
    let written: String = url
        .parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.as_str(),
            Part::Hole(_) => "x",
        })
        .collect();
    if written.contains(char::is_whitespace) {
        return Some(("the URL holds a blank".into(), "Write %20, or put the value into `query`."));
    }
    match url::Url::parse(&written) {
        Err(error) => Some((format!("this is no URL: {error}"), WHOLE)),
        Ok(parsed) if !parsed.username().is_empty() || parsed.password().is_some() => Some((
            "the URL holds a user or a password".into(),
            "Use `auth: {type: basic, user: …, password: …}`.",
        )),
        Ok(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{none, places};

    fn call(url: &str) -> String {
        format!("  a: {{type: api_request, method: GET, url: \"{url}\", next: end}}\n")
    }

    #[test]
    fn addresses_that_cannot_be_called() {
        for url in [
            "",
            "api.example.com/x",
            "ftp://example.com",
            "https://",
            "{{base}}/x",
            "https://{{host}}/x",
            "https://example.com:{{port}}/x",
            "https://example.{{tld}}",
            "https://me:pw@example.com/",
            "https://example.com/a b",
            "https://exa mple.com/",
        ] {
            assert_eq!(places("bad-url", &call(url)), [format!("\"{url}\"")], "{url}");
        }
    }

    #[test]
    fn addresses_that_can() {
        for url in [
            "https://example.com",
            "http://127.0.0.1:9100/x",
            "https://example.com/{{now}}?q={{now}}",
            "HTTPS://example.com/",
        ] {
            none("bad-url", &call(url));
        }
        none("bad-url", "  a: {type: send_message, image: \"{{now}}\", next: end}\n");
    }
}
