//! What the browser is sent with, and what it must bring back: the state, and the proof of PKCE (RFC 7636).

use anyhow::Context;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rapport_connect::{ExposeSecret, SecretString};
use std::collections::HashMap;
use url::Url;

/// One trip of the browser to the vendor and back.
#[derive(Debug)]
pub(super) struct Errand {
    /// Ties the answer to this run: whoever does not know it cannot slip in a grant of their own.
    state: String,
    /// Ties the code to this run: a stolen code is worth nothing without it.
    pub(super) verifier: SecretString,
}

/// What the browser brought.
#[derive(Debug)]
pub(super) enum Brought {
    Code(SecretString),
    /// The vendor's words.
    Denied(String),
    /// Not the answer to this errand; it says why.
    Stray(&'static str),
}

/// A value that nobody can guess: 32 random bytes as 43 letters that an address carries as they are.
pub(super) fn unguessable() -> anyhow::Result<String> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).ok().context("the system gave no random bytes")?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

impl Errand {
    pub(super) fn new(state: String, verifier: SecretString) -> Self {
        Errand { state, verifier }
    }

    /// The address to open. What `authorize_url` asks for already stays in it.
    pub(super) fn address(
        &self,
        authorize_url: &Url,
        client_id: &str,
        redirect: &Url,
        scope: Option<&str>,
    ) -> Url {
        let challenge = digest(&SHA256, self.verifier.expose_secret().as_bytes());
        let mut address = authorize_url.clone();
        let mut query = address.query_pairs_mut();
        query.append_pair("response_type", "code");
        query.append_pair("client_id", client_id);
        query.append_pair("redirect_uri", redirect.as_str());
        if let Some(scope) = scope {
            query.append_pair("scope", scope);
        }
        query.append_pair("state", &self.state);
        query.append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(challenge.as_ref()));
        query.append_pair("code_challenge_method", "S256");
        drop(query);
        address
    }

    /// Reads the query that the vendor sent the browser back with.
    pub(super) fn read(&self, query: &str) -> Brought {
        let fields: HashMap<_, _> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let field = |name: &str| fields.get(name).map(String::as_str).filter(|value| !value.is_empty());
        if field("state") != Some(&self.state) {
            return Brought::Stray("its `state` is not the one of this run");
        }
        if let Some(error) = field("error") {
            let words = field("error_description").map(|words| format!(": {words}")).unwrap_or_default();
            return Brought::Denied(format!("{error}{words}"));
        }
        match field("code") {
            Some(code) => Brought::Code(code.into()),
            None => Brought::Stray("it holds neither a code nor an error"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errand() -> Errand {
        // The verifier of RFC 7636, appendix B.
        Errand::new("state-1".into(), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into())
    }

    #[test]
    fn the_address_proves_the_verifier_without_holding_it() {
        let authorize = Url::parse("https://vendor.example/authorize?access_type=offline").unwrap();
        let redirect = Url::parse("http://127.0.0.1:8765/callback").unwrap();
        let address = errand().address(&authorize, "my app", &redirect, Some("read write"));
        assert_eq!(
            address.as_str(),
            "https://vendor.example/authorize?access_type=offline&response_type=code&client_id=my+app\
             &redirect_uri=http%3A%2F%2F127.0.0.1%3A8765%2Fcallback&scope=read+write&state=state-1\
             &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
        );
    }

    #[test]
    fn only_the_answer_to_this_errand_counts() {
        let errand = errand();
        for stray in
            ["", "code=a", "code=a&state=", "code=a&state=state-2", "error=access_denied", "state=state-1"]
        {
            assert!(matches!(errand.read(stray), Brought::Stray(_)), "{stray}");
        }
        let Brought::Code(code) = errand.read("code=a%2Bb&state=state-1") else { panic!() };
        assert_eq!(code.expose_secret(), "a+b");
        let Brought::Denied(words) =
            errand.read("state=state-1&error=access_denied&error_description=not+now")
        else {
            panic!()
        };
        assert_eq!(words, "access_denied: not now");
    }

    #[test]
    fn no_two_values_are_alike() {
        let value = unguessable().unwrap();
        assert_eq!(value.len(), 43);
        assert_ne!(value, unguessable().unwrap());
    }
}
