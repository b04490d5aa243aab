//! `rapport chat`.

use super::installation::{Where, block_on};
use crate::files;
use crate::output::{self, Outcome};
use anyhow::Context;
use rapport_connect::{Dialer, Secrets};
use rapport_flow::bot::Settings;
use rapport_flow::dialogue::{Happened, Simulator};
use rapport_flow::document::{draw, duration};
use rapport_flow::turn::{Channel, Contact, Fact};
use rapport_flow::{Bot, Severity};
use rapport_server::clock;
use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Talk to a flow in the terminal
///
/// The engine of production, against the pretend Intercom, Zendesk and Freshdesk (no account needed). With --real, calls
/// go to the real services with the secrets of the installation.
#[derive(Debug, clap::Args)]
#[command(after_help = CHAT_HELP)]
pub(crate) struct Chat {
    #[command(flatten)]
    place: Where,
    /// The flow's file; the flows beside it can be run from it
    flow: PathBuf,
    /// A written dialogue: one line is one message; /tap and /wait as below
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// The customer's name
    #[arg(long, default_value = "Priya Sharma")]
    name: String,
    /// The customer's phone number
    #[arg(long, default_value = "+919820000001")]
    phone: String,
    /// Call the real services, with the secrets of the installation
    #[arg(long)]
    real: bool,
    /// Show steps, calls and findings too
    #[arg(long, short)]
    verbose: bool,
}

const CHAT_HELP: &str = "\
In the conversation:
  /tap TITLE     tap a button or a row
  /wait 25h      let time pass
  /release       the team gives the conversation back
  /vars          show the variables
  /quit          leave (Ctrl+D does too)

Examples:
  rapport chat flows/customer-context.yaml
  rapport chat flows/customer-context.yaml --script dialogue.txt";

impl Chat {
    pub(crate) fn run(self) -> anyhow::Result<Outcome> {
        let file = files::flow_file(&self.flow)?;
        let Some(flow) = file.flow else {
            for finding in file.findings.iter().filter(|finding| finding.severity == Severity::Error) {
                output::print(&draw(&file.source, finding, output::paint()));
            }
            return Ok(Outcome::FoundAnError);
        };
        let bot = bot_that_answers_with(&self.flow, flow)?;
        let script = self
            .script
            .as_deref()
            .map(|path| {
                std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read the script {}", path.display()))
            })
            .transpose()?;
        block_on(async move {
            let world = World::open(&self).await?;
            let contact = Contact {
                name: Some(self.name.clone()),
                phone: Some(self.phone.clone()),
                ..Contact::default()
            };
            let channel = Channel { name: "terminal".into(), phone: None };
            let mut chat = Talk {
                simulator: Simulator::new(bot, contact, channel, clock::now()),
                shown: 0,
                verbose: self.verbose,
            };
            let outcome = match script {
                Some(script) => chat.play(&world, &script).await,
                None => chat.converse(&world).await,
            };
            world.close().await;
            outcome
        })
    }
}

/// The flows of the folder; the one named answers whatever no trigger takes.
fn bot_that_answers_with(path: &Path, flow: rapport_flow::Flow) -> anyhow::Result<Bot> {
    let folder = files::folder_of(path);
    let flows = files::bot_of(&folder)?;
    let name = flow.name.clone();
    let settings = Settings {
        default_answer: Some(rapport_flow::bot::DefaultAnswer::Flow(name.clone())),
        ..flows.settings.clone()
    };
    let others = flows.flows().filter(|other| other.name != name).cloned().collect::<Vec<_>>();
    Ok(Bot::new(settings, others.into_iter().chain([Arc::new(flow)])))
}

/// What calls are made with.
struct World {
    dialer: Dialer,
    secrets: Box<dyn Secrets>,
    sandbox: Option<rapport_sandbox::Sandbox>,
}

impl World {
    async fn open(chat: &Chat) -> anyhow::Result<World> {
        let mut settings = rapport_connect::Settings::new(Arc::new(clock::now));
        if chat.real {
            let (allow, secrets) = chat.place.reach().await?;
            settings.allow = allow;
            return Ok(World { dialer: Dialer::new(&settings)?, secrets, sandbox: None });
        }
        let sandbox = super::sandbox::start_quietly().await?;
        settings.hosts = super::sandbox::stand_ins(&sandbox)?;
        let secrets = super::sandbox::secrets()?;
        Ok(World { dialer: Dialer::new(&settings)?, secrets: Box::new(secrets), sandbox: Some(sandbox) })
    }

