//! The search words of `GET /search`: `type:ticket requester:a@b.c status<solved -tags:spam "exact words"`.

use serde_json::Value;

use crate::clock::parse_iso;

/// One word of a query.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    negated: bool,
    /// `None`: free words.
    field: Option<String>,
    sign: char,
    value: String,
}

/// Splits a query; quotes hold words together.
pub(super) fn parse(query: &str) -> Vec<Term> {
    let mut words: Vec<String> = vec![String::new()];
    let mut quoted = false;
    for c in query.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => words.push(String::new()),
            c => {
                if let Some(word) = words.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    words.iter().filter(|word| !word.is_empty()).map(|word| term(word)).collect()
}

fn term(word: &str) -> Term {
    let (negated, word) = word.strip_prefix('-').map_or((false, word), |rest| (true, rest));
    match word.find([':', '<', '>']) {
        Some(at) if at > 0 && word[..at].bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') => {
            let sign = word[at..].chars().next().unwrap_or(':');
            let value = word[at + 1..].trim_start_matches('=').to_owned();
            Term { negated, field: Some(word[..at].to_lowercase()), sign, value }
        }
        _ => Term { negated, field: None, sign: ':', value: word.to_owned() },
    }
}

impl Term {
    /// Whether a result (a ticket or a user, with `result_type`) answers to this term. `requester` is the ticket's
    /// user, if it has one.
    pub(super) fn holds(&self, result: &Value, requester: Option<&Value>) -> bool {
        self.found(result, requester) != self.negated
    }

    fn found(&self, result: &Value, requester: Option<&Value>) -> bool {
        let wanted = self.value.to_lowercase();
        let Some(field) = self.field.as_deref() else {
            let text = ["subject", "description", "name", "email", "phone"].map(|key| text_of(&result[key]));
            return text.iter().any(|text| text.contains(&wanted));
        };
        match field {
            "type" => text_of(&result["result_type"]) == wanted || text_of(&result["type"]) == wanted,
            "requester" | "requester_id" => requester.is_some_and(|user| {
                [&user["email"], &user["name"], &user["id"], &user["phone"]]
                    .iter()
                    .any(|v| text_of(v) == wanted)
            }),
            "tags" => result["tags"].as_array().into_iter().flatten().any(|tag| text_of(tag) == wanted),
            "created" | "updated" | "created_at" | "updated_at" => {
                let key = if field.starts_with("created") { "created_at" } else { "updated_at" };
                let at = result[key].as_str().and_then(parse_iso);
                at.zip(parse_iso(&self.value)).is_some_and(|(at, wanted)| match self.sign {
                    '<' => at < wanted,
                    '>' => at > wanted,
                    _ => (wanted..wanted + 86_400).contains(&at),
                })
            }
            "status" | "priority" => {
                let order: &[&str] = if field == "status" {
                    &["new", "open", "pending", "hold", "solved", "closed"]
                } else {
                    &["low", "normal", "high", "urgent"]
                };
                let rank = |text: &str| order.iter().position(|known| *known == text);
                rank(&text_of(&result[field])).zip(rank(&wanted)).is_some_and(|(has, wanted)| {
                    match self.sign {
                        '<' => has < wanted,
                        '>' => has > wanted,
                        _ => has == wanted,
                    }
                })
            }
            "subject" | "description" => text_of(&result[field]).contains(&wanted),
            _ => text_of(&result[field]) == wanted,
        }
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_lowercase(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn terms_narrow_the_results() {
        let user = json!({"email": "priya@example.com", "name": "Priya", "id": 7});
        let ticket = json!({"result_type": "ticket", "subject": "Blue lamp", "status": "pending", "priority": "high",
                            "tags": ["order"], "created_at": "2026-11-20T10:00:00Z"});
        let holds = |query: &str| parse(query).iter().all(|term| term.holds(&ticket, Some(&user)));
        for yes in [
            "type:ticket requester:priya@example.com",
            "status<solved",
            "status:pending priority>normal",
            "tags:order",
            "-tags:spam",
            "\"blue lamp\"",
            "subject:lamp",
            "created>2026-11-01",
            "created:2026-11-20",
            "",
        ] {
            assert!(holds(yes), "{yes}");
        }
        for no in [
            "type:user",
            "requester:x@example.com",
            "status>pending",
            "-lamp",
            "chair",
            "created<2026-01-01",
            ":",
            "status:",
        ] {
            assert!(!holds(no), "{no}");
        }
    }
}
