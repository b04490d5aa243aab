//! The filters: their names and what they do.

use super::{Filter, FilterKind, date, print};
use crate::Value;
use crate::phone;
use crate::scope::Scope;

/// Name and an example of each filter, in the order of the docs.
const FILTERS: [(FilterKind, &str, &str); 13] = [
    (FilterKind::Capitalize, "capitalize", "{{plan | capitalize}}"),
    (FilterKind::Upper, "upper", "{{code | upper}}"),
    (FilterKind::Lower, "lower", "{{email | lower}}"),
    (FilterKind::Trim, "trim", "{{answer | trim}}"),
    (FilterKind::Default, "default", "{{contact_name | default: 'there'}}"),
    (FilterKind::Text, "text", "{{order_number | text}}"),
    (FilterKind::Number, "number", "{{quantity | number}}"),
    (FilterKind::Digits, "digits", "{{phone | digits}}"),
    (FilterKind::Phone, "phone", "{{answer | phone: 'IN'}}"),
    (FilterKind::Date, "date", "{{created_at | date: 'd MMM yyyy'}}"),
    (FilterKind::Join, "join", "{{tags | join: ', '}}"),
    (FilterKind::Json, "json", "{{order | json}}"),
    (FilterKind::Url, "url", "{{name | url}}"),
];

impl FilterKind {
    pub fn of(name: &str) -> Option<FilterKind> {
        FILTERS.iter().find(|(_, known, _)| *known == name).map(|(kind, ..)| *kind)
    }

    /// The names, in the order of the docs.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FILTERS.iter().map(|(_, name, _)| *name)
    }

    fn row(self) -> &'static (FilterKind, &'static str, &'static str) {
        FILTERS.iter().find(|(kind, ..)| *kind == self).expect("every kind has a row: see the test")
    }

    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// A hole that uses it.
    pub fn example(self) -> &'static str {
        self.row().2
    }

    /// Whether the filter can take this argument, in words when not.
    pub(super) fn accepts(self, argument: Option<&Value>) -> Result<(), String> {
        let name = self.name();
        match (self, argument) {
            (FilterKind::Default, Some(Value::Null) | None) => {
                Err("`default` needs the value to use".to_owned())
            }
            (_, None) | (FilterKind::Default, Some(_)) => Ok(()),
            (FilterKind::Date, Some(Value::String(pattern))) => date::check(pattern),
            (FilterKind::Join, Some(argument)) if argument.is_string() => Ok(()),
            (FilterKind::Phone, Some(argument)) => match argument.as_str() {
                Some(country) if phone::is_country(country) => Ok(()),
                _ => Err("`phone` takes a country of two letters".to_owned()),
            },
            (FilterKind::Date | FilterKind::Join, Some(_)) => Err(format!("`{name}` takes a text")),
            (_, Some(_)) => Err(format!("`{name}` takes no argument")),
        }
    }
}

impl Filter {
    /// The value after this filter; `None` is unset.
    pub(super) fn apply(&self, value: Option<Value>, scope: &dyn Scope) -> Option<Value> {
        if self.kind == FilterKind::Default {
            return match value {
                None | Some(Value::Null) => self.argument.clone(),
                set => set,
            };
        }
        let value = value?;
        if value.is_null() {
            return Some(value);
        }
        let text = match self.kind {
            FilterKind::Number => return number(value),
            FilterKind::Capitalize => capitalize(&print(&value)),
            FilterKind::Upper => print(&value).to_uppercase(),
            FilterKind::Lower => print(&value).to_lowercase(),
            FilterKind::Trim => print(&value).trim().to_owned(),
            FilterKind::Text | FilterKind::Default => print(&value).into_owned(),
            FilterKind::Digits => print(&value).chars().filter(char::is_ascii_digit).collect(),
            FilterKind::Phone => {
                let country = self.argument.as_ref().and_then(Value::as_str).or_else(|| scope.country());
                phone::parse(&print(&value), country)?.into_string()
            }
            FilterKind::Date => {
                let pattern = self.argument.as_ref().and_then(Value::as_str).unwrap_or(date::SHORT);
                date::format(&value, pattern, scope.now().1)?
            }
            FilterKind::Join => join(&value, self.argument.as_ref().and_then(Value::as_str).unwrap_or(", ")),
            FilterKind::Json => value.to_string(),
            FilterKind::Url => crate::request::percent_encode(&print(&value)),
        };
        Some(Value::String(text))
    }
}

