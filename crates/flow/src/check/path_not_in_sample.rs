//! The recorded answer of a step has nothing at a path that the step reads.
//!
//! `<flow>.samples.yaml` holds an answer that the step really got. A path that leads nowhere in it leaves its variable unset.
//! The finding names the nearest path that exists: another case, another list, a key spelled in another way. When the
//! sample is old, record it again; when the value is there only sometimes, mark the row with a default.

use super::Checked;
use crate::document::Answer;
use crate::finding::{Edit, Finding, Severity};
use crate::path::nearest;
use crate::path::{How, Read};
use crate::request::ResponseKind;
use crate::steps::Action;
use crate::steps::api_request::{Row, WhenMissing};

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    let Some(samples) = checked.context.samples else { return };
    for step in &checked.graph.steps {
        let Action::ApiRequest(request) = &step.action else { continue };
        let Some(sample) = samples.get(&step.name) else { continue };
        let Answer::Json(answer) = &sample.answer else { continue };
        if request.response != ResponseKind::Json {
            continue;
        }
        let rows = if (200..300).contains(&sample.status) { &request.save } else { &request.save_error };
        for row in rows.iter().filter(|row| !matches!(row.when_missing, WhenMissing::Default(_))) {
            if let Read::Missing(_) = row.path.read(answer) {
                findings.push(of_row(
                    row,
                    &step.name,
                    nearest(&row.path, answer).map(|near| (near.path, near.how)),
                ));
            }
        }
    }
}

fn of_row(row: &Row, step: &str, near: Option<(String, How)>) -> Finding {
    let severity = if row.when_missing == WhenMissing::Refuse { Severity::Error } else { Severity::Warning };
    let message = format!("the recorded answer has nothing at `{}`", row.path_text.value);
    let finding = Finding::new("path-not-in-sample", severity, message)
        .at(row.path_text.place.span.clone())
        .in_step(step);
    match near {
        Some((path, how)) => {
            let edit =
                Edit { range: row.path_text.place.span.clone(), text: crate::document::double_quote(&path) };
            finding.because(cause(how)).mend(format!("The nearest path is `{path}`.")).offered_fix(vec![edit])
        }
        None => finding.mend("Correct the path, give the row a default, or record the answer again."),
    }
}

fn cause(how: How) -> &'static str {
    match how {
        How::Case => "Keys are told apart by upper and lower case.",
        How::OtherList => "The list stands under another key.",
        How::BareList => "The answer is the list itself.",
        How::ItemOfList => "One item of the list has to be picked.",
        How::Wrapped => "The value stands inside another object.",
        How::Unwrapped => "The answer has no such wrapper.",
        How::Spelling => "The key is spelled in another way.",
    }
}

#[cfg(test)]
mod tests {
    use crate::check::CheckContext;
    use crate::check::testing::{found_in, steps};
    use crate::document::{Source, read_samples};

    fn mends(save: &str, sample: &str) -> Vec<String> {
        let text = steps(&format!(
            "  a: {{type: api_request, method: GET, url: https://example.com, save: {{{save}}}, next: end}}\n"
        ));
        let source = Source::new("flow.samples.yaml", sample);
        let (samples, findings) = read_samples(&source);
        let samples = samples.unwrap_or_else(|| panic!("{findings:#?}"));
        let context = CheckContext { samples: Some(&samples), ..CheckContext::default() };
        found_in("path-not-in-sample", &text, &context).into_iter().map(|finding| finding.mend).collect()
    }

    #[test]
    fn the_nearest_path_is_named() {
        let sample = "a: {status: 200, json: {data: [{Plan: pro}]}}\n";
        let found = mends("plan: \"data[0].plan\"", sample);
        assert!(found[0].contains("data[0].Plan"), "{found:?}");
        assert!(mends("plan: \"data[0].Plan\"", sample).is_empty());
        assert!(mends("plan: {path: \"data[0].plan\", default: free}", sample).is_empty());
    }

    #[test]
    fn an_error_answer_says_nothing_of_a_good_one() {
        assert!(mends("plan: plan", "a: {status: 404, json: {error: no}}\n").is_empty());
    }
}
