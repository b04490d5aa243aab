//! `rapport call`: one API request for real, explained.

use super::installation::{Where, block_on};
use crate::files;
use crate::output::{self, Outcome, paint};
use anyhow::Context;
use rapport_connect::{Dialer, Secrets};
use rapport_flow::diagnosis;
use rapport_flow::document::{Source, draw};
use rapport_flow::request::{self, Exchange, Finished};
use rapport_flow::scope;
use rapport_flow::steps::Action;
use rapport_flow::{Finding, Severity, Value};
use rapport_server::clock;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;

/// Make one API request of a flow for real, and explain the answer
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  rapport call flows/customer-context.yaml find_contact --set customer_email=priya@example.com\n  rapport call flows/customer-context.yaml find_contact --set customer_email=x@example.com --sandbox\n  rapport call flows/orders.yaml find --set contact.phone=+919820000001 --format json"
)]
pub(crate) struct Call {
    #[command(flatten)]
    place: Where,
    /// The flow's file
    flow: PathBuf,
    /// The step's name
    step: String,
    /// A variable: name=value (repeat for several). A value that is JSON keeps its type
    #[arg(long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Call the pretend services instead of the real ones
    #[arg(long)]
    sandbox: bool,
    #[arg(long, default_value = "text")]
    format: output::Format,
}

impl Call {
    pub(crate) fn run(self) -> anyhow::Result<Outcome> {
        let file = files::flow_file(&self.flow)?;
        let Some(flow) = &file.flow else {
            for finding in file.findings.iter().filter(|finding| finding.severity == Severity::Error) {
                output::print(&draw(&file.source, finding, paint()));
            }
            return Ok(Outcome::FoundAnError);
        };
        let step = flow.steps.get(&self.step).with_context(|| {
            let names: Vec<_> = flow.steps.keys().map(String::as_str).collect();
            format!("{} has no step {:?}; its steps are {}", self.flow.display(), self.step, names.join(", "))
        })?;
        let Action::ApiRequest(request) = &step.action else {
            anyhow::bail!(
                "{} is a {} step; only api_request steps can be called",
                self.step,
                step.action.type_name()
            );
        };
        let scope = self.scope()?;
        let prepared = match request::prepare(request, &scope) {
            Ok(prepared) => prepared,
            Err(refused) => {
                let finding = refused.finding().in_step(self.step.as_str());
                match self.format {
                    output::Format::Text => output::print(&draw(&file.source, &finding, paint())),
                    output::Format::Json => output::json(
                        &json!({ "outcome": "bad_template", "findings": [output::finding(&file.source, &finding)] }),
                    )?,
                }
                return Ok(Outcome::FoundAnError);
            }
        };
        block_on(async {
            let mut settings = rapport_connect::Settings::new(Arc::new(clock::now));
            let (pretend, secrets): (_, Box<dyn Secrets>) = if self.sandbox {
                let pretend = super::sandbox::start_quietly().await?;
                settings.hosts = super::sandbox::stand_ins(&pretend)?;
                (Some(pretend), Box::new(super::sandbox::secrets()?))
            } else {
                let (allow, secrets) = self.place.reach().await?;
                settings.allow = allow;
                (None, secrets)
            };
            let exchange =
                Dialer::new(&settings)?.call(&prepared, &format!("call-{}", clock::now()), &*secrets).await;
            if let Some(pretend) = pretend {
                pretend.stop().await;
            }
            let finished = request::finish(request, &exchange);
            let findings: Vec<_> = diagnosis::of_exchange(request, &exchange, &finished)
                .into_iter()
                .map(|finding| match finding.span {
                    Some(_) => finding.in_step(self.step.as_str()),
                    None => finding.in_step(self.step.as_str()).at(step.name_span.clone()),
                })
                .collect();
            match self.format {
                output::Format::Text => explain(&file.source, &exchange, &finished, &findings),
                output::Format::Json => {
                    output::json(&as_json(&file.source, &exchange, &finished, &findings))?;
                }
            }
            Ok(if finished.outcome == request::Outcome::Ok { Outcome::Fine } else { Outcome::FoundAnError })
        })
    }

