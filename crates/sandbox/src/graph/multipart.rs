//! Just enough of `multipart/form-data` (RFC 7578) for media uploads: whole parts, in memory, bounded by the body.

use axum::body::Bytes;

/// Most parts of one form.
const PARTS_MAX: usize = 20;

/// One field or file.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) filename: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) body: Bytes,
}

/// The parts of a form, or `None` when header or body are not one.
pub(super) fn parts(content_type: &str, body: &Bytes) -> Option<Vec<Part>> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameters.split(';').find_map(|p| p.trim().strip_prefix("boundary="))?.trim_matches('"');
    if boundary.is_empty() || boundary.len() > 70 {
        return None;
    }
    // Every delimiter but the first follows a line break; with one put in front they are all alike.
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    let opening = format!("--{boundary}").into_bytes();
    let mut at = find(body, &opening, 0)? + opening.len();
    let mut found = Vec::new();
    while !body.get(at..)?.starts_with(b"--") {
        let start = at + usize::from(body.get(at..)?.starts_with(b"\r\n")) * 2;
        let end = find(body, &delimiter, start)?;
        found.push(part(&body.slice(start..end))?);
        if found.len() > PARTS_MAX {
            return None;
        }
        at = end + delimiter.len();
    }
    Some(found)
}

fn part(raw: &Bytes) -> Option<Part> {
    let split = find(raw, b"\r\n\r\n", 0)?;
    let head = std::str::from_utf8(&raw[..split]).ok()?;
    let (mut name, mut filename, mut content_type) = (None, None, None);
    for line in head.split("\r\n") {
        let (key, value) = line.split_once(':')?;
        if key.eq_ignore_ascii_case("content-disposition") {
            name = attribute(value, "name");
            filename = attribute(value, "filename");
        } else if key.eq_ignore_ascii_case("content-type") {
            content_type = Some(value.trim().to_owned());
        }
    }
    Some(Part { name: name?, filename, content_type, body: raw.slice(split + 4..) })
}

fn attribute(value: &str, wanted: &str) -> Option<String> {
    value.split(';').find_map(|piece| {
        let (key, value) = piece.trim().split_once('=')?;
        key.eq_ignore_ascii_case(wanted).then(|| value.trim_matches('"').to_owned())
    })
}

fn find(haystack: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    haystack.get(from..)?.windows(needle.len()).position(|window| window == needle).map(|at| at + from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_falls_into_its_parts() {
        let body = Bytes::from_static(
            b"--x\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\nimage/png\r\n--x\r\n\
              Content-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\x89P\r\nNG\r\n--x--\r\n",
        );
        let parts = parts("multipart/form-data; boundary=x", &body).unwrap();
        assert_eq!((parts[0].name.as_str(), &parts[0].body[..]), ("type", &b"image/png"[..]));
        assert_eq!((parts[1].filename.as_deref(), &parts[1].body[..]), (Some("a.png"), &b"\x89P\r\nNG"[..]));
    }

    #[test]
    fn broken_forms_are_refused_without_a_panic() {
        let whole = b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--";
        for cut in 0..whole.len() - 3 {
            let body = Bytes::copy_from_slice(&whole[..cut]);
            assert!(parts("multipart/form-data; boundary=x", &body).is_none(), "cut at {cut}");
        }
        assert!(parts("application/json", &Bytes::from_static(whole)).is_none());
    }
}
