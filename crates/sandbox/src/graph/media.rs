//! Media: upload, information, download with a short-lived address, delete.

use std::collections::VecDeque;

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::fault::Fault;
use super::multipart;
use crate::chance::Chance;
use crate::hex::hex;
use crate::http_call::{Answer, Call};

/// First segment of download addresses; Meta uses another host for them.
pub(crate) const DOWNLOAD_PREFIX: &str = "lookaside";
/// Bytes of all media kept; the oldest go first.
pub(crate) const MEDIA_KEPT_BYTES_MAX: usize = 256 * 1024 * 1024;
/// How long a download address lives, in seconds.
const URL_SECONDS: i64 = 300;

/// What each MIME type may weigh, in bytes. Source: Cloud API, supported media types.
const KINDS: [(&str, usize); 10] = [
    ("image/jpeg", 5 << 20),
    ("image/png", 5 << 20),
    ("image/webp", 500 << 10),
    ("video/mp4", 16 << 20),
    ("video/3gpp", 16 << 20),
    ("audio/aac", 16 << 20),
    ("audio/amr", 16 << 20),
    ("audio/mpeg", 16 << 20),
    ("audio/mp4", 16 << 20),
    ("audio/ogg", 16 << 20),
];
const DOCUMENT_BYTES_MAX: usize = 100 << 20;

#[derive(Debug)]
struct Media {
    id: String,
    mime: String,
    bytes: Bytes,
}

#[derive(Debug, Default)]
pub(crate) struct Store {
    kept: VecDeque<Media>,
    weight: usize,
}

impl Store {
    pub(crate) fn has(&self, id: &str) -> bool {
        self.kept.iter().any(|media| media.id == id)
    }

    /// The file itself, for the chat page.
    pub(crate) fn file(&self, id: &str) -> Option<(String, Bytes)> {
        self.kept.iter().find(|m| m.id == id).map(|m| (m.mime.clone(), m.bytes.clone()))
    }

    /// Keeps a file that a customer sends and gives the object of the webhook.
    pub(crate) fn receive(&mut self, id: String, mime: &str, bytes: Bytes) -> Value {
        let object = json!({"id": id, "mime_type": mime, "sha256": STANDARD.encode(Sha256::digest(&bytes))});
        self.keep(Media { id, mime: mime.to_owned(), bytes });
        object
    }

    pub(super) fn upload(&mut self, call: &Call, id: &str) -> Result<Answer, Fault> {
        let content_type = call.header("content-type").unwrap_or_default();
        let form = multipart::parts(content_type, &call.body).ok_or_else(|| {
            Fault::parameter("The body must be multipart/form-data with messaging_product, type and file.")
        })?;
        let field = |name: &str| form.iter().find(|part| part.name == name);
        if field("messaging_product").is_none_or(|part| part.body != "whatsapp") {
            return Err(Fault::parameter("The parameter messaging_product is required."));
        }
        let file = field("file")
            .filter(|file| file.filename.is_some())
            .ok_or_else(|| Fault::parameter("The parameter file is required."))?;
        let declared = field("type").map(|part| String::from_utf8_lossy(&part.body).into_owned());
        let mime = declared
            .or_else(|| file.content_type.clone())
            .ok_or_else(|| Fault::parameter("The parameter type is required."))?;
        if file.content_type.as_deref().is_some_and(|own| essence(own) != essence(&mime)) {
            return Err(Fault::coded(
                131_053,
                format!("The file's type differs from the declared type {mime}."),
            ));
        }
        let most = size_limit(&mime).ok_or_else(|| {
            Fault::parameter(format!(
                "Param file must be a file with one of the supported types. Received file of type '{mime}'."
            ))
        })?;
        if file.body.len() > most {
            return Err(Fault::coded(
                131_053,
                format!("The file has {} bytes; {mime} may have {most}.", file.body.len()),
            ));
        }
        if !content_agrees(&mime, &file.body) {
            return Err(Fault::coded(131_053, format!("The file's content is not {mime}.")));
        }
        self.keep(Media { id: id.to_owned(), mime, bytes: file.body.clone() });
        Ok(Answer::json(200, &json!({"id": id})))
    }