    fn scope(&self) -> anyhow::Result<scope::Plain> {
        let mut plain = scope::Plain { now: clock::now(), ..scope::Plain::default() };
        for given in &self.set {
            let (name, value) = given
                .split_once('=')
                .with_context(|| format!("--set {given:?} has no =; write name=value"))?;
            // Text stays text unless it is JSON of another kind: +919820000001 is no number.
            let value = match serde_json::from_str::<Value>(value) {
                Ok(parsed) if !parsed.is_string() => parsed,
                _ => Value::from(value),
            };
            place(&mut plain.values, name, value);
        }
        Ok(plain)
    }
}

/// `contact.email` goes into the object `contact`.
fn place(values: &mut rapport_flow::Values, name: &str, value: Value) {
    match name.split_once('.') {
        None => {
            values.insert(name.to_owned(), value);
        }
        Some((root, rest)) => {
            let inner = values.entry(root.to_owned()).or_insert_with(|| json!({}));
            if !inner.is_object() {
                *inner = json!({});
            }
            if let Value::Object(inner) = inner {
                place(inner, rest, value);
            }
        }
    }
}

/// Longest part of a body that is shown, in characters.
const BODY_CHARS_SHOWN: usize = 4000;

fn explain(source: &Source, exchange: &Exchange, finished: &Finished, findings: &[Finding]) {
    let sent = &exchange.sent;
    output::line(&format!("{} {}", sent.method, sent.url));
    for (name, value) in &sent.headers {
        output::line(&format!("  {name}: {value}"));
    }
    if !sent.body.is_empty() {
        output::line(&format!("\n{}", cut(&sent.body)));
    }
    let status = exchange.status.map(|status| format!("{status} ")).unwrap_or_default();
    let attempts = match exchange.attempts.len() {
        0 | 1 => String::new(),
        many => format!(", {many} attempts"),
    };
    output::line(&format!("\n{status}{} ({} ms{attempts})", finished.outcome.as_str(), exchange.elapsed_ms));
    if let Some(detail) = &exchange.detail {
        output::line(&format!("  {detail}"));
    }
    if !exchange.body.is_empty() {
        let pretty = finished.answer.as_ref().and_then(|answer| serde_json::to_string_pretty(answer).ok());
        output::line(&format!("\n{}", cut(pretty.as_deref().unwrap_or(&exchange.body))));
    }
    if !finished.values.is_empty() {
        output::line("\nVariables");
    }
    for (name, value) in &finished.values {
        let shown = value.as_ref().map_or_else(|| "(unset)".to_owned(), Value::to_string);
        output::line(&format!("  {name} = {shown}"));
    }
    for finding in findings {
        output::line("");
        output::print(&draw(source, finding, paint()));
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(BODY_CHARS_SHOWN) {
        Some((end, _)) => format!("{}\n… ({} bytes in all)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}

fn as_json(source: &Source, exchange: &Exchange, finished: &Finished, findings: &[Finding]) -> Value {
    let variables: rapport_flow::Values =
        finished.values.iter().filter_map(|(name, value)| Some((name.clone(), value.clone()?))).collect();
    let unset: Vec<_> =
        finished.values.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
    json!({
        "outcome": finished.outcome.as_str(),
        "status": exchange.status,
        "elapsed_ms": exchange.elapsed_ms,
        "attempts": exchange.attempts,
        "detail": exchange.detail,
        "sent": exchange.sent,
        "headers": exchange.headers,
        "body": finished.answer.clone().unwrap_or_else(|| Value::from(exchange.body.as_str())),
        "variables": variables,
        "unset": unset,
        "findings": findings.iter().map(|finding| output::finding(source, finding)).collect::<Vec<_>>(),
    })
}
