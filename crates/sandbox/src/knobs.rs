//! Trouble on purpose. Every knob rests at "behave well"; `POST /__sandbox/knobs` merges a partial document into it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest latency or delay that can be asked for.
pub(crate) const LATENCY_MS_MAX: u64 = 600_000;

/// All knobs. The JSON form has the same names; unknown names are refused.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    pub graph: Trouble,
    pub intercom: Trouble,
    pub zendesk: Trouble,
    pub freshdesk: Trouble,
    pub webhooks: WebhookTrouble,
    pub whatsapp: WhatsAppManners,
}

/// Trouble of one vendor's HTTP side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Trouble {
    /// Wait before each answer.
    pub latency_ms: u64,
    /// Up to this much more, drawn for each answer.
    pub jitter_ms: u64,
    /// The next so many calls are refused with `error_status`, without being carried out.
    pub fail_next: u32,
    /// Percent of calls refused with `error_status`, without being carried out.
    pub error_percent: u8,
    pub error_status: u16,
    /// Percent of calls refused with 429 and the vendor's own headers.
    pub too_many_percent: u8,
    /// Percent of connections closed without one byte of answer.
    pub drop_percent: u8,
    /// Whether a dropped call was carried out first: the case whose fate the caller cannot know.
    pub drop_after_work: bool,
    /// Percent of answers cut in the middle although `Content-Length` promised the whole.
    pub half_percent: u8,
    /// Percent of answers replaced by a proxy's HTML page with status 200.
    pub html_percent: u8,
    /// Body speed; 0 = no brake.
    pub bytes_per_second: u32,
    /// Calls allowed in the vendor's window; 0 = the vendor's own figure.
    pub rate_limit: u32,
}

impl Default for Trouble {
    fn default() -> Self {
        Self {
            latency_ms: 0,
            jitter_ms: 0,
            fail_next: 0,
            error_percent: 0,
            error_status: 500,
            too_many_percent: 0,
            drop_percent: 0,
            drop_after_work: true,
            half_percent: 0,
            html_percent: 0,
            bytes_per_second: 0,
            rate_limit: 0,
        }
    }
}

/// Trouble of the Meta webhooks that the sandbox sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookTrouble {
    pub delay_ms: u64,
    pub jitter_ms: u64,
    /// Percent delivered a second time although the first was answered 200.
    pub duplicate_percent: u8,
    /// Percent held back for `reorder_ms` while later ones overtake.
    pub reorder_percent: u8,
    pub reorder_ms: u64,
    /// Percent signed with a wrong secret; a server must answer those 401.
    pub bad_signature_percent: u8,
}

impl Default for WebhookTrouble {
    fn default() -> Self {
        Self {
            delay_ms: 0,
            jitter_ms: 0,
            duplicate_percent: 0,
            reorder_percent: 0,
            reorder_ms: 500,
            bad_signature_percent: 0,
        }
    }
}

/// How the pretend WhatsApp treats messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WhatsAppManners {
    /// Which statuses are reported, in this order.
    pub statuses: Vec<DeliveryStatus>,
    /// Time between the answer and the first status, and between two statuses.
    pub status_gap_ms: u64,
    /// A closed window (131047) or a number without WhatsApp (131026): `status` accepts the message and reports it
    /// failed later, as Meta mostly does; `answer` refuses it at once.
    pub recipient_faults: RecipientFaults,
    /// Meta's limit to one recipient: a burst of 45, then one in 6 s (131056).
    pub pair_limit: bool,
    /// Meta's throughput of a number (130429); 0 = unlimited.
    pub messages_per_second: u32,
    /// Whether webhooks leave out the phone number and carry only the business-scoped user id.
    pub hide_phone_numbers: bool,
}

