//! A body typed as text is not JSON.
//!
//! The text under `json:` is sent as it stands once its holes are filled. Inside quotes a hole becomes part of the text,
//! outside it becomes the value itself, so `{"id": {{id}}, "name": "{{name}}"}` is right. The finding gives line and column
//! inside the body. A structure written as YAML (`json: {id: "{{id}}"}`) cannot go wrong in this way.

use super::Checked;
use crate::finding::{Finding, Severity};
use crate::steps::Action;
use crate::steps::api_request::Body;
use crate::template::{Part, Template};

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for step in &checked.graph.steps {
        let Action::ApiRequest(request) = &step.action else { continue };
        let Body::JsonText(text) = &request.body else { continue };
        let Some((at, words)) = problem(text) else { continue };
        let mut end = (at + 1).min(text.text.len());
        while !text.text.is_char_boundary(end) {
            end += 1;
        }
        let finding =
            Finding::new("invalid-json-body", Severity::Error, format!("the body is not JSON: {words}"))
                .at(text.place.within(at..end))
                .in_step(&step.name)
                .mend("Correct it there, or write the body as a structure below `json:`.");
        findings.push(finding);
    }
}

/// Offset in the text, and what the parser says. A hole stands for a number: right inside quotes and outside.
fn problem(template: &Template) -> Option<(usize, String)> {
    let mut sample = String::new();
    // Offsets in the sample and in the text, at the start of each part.
    let mut starts = Vec::new();
    let mut holes = template.holes();
    let mut offset = 0;
    for part in &template.parts {
        starts.push((sample.len(), offset));
        match part {
            Part::Text(text) => {
                sample.push_str(text);
                offset += text.len();
            }
            Part::Hole(_) => {
                sample.push('0');
                offset = holes.next()?.span.end;
            }
        }
    }
    let error = serde_json::from_str::<serde::de::IgnoredAny>(&sample).err()?;
    let line_start: usize =
        sample.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let mut at = (line_start + error.column().saturating_sub(1)).min(sample.len());
    while !sample.is_char_boundary(at) {
        at -= 1;
    }
    let (from, origin) = starts.iter().rev().find(|(start, _)| *start <= at).copied().unwrap_or_default();
    let mut place = (origin + (at - from)).min(template.text.len());
    while !template.text.is_char_boundary(place) {
        place -= 1;
    }
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    Some((place, words.to_owned()))
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{found, none, places};

    fn call(body: &str) -> String {
        format!(
            "  a:\n    type: api_request\n    method: POST\n    url: https://example.com\n    next: end\n    body:\n      json: |\n        {body}\n"
        )
    }

    #[test]
    fn the_place_inside_the_body_is_told() {
        let steps = call("{\"a\": \"{{now}}\", \"b\": {{now}}, }");
        assert_eq!(places("invalid-json-body", &steps), ["}"]);
        assert!(found("invalid-json-body", &steps)[0].message.starts_with("the body is not JSON: "));
        assert_eq!(places("invalid-json-body", &call("{\"a\": {{now}} x}")), ["x"]);
        assert_eq!(places("invalid-json-body", &call("{a: 1}")), ["a"]);
    }

    #[test]
    fn holes_stand_inside_and_outside_quotes() {
        none("invalid-json-body", &call("{\"a\": \"x {{now}}\", \"b\": {{now}}, \"c\": [{{now}}]}"));
    }
}
