//! Schemas of the documents beside a flow: `bot.yaml`, tests and samples.

use super::{document, duration, object, plain_text, text, words};
use crate::Value;
use crate::request::Outcome;
use serde_json::{Map, json};

/// The schema of `bot.yaml`.
pub fn bot_schema() -> Value {
    let flow = object("Runs a flow.", &[("flow", text("Its name."))], &["flow"]);
    document(
        "bot",
        "Settings of a Rapport bot",
        "What holds for all flows of an account.",
        &[
            (
                "default_answer",
                json!({"description": "Said, or run, when a message starts no flow.", "anyOf": [plain_text(), flow]}),
            ),
            ("session_timeout", duration("A session without a message for so long ends; 24h unless said.")),
            (
                "step_budget",
                json!({"description": "Steps one turn may run; 100 unless said.", "type": "integer", "minimum": 1, "maximum": 10000}),
            ),
            (
                "release_after",
                json!({"description": "After so long without a word from the team, a conversation goes back to the bot: a duration, or never.", "type": "string", "pattern": "^([0-9]+[smhd]|never)$"}),
            ),
            ("timezone", text("IANA name of the zone in which dates are read and printed; UTC unless said.")),
            ("country", text("Country (two letters) of phone numbers without a country code.")),
        ],
        &[],
        Map::new(),
    )
}

/// The schema of `<flow>.samples.yaml`.
pub fn samples_schema() -> Value {
    let mut schema = document(
        "samples",
        "Recorded answers of a Rapport flow",
        "Answers that the API requests of a flow really got, by step, with personal text masked.",
        &[],
        &[],
        Map::new(),
    );
    schema["additionalProperties"] = object(
        "A recorded answer.",
        &[
            (
                "status",
                json!({"description": "HTTP status; 200 unless said.", "type": "integer", "minimum": 100, "maximum": 599}),
            ),
            ("json", json!({"description": "The answer's JSON."})),
            ("xml", text("The answer's XML.")),
            ("text", text("The answer's text.")),
        ],
        &[],
    );
    schema
}

/// The schema of `<flow>.test.yaml`.
pub fn test_schema() -> Value {
    let mut definitions = Map::new();
    definitions.insert("mock".into(), mock());
    definitions.insert("contact".into(), contact());
    definitions.insert("line".into(), line());
    definitions.insert("case".into(), case());
    let list = |what: &str, of: &str| json!({"description": what, "type": "array", "items": {"$ref": format!("#/$defs/{of}")}});
    document(
        "test",
        "Dialogue tests of a Rapport flow",
        "Dialogues with mocked answers: what must be sent and called.",
        &[
            ("flow", text("The flow's file, beside this one.")),
            ("contact", json!({"$ref": "#/$defs/contact"})),
            ("mocks", list("Tried after a case's own.", "mock")),
            ("cases", list("The dialogues.", "case")),
        ],
        &["flow", "cases"],
        definitions,
    )
}

fn case() -> Value {
    object(
        "One dialogue.",
        &[
            ("name", text("What it shows.")),
            (
                "mocks",
                json!({"description": "Answers instead of real calls; a call without one fails the test.", "type": "array", "items": {"$ref": "#/$defs/mock"}}),
            ),
            ("contact", json!({"$ref": "#/$defs/contact"})),
            ("variables", json!({"description": "Variables the session begins with.", "type": "object"})),
            ("now", text("When it plays, as RFC 3339.")),
            (
                "dialogue",
                json!({"description": "What happens, line by line.", "type": "array", "items": {"$ref": "#/$defs/line"}}),
            ),
            ("check", text("A flow as text, to be checked instead of talked to.")),
            (
                "finds",
                json!({"description": "Codes that the check must find.", "anyOf": [plain_text(), {"type": "array", "items": plain_text()}]}),
            ),
            ("repaired", text("What the text must hold once the mends are made.")),
        ],
        &["name"],
    )
}

fn mock() -> Value {
    let faults: Vec<&str> = Outcome::FAILED.map(Outcome::as_str).to_vec();
    let answer = [
        (
            "status",
            json!({"description": "200 unless said.", "type": "integer", "minimum": 100, "maximum": 599}),
        ),
        ("headers", json!({"type": "object", "additionalProperties": plain_text()})),
        ("json", json!({"description": "The answer's JSON."})),
        ("text", text("The answer's text.")),
        ("xml", text("The answer's XML.")),
        ("fails", words("The call fails in this way instead.", &faults)),
    ];
    let one = object("An answer.", &answer, &[]);
    let mut fields = vec![
        ("when", text("Method and address; * stands for any run of characters.")),
        ("answers", json!({"description": "Answers in turn.", "type": "array", "items": one})),
    ];
    fields.extend(answer);
    object("The answer to a call.", &fields, &["when"])
}

fn contact() -> Value {
    let flag = |what: &str| json!({"description": what, "type": "boolean"});
    object(
        "The contact that talks.",
        &[
            ("id", text("Its id.")),
            ("name", text("Profile name.")),
            ("phone", text("With + and country code.")),
            ("email", text("Address for mail.")),
            ("fields", json!({"description": "Custom fields.", "type": "object"})),
            ("tags", json!({"anyOf": [plain_text(), {"type": "array", "items": plain_text()}]})),
            ("opted_out", flag("Wants no marketing.")),
            ("stopped", flag("Wants nothing at all.")),
        ],
        &[],
    )
}

/// One word a line; the map form keeps editors' completion simple.
fn line() -> Value {
    let any = |what: &str| json!({"description": what});
    let mut line = object(
        "What happens, or what must have happened.",
        &[
            ("customer", any("The customer writes: a text, or a map such as {image: …}.")),
            ("tap", text("The customer taps the button or row with this title or id.")),
            ("wait", duration("Time passes.")),
            ("webhook", any("A Meta webhook as recorded.")),
            ("bot", text("The bot says exactly this next.")),
            ("sends", any("The next message holds at least this.")),
            (
                "called",
                any(
                    "An API request was made: any of step, method, url, headers, query, json, form, xml, text.",
                ),
            ),
            ("variables", json!({"description": "Variables have at least these values.", "type": "object"})),
            ("unset", any("Variables that are unset: a name or a list.")),
            ("outcome", json!({"description": "Outcomes of the last calls by step.", "type": "object"})),
            ("findings", json!({"description": "Findings of the last calls by step.", "type": "object"})),
            ("handed_over", any("The conversation went to people: a team, true, or a map.")),
            ("ended", any("The session ended, and why; false while it runs.")),
            ("withheld", text("A message was not sent, and why.")),
            ("contact", json!({"description": "The contact has at least this.", "type": "object"})),
        ],
        &[],
    );
    line["minProperties"] = json!(1);
    line["maxProperties"] = json!(1);
    line
}