impl Default for WhatsAppManners {
    fn default() -> Self {
        Self {
            statuses: vec![DeliveryStatus::Sent, DeliveryStatus::Delivered, DeliveryStatus::Read],
            status_gap_ms: 120,
            recipient_faults: RecipientFaults::Status,
            pair_limit: true,
            messages_per_second: 80,
            hide_phone_numbers: false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    Sent,
    Delivered,
    Read,
    Failed,
}

impl DeliveryStatus {
    /// The word in Meta's webhook.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecipientFaults {
    Answer,
    Status,
}

/// A knob document that cannot be used; says which knob and why.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum KnobError {
    #[error("the knobs are not understood: {0}")]
    Shape(String),
    #[error("`{knob}` is {seen}: it must lie between {least} and {most}")]
    Range { knob: &'static str, seen: u64, least: u64, most: u64 },
}

impl Knobs {
    /// A copy with `change` merged in: objects key by key, everything else replaced.
    pub fn with(&self, change: &Value) -> Result<Self, KnobError> {
        if !change.is_object() {
            return Err(KnobError::Shape(
                "expected a JSON object such as {\"intercom\": {\"latency_ms\": 500}}".into(),
            ));
        }
        let mut whole = serde_json::to_value(self).map_err(|e| KnobError::Shape(e.to_string()))?;
        merge(&mut whole, change);
        let knobs: Self = serde_json::from_value(whole).map_err(|e| KnobError::Shape(e.to_string()))?;
        knobs.check()?;
        Ok(knobs)
    }

    /// Refuses values that make no sense, such as 120 percent.
    pub fn check(&self) -> Result<(), KnobError> {
        for trouble in [&self.graph, &self.intercom, &self.zendesk, &self.freshdesk] {
            trouble.check()?;
        }
        let hooks = &self.webhooks;
        within("webhooks.delay_ms", hooks.delay_ms, 0, LATENCY_MS_MAX)?;
        within("webhooks.jitter_ms", hooks.jitter_ms, 0, LATENCY_MS_MAX)?;
        within("webhooks.reorder_ms", hooks.reorder_ms, 0, LATENCY_MS_MAX)?;
        within("webhooks.duplicate_percent", hooks.duplicate_percent.into(), 0, 100)?;
        within("webhooks.reorder_percent", hooks.reorder_percent.into(), 0, 100)?;
        within("webhooks.bad_signature_percent", hooks.bad_signature_percent.into(), 0, 100)?;
        within("whatsapp.status_gap_ms", self.whatsapp.status_gap_ms, 0, LATENCY_MS_MAX)?;
        within("whatsapp.statuses (how many)", self.whatsapp.statuses.len() as u64, 0, 8)
    }
}

impl Trouble {
    fn check(&self) -> Result<(), KnobError> {
        within("latency_ms", self.latency_ms, 0, LATENCY_MS_MAX)?;
        within("jitter_ms", self.jitter_ms, 0, LATENCY_MS_MAX)?;
        within("error_percent", self.error_percent.into(), 0, 100)?;
        within("error_status", self.error_status.into(), 400, 599)?;
        within("too_many_percent", self.too_many_percent.into(), 0, 100)?;
        within("drop_percent", self.drop_percent.into(), 0, 100)?;
        within("half_percent", self.half_percent.into(), 0, 100)?;
        within("html_percent", self.html_percent.into(), 0, 100)
    }
}

fn within(knob: &'static str, seen: u64, least: u64, most: u64) -> Result<(), KnobError> {
    if (least..=most).contains(&seen) { Ok(()) } else { Err(KnobError::Range { knob, seen, least, most }) }
}

fn merge(into: &mut Value, change: &Value) {
    match (into, change) {
        (Value::Object(into), Value::Object(change)) => {
            for (key, value) in change {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (into, change) => *into = change.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_change_touches_only_what_it_names() {
        let knobs = Knobs::default().with(&json!({"intercom": {"latency_ms": 300}})).unwrap();
        let knobs =
            knobs.with(&json!({"intercom": {"fail_next": 2}, "whatsapp": {"statuses": ["sent"]}})).unwrap();
        assert_eq!((knobs.intercom.latency_ms, knobs.intercom.fail_next), (300, 2));
        assert_eq!(knobs.whatsapp.statuses, [DeliveryStatus::Sent]);
        assert_eq!(knobs.zendesk, Trouble::default());
    }

    #[test]
    fn nonsense_is_refused_by_name() {
        let refused = |change: Value| Knobs::default().with(&change).unwrap_err().to_string();
        assert!(refused(json!({"intercom": {"latncy": 1}})).contains("latncy"));
        assert!(refused(json!({"graph": {"drop_percent": 101}})).contains("drop_percent"));
        assert!(refused(json!({"graph": {"error_status": 200}})).contains("400"));
        assert!(refused(json!([])).contains("object"));
        assert!(refused(json!({"graph": null})).contains("null"));
    }
}
