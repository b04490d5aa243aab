//! The number, the account, the webhook subscription and the token.

use http::Method;
use serde_json::{Value, json};

use super::Graph;
use super::fault::Fault;
use super::templates::fields_of;
use crate::http_call::{Answer, Call};

/// Whether the app receives this account's webhooks, and where to if not at the app's own address.
#[derive(Debug, Default)]
pub(crate) struct Subscription {
    pub(crate) subscribed: bool,
    pub(crate) override_url: Option<String>,
    profile: Option<Value>,
}

impl Graph {
    fn number(&self) -> Value {
        json!({
            "verified_name": self.business.verified_name,
            "code_verification_status": "VERIFIED",
            "display_phone_number": self.business.display_phone_number,
            "quality_rating": "GREEN",
            "platform_type": "CLOUD_API",
            "throughput": {"level": "STANDARD"},
            "name_status": "APPROVED",
            "whatsapp_business_manager_messaging_limit": "TIER_2K",
            "health_status": self.health(),
            "webhook_configuration": {"application": self.subscription.override_url},
            "id": self.business.phone_number_id,
        })
    }

    fn health(&self) -> Value {
        let available =
            |kind: &str, id: &str| json!({"entity_type": kind, "id": id, "can_send_message": "AVAILABLE"});
        json!({
            "can_send_message": "AVAILABLE",
            "entities": [
                available("PHONE_NUMBER", &self.business.phone_number_id),
                available("WABA", &self.business.waba_id),
                available("APP", &self.business.app_id),
            ],
        })
    }

    pub(super) fn phone_number(&self, call: &Call) -> Answer {
        let fields = call.query("fields").unwrap_or(
            "verified_name,code_verification_status,display_phone_number,quality_rating,platform_type,throughput",
        );
        Answer::json(200, &fields_of(&self.number(), Some(fields)))
    }

    pub(super) fn phone_numbers(&self, call: &Call) -> Answer {
        let fields = call.query("fields").unwrap_or(
            "verified_name,code_verification_status,display_phone_number,quality_rating,platform_type,throughput",
        );
        let number = fields_of(&self.number(), Some(fields));
        Answer::json(200, &json!({"data": [number], "paging": {"cursors": {"before": "n0", "after": "n1"}}}))
    }

    pub(super) fn account(&self, call: &Call) -> Answer {
        let account = json!({
            "id": self.business.waba_id, "name": self.business.verified_name, "timezone_id": "71",
            "message_template_namespace": "sandbox", "health_status": self.health(),
        });
        Answer::json(
            200,
            &fields_of(
                &account,
                Some(call.query("fields").unwrap_or("id,name,timezone_id,message_template_namespace")),
            ),
        )
    }

    pub(super) fn subscribed_apps(&mut self, call: &Call) -> Result<Answer, Fault> {
        match call.method {
            Method::GET => {
                let app = json!({
                    "whatsapp_business_api_data": {"id": self.business.app_id, "name": "Sandbox app", "link": "https://example.com"},
                    "override_callback_uri": self.subscription.override_url,
                });
                let apps: Vec<Value> = self.subscription.subscribed.then_some(app).into_iter().collect();
                Ok(Answer::json(200, &json!({"data": apps})))
            }
            Method::POST => {
                let body = call.json().unwrap_or(Value::Null);
                let address = body["override_callback_uri"].as_str().filter(|url| !url.is_empty());
                if address.is_some_and(|url| !super::validate::is_web_address(url)) {
                    return Err(Fault::parameter("override_callback_uri must be a web address"));
                }
                if address.is_some() && !body["verify_token"].is_string() {
                    return Err(Fault::missing("verify_token"));
                }
                self.subscription.subscribed = true;
                self.subscription.override_url = address.map(str::to_owned);
                Ok(Answer::json(200, &json!({"success": true})))
            }
            Method::DELETE => {
                self.subscription.subscribed = false;
                self.subscription.override_url = None;
                Ok(Answer::json(200, &json!({"success": true})))
            }
            _ => Err(Fault::unknown_object(&call.method, &self.business.waba_id)),
        }
    }

    pub(super) fn profile(&mut self, call: &Call) -> Result<Answer, Fault> {
        let about =
            json!({"messaging_product": "whatsapp", "about": "Here from nine to six", "vertical": "RETAIL"});
        match call.method {
            Method::GET => {
                let profile = self.subscription.profile.clone().unwrap_or(about);
                Ok(Answer::json(200, &json!({"data": [profile]})))
            }
            Method::POST => {
                let body = call.json().filter(|body| body["messaging_product"] == "whatsapp");
                let body =
                    body.ok_or_else(|| Fault::parameter("The parameter messaging_product is required."))?;
                for (key, most) in [("about", 139), ("address", 256), ("description", 512), ("email", 128)] {
                    super::validate::optional_text(&body[key], key, most)?;
                }
                self.subscription.profile = Some(body);
                Ok(Answer::json(200, &json!({"success": true})))
            }
            _ => Err(Fault::unknown_object(&call.method, &self.business.phone_number_id)),
        }
    }

    pub(super) fn debug_token(&self, call: &Call) -> Result<Answer, Fault> {
        let asked = call.query("input_token").ok_or_else(|| Fault::missing("input_token"))?;
        let valid = self.token.as_deref().is_none_or(|token| token == asked);
        let mut data = json!({
            "app_id": self.business.app_id, "type": "SYSTEM_USER", "application": "Sandbox app",
            "is_valid": valid, "issued_at": call.now - 86_400, "expires_at": 0, "data_access_expires_at": 0,
            "scopes": ["whatsapp_business_management", "whatsapp_business_messaging"],
            "granular_scopes": [
                {"scope": "whatsapp_business_management", "target_ids": [self.business.waba_id]},
                {"scope": "whatsapp_business_messaging", "target_ids": [self.business.waba_id]},
            ],
        });
        if !valid {
            data = json!({
                "is_valid": false, "scopes": [],
                "error": {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"},
            });
        }
        Ok(Answer::json(200, &json!({"data": data})))
    }
}