fn capitalize(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A number with the digits it had; a plus and leading zeros go, since the author asked for a number.
fn number(value: Value) -> Option<Value> {
    let Value::String(text) = value else { return value.is_number().then_some(value) };
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let significant = digits.trim_start_matches('0');
    let zero = if significant.starts_with(|c: char| c.is_ascii_digit()) { "" } else { "0" };
    serde_json::from_str(&format!("{sign}{zero}{significant}")).ok().map(Value::Number)
}

fn join(value: &Value, between: &str) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().filter(|item| !item.is_null()).map(print).collect();
            items.join(between)
        }
        other => print(other).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::Plain;
    use crate::template::Template;
    use serde_json::json;

    fn shown(hole: &str, value: Value) -> Option<Value> {
        let (template, findings) = Template::parse(crate::source::Text {
            value: hole.to_owned(),
            place: crate::source::Place::default(),
        });
        assert_eq!(findings, [], "{hole}");
        let mut scope = Plain { zone: "Asia/Kolkata".into(), country: Some("IN".into()), ..Plain::default() };
        scope.values.insert("x".into(), value);
        template.single_hole().unwrap().evaluate(&scope)
    }

    #[test]
    fn every_kind_has_a_name_and_an_example_that_parses() {
        for name in FilterKind::names() {
            let kind = FilterKind::of(name).unwrap();
            assert_eq!(kind.name(), name);
            let template = Template::of(kind.example());
            assert_eq!(template.single_hole().unwrap().filters[0].kind, kind);
        }
    }

    #[test]
    fn change_texts() {
        assert_eq!(shown("{{x|capitalize}}", json!("éclair PRO")), Some(json!("Éclair PRO")));
        assert_eq!(shown("{{x|upper}}", json!("straße")), Some(json!("STRASSE")));
        assert_eq!(shown("{{x|lower|trim}}", json!(" A@B.C ")), Some(json!("a@b.c")));
        assert_eq!(shown("{{x|digits}}", json!("+91 98200-00001")), Some(json!("919820000001")));
        assert_eq!(shown("{{x|url}}", json!("a b&c/é")), Some(json!("a%20b%26c%2F%C3%A9")));
        assert_eq!(shown("{{x|join}}", json!(["a", null, 2, true])), Some(json!("a, 2, true")));
        assert_eq!(shown("{{x|join:' / '}}", json!(["a", "b"])), Some(json!("a / b")));
        assert_eq!(shown("{{x|json}}", json!({"b": 1, "a": "x"})), Some(json!(r#"{"b":1,"a":"x"}"#)));
    }

    #[test]
    fn numbers_keep_their_digits() {
        let big: Value = serde_json::from_str("1234567890123456789012345.10").unwrap();
        assert_eq!(shown("{{x|text}}", big.clone()), Some(json!("1234567890123456789012345.10")));
        assert_eq!(shown("{{x|number}}", json!("1234567890123456789012345.10")), Some(big));
        assert_eq!(shown("{{x|number|text}}", json!(" +007 ")), Some(json!("7")));
        assert_eq!(shown("{{x|number|text}}", json!("-00.50")), Some(json!("-0.50")));
        assert_eq!(shown("{{x|number|text}}", json!("0")), Some(json!("0")));
        for no_number in [json!("seven"), json!(""), json!("1,000"), json!("--1"), json!("0x10"), json!(true)]
        {
            assert_eq!(shown("{{x|number}}", no_number), None);
        }
    }

    #[test]
    fn phones_use_the_country_of_the_bot_or_their_own() {
        assert_eq!(shown("{{x|phone}}", json!("098200 00001")), Some(json!("+919820000001")));
        assert_eq!(shown("{{x|phone:'US'}}", json!("(415) 555-2671")), Some(json!("+14155552671")));
        assert_eq!(shown("{{x|phone}}", json!("call me")), None);
    }

    #[test]
    fn null_and_unset_pass_through_all_but_default() {
        for name in FilterKind::names().filter(|name| *name != "default") {
            let hole = format!("{{{{x | {name}}}}}");
            assert_eq!(shown(&hole, Value::Null), Some(Value::Null), "{name}");
            let hole = format!("{{{{y | {name}}}}}");
            assert_eq!(shown(&hole, Value::Null), None, "{name}");
        }
        assert_eq!(shown("{{x | default: 0}}", Value::Null), Some(json!(0)));
        assert_eq!(shown("{{y | default: \"there\"}}", Value::Null), Some(json!("there")));
        assert_eq!(shown("{{x | default: 'there'}}", json!("")), Some(json!("")));
        assert_eq!(shown("{{x | number | default: 1}}", json!("none")), Some(json!(1)));
    }
}
