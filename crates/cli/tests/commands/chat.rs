//! `rapport chat`: the worked example in the terminal.

use crate::program::{Place, Run, example};

const KNOWN: &str = "\
customer: Can someone look into my account?
bot: Please share the email on your account.
customer: priya@example.com
bot: Hi Priya Sharma, I can see your account.
     Plan: Pro

     Reply SUPPORT and a team member will pick this up,
     or ORDERS to check your recent order status.
";

fn play(script: &str, more: &[&str]) -> Run {
    let place = Place::new();
    place.write("dialogue.txt", script);
    let flow = example("customer-context.yaml");
    let mut arguments = vec!["chat", &flow, "--script", "dialogue.txt"];
    arguments.extend(more);
    place.run(&arguments).ends(0)
}

#[test]
fn the_worked_example_word_for_word() {
    let run = play("Can someone look into my account?\npriya@example.com\nSUPPORT\n", &[]);
    let end =
        "customer: SUPPORT\nbot: Thanks. A team member will pick this up.\n  · handed over to support\n";
    assert_eq!(run.out, format!("{KNOWN}{end}"));
    assert_eq!(run.err, "");
}

#[test]
fn the_same_lines_through_a_pipe() {
    let lines = "Can someone look into my account?\npriya@example.com\n";
    let run = Place::new().run_with(&["chat", &example("customer-context.yaml")], lines, &[]).ends(0);
    assert_eq!(run.out, KNOWN);
}

#[test]
fn an_email_that_nobody_has() {
    let run = play("account\nnobody@example.com\n", &[]);
    assert!(
        run.out.ends_with("customer: nobody@example.com\nbot: No account found for this email.\n"),
        "{}",
        run.out
    );
}

#[test]
fn orders_runs_the_second_flow() {
    let run = play("account\npriya@example.com\nORDERS\n", &[]);
    let (_, after) = run.out.split_once("customer: ORDERS\n").unwrap();
    assert!(after.starts_with("bot: We are working on this one: "), "{after}");
    assert_eq!(after.lines().filter(|line| line.starts_with("     Last update: ")).count(), 1, "{after}");
}

#[test]
fn verbose_names_steps_and_calls_and_never_a_token() {
    let run = play("account\npriya@example.com\n", &["--verbose"]);
    assert!(run.out.contains("bot [ask_email]: ") && run.out.contains("find_contact"), "{}", run.out);
    assert!(!run.out.to_lowercase().contains("bearer"), "{}", run.out);
}

#[test]
fn a_flow_that_cannot_be_read_shows_the_place() {
    let place = Place::new();
    place.write("broken.yaml", "flow: broken\nsteps:\n  one: {type: send_massage, text: Hi}\n");
    let run = place.run(&["chat", "broken.yaml"]).ends(1);
    assert!(run.out.contains("broken.yaml:3:") && run.out.contains("send_message"), "{}", run.out);
}
