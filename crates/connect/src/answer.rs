//! Reads an answer: bounded, whole, as text.

use crate::fault::{Again, Fault};
use crate::transport;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Response, header};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use rapport_flow::request::Outcome;

/// The whole body, at most `limit` bytes.
pub(crate) async fn read(response: Response<Incoming>, limit: usize) -> Result<Bytes, Fault> {
    let mut body = response.into_body();
    // Announced in advance: no need to read it. The figure is never believed otherwise.
    if body.size_hint().exact().is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    let mut first = Bytes::new();
    let mut rest: Option<BytesMut> = None;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| transport::broken(&error, "while the answer was read"))?;
        let Ok(data) = frame.into_data() else { continue };
        let length = rest.as_ref().map_or(first.len(), BytesMut::len);
        if length + data.len() > limit {
            return Err(too_large(limit));
        }
        // Most answers are one frame, and are not copied.
        match &mut rest {
            Some(rest) => rest.extend_from_slice(&data),
            None if first.is_empty() => first = data,
            None => {
                let mut joined = BytesMut::from(first.as_ref());
                joined.extend_from_slice(&data);
                rest = Some(joined);
            }
        }
    }
    Ok(rest.map_or(first, BytesMut::freeze))
}

fn too_large(limit: usize) -> Fault {
    let detail = format!("the answer is larger than {limit} bytes; ask for fewer items or fields");
    Fault::new(Outcome::TooLarge, Again::Never, detail)
}

/// The compression that an answer came in although we asked for none.
pub(crate) fn compression(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_ENCODING)?.to_str().unwrap_or("an unreadable encoding").trim();
    (!value.is_empty() && !value.eq_ignore_ascii_case("identity")).then(|| value.to_owned())
}

/// The body as text. UTF-8 unless the content type names a Latin charset; what cannot be decoded, and NUL, which no
/// database takes, become U+FFFD.
pub(crate) fn text(headers: &HeaderMap, body: Bytes) -> String {
    let text = if is_latin(headers) {
        body.iter().map(|byte| windows_1252(*byte)).collect()
    } else {
        let body = if body.starts_with(b"\xef\xbb\xbf") { body.slice(3..) } else { body };
        String::from_utf8(body.into())
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    };
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

fn is_latin(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    kind.split(';').skip(1).filter_map(|parameter| parameter.split_once('=')).any(|(name, value)| {
        let value = value.trim().trim_matches('"').to_ascii_lowercase();
        name.trim().eq_ignore_ascii_case("charset")
            && matches!(value.as_str(), "iso-8859-1" | "iso8859-1" | "latin1" | "windows-1252" | "cp1252")
    })
}

/// All Latin labels mean windows-1252 on the web (WHATWG Encoding §4.2).
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn typed(kind: &'static str, body: &'static [u8]) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        text(&headers, Bytes::from_static(body))
    }

    #[test]
    fn text_is_utf8_unless_a_latin_charset_is_named() {
        assert_eq!(typed("application/json", "é".as_bytes()), "é");
        assert_eq!(typed("text/xml; charset=ISO-8859-1", b"\xe9\x80"), "é€");
        assert_eq!(typed("text/xml; charset=\"latin1\"; a=b", b"\xe9"), "é");
        assert_eq!(typed("text/xml; charset=utf-8", b"\xe9"), "\u{fffd}");
    }

    #[test]
    fn a_byte_order_mark_and_nul_do_not_reach_the_reader() {
        assert_eq!(typed("application/json", b"\xef\xbb\xbf{}"), "{}");
        assert_eq!(typed("text/plain", b"a\0b"), "a\u{fffd}b");
    }
}
