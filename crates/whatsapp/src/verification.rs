//! The handshake of a webhook address: Meta GETs it whenever the address or the verify token is saved (§2.1).

use serde::Deserialize;
use subtle::ConstantTimeEq as _;

/// The query of the GET, as axum's `Query` reads it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Handshake {
    #[serde(rename = "hub.mode")]
    pub mode: Option<String>,
    #[serde(rename = "hub.verify_token")]
    pub verify_token: Option<String>,
    #[serde(rename = "hub.challenge")]
    pub challenge: Option<String>,
}

/// Why the handshake is refused; always answered 403.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("no verify token is configured for this address: set `verify_token`")]
    NotConfigured,
    #[error("hub.mode is not `subscribe`: this request is not Meta's handshake")]
    Mode,
    #[error("hub.verify_token is not the configured one: enter the same token in Meta's dashboard and here")]
    Token,
    #[error("hub.challenge is missing or longer than {CHALLENGE_BYTES_MAX} bytes")]
    Challenge,
}

/// Longest challenge we echo, in bytes. Meta sends about ten digits; the bound is ours.
pub const CHALLENGE_BYTES_MAX: usize = 1024;

impl Handshake {
    /// The challenge to answer with status 200 as `text/plain`, exactly: no quotes, no newline.
    /// An empty `expected` refuses everything. The tokens are compared in constant time.
    pub fn answer(&self, expected: &str) -> Result<&str, Refusal> {
        if expected.is_empty() {
            return Err(Refusal::NotConfigured);
        }
        if self.mode.as_deref() != Some("subscribe") {
            return Err(Refusal::Mode);
        }
        let given = self.verify_token.as_deref().unwrap_or_default();
        if !bool::from(given.as_bytes().ct_eq(expected.as_bytes())) {
            return Err(Refusal::Token);
        }
        match self.challenge.as_deref() {
            Some(challenge) if (1..=CHALLENGE_BYTES_MAX).contains(&challenge.len()) => Ok(challenge),
            _ => Err(Refusal::Challenge),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handshake(mode: &str, token: &str, challenge: &str) -> Handshake {
        let some = |text: &str| Some(text.to_owned());
        Handshake { mode: some(mode), verify_token: some(token), challenge: some(challenge) }
    }

    #[test]
    fn the_challenge_comes_back_as_it_was() {
        assert_eq!(handshake("subscribe", "t0ken", "1158201444").answer("t0ken"), Ok("1158201444"));
    }

    #[test]
    fn anything_else_is_refused() {
        assert_eq!(handshake("subscribe", "token", "1").answer("t0ken"), Err(Refusal::Token));
        assert_eq!(handshake("subscribe", "", "1").answer("t0ken"), Err(Refusal::Token));
        assert_eq!(handshake("subscribe", "", "1").answer(""), Err(Refusal::NotConfigured));
        assert_eq!(handshake("unsubscribe", "t0ken", "1").answer("t0ken"), Err(Refusal::Mode));
        assert_eq!(handshake("subscribe", "t0ken", "").answer("t0ken"), Err(Refusal::Challenge));
        assert_eq!(Handshake::default().answer("t0ken"), Err(Refusal::Mode));
    }

    #[test]
    fn the_dotted_names_are_metas() {
        let read: Handshake =
            serde_json::from_str(r#"{"hub.mode":"subscribe","hub.verify_token":"t","hub.challenge":"7"}"#)
                .unwrap();
        assert_eq!(read.answer("t"), Ok("7"));
    }
}
