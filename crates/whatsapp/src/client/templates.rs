//! The account's templates, page by page (§15).

use super::Client;
use crate::error::SendError;
use crate::ids::WabaId;
use crate::json::Object;

/// A template as Meta has it. The key is (account, name, language).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateInfo {
    pub id: Option<String>,
    pub name: String,
    pub language: String,
    /// `APPROVED`, `PENDING`, `REJECTED`, `PAUSED`, …
    pub status: Option<String>,
    /// `MARKETING`, `UTILITY`, `AUTHENTICATION`.
    pub category: Option<String>,
    /// Its variables have names, not numbers.
    pub named: bool,
    /// `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
    pub quality: Option<String>,
    pub rejected_reason: Option<String>,
    /// The JSON of `components[]` as it came.
    pub components: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplatePage {
    pub templates: Vec<TemplateInfo>,
    /// For the next call; `None` on the last page.
    pub after: Option<String>,
}

const FIELDS: &str =
    "id,name,status,category,language,components,quality_score,rejected_reason,parameter_format";
/// Templates asked for at once.
const PAGE: &str = "100";

impl Client {
    /// One page; begin with `None` and go on with [`TemplatePage::after`].
    pub async fn templates(&self, account: &WabaId, after: Option<&str>) -> Result<TemplatePage, SendError> {
        let mut query = vec![("fields", FIELDS), ("limit", PAGE)];
        query.extend(after.map(|after| ("after", after)));
        let answer = self.get(self.query(&[account.as_str(), "message_templates"], &query)).await?;
        let object = answer.object();
        if object.array("data").is_none() {
            return Err(answer.without(self));
        }
        // The address in `paging.next` says only that there is more: the token is not sent wherever an answer asks.
        let paging = object.object("paging").filter(|paging| paging.text("next").is_some());
        let cursors = paging.and_then(|paging| paging.object("cursors"));
        Ok(TemplatePage {
            templates: object.objects("data").iter().filter_map(template).collect(),
            after: cursors.and_then(|cursors| cursors.text("after")),
        })
    }
}

fn template(object: &Object<'_>) -> Option<TemplateInfo> {
    Some(TemplateInfo {
        id: object.text("id"),
        name: object.text("name")?,
        language: object.text("language")?,
        status: object.text("status"),
        category: object.text("category"),
        named: object.text("parameter_format").is_some_and(|format| format.eq_ignore_ascii_case("named")),
        quality: object.object("quality_score").and_then(|quality| quality.text("score")),
        rejected_reason: object.text("rejected_reason").filter(|reason| reason != "NONE"),
        components: object.get("components").unwrap_or("[]").to_owned(),
    })
}
