//! Redirects: for GET and HEAD only, at most five, never from https to http, to another origin only without secrets.

use crate::fault::{Again, Fault};
use crate::guard::Guard;
use crate::origin::Origin;
use http::{HeaderMap, Method, header};
use rapport_flow::request::{Outcome, REDIRECTS_MAX};
use url::Url;

/// The address an answer points to, as it wrote it; `None` for an answer that is no redirect.
pub(crate) fn location(status: u16, headers: &HeaderMap) -> Option<String> {
    let points = matches!(status, 301 | 302 | 303 | 307 | 308);
    let value = headers.get(header::LOCATION).filter(|_| points)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// Where a redirect leads, absolute; as written when it cannot be read.
pub(crate) fn absolute(from: &Url, location: &str) -> String {
    from.join(location).map_or_else(|_| location.to_owned(), String::from)
}

/// One hop, as far as it can be judged before a name is looked up. What it leads to is checked once more when dialled.
pub(crate) struct Hop<'a> {
    pub(crate) method: &'a Method,
    pub(crate) from: &'a Url,
    pub(crate) location: &'a str,
    /// Redirects followed before this one.
    pub(crate) before: u32,
    pub(crate) carries_secret: bool,
}

impl Hop<'_> {
    pub(crate) fn follow(&self, guard: &Guard) -> Result<Url, Fault> {
        let refused = |detail: String| Fault::new(Outcome::RedirectRefused, Again::Never, detail);
        if !matches!(*self.method, Method::GET | Method::HEAD) {
            let detail = format!("a {} is not redirected; use the new address in the step", self.method);
            return Err(refused(detail));
        }
        if self.before >= REDIRECTS_MAX {
            return Err(refused(format!(
                "more than {REDIRECTS_MAX} redirects; use the last address in the step"
            )));
        }
        let to = crate::transport::read_url_from(self.from, self.location)?;
        guard.check_url(&to).map_err(|blocked| Fault::blocked(format!("redirected: {blocked}")))?;
        if self.from.scheme() == "https" && to.scheme() != "https" {
            return Err(refused("a redirect from https to http is not followed".to_owned()));
        }
        if self.carries_secret && Origin::of(self.from) != Origin::of(&to) {
            let detail =
                "a redirect to another origin is not followed with a secret; use the new address in the step";
            return Err(refused(detail.to_owned()));
        }
        Ok(to)
    }
}
