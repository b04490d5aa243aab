//! What a channel needs to be healthy, asked of Meta (§17): token, number, subscription.

use ::http::Method;
use secrecy::ExposeSecret as _;

use super::Client;
use crate::error::SendError;
use crate::ids::{PhoneNumberId, WabaId};
use crate::json::{Object, scalar};

/// A sending number as Meta sees it. Words such as `GREEN` are Meta's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumberInfo {
    pub id: Option<PhoneNumberId>,
    pub display_phone_number: Option<String>,
    pub verified_name: Option<String>,
    pub name_status: Option<String>,
    pub code_verification_status: Option<String>,
    /// `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
    pub quality_rating: Option<String>,
    pub platform_type: Option<String>,
    /// `STANDARD` (80 messages a second), `HIGH` (1000), `NOT_APPLICABLE`.
    pub throughput_level: Option<String>,
    /// `TIER_250` … `TIER_UNLIMITED`.
    pub messaging_limit: Option<String>,
    /// `AVAILABLE`, `LIMITED`, `BLOCKED`.
    pub can_send_message: Option<String>,
    /// What stands in the way of sending, in Meta's words.
    pub obstacles: Vec<String>,
}

/// What the access token is and may do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenInfo {
    pub valid: bool,
    pub app_id: Option<String>,
    /// Milliseconds since 1970; `None` for a token that does not expire.
    pub expires_ms: Option<i64>,
    pub scopes: Vec<String>,
    /// The accounts the token was granted; empty can also mean all.
    pub wabas: Vec<String>,
}

impl TokenInfo {
    /// The permissions a channel needs and this token lacks (§1).
    pub fn missing_scopes(&self) -> Vec<&'static str> {
        let needed = ["whatsapp_business_messaging", "whatsapp_business_management"];
        needed.into_iter().filter(|scope| !self.scopes.iter().any(|has| has == scope)).collect()
    }
}

/// An app that gets the account's webhooks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubscribedApp {
    pub id: Option<String>,
    pub name: Option<String>,
    /// Where this account's messages go instead of to the app's own address.
    pub override_callback_uri: Option<String>,
}

const LIST_FIELDS: &str = "id,display_phone_number,verified_name,quality_rating,name_status,code_verification_status,throughput,platform_type";
const ONE_FIELDS: &str = "id,display_phone_number,verified_name,quality_rating,name_status,code_verification_status,throughput,platform_type,whatsapp_business_manager_messaging_limit,health_status";

impl Client {
    /// The number with its limits and health.
    pub async fn phone_number(&self, number: &PhoneNumberId) -> Result<NumberInfo, SendError> {
        let answer = self.get(self.query(&[number.as_str()], &[("fields", ONE_FIELDS)])).await?;
        Ok(number_info(&answer.object()))
    }

    /// The first hundred numbers of the account.
    pub async fn phone_numbers(&self, account: &WabaId) -> Result<Vec<NumberInfo>, SendError> {
        let url =
            self.query(&[account.as_str(), "phone_numbers"], &[("fields", LIST_FIELDS), ("limit", "100")]);
        Ok(self.get(url).await?.object().objects("data").iter().map(number_info).collect())
    }

    /// Our own token, examined by Meta.
    pub async fn token_info(&self) -> Result<TokenInfo, SendError> {
        let url = self.query(&["debug_token"], &[("input_token", self.token.expose_secret())]);
        let answer = self.get(url).await?;
        let data = answer.object().object("data").ok_or_else(|| answer.without(self))?;
        let texts = |object: &Object<'_>, key| -> Vec<String> {
            object.array(key).unwrap_or_default().into_iter().filter_map(|raw| scalar(raw.get())).collect()
        };
        let mut wabas: Vec<String> = data
            .objects("granular_scopes")
            .iter()
            .filter(|scope| scope.text("scope").is_some_and(|name| name.starts_with("whatsapp_business_")))
            .flat_map(|scope| texts(scope, "target_ids"))
            .collect();
        wabas.sort();
        wabas.dedup();
        Ok(TokenInfo {
            valid: data.boolean("is_valid").unwrap_or_default(),
            app_id: data.text("app_id"),
            expires_ms: data.integer("expires_at").filter(|at| *at > 0).and_then(|at| at.checked_mul(1000)),
            scopes: texts(&data, "scopes"),
            wabas,
        })
    }

    /// Which apps get the account's webhooks; ours must be among them.
    pub async fn subscribed_apps(&self, account: &WabaId) -> Result<Vec<SubscribedApp>, SendError> {
        let answer = self.get(self.node(&[account.as_str(), "subscribed_apps"])).await?;
        let app = |entry: &Object<'_>| {
            let data = entry.object("whatsapp_business_api_data");
            SubscribedApp {
                id: data.as_ref().and_then(|app| app.text("id")),
                name: data.as_ref().and_then(|app| app.text("name")),
                override_callback_uri: entry.text("override_callback_uri"),
            }
        };
        Ok(answer.object().objects("data").iter().map(app).collect())
    }

    /// Subscribes the token's app to the account's webhooks. It also removes an override of the address (§2.4).
    pub async fn subscribe(&self, account: &WabaId) -> Result<(), SendError> {
        let url = self.node(&[account.as_str(), "subscribed_apps"]);
        self.call(self.request(Method::POST, url)).await.map(drop)
    }
}

fn number_info(object: &Object<'_>) -> NumberInfo {
    let health = object.object("health_status");
    let entities = health.as_ref().map(|health| health.objects("entities")).unwrap_or_default();
    let obstacle =
        |error: &Object<'_>| error.text("error_description").or_else(|| error.text("possible_solution"));
    NumberInfo {
        id: object.id("id"),
        display_phone_number: object.text("display_phone_number"),
        verified_name: object.text("verified_name"),
        name_status: object.text("name_status"),
        code_verification_status: object.text("code_verification_status"),
        quality_rating: object.text("quality_rating"),
        platform_type: object.text("platform_type"),
        throughput_level: object.object("throughput").and_then(|throughput| throughput.text("level")),
        messaging_limit: object.text("whatsapp_business_manager_messaging_limit"),
        can_send_message: health.as_ref().and_then(|health| health.text("can_send_message")),
        obstacles: entities
            .iter()
            .flat_map(|entity| entity.objects("errors"))
            .filter_map(|e| obstacle(&e))
            .collect(),
    }
}
