//! News about templates, numbers and the account itself (§7). Named events and scores stay Meta's text, because
//! Meta adds to them without notice; what we act on is a method.

use serde::Serialize;

use super::time::epoch_ms;
use crate::json::Object;

/// One change of an account-level field.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountEvent {
    TemplateStatus(TemplateStatus),
    TemplateQuality {
        template: TemplateRef,
        previous: Option<String>,
        new: Option<String>,
    },
    /// The text of the template changed: fetch it again.
    TemplateComponents {
        template: TemplateRef,
    },
    TemplateCategory(TemplateCategory),
    NumberQuality(NumberQuality),
    NumberName {
        display_phone_number: Option<String>,
        decision: Option<String>,
        requested: Option<String>,
        rejection_reason: Option<String>,
    },
    /// The messaging limit changed: a number, `TIER_…`, or -1 for unlimited, as it came.
    Capability {
        max_daily_conversations: Option<String>,
        max_phone_numbers: Option<String>,
    },
    Account(AccountUpdate),
    Alert {
        severity: Option<String>,
        status: Option<String>,
        kind: Option<String>,
        description: Option<String>,
    },
    Review {
        decision: Option<String>,
    },
    Settings {
        kind: Option<String>,
    },
    /// Two-step PIN changed or asked to be reset: for the audit.
    Security {
        display_phone_number: Option<String>,
        event: Option<String>,
        requester: Option<String>,
    },
    Flow(FlowNews),
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TemplateRef {
    pub id: Option<String>,
    pub name: Option<String>,
    pub language: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TemplateStatus {
    pub template: TemplateRef,
    /// `APPROVED`, `REJECTED`, `PAUSED`, `DISABLED`, …
    pub event: String,
    /// Why, unless Meta says `NONE`.
    pub reason: Option<String>,
    pub category: Option<String>,
    pub disable_date: Option<String>,
    /// `FIRST_PAUSE`, `SECOND_PAUSE`, `UNPAUSE`, …
    pub other_title: Option<String>,
    pub other_description: Option<String>,
    pub rejection: Option<String>,
    pub recommendation: Option<String>,
}

impl TemplateStatus {
    /// Whether campaigns may use the template from now on; anything but these three stops them.
    pub fn usable(&self) -> bool {
        matches!(self.event.as_str(), "APPROVED" | "REINSTATED" | "UNARCHIVED")
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TemplateCategory {
    pub template: TemplateRef,
    pub previous: Option<String>,
    pub new: Option<String>,
    /// Announced: it will become this one at `changes_ms` (milliseconds since 1970).
    pub correct: Option<String>,
    pub changes_ms: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NumberQuality {
    /// The only thing that names the number here; written for people.
    pub display_phone_number: Option<String>,
    /// `ONBOARDING`, `THROUGHPUT_UPGRADE`; older ones `FLAGGED`, `UNFLAGGED`, `UPGRADE`, `DOWNGRADE`.
    pub event: Option<String>,
    pub current_limit: Option<String>,
    pub old_limit: Option<String>,
    pub max_daily_conversations: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountUpdate {
    /// `ACCOUNT_RESTRICTION`, `DISABLED_UPDATE`, `ACCOUNT_VIOLATION`, `PARTNER_REMOVED`, …
    pub event: String,
    pub restrictions: Vec<Restriction>,
    /// `SCHEDULE_FOR_DISABLE`, `DISABLE`, `REINSTATE`.
    pub ban_state: Option<String>,
    /// In words, as Meta writes it.
    pub ban_date: Option<String>,
    pub violation: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restriction {
    pub kind: String,
    /// Milliseconds since 1970.
    pub expires_ms: Option<i64>,
}

/// What an account may still send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SendingStop {
    /// No templates; answers inside the service window still leave.
    Templates,
    Everything,
}

impl AccountUpdate {
    /// What must stop at once for the whole account; `None` when nothing must.
    pub fn stops(&self) -> Option<SendingStop> {
        match self.event.as_str() {
            "ACCOUNT_DELETED" | "ACCOUNT_OFFBOARDED" => Some(SendingStop::Everything),
            "DISABLED_UPDATE" => match self.ban_state.as_deref() {
                Some("REINSTATE" | "SCHEDULE_FOR_DISABLE") => None,
                _ => Some(SendingStop::Everything),
            },
            "ACCOUNT_RESTRICTION" => self.restrictions.iter().filter_map(Restriction::stops).max(),
            _ => None,
        }
    }
}

impl Restriction {
    fn stops(&self) -> Option<SendingStop> {
        match self.kind.as_str() {
            "RESTRICTED_BIZ_INITIATED_MESSAGING" => Some(SendingStop::Templates),
            "RESTRICTED_CUSTOMER_INITIATED_MESSAGING" => Some(SendingStop::Everything),
            _ => None,
        }
    }
}

/// A WhatsApp Flow changed state or is in trouble; the figures of each event are in the raw item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlowNews {
    /// `FLOW_STATUS_CHANGE`, `CLIENT_ERROR_RATE`, `ENDPOINT_ERROR_RATE`, `ENDPOINT_LATENCY`, `ENDPOINT_AVAILABILITY`,
    /// `FLOW_VERSION_EXPIRY_WARNING`.
    pub event: Option<String>,
    pub flow_id: Option<String>,
    pub old_status: Option<String>,
    pub new_status: Option<String>,
    pub message: Option<String>,
    pub alert_state: Option<String>,
}

impl AccountEvent {
    /// `None` for a field that is not about the account, or one we do not know.
    pub(crate) fn read(field: &str, value: &Object<'_>) -> Option<Self> {
        let text = |key| value.text(key);
        let display_phone_number = || text("display_phone_number");
        Some(match field {
            "message_template_status_update" => Self::TemplateStatus(template_status(value)?),
            "message_template_quality_update" => Self::TemplateQuality {
                template: template(value),
                previous: text("previous_quality_score"),
                new: text("new_quality_score"),
            },
            "message_template_components_update" => Self::TemplateComponents { template: template(value) },
            "template_category_update" => Self::TemplateCategory(TemplateCategory {
                template: template(value),
                previous: text("previous_category"),
                new: text("new_category"),
                correct: text("correct_category"),
                changes_ms: epoch_ms(value, "category_update_timestamp"),
            }),
            "phone_number_quality_update" => Self::NumberQuality(NumberQuality {
                display_phone_number: display_phone_number(),
                event: text("event"),
                current_limit: text("current_limit"),
                old_limit: text("old_limit"),
                max_daily_conversations: text("max_daily_conversations_per_business"),
            }),
            "phone_number_name_update" => Self::NumberName {
                display_phone_number: display_phone_number(),
                decision: text("decision"),
                requested: text("requested_verified_name"),
                rejection_reason: text("rejection_reason"),
            },
            "business_capability_update" => Self::Capability {
                max_daily_conversations: text("max_daily_conversations_per_business")
                    .or_else(|| text("max_daily_conversation_per_phone")),
                max_phone_numbers: text("max_phone_numbers_per_business")
                    .or_else(|| text("max_phone_numbers_per_waba")),
            },
            "account_update" => Self::Account(account_update(value)?),
            "account_alerts" => {
                // Older payloads have the four at the top.
                let nested = value.object("alert_info");
                let text = |key| nested.as_ref().map_or_else(|| value.text(key), |alert| alert.text(key));
                Self::Alert {
                    severity: text("alert_severity"),
                    status: text("alert_status"),
                    kind: text("alert_type"),
                    description: text("alert_description"),
                }
            }
            "account_review_update" => Self::Review { decision: text("decision") },
            "account_settings_update" => Self::Settings { kind: text("type") },
            "security" => Self::Security {
                display_phone_number: display_phone_number(),
                event: text("event"),
                requester: text("requester"),
            },
            "flows" => Self::Flow(FlowNews {
                event: text("event"),
                flow_id: text("flow_id"),
                old_status: text("old_status"),
                new_status: text("new_status"),
                message: text("message").or_else(|| text("warning")),
                alert_state: text("alert_state"),
            }),
            _ => return None,
        })
    }
}

fn template(value: &Object<'_>) -> TemplateRef {
    TemplateRef {
        id: value.text("message_template_id"),
        name: value.text("message_template_name"),
        language: value.text("message_template_language"),
    }
}

fn template_status(value: &Object<'_>) -> Option<TemplateStatus> {
    let nested = |key: &str, field: &str| value.object(key).and_then(|object| object.text(field));
    Some(TemplateStatus {
        template: template(value),
        event: value.text("event")?,
        reason: value.text("reason").filter(|reason| reason != "NONE"),
        category: value.text("message_template_category"),
        disable_date: nested("disable_info", "disable_date"),
        other_title: nested("other_info", "title"),
        other_description: nested("other_info", "description"),
        rejection: nested("rejection_info", "reason"),
        recommendation: nested("rejection_info", "recommendation"),
    })
}

fn account_update(value: &Object<'_>) -> Option<AccountUpdate> {
    let ban = value.object("ban_info");
    let ban = |key: &str| ban.as_ref().and_then(|ban| ban.text(key));
    let restriction = |one: &Object<'_>| {
        Some(Restriction { kind: one.text("restriction_type")?, expires_ms: epoch_ms(one, "expiration") })
    };
    Some(AccountUpdate {
        event: value.text("event")?,
        restrictions: value.objects("restriction_info").iter().filter_map(restriction).collect(),
        ban_state: ban("waba_ban_state"),
        ban_date: ban("waba_ban_date"),
        violation: value.object("violation_info").and_then(|violation| violation.text("violation_type")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update(value: &str) -> AccountUpdate {
        match AccountEvent::read("account_update", &Object::read(value).unwrap()) {
            Some(AccountEvent::Account(update)) => update,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_an_account_may_still_send() {
        let stops = |value| update(value).stops();
        let restricted = r#"{"event":"ACCOUNT_RESTRICTION","restriction_info":[{"restriction_type":"RESTRICTED_BIZ_INITIATED_MESSAGING","expiration":1641330498}]}"#;
        assert_eq!(stops(restricted), Some(SendingStop::Templates));
        assert_eq!(update(restricted).restrictions[0].expires_ms, Some(1_641_330_498_000));
        assert_eq!(
            stops(
                r#"{"event":"ACCOUNT_RESTRICTION","restriction_info":[{"restriction_type":"RESTRICTED_CUSTOMER_INITIATED_MESSAGING"},{"restriction_type":"RESTRICTED_BIZ_INITIATED_MESSAGING"}]}"#
            ),
            Some(SendingStop::Everything)
        );
        assert_eq!(
            stops(
                r#"{"event":"ACCOUNT_RESTRICTION","restriction_info":[{"restriction_type":"RESTRICTED_ADD_PHONE_NUMBER_ACTION"}]}"#
            ),
            None
        );
        assert_eq!(
            stops(r#"{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"DISABLE"}}"#),
            Some(SendingStop::Everything)
        );
        assert_eq!(stops(r#"{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"REINSTATE"}}"#), None);
        assert_eq!(stops(r#"{"event":"MM_LITE_TERMS_SIGNED"}"#), None);
    }

    #[test]
    fn only_three_events_leave_a_template_usable() {
        for (event, usable) in [
            ("APPROVED", true),
            ("REINSTATED", true),
            ("UNARCHIVED", true),
            ("PAUSED", false),
            ("FLAGGED", false),
            ("NEW", false),
        ] {
            let value =
                format!(r#"{{"event":"{event}","message_template_id":1689556908129832,"reason":"NONE"}}"#);
            let Some(AccountEvent::TemplateStatus(status)) =
                AccountEvent::read("message_template_status_update", &Object::read(&value).unwrap())
            else {
                panic!("{event}")
            };
            assert_eq!((status.usable(), status.reason), (usable, None), "{event}");
            assert_eq!(status.template.id.as_deref(), Some("1689556908129832"));
        }
    }

    #[test]
    fn an_announced_category_has_its_date() {
        let value = r#"{"message_template_id":1,"new_category":"UTILITY","correct_category":"MARKETING","category_update_timestamp":1746169200}"#;
        let Some(AccountEvent::TemplateCategory(category)) =
            AccountEvent::read("template_category_update", &Object::read(value).unwrap())
        else {
            panic!()
        };
        assert_eq!(
            (category.correct.as_deref(), category.changes_ms),
            (Some("MARKETING"), Some(1_746_169_200_000))
        );
    }
}
