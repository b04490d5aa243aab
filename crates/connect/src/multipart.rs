//! `multipart/form-data` (RFC 7578), written twice: with the secrets for the wire, with their names for the record.

use crate::encode::fill_raw;
use crate::fault::Fault;
use crate::secrets::Held;
use rapport_flow::request::PreparedPart;
use std::fmt::Write;

/// A body and the boundary that its content type names.
pub(crate) struct Multipart {
    pub(crate) boundary: String,
    pub(crate) body: String,
    pub(crate) shown: String,
}

/// `key` makes the boundary differ between calls; what is in the parts can never contain it.
pub(crate) fn write(parts: &[PreparedPart], held: &Held, key: &str) -> Result<Multipart, Fault> {
    let values = parts.iter().map(|part| fill_raw(&part.value, held)).collect::<Result<Vec<_>, _>>()?;
    let boundary = boundary(parts, &values, key);
    let mut body = String::new();
    let mut shown = String::new();
    for (part, value) in parts.iter().zip(&values) {
        let lines = head(part)?;
        // Writing to a string cannot fail.
        let _ = write!(body, "--{boundary}\r\n{lines}\r\n{value}\r\n");
        let _ = write!(shown, "--{boundary}\r\n{lines}\r\n{}\r\n", part.value.redacted());
    }
    let _ = write!(body, "--{boundary}--\r\n");
    let _ = write!(shown, "--{boundary}--\r\n");
    Ok(Multipart { boundary, body, shown })
}

fn head(part: &PreparedPart) -> Result<String, Fault> {
    let mut head = format!("Content-Disposition: form-data; name=\"{}\"", quoted(&part.name));
    if let Some(filename) = &part.filename {
        let _ = write!(head, "; filename=\"{}\"", quoted(filename));
    }
    head.push_str("\r\n");
    if let Some(kind) = &part.content_type {
        if kind.contains(char::is_control) {
            return Err(Fault::bad_template(format!(
                "the content type of part {} holds a line break",
                part.name
            )));
        }
        let _ = write!(head, "Content-Type: {kind}\r\n");
    }
    Ok(head)
}

/// As browsers write names (WHATWG HTML, multipart/form-data encoding algorithm).
fn quoted(name: &str) -> String {
    name.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22")
}

fn boundary(parts: &[PreparedPart], values: &[String], key: &str) -> String {
    let mut hash = key.bytes().fold(0xcbf2_9ce4_8422_2325, fnv);
    loop {
        let boundary = format!("rapport-{hash:016x}");
        let taken = values.iter().any(|value| value.contains(&boundary))
            || parts.iter().any(|part| part.name.contains(&boundary));
        if !taken {
            return boundary;
        }
        hash = fnv(hash, b'+');
    }
}

/// One step of the FNV-1a hash.
fn fnv(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_flow::request::SecretText;

    fn part(name: &str, value: &str) -> PreparedPart {
        PreparedPart {
            name: name.to_owned(),
            filename: None,
            content_type: None,
            value: SecretText::plain(value),
        }
    }

    #[test]
    fn a_value_cannot_end_its_part() {
        let held = Held::default();
        let first = write(&[part("a", "x")], &held, "seed").unwrap();
        let hostile =
            format!("x\r\n--{}\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\ny", first.boundary);
        let second = write(&[part("a", &hostile)], &held, "seed").unwrap();
        assert_ne!(first.boundary, second.boundary);
        assert_eq!(second.body.matches(&format!("--{}", second.boundary)).count(), 2);
    }

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        let mut odd = part("a\"; x=\"\r\nY: z", "v");
        odd.filename = Some("in\"voice.txt".to_owned());
        odd.content_type = Some("text/plain".to_owned());
        let written = write(&[odd], &Held::default(), "seed").unwrap();
        let expected = format!(
            "--{0}\r\nContent-Disposition: form-data; name=\"a%22; x=%22%0D%0AY: z\"; filename=\"in%22voice.txt\"\r\n\
             Content-Type: text/plain\r\n\r\nv\r\n--{0}--\r\n",
            written.boundary
        );
        assert_eq!(written.body, expected);
        assert_eq!(written.shown, expected);
    }

    #[test]
    fn a_content_type_with_a_line_break_is_refused() {
        let mut odd = part("a", "v");
        odd.content_type = Some("text/plain\r\nX: y".to_owned());
        assert!(write(&[odd], &Held::default(), "seed").is_err());
    }
}
