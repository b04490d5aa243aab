//! The signature of Meta's webhooks: `X-Hub-Signature-256: sha256=<hex>` over the raw bytes of the body (§2.2).
//!
//! Verify before parsing, and never re-encode: Meta escapes non-ASCII and slashes its own way, so the bytes of a
//! re-serialised body have another signature.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// The header that carries the signature.
pub const HEADER: &str = "x-hub-signature-256";

/// Why a body is not Meta's. All of them are answered 401.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("the header X-Hub-Signature-256 is missing: this request does not come from Meta")]
    Missing,
    #[error("the header X-Hub-Signature-256 is not `sha256=` and 64 hexadecimal digits")]
    Malformed,
    #[error(
        "the signature does not fit the body: check that the app secret is the one of the Meta app that sends (not the verify token, not the access token)"
    )]
    Mismatch,
}

/// An app secret, ready to check and make signatures. The key schedule is computed once.
#[derive(Clone)]
pub struct Signer(Hmac<Sha256>);

impl Signer {
    /// `app_secret` belongs to the Meta app; it is neither the verify token nor the access token.
    pub fn new(app_secret: &str) -> Self {
        Self(keyed(app_secret.as_bytes()))
    }

    /// Checks in constant time that `header`, the value of [`HEADER`], is the signature of exactly these bytes.
    pub fn verify(&self, body: &[u8], header: Option<&[u8]>) -> Result<(), SignatureError> {
        let claimed = claimed(header.ok_or(SignatureError::Missing)?).ok_or(SignatureError::Malformed)?;
        let right = self.mac(body).ct_eq(&claimed);
        if bool::from(right) { Ok(()) } else { Err(SignatureError::Mismatch) }
    }

    /// The header value Meta would send with this body; for stand-ins and tests.
    pub fn sign(&self, body: &[u8]) -> String {
        let hex = self.mac(body).into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let hex = hex.filter_map(|half| char::from_digit(u32::from(half), 16));
        "sha256=".chars().chain(hex).collect()
    }

    fn mac(&self, body: &[u8]) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(body);
        mac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer([REDACTED])")
    }
}

fn keyed(secret: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret).expect("HMAC takes a key of any length")
}

const PREFIX: &[u8] = b"sha256=";

fn claimed(header: &[u8]) -> Option<[u8; 32]> {
    let hex = header.strip_prefix(PREFIX)?;
    if hex.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

fn digit(hex: u8) -> Option<u8> {
    char::from(hex).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2.
    const RFC_4231: &str = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

    #[test]
    fn agrees_with_the_published_vector() {
        let signer = Signer::new("Jefe");
        assert_eq!(signer.sign(b"what do ya want for nothing?"), RFC_4231);
        assert_eq!(signer.verify(b"what do ya want for nothing?", Some(RFC_4231.as_bytes())), Ok(()));
    }

    #[test]
    fn one_changed_byte_anywhere_is_refused() {
        let signer = Signer::new("secret");
        let body = br#"{"text":"gr\u00fc\u00dfe"}"#;
        let header = signer.sign(body);
        assert_eq!(
            signer.verify(br#"{"text":"gr\u00fc\u00dfE"}"#, Some(header.as_bytes())),
            Err(SignatureError::Mismatch)
        );
        assert_eq!(
            Signer::new("Secret").verify(body, Some(header.as_bytes())),
            Err(SignatureError::Mismatch)
        );
    }

    #[test]
    fn a_missing_or_malformed_header_is_told_apart() {
        let signer = Signer::new("secret");
        assert_eq!(signer.verify(b"", None), Err(SignatureError::Missing));
        let sign = signer.sign(b"");
        for bad in [
            "",
            "sha256=",
            "sha1=aa",
            &sign[7..],
            &sign[..70],
            &format!("{sign}0"),
            &sign.replace("sha256=", "sha256= "),
        ] {
            assert_eq!(signer.verify(b"", Some(bad.as_bytes())), Err(SignatureError::Malformed), "{bad}");
        }
        let no_hex = format!("sha256={}", "g".repeat(64));
        assert_eq!(signer.verify(b"", Some(no_hex.as_bytes())), Err(SignatureError::Malformed));
    }

    #[test]
    fn the_secret_is_never_printed() {
        assert_eq!(format!("{:?}", Signer::new("hush")), "Signer([REDACTED])");
    }
}
