//! Scheme, host and port: what a secret is bound to.

use std::fmt;
use std::str::FromStr;
use url::Url;

/// `https://api.intercom.io`: scheme, host and port, nothing else. Two origins are the same when all three are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

/// Why a text is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an origin; write scheme and host only, such as https://api.intercom.io")]
pub struct OriginError(String);

impl Origin {
    /// The origin of an http or https address; `None` for any other.
    pub fn of(url: &Url) -> Option<Self> {
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        Some(Origin(url.origin().ascii_serialization()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let refused = || OriginError(text.to_owned());
        let url = Url::parse(text).map_err(|_| refused())?;
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
            // To a parser of addresses a star is a letter of a name; people mean any host.
            && !url.host_str().unwrap_or_default().contains('*');
        if bare { Origin::of(&url).ok_or_else(refused) } else { Err(refused()) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_port_goes_without_saying_and_case_does_not_matter() {
        let written: Origin = "HTTPS://API.Intercom.io:443/".parse().unwrap();
        assert_eq!(written.as_str(), "https://api.intercom.io");
        assert_ne!(written, "https://api.intercom.io:8443".parse().unwrap());
        assert_ne!(written, "http://api.intercom.io".parse().unwrap());
        assert_ne!(written, "https://api.intercom.io.".parse().unwrap());
    }

    #[test]
    fn anything_beyond_scheme_and_host_is_refused() {
        for text in [
            "",
            "api.intercom.io",
            "https://a/b",
            "https://a?b",
            "https://a#b",
            "https://u@a",
            "ftp://a",
            "https://*",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }
}
