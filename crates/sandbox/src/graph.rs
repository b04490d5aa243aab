//! Meta's Graph API as the WhatsApp Cloud API uses it: any version under `/v{N}.{M}/…`.

use std::collections::HashMap;

use http::Method;
use serde_json::{Value, json};

use crate::chance::Chance;
use crate::data::DataSet;
use crate::http_call::{Answer, Call};
use crate::knobs::{RecipientFaults, WhatsAppManners};
use crate::phone::Phones;
use crate::rate::Bucket;

pub(crate) mod fault;
pub(crate) mod interactive;
pub(crate) mod media;
mod multipart;
mod numbers;
pub(crate) mod send;
mod template_fill;
pub(crate) mod templates;
mod validate;

use fault::Fault;

/// Who the business is; all ids are texts, as Meta's exceed 2^53.
#[derive(Debug, Clone)]
pub struct Business {
    pub phone_number_id: String,
    pub waba_id: String,
    pub app_id: String,
    pub display_phone_number: String,
    pub verified_name: String,
}

impl Default for Business {
    fn default() -> Self {
        Self {
            phone_number_id: "106540352242922".into(),
            waba_id: "102290129340398".into(),
            app_id: "670843887433847".into(),
            display_phone_number: "+91 22 4890 1234".into(),
            verified_name: "Lotus Home & Living".into(),
        }
    }
}

/// What the pretend Meta remembers.
#[derive(Debug)]
pub(crate) struct Graph {
    pub(crate) business: Business,
    /// `None`: any token is taken.
    pub(crate) token: Option<String>,
    pub(crate) templates: Vec<Value>,
    pub(crate) media: media::Store,
    pub(crate) subscription: numbers::Subscription,
    pub(crate) throughput: Bucket,
    pub(crate) pairs: HashMap<String, Bucket>,
    ids: u64,
}

/// The rest of the world that a Graph call can see or change.
pub(crate) struct Around<'a> {
    pub(crate) phones: &'a mut Phones,
    pub(crate) chance: &'a mut Chance,
    pub(crate) manners: &'a WhatsAppManners,
    pub(crate) now_ms: i64,
}

/// What else must happen after the answer: statuses to send, bubbles to show.
#[derive(Debug)]
pub(crate) enum After {
    /// A message was accepted; `fault` is what will be reported as failed.
    Accepted {
        wa_id: String,
        message: String,
        category: &'static str,
        by_user_id: bool,
        fault: Option<Fault>,
    },
    /// A typing indicator or a read mark reached a customer's phone.
    Typing {
        wa_id: String,
    },
    Read {
        wa_id: String,
        message: String,
    },
}

impl Graph {
    pub(crate) fn new(
        business: Business,
        token: Option<String>,
        data: &DataSet,
        chance: &mut Chance,
    ) -> Self {
        let mut graph = Self {
            business,
            token,
            templates: Vec::new(),
            media: media::Store::default(),
            subscription: numbers::Subscription::default(),
            throughput: Bucket::default(),
            pairs: HashMap::new(),
            ids: 1_000_000_000_000_000 + chance.up_to(899_999_999_999_999),
        };
        for template in &data.templates {
            let id = graph.next_id();
            graph.templates.push(templates::seeded(template, &id));
        }
        graph
    }

    /// A fresh decimal id, as media and templates have them.
    pub(crate) fn next_id(&mut self) -> String {
        self.ids += 7;
        self.ids.to_string()
    }

    /// Answers one call and says what follows from it.
    pub(crate) fn answer(&mut self, call: &Call, around: &mut Around<'_>) -> (Answer, Vec<After>) {
        let mut after = Vec::new();
        let answer = match self.route(call, around, &mut after) {
            Ok(answer) => answer,
            Err(fault) => fault.answer(around.chance),
        };
        (answer, after)
    }

    fn route(
        &mut self,
        call: &Call,
        around: &mut Around<'_>,
        after: &mut Vec<After>,
    ) -> Result<Answer, Fault> {
        let segments = call.segments();
        let mut path: Vec<&str> = segments.iter().map(String::as_str).collect();
        if path.first() == Some(&media::DOWNLOAD_PREFIX) {
            return self.media.download(call, &path, self.token.as_deref());
        }
        if path.first().is_some_and(|first| is_version(first)) {
            path.remove(0);
        }
        self.check_token(call)?;
        let own = (self.business.phone_number_id.clone(), self.business.waba_id.clone());
        match (&call.method, path.as_slice()) {
            (&Method::POST, [phone, "messages" | "marketing_messages"]) if *phone == own.0 => {
                self.post_message(call, around, after)
            }
            (&Method::POST, [phone, "media"]) if *phone == own.0 => {
                let id = self.next_id();
                self.media.upload(call, &id)
            }
            (_, [waba, "message_templates"]) if *waba == own.1 => self.templates_call(call, around),
            (_, [waba, "subscribed_apps"]) if *waba == own.1 => self.subscribed_apps(call),
            (&Method::GET, [waba, "phone_numbers"]) if *waba == own.1 => Ok(self.phone_numbers(call)),
            (_, [phone, "whatsapp_business_profile"]) if *phone == own.0 => self.profile(call),
            (&Method::POST, [phone, "register" | "deregister"]) if *phone == own.0 => {
                Ok(Answer::json(200, &json!({"success": true})))
            }
            (&Method::GET, ["debug_token"]) => self.debug_token(call),
            (&Method::GET, [phone]) if *phone == own.0 => Ok(self.phone_number(call)),
            (&Method::GET, [waba]) if *waba == own.1 => Ok(self.account(call)),
            (_, [id]) if self.media.has(id) => self.media.call(call, id),
            (_, [id]) if self.template_at(id).is_some() => self.template_call(call, id, around),
            (_, [object, ..]) => Err(Fault::unknown_object(&call.method, object)),
            (_, []) => Err(Fault::unknown_object(&call.method, "")),
        }
    }

    fn check_token(&self, call: &Call) -> Result<(), Fault> {
        let given = call.bearer().or_else(|| call.query("access_token")).filter(|token| !token.is_empty());
        match (given, &self.token) {
            (None, _) => Err(Fault::no_token()),
            (Some(given), Some(wanted)) if given != wanted => Err(Fault::bad_token()),
            _ => Ok(()),
        }
    }

    /// Refuses or postpones what the recipient's state forbids.
    pub(crate) fn recipient_fault(manners: &WhatsAppManners, fault: Fault) -> Result<Option<Fault>, Fault> {
        match manners.recipient_faults {
            RecipientFaults::Answer => Err(fault),
            RecipientFaults::Status => Ok(Some(fault)),
        }
    }
}

/// `v25.0`
fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').and_then(|rest| rest.split_once('.')).is_some_and(|(major, minor)| {
        [major, minor].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
    })
}

/// Whether a path belongs to Graph although it has no `/graph` prefix.
pub(crate) fn owns_root_path(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or("");
    is_version(first) || first == media::DOWNLOAD_PREFIX
}