    /// `GET` and `DELETE /{media-id}`.
    pub(super) fn call(&mut self, call: &Call, id: &str) -> Result<Answer, Fault> {
        let at = self.kept.iter().position(|media| media.id == id);
        let Some(media) = at.and_then(|at| self.kept.get(at)) else {
            return Err(Fault::unknown_object(&call.method, id));
        };
        match call.method {
            Method::GET => {
                let root = call.base.trim_end_matches("/graph");
                let expires = call.now + URL_SECONDS;
                Ok(Answer::json(
                    200,
                    &json!({
                        "messaging_product": "whatsapp",
                        "url": format!("{root}/{DOWNLOAD_PREFIX}/{id}?ext={expires}"),
                        "mime_type": media.mime, "sha256": hex(&Sha256::digest(&media.bytes)),
                        "file_size": media.bytes.len(), "id": id,
                    }),
                ))
            }
            Method::DELETE => {
                if let Some(gone) = at.and_then(|at| self.kept.remove(at)) {
                    self.weight -= gone.bytes.len();
                }
                Ok(Answer::json(200, &json!({"success": true})))
            }
            _ => Err(Fault::unknown_object(&call.method, id)),
        }
    }

    /// The download host: the same token, a `User-Agent`, and an address not older than five minutes.
    pub(super) fn download(&self, call: &Call, path: &[&str], token: Option<&str>) -> Result<Answer, Fault> {
        match (call.bearer(), token) {
            (None, _) => return Err(Fault::no_token()),
            (Some(given), Some(wanted)) if given != wanted => return Err(Fault::bad_token()),
            _ => {}
        }
        if call.header("user-agent").is_none_or(str::is_empty) {
            return Ok(Answer::empty(400));
        }
        let fresh =
            call.query("ext").and_then(|ext| ext.parse::<i64>().ok()).is_some_and(|ext| ext >= call.now);
        match path.get(1).and_then(|id| self.file(id)).filter(|_| fresh) {
            Some((mime, bytes)) => Ok(Answer::bytes(&mime, bytes)),
            None => Ok(Answer::empty(404)),
        }
    }

    fn keep(&mut self, media: Media) {
        self.weight += media.bytes.len();
        self.kept.push_back(media);
        while self.weight > MEDIA_KEPT_BYTES_MAX {
            let Some(oldest) = self.kept.pop_front() else { break };
            self.weight -= oldest.bytes.len();
        }
    }
}

/// A file for a customer to send: a small picture, a one-page document, or silence.
pub(crate) fn sample(mime: &str) -> Bytes {
    match essence(mime).as_str() {
        "image/png" => Bytes::from_static(include_bytes!("../../data/sample.png")),
        "application/pdf" => Bytes::from_static(include_bytes!("../../data/sample.pdf")),
        _ => Bytes::from_static(b"OggS\0\0\0\0"),
    }
}

/// A stable file of its own for one message, so that two pictures differ in digest as real ones do.
pub(crate) fn unique_sample(mime: &str, chance: &mut Chance) -> Bytes {
    let mut bytes = sample(mime).to_vec();
    // Both formats ignore what follows their end mark.
    bytes.extend_from_slice(chance.hex(16).as_bytes());
    Bytes::from(bytes)
}

fn size_limit(mime: &str) -> Option<usize> {
    let essence = essence(mime);
    let listed = KINDS.iter().find(|(kind, _)| *kind == essence).map(|(_, most)| *most);
    let document = essence == "text/plain"
        || essence == "application/pdf"
        || essence.starts_with("application/vnd.openxmlformats-officedocument.")
        || essence.starts_with("application/vnd.ms-")
        || essence == "application/msword";
    listed.or_else(|| document.then_some(DOCUMENT_BYTES_MAX))
}

/// Meta looks into the file; the first bytes of the common kinds are enough here.
fn content_agrees(mime: &str, bytes: &[u8]) -> bool {
    match essence(mime).as_str() {
        "image/png" => bytes.starts_with(b"\x89PNG"),
        "image/jpeg" => bytes.starts_with(b"\xff\xd8\xff"),
        "image/webp" => bytes.starts_with(b"RIFF"),
        "application/pdf" => bytes.starts_with(b"%PDF"),
        _ => !bytes.is_empty(),
    }
}

fn essence(mime: &str) -> String {
    mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
