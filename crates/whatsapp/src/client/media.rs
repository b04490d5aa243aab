//! Files: up, looked up, down, away (§10).

use ::http::Method;
use ::http::header::{CONTENT_TYPE, HeaderValue};
use bytes::Bytes;
use reqwest::Url;
use reqwest::multipart::{Form, Part};

use super::{Client, FILE_TIMEOUT};
use crate::error::{GraphError, SendError};
use crate::ids::{MediaId, PhoneNumberId};

/// A file to upload. Its content must be what `mime_type` says, else sends of it fail later (131053).
#[derive(Debug, Clone)]
pub struct Upload {
    pub bytes: Bytes,
    pub mime_type: String,
    pub filename: String,
}

/// What Graph says of a file. Its address is good for five minutes and stays inside: the token goes only to an
/// address that Graph itself has named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaInfo {
    pub id: MediaId,
    pub mime_type: Option<String>,
    /// Hexadecimal here.
    pub sha256: Option<String>,
    /// In bytes.
    pub file_size: Option<u64>,
    url: Url,
}

#[derive(Debug, Clone)]
pub struct Download {
    pub bytes: Vec<u8>,
    /// As the download host says; the sender's claim, not proof.
    pub mime_type: Option<String>,
}

impl Client {
    /// Uploads a file for later sends from this number; kept 30 days.
    pub async fn upload(&self, for_number: &PhoneNumberId, upload: Upload) -> Result<MediaId, SendError> {
        let length = upload.bytes.len() as u64;
        let file = Part::stream_with_length(upload.bytes, length)
            .file_name(upload.filename)
            .mime_str(&upload.mime_type)
            .map_err(|_| SendError::NotMade { reason: format!("{:?} is no media type", upload.mime_type) })?;
        let form = Form::new()
            .text("messaging_product", "whatsapp")
            .text("type", upload.mime_type)
            .part("file", file);
        let request = self.request(Method::POST, self.node(&[for_number.as_str(), "media"]));
        let answer = self.call(request.multipart(form).timeout(FILE_TIMEOUT)).await?;
        answer.object().id("id").ok_or_else(|| answer.without(self))
    }

    /// Where a file is and what it is. `at` is the number it belongs to; Graph then checks that it does.
    pub async fn media_info(
        &self,
        media: &MediaId,
        at: Option<&PhoneNumberId>,
    ) -> Result<MediaInfo, SendError> {
        let url = match at {
            Some(number) => self.query(&[media.as_str()], &[("phone_number_id", number.as_str())]),
            None => self.node(&[media.as_str()]),
        };
        let answer = self.get(url).await?;
        let object = answer.object();
        let url =
            object.text("url").and_then(|url| Url::parse(&url).ok()).ok_or_else(|| answer.without(self))?;
        Ok(MediaInfo {
            id: object.id("id").unwrap_or_else(|| media.clone()),
            mime_type: object.text("mime_type"),
            sha256: object.text("sha256"),
            file_size: object.integer("file_size").and_then(|size| u64::try_from(size).ok()),
            url,
        })
    }

    /// The file itself, of at most `max_bytes`. A status of 404 asks for a fresh [`Client::media_info`].
    pub async fn download(&self, media: &MediaInfo, max_bytes: u64) -> Result<Download, SendError> {
        // A stand-in may speak http; Meta's answers never may.
        if media.url.scheme() != "https" && media.url.scheme() != self.base.scheme() {
            return Err(SendError::NotMade { reason: "the address of the file is not https".to_owned() });
        }
        let too_large = SendError::TooLarge { max_bytes };
        if media.file_size.is_some_and(|size| size > max_bytes) {
            return Err(too_large);
        }
        let request = self.request(Method::GET, media.url.clone()).timeout(FILE_TIMEOUT);
        let response = request.send().await.map_err(|error| self.failed(error))?;
        let status = response.status();
        if !status.is_success() {
            // Whatever it says, a page of an error is small.
            let body = self.body(response, 64 * 1024).await?.unwrap_or_default();
            let body = String::from_utf8_lossy(&body);
            return Err(GraphError::read(status.as_u16(), &body).map_or_else(
                || self.unreadable(status, &body),
                |error| SendError::Refused(Box::new(self.redacted(error))),
            ));
        }
        let mime_type =
            response.headers().get(CONTENT_TYPE).and_then(|value: &HeaderValue| value.to_str().ok());
        let mime_type = mime_type.map(str::to_owned);
        let max = usize::try_from(max_bytes).unwrap_or(usize::MAX);
        let bytes = self.body(response, max).await?.ok_or(too_large)?;
        Ok(Download { bytes, mime_type })
    }

    pub async fn delete_media(&self, media: &MediaId) -> Result<(), SendError> {
        self.call(self.request(Method::DELETE, self.node(&[media.as_str()]))).await.map(drop)
    }
}
