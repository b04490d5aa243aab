//! # A web page came in place of data
//!
//! **Seen:** an answer that is HTML, where JSON or XML is expected.
//!
//! **Meaning:** the address belongs to the vendor's web site and not to its API, a log-in page stands between, or a proxy
//! answers for the API.
//!
//! **Change:** compare the address with the API's documentation: the host often begins with `api.`, or the path with
//! `/api/`.

use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::request::ResponseKind;

pub(super) const CODE: &str = "html-instead-of-json";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    let wanted = matches!(seen.step.response, ResponseKind::Json | ResponseKind::Xml);
    let told_better = super::wrong_subdomain::of_exchange(seen).is_some();
    if !wanted || told_better || seen.exchange.status.is_none() || seen.body.is_some() || !seen.is_html() {
        return None;
    }
    let title = title(&seen.exchange.body).map_or_else(String::new, |title| format!(", titled \"{title}\""));
    Some(
        error(CODE, format!("`{}` answered with a web page{title} (status {})", seen.host(), seen.status()))
            .at(seen.step.url.place.span.clone())
            .because("The address belongs to a web site and not to the API, a log-in page stands between, or a proxy answers.")
            .mend("Compare the address with the API's documentation: its host often begins with `api.`, or its path with `/api/`."),
    )
}

fn title(html: &str) -> Option<String> {
    const TITLE_CHARS_MAX: usize = 80;
    let lower = html.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    let title: String = html[start..end].split_whitespace().collect::<Vec<_>>().join(" ");
    let title: String = title.chars().filter(|c| !c.is_control()).take(TITLE_CHARS_MAX).collect();
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use crate::request::Method;
    use crate::request::example::{answered, finding, step, told};

    #[test]
    fn names_the_page() {
        let step = step(Method::Get, "https://a.example/");
        let page = "<!DOCTYPE html>\n<html><head><TITLE lang=en>\n Log in </TITLE>";
        assert!(finding(&step, &answered(200, page), super::CODE).message.contains("\"Log in\""));
        assert!(told(&step, &answered(502, "<html>Bad gateway")).contains(&super::CODE));
        assert!(!told(&step, &answered(200, r#"{"html": "<html>"}"#)).contains(&super::CODE));
    }
}
