//! Rendering: messages, single holes, and structures of values.

use super::{Hole, JsonTemplate, Part, Template, VALUE_DEPTH_MAX, print};
use crate::scope::Scope;
use crate::{Value, Values};
use std::borrow::Cow;

impl Template {
    /// The text for a message. A hole without a value, or with null, prints nothing and is added to `unset` as written.
    pub fn render_message(&self, scope: &dyn Scope, unset: &mut Vec<String>) -> String {
        let mut out = String::with_capacity(self.text.len());
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Hole(hole) => match hole.value(scope) {
                    Some(value) if !value.is_null() => out.push_str(&print(&value)),
                    _ => unset.push(hole.reference.text.clone()),
                },
            }
        }
        out
    }

    /// The value of the text: its hole's where it is exactly one, else the rendered text. `None` where the single hole
    /// is unset; in a longer text an unset hole prints nothing.
    pub fn evaluate(&self, scope: &dyn Scope) -> Option<Value> {
        match self.single_hole() {
            Some(hole) => hole.evaluate(scope),
            None => Some(Value::String(self.render_message(scope, &mut Vec::new()))),
        }
    }
}

impl Hole {
    /// The value after the filters; `None` is unset. A secret has none here.
    pub fn evaluate(&self, scope: &dyn Scope) -> Option<Value> {
        self.value(scope).map(Cow::into_owned)
    }

    /// The same without a copy where no filter makes a new value.
    pub(crate) fn value<'s>(&self, scope: &'s dyn Scope) -> Option<Cow<'s, Value>> {
        if self.reference.secret().is_some() {
            return None;
        }
        let value = scope.get(&self.reference);
        if self.filters.is_empty() {
            return value;
        }
        let value = value.map(Cow::into_owned);
        self.filters.iter().fold(value, |value, filter| filter.apply(value, scope)).map(Cow::Owned)
    }
}

impl JsonTemplate {
    /// The value, for `set_variable`, `with` and contact fields. A text that is exactly one hole keeps the type of its
    /// value, and is unset with it (`None`); inside a list or object an unset value is null.
    ///
    /// `None` also for a value nested deeper than [`VALUE_DEPTH_MAX`], which no session could keep.
    pub fn evaluate(&self, scope: &dyn Scope) -> Option<Value> {
        let value = self.fill(scope)?;
        (depth(&value) <= VALUE_DEPTH_MAX).then_some(value)
    }

    fn fill(&self, scope: &dyn Scope) -> Option<Value> {
        Some(match self {
            JsonTemplate::Literal(value) => value.clone(),
            JsonTemplate::Text(template) => return template.evaluate(scope),
            JsonTemplate::List(items) => {
                items.iter().map(|item| item.fill(scope).unwrap_or(Value::Null)).collect()
            }
            JsonTemplate::Object(entries) => {
                let filled = |(key, item): &(String, JsonTemplate)| {
                    (key.clone(), item.fill(scope).unwrap_or(Value::Null))
                };
                Value::Object(entries.iter().map(filled).collect::<Values>())
            }
        })
    }
}

/// Levels of lists and objects in a value: 0 for a text, 1 for `[]`. Uses no stack.
pub(crate) fn depth(value: &Value) -> usize {
    let mut deepest = 0;
    let mut open = vec![(value, 0)];
    while let Some((value, above)) = open.pop() {
        let here = above + 1;
        match value {
            Value::Array(items) => open.extend(items.iter().map(|item| (item, here))),
            Value::Object(entries) => open.extend(entries.values().map(|item| (item, here))),
            _ => continue,
        }
        deepest = deepest.max(here);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::Plain;
    use serde_json::json;

    fn scope(values: &Value) -> Plain {
        Plain { values: values.as_object().unwrap().clone(), ..Plain::default() }
    }

    #[test]
    fn a_message_prints_values_and_never_null() {
        let number: Value = serde_json::from_str("10.50").unwrap();
        let scope = scope(&json!({
            "name": "Priya", "total": number, "vip": true, "tags": ["a", 1], "order": {"id": 7}, "gone": null,
        }));
        let template = Template::of(
            "Hi {{name}}: {{total}} {{ vip }} {{tags}} {{order}} {{order.id}} [{{gone}}{{never.set}}]",
        );
        let mut unset = Vec::new();
        assert_eq!(
            template.render_message(&scope, &mut unset),
            r#"Hi Priya: 10.50 true ["a",1] {"id":7} 7 []"#
        );
        assert_eq!(unset, ["gone", "never.set"]);
    }

    #[test]
    fn a_value_that_looks_like_a_hole_is_not_read_again() {
        let scope = scope(&json!({"subject": "{{name}} {{secret.token}}", "name": "Priya"}));
        let mut unset = Vec::new();
        assert_eq!(
            Template::of("Re: {{subject}}").render_message(&scope, &mut unset),
            "Re: {{name}} {{secret.token}}"
        );
        assert!(unset.is_empty());
    }

    #[test]
    fn a_single_hole_keeps_its_type() {
        let scope = scope(&json!({"n": 3, "list": [1], "name": "Priya"}));
        let text = |text: &str| JsonTemplate::Text(Template::of(text));
        assert_eq!(text("{{n}}").evaluate(&scope), Some(json!(3)));
        assert_eq!(text("{{list}}").evaluate(&scope), Some(json!([1])));
        assert_eq!(text("{{n}}x").evaluate(&scope), Some(json!("3x")));
        assert_eq!(text("{{n | text}}").evaluate(&scope), Some(json!("3")));
        assert_eq!(text("{{none}}").evaluate(&scope), None);
        let object = JsonTemplate::Object(vec![
            ("who".into(), text("{{name}}")),
            ("many".into(), JsonTemplate::List(vec![text("{{n}}"), text("{{none}}")])),
        ]);
        assert_eq!(object.evaluate(&scope), Some(json!({"who": "Priya", "many": [3, null]})));
    }

    #[test]
    fn a_secret_prints_nothing_anywhere() {
        let scope = scope(&json!({"secret": {"token": "s3cret"}}));
        assert_eq!(Template::of("{{secret.token}}").render_message(&scope, &mut Vec::new()), "");
        assert_eq!(Template::of("{{secret.token | default: 'x'}}").evaluate(&scope), None);
    }

    #[test]
    fn too_deep_a_value_is_none() {
        let mut deep = json!(1);
        for _ in 0..VALUE_DEPTH_MAX {
            deep = json!([deep]);
        }
        let scope = scope(&json!({"deep": deep}));
        let hole = JsonTemplate::Text(Template::of("{{deep}}"));
        assert!(hole.evaluate(&scope).is_some());
        assert_eq!(JsonTemplate::List(vec![hole]).evaluate(&scope), None);
    }
}
