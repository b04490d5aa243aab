//! `bot.yaml`.

use rapport_flow::bot::DefaultAnswer;
use rapport_flow::document::{Source, read_bot};
use std::time::Duration;

fn codes(text: &str) -> Vec<&'static str> {
    let (settings, findings) = read_bot(&Source::new("bot.yaml", text));
    assert!(settings.is_none(), "{text}");
    findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn nothing_written_gives_the_defaults() {
    let (settings, findings) = read_bot(&Source::new("bot.yaml", "# nothing yet\n"));
    assert!(findings.is_empty());
    let settings = settings.expect("it reads");
    assert_eq!(settings.step_budget, 100);
    assert_eq!(settings.session_timeout, Duration::from_hours(24));
    assert_eq!(settings.release_after, None);
}

#[test]
fn every_setting_is_read() {
    let text = "default_answer: {flow: welcome}\nsession_timeout: 2h\nstep_budget: 50\nrelease_after: 8h\n\
                timezone: Asia/Kolkata\ncountry: in\n";
    let (settings, findings) = read_bot(&Source::new("bot.yaml", text));
    assert!(findings.is_empty(), "{findings:#?}");
    let settings = settings.expect("it reads");
    assert_eq!(settings.default_answer, Some(DefaultAnswer::Flow("welcome".into())));
    assert_eq!(settings.session_timeout, Duration::from_hours(2));
    assert_eq!(settings.step_budget, 50);
    assert_eq!(settings.release_after, Some(Duration::from_hours(8)));
    assert_eq!(settings.timezone, "Asia/Kolkata");
    assert_eq!(settings.country.as_deref(), Some("IN"));
}

#[test]
fn wrong_settings_are_refused() {
    assert_eq!(codes("timezone: Mars/Olympus\n"), ["bad-value"]);
    assert_eq!(codes("session_timeout: 5s\n"), ["bad-value"]);
    assert_eq!(codes("step_budget: 0\n"), ["wrong-type"]);
    assert_eq!(codes("country: India\n"), ["bad-value"]);
    assert_eq!(codes("default_anwser: Hi\n"), ["unknown-field"]);
    assert_eq!(codes("[1]\n"), ["wrong-type"]);
}
