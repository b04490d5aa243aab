//! Help, wrong usage, and readers that go away.

use crate::program::{Place, example, rapport};
use std::io::{BufRead, BufReader};
use std::process::Stdio;

const COMMANDS: [&str; 12] = [
    "demo",
    "serve",
    "chat",
    "check",
    "test",
    "call",
    "sandbox",
    "secret",
    "connection",
    "flow",
    "conversation",
    "explain",
];

#[test]
fn the_help_of_every_command_shows_examples() {
    let place = Place::new();
    let all = place.run(&["--help"]).ends(0).out;
    for command in COMMANDS {
        assert!(all.lines().any(|line| line.trim_start().starts_with(command)), "--help lists {command}");
        let help = place.run(&[command, "--help"]).ends(0).out;
        assert!(
            help.contains("Examples:") && help.contains(&format!("rapport {command}")),
            "{command}: {help}"
        );
    }
    let listed =
        all.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    assert_eq!(listed.count(), COMMANDS.len() + 1, "a command is missing from this test (one is `help`)");
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_is_right() {
    let place = Place::new();
    place.write("notes.md", "# no flow");
    place.write("picture.yaml", "");
    std::fs::write(place.path().join("picture.yaml"), [0xff, 0xd8, 0xff, 0x00]).unwrap();
    std::fs::create_dir(place.path().join("empty")).unwrap();
    let flow = example("customer-context.yaml");
    for (arguments, said) in [
        (vec!["chek"], "similar"),
        (vec!["check"], "PATH"),
        (vec!["check", "nowhere"], "nowhere does not exist"),
        (vec!["check", "empty"], "no flow"),
        (vec!["check", "notes.md"], ".yaml"),
        (vec!["check", "picture.yaml"], "UTF-8"),
        (vec!["test", "empty"], "*.test.yaml"),
        (vec!["chat", "nowhere.yaml"], "nowhere.yaml"),
        (vec!["chat", &flow, "--script", "nowhere.txt"], "nowhere.txt"),
        (vec!["call", &flow, "nosuch"], "its steps are ask_email"),
        (vec!["call", &flow, "ask_email"], "only api_request"),
        (vec!["call", &flow, "find_contact", "--set", "email"], "name=value"),
        (vec!["explain", "doubled-brace"], "Did you mean doubled-braces?"),
        (vec!["serve", "--listen", "nonsense"], "127.0.0.1:8080"),
        (vec!["serve", "--config", "nowhere.toml"], "nowhere.toml"),
        (vec!["demo", "--listen", "0.0.0.0:8080"], "127.0.0.1:8080"),
        (vec!["demo", "--listen", "127.0.0.1:65535"], "lower"),
        (vec!["sandbox", "--knobs", "{"], "--knobs"),
        (vec!["sandbox", "--knobs", r#"{"intercom": {"error_status": 200}}"#], "error_status"),
        (vec!["conversation", "list"], "no installation in data"),
        (vec!["flow", "list"], "no installation in data"),
        (vec!["secret", "list"], "no installation in data"),
    ] {
        let run = place.run(&arguments).ends(2);
        assert!(run.err.contains(said), "{arguments:?} said {:?}, not {said:?}", run.err);
        assert!(!run.err.contains("panicked"), "{arguments:?}: {}", run.err);
    }
    assert!(!place.path().join("data").exists(), "asking wrongly makes no data folder");
}

#[test]
fn a_port_in_use_is_named_with_the_way_out() {
    let place = Place::new();
    let (taken, port) = loop {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        // The demo listens on this one first, which is the port above its own.
        if port > 1024 {
            break (taken, port);
        }
    };
    let run = place.run(&["demo", "--listen", &format!("127.0.0.1:{}", port - 1)]).ends(2);
    assert!(run.err.contains(&port.to_string()) && run.err.contains("--listen"), "{}", run.err);
    let run = place.run(&["sandbox", "--listen", &format!("127.0.0.1:{port}")]).ends(2);
    assert!(run.err.contains("choose another port"), "{}", run.err);
    drop(taken);
}

#[test]
fn a_reader_that_goes_away_ends_the_program_quietly() {
    let place = Place::new();
    let mut child =
        rapport(place.path()).arg("explain").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(!first.trim().is_empty());
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn explain_has_a_page_for_every_code_it_lists() {
    let place = Place::new();
    let codes = place.run(&["explain"]).ends(0).out;
    let codes: Vec<_> = codes.lines().collect();
    assert!(codes.len() > 40 && codes.contains(&"missing-bearer-prefix"), "{codes:?}");
    let page = place.run(&["explain", "missing-bearer-prefix"]).ends(0).out;
    assert!(page.starts_with("missing-bearer-prefix\n\n") && page.contains("Bearer"), "{page}");
}
