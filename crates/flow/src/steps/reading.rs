//! From the `type` word of a step to its reader, its exits.

use super::Action;
use crate::document::{Fields, Reader};
use crate::request::Outcome;

/// Reads the action of a step by its `type` word. `None` after its findings were reported.
pub(crate) fn read(word: &str, fields: &mut Fields<'_>, reader: &mut Reader) -> Option<Action> {
    macro_rules! readers {
        ($($name:ident => $action:ident,)+) => {
            match word {
                $(stringify!($name) => super::$name::read(fields, reader).map(|step| Action::$action(Box::new(step))),)+
                _ => None,
            }
        };
    }
    readers! {
        send_message => SendMessage,
        send_template => SendTemplate,
        ask_question => AskQuestion,
        condition => Branch,
        set_variable => SetVariable,
        api_request => ApiRequest,
        hand_over => HandOver,
        run_flow => RunFlow,
        wait => Wait,
        tag_contact => TagContact,
        update_contact => UpdateContact,
        end => End,
    }
}

/// The JSON Schema of each step type, in the order of the list.
pub(crate) fn schemas() -> Vec<(&'static str, crate::Value)> {
    macro_rules! schemas {
        ($($name:ident,)+) => { vec![$((stringify!($name), super::$name::schema()),)+] };
    }
    schemas! {
        send_message, send_template, ask_question, condition, set_variable, api_request, hand_over, run_flow, wait,
        tag_contact, update_contact, end,
    }
}

/// The page of a step type, in Markdown: what it is, with one complete example.
pub fn page(word: &str) -> Option<String> {
    macro_rules! pages {
        ($($name:ident,)+) => {
            match word {
                $(stringify!($name) => include_str!(concat!(stringify!($name), ".rs")),)+
                _ => return None,
            }
        };
    }
    let source = pages! {
        send_message, send_template, ask_question, condition, set_variable, api_request, hand_over, run_flow, wait,
        tag_contact, update_contact, end,
    };
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    Some(lines.join("\n"))
}

/// The example on the page of a step type: one step as it stands under `steps`.
pub fn example(word: &str) -> Option<String> {
    let page = page(word)?;
    let (_, rest) = page.split_once("```yaml\n")?;
    Some(rest.split_once("```")?.0.to_owned())
}

/// The exit that `next` draws, by the `type` word.
pub(crate) fn main_exit(word: &str) -> Option<&'static str> {
    match word {
        "condition" | "hand_over" | "end" => None,
        "ask_question" => Some("answered"),
        "api_request" => Some("ok"),
        "run_flow" => Some("returned"),
        _ => Some("done"),
    }
}

/// Names of the exits of a type, the main one first; an `api_request` also has statuses such as `404` and `4xx`.
pub(crate) fn exits(word: &str) -> Vec<&'static str> {
    let mut exits: Vec<&'static str> = main_exit(word).into_iter().collect();
    match word {
        "ask_question" => exits.extend(["timeout", "invalid"]),
        "api_request" => {
            exits.push("failed");
            exits.extend(Outcome::FAILED.map(Outcome::as_str));
        }
        _ => {}
    }
    exits
}

/// Whether a type has this exit.
pub(crate) fn is_exit(word: &str, name: &str) -> bool {
    exits(word).contains(&name) || (word == "api_request" && is_status(name))
}

/// `404`, or `4xx`.
fn is_status(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.len() == 3
        && (b'1'..=b'5').contains(&bytes[0])
        && (name.ends_with("xx") || bytes[1..].iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::{example, is_exit};
    use crate::document::{Source, read_flow};
    use crate::steps::Action;

    #[test]
    fn every_type_has_an_example_that_reads() {
        for word in Action::TYPES {
            let example = example(word).unwrap_or_else(|| panic!("{word} has no example"));
            let indented: String = example.lines().flat_map(|line| ["  ", line, "\n"]).collect();
            let (flow, findings) =
                read_flow(&Source::new("flow.yaml", format!("flow: example\nsteps:\n{indented}")));
            assert!(findings.is_empty(), "{word}: {findings:#?}");
            let flow = flow.expect("it reads");
            assert_eq!(flow.first_step().map(|step| step.action.type_name()), Some(*word));
        }
    }

    #[test]
    fn an_api_request_leaves_by_outcomes_and_statuses() {
        for exit in ["ok", "failed", "rate_limited", "404", "4xx", "503"] {
            assert!(is_exit("api_request", exit), "{exit}");
        }
        for exit in ["answered", "600", "40", "4x", "xx4", "4444"] {
            assert!(!is_exit("api_request", exit), "{exit}");
        }
        assert!(!is_exit("wait", "404"));
    }
}
