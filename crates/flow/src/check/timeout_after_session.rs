//! A question would wait longer than the session lasts.
//!
//! A session without a message from the customer ends after `session_timeout` of `bot.yaml` (24h when nothing is said there).
//! A question's own `timeout` that is longer never comes: the session ends first and its exit is not taken. Shorten it,
//! or raise `session_timeout`.

use super::Checked;
use crate::bot::Settings;
use crate::finding::{Finding, Severity};
use crate::steps::Action;

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    let usual = Settings::default();
    let session = checked.context.settings.unwrap_or(&usual).session_timeout;
    for step in &checked.graph.steps {
        let Action::AskQuestion(question) = &step.action else { continue };
        if question.timeout.is_none_or(|timeout| timeout <= session) {
            continue;
        }
        let minutes = session.as_secs() / 60;
        let message = format!("the session ends after {minutes} minutes, before this question's time-out");
        let finding = Finding::new("timeout-after-session", Severity::Warning, message)
            .at(step.name_span.clone())
            .in_step(&step.name)
            .because("Its exit `timeout` is never taken.")
            .mend("Write a shorter `timeout`, or raise `session_timeout` in bot.yaml.");
        findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{none, places};

    #[test]
    fn the_session_ends_first() {
        let question =
            |timeout: &str| format!("  a: {{type: ask_question, text: Hi, timeout: {timeout}, next: end}}\n");
        assert_eq!(places("timeout-after-session", &question("25h")), ["a"]);
        none("timeout-after-session", &question("24h"));
    }
}
