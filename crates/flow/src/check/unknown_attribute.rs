//! A hole reads a part of `contact`, `message`, `channel` or a call that does not exist.
//!
//! `contact` has `id`, `name`, `phone`, `phone_digits`, `email`, `tags` and the custom fields of the account. `message` has
//! `id`, `kind`, `text`, `reply_id`, `context_id`, `content`, `referral` and `sent_at`. `channel` has `name`, `phone` and
//! `phone_digits`. A call, read by its step's name, has `status`, `outcome`, `headers`, `attempts` and `elapsed_ms`; what it
//! maps stands in variables of their own.

use super::Checked;
use crate::document::{list_of, shorten};
use crate::finding::{Finding, Severity};
use crate::path::{PathKind, PathStep};
use crate::spelling::nearest;
use crate::steps::Action;
use crate::template::Reference;

const CONTACT: [&str; 6] = ["id", "name", "phone", "phone_digits", "email", "tags"];
const MESSAGE: [&str; 8] = ["id", "kind", "text", "reply_id", "context_id", "content", "referral", "sent_at"];
const CHANNEL: [&str; 3] = ["name", "phone", "phone_digits"];
const CALL: [&str; 5] = ["status", "outcome", "headers", "attempts", "elapsed_ms"];

pub(super) fn check(checked: &Checked<'_>, findings: &mut Vec<Finding>) {
    for (step, found) in checked.uses() {
        let Some(key) = first_key(found.reference) else { continue };
        let root = found.reference.root.as_str();
        let (known, sure) = match root {
            "contact" => (contact(checked), checked.context.contact_fields.is_some()),
            "message" => (MESSAGE.to_vec(), true),
            "channel" => (CHANNEL.to_vec(), true),
            _ if is_call(checked, root) => (CALL.to_vec(), true),
            _ => continue,
        };
        if known.contains(&key) {
            continue;
        }
        let near = nearest(key, known.iter().copied());
        // Custom fields that are not known here may have any name; only a slip of the pen is worth a word.
        if !sure && near.is_none() {
            continue;
        }
        let severity = if sure { Severity::Error } else { Severity::Warning };
        let message = format!("`{root}` has no `{}`", shorten(key));
        let finding = Finding::new("unknown-attribute", severity, message)
            .at(found.span.clone())
            .in_step(&checked.graph.steps[step].name);
        findings.push(match near {
            Some(near) => finding.mend(format!("Did you mean `{root}.{near}`?")),
            None => finding.mend(format!("It has {}.", list_of(known))),
        });
    }
}

fn first_key(reference: &Reference) -> Option<&str> {
    match &reference.path.kind {
        PathKind::Steps(steps) => match steps.first()? {
            PathStep::Key(key) => Some(key),
            PathStep::Index(_) => None,
        },
        PathKind::Query(_) => None,
    }
}

/// Fields that every contact has, that the account knows, or that a flow writes.
fn contact<'c>(checked: &Checked<'c>) -> Vec<&'c str> {
    let mut known = CONTACT.to_vec();
    known.extend(checked.context.contact_fields.into_iter().flatten().map(String::as_str));
    let flows = checked.context.flows.unwrap_or_default().iter().copied().chain([checked.flow]);
    for step in flows.flat_map(|flow| flow.steps.values()) {
        if let Action::UpdateContact(action) = &step.action {
            known.extend(action.set.iter().map(|(name, _)| name.value.as_str()));
        }
    }
    known
}

fn is_call(checked: &Checked<'_>, name: &str) -> bool {
    matches!(checked.flow.steps.get(name).map(|step| &step.action), Some(Action::ApiRequest(_)))
}

#[cfg(test)]
mod tests {
    use crate::check::CheckContext;
    use crate::check::testing::{found_in, none, places, steps};
    use std::collections::BTreeSet;

    fn message(hole: &str) -> String {
        format!("  a: {{type: send_message, text: \"{{{{{hole}}}}}\", next: end}}\n")
    }

    #[test]
    fn parts_that_do_not_exist() {
        assert_eq!(places("unknown-attribute", &message("contact.nmae")), ["{{contact.nmae}}"]);
        assert_eq!(places("unknown-attribute", &message("message.body")), ["{{message.body}}"]);
        assert_eq!(places("unknown-attribute", &message("channel.id")), ["{{channel.id}}"]);
        let call = "  c: {type: api_request, method: GET, url: https://example.com, next: d}\n  \
                    d: {type: send_message, text: \"{{c.headers.location}} {{c.body}}\", next: end}\n";
        assert_eq!(places("unknown-attribute", call), ["{{c.body}}"]);
    }

    #[test]
    fn custom_fields_count_where_they_are_known() {
        none("unknown-attribute", &message("contact.loyalty_card"));
        let fields = BTreeSet::from(["plan".to_owned()]);
        let context = CheckContext { contact_fields: Some(&fields), ..CheckContext::default() };
        assert_eq!(
            found_in("unknown-attribute", &steps(&message("contact.loyalty_card")), &context).len(),
            1
        );
        assert!(found_in("unknown-attribute", &steps(&message("contact.plan")), &context).is_empty());
    }
}
