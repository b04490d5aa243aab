//! `rapport`: the one binary.

mod commands;
mod files;
mod output;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// WhatsApp conversations for a business, on its own server, in one binary.
#[derive(Debug, Parser)]
#[command(name = "rapport", version, propagate_version = true, after_help = AFTER_HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  rapport demo                                try everything on this machine, no account needed
  rapport check flows/                        find what is wrong in flows before customers do
  rapport test flows/                         play the written dialogues against the flows
  rapport chat flows/customer-context.yaml    talk to a flow in the terminal
  rapport serve --config rapport.toml         run the server

Commands that print results end with 0 (fine), 1 (found an error) or 2 (used wrongly).";

#[derive(Debug, Subcommand)]
enum Command {
    Demo(commands::demo::Demo),
    Serve(commands::serve::Serve),
    Chat(commands::chat::Chat),
    Check(commands::check::Check),
    Test(commands::test::Test),
    Call(commands::call::Call),
    Sandbox(commands::sandbox::Sandbox),
    Secret(commands::secret::Secret),
    Connection(commands::connection::Connection),
    Flow(commands::flow::Flow),
    Conversation(commands::conversation::Conversation),
    Explain(commands::explain::Explain),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Command::Demo(command) => command.run(),
        Command::Serve(command) => command.run(),
        Command::Chat(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Test(command) => command.run(),
        Command::Call(command) => command.run(),
        Command::Sandbox(command) => command.run(),
        Command::Secret(command) => command.run(),
        Command::Connection(command) => command.run(),
        Command::Flow(command) => command.run(),
        Command::Conversation(command) => command.run(),
        Command::Explain(command) => command.run(),
    };
    match result {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            output::failure(&error);
            output::Outcome::UsedWrongly.into()
        }
    }
}
