//! What holes and conditions see during a turn.

use super::builder::TurnBuilder;
use crate::Value;
use crate::scope::Scope;
use crate::template::Reference;
use crate::turn::{Channel, Contact};
use serde_json::json;
use std::borrow::Cow;

impl Scope for TurnBuilder<'_> {
    fn get(&self, reference: &Reference) -> Option<Cow<'_, Value>> {
        let owned = match reference.root.as_str() {
            "contact" => contact(&self.ambient.contact),
            "channel" => channel(&self.ambient.channel),
            "message" => return within(reference, self.session.as_ref().map(|session| &session.message)?),
            "trigger" => return within(reference, self.session.as_ref().map(|session| &session.trigger)?),
            "now" => json!(self.printed_now()),
            "new_id" => json!(self.new_id()),
            "secret" => return None,
            name => {
                let frame = self.frame()?;
                let root = frame.variables.get(name).or_else(|| frame.calls.get(name))?;
                return within(reference, root);
            }
        };
        reference.within(&owned).cloned().map(Cow::Owned)
    }

    fn now(&self) -> (i64, &str) {
        (self.ambient.now, &self.bot.settings.timezone)
    }

    fn country(&self) -> Option<&str> {
        self.bot.settings.country.as_deref()
    }
}

fn within<'v>(reference: &Reference, root: &'v Value) -> Option<Cow<'v, Value>> {
    reference.within(root).map(Cow::Borrowed)
}

impl TurnBuilder<'_> {
    /// RFC 3339 in the bot's zone; in UTC where the zone is unknown.
    fn printed_now(&self) -> String {
        let Ok(now) = jiff::Timestamp::from_millisecond(self.ambient.now) else {
            return String::new();
        };
        match jiff::tz::TimeZone::get(&self.bot.settings.timezone) {
            Ok(zone) => now.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            Err(_) => now.to_string(),
        }
    }
}

/// `contact.*`. A custom field never hides one of our own. `phone_digits` is the number as many systems keep it: E.164
/// without the plus.
fn contact(contact: &Contact) -> Value {
    let mut value = contact.fields.clone();
    value.insert("id".into(), json!(contact.id));
    let known = [
        ("name", contact.name.as_deref()),
        ("email", contact.email.as_deref()),
        ("phone", contact.phone.as_deref()),
        ("phone_digits", contact.phone.as_deref().map(|phone| phone.trim_start_matches('+'))),
    ];
    for (name, text) in known {
        match text {
            Some(text) => value.insert(name.into(), json!(text)),
            None => value.shift_remove(name),
        };
    }
    value.insert("tags".into(), json!(contact.tags));
    Value::Object(value)
}

/// `channel.*`: `name`, `phone`, `phone_digits`.
fn channel(channel: &Channel) -> Value {
    let mut value = json!({"name": channel.name});
    if let (Value::Object(value), Some(phone)) = (&mut value, &channel.phone) {
        value.insert("phone".into(), json!(phone));
        value.insert("phone_digits".into(), json!(phone.trim_start_matches('+')));
    }
    value
}