    async fn close(self) {
        if let Some(sandbox) = self.sandbox {
            sandbox.stop().await;
        }
    }
}

struct Talk {
    simulator: Simulator,
    /// Entries of the transcript that were printed.
    shown: usize,
    verbose: bool,
}

impl Talk {
    async fn converse(&mut self, world: &World) -> anyhow::Result<Outcome> {
        let terminal = std::io::stdin().is_terminal();
        if terminal {
            output::note("You are the customer. /quit leaves; --help shows what else you can do.");
        }
        let mut lines = std::io::stdin().lock().lines();
        loop {
            if terminal {
                let _ = write!(std::io::stderr(), "you: ");
            }
            let Some(line) = lines.next() else {
                if terminal {
                    // Ctrl+D leaves the cursor behind the prompt.
                    output::note("");
                }
                return Ok(Outcome::Fine);
            };
            let line = line.context("cannot read your line")?;
            if line.trim() == "/quit" {
                return Ok(Outcome::Fine);
            }
            self.take(world, &line, !terminal).await;
        }
    }

    async fn play(&mut self, world: &World, script: &str) -> anyhow::Result<Outcome> {
        for line in script.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            self.take(world, line, true).await;
        }
        Ok(Outcome::Fine)
    }

    async fn take(&mut self, world: &World, line: &str, echo: bool) {
        if echo {
            output::line(&format!("customer: {line}"));
        }
        let (word, rest) = line.split_once(' ').map_or((line, ""), |(word, rest)| (word, rest.trim()));
        match word {
            "/tap" => {
                if let Err(error) = self.simulator.tap(rest) {
                    output::note(&error.to_string());
                }
            }
            "/wait" => match duration(rest) {
                Some(time) => {
                    self.simulator.wait(time);
                }
                None => output::note("say how long, such as /wait 25h"),
            },
            "/release" => self.simulator.release(),
            "/vars" => {
                for (name, value) in self.simulator.variables().into_iter().flatten() {
                    output::line(&format!("  {name} = {value}"));
                }
            }
            _ if line.trim().is_empty() => {}
            _ => self.simulator.say(line),
        }
        while let Some(call) = self.simulator.pending_call().cloned() {
            self.show();
            let exchange = world.dialer.call(&call.request, &call.effect, &*world.secrets).await;
            self.simulator.answer_call(exchange);
        }
        self.show();
    }

    fn show(&mut self) {
        let entries = self.simulator.transcript();
        for entry in &entries[self.shown..] {
            match &entry.what {
                Happened::Sent { step, message, .. } => {
                    let step = step
                        .as_ref()
                        .filter(|_| self.verbose)
                        .map(|step| format!(" [{step}]"))
                        .unwrap_or_default();
                    let words = output::hang(&super::conversation::words(message), 5);
                    output::line(&format!("bot{step}: {words}"));
                }
                Happened::Answered { findings, .. } => {
                    if self.verbose {
                        output::line(&format!("  · {}", entry.words().unwrap_or_default()));
                    }
                    for finding in
                        findings.iter().filter(|finding| self.verbose || finding.severity == Severity::Error)
                    {
                        output::line(&format!(
                            "  ! {} [{}]\n    {}",
                            finding.message, finding.code, finding.mend
                        ));
                    }
                }
                Happened::Fact(event) => match &event.fact {
                    Fact::HandedOver { team, note } => {
                        let note = note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
                        output::line(&format!(
                            "  · handed over to {}{note}",
                            team.as_deref().unwrap_or("the team")
                        ));
                    }
                    _ if self.verbose => {
                        if let Some(words) = entry.words() {
                            output::line(&format!("  · {words}"));
                        }
                    }
                    _ => {}
                },
                Happened::Called(_) if self.verbose => {
                    output::line(&format!("  · {}", entry.words().unwrap_or_default()));
                }
                Happened::Received(_) | Happened::Called(_) => {}
            }
        }
        self.shown = entries.len();
    }
}
