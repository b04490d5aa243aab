//! # The API sends us to another address
//!
//! **Seen:** an answer with a redirect that was not followed.
//!
//! **Meaning:** redirects are followed for GET and HEAD only, at most five, never from https to http, and never to
//! another host with a secret in the request: the secret would go to whoever the redirect names.
//!
//! **Change:** write the new address into the step, if you trust it. A missing `www.` or a trailing slash is the usual
//! difference.

use super::outline::rewrite;
use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::request::Outcome;

pub(super) const CODE: &str = "redirect-refused";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    if !seen.is(Outcome::RedirectRefused) {
        return None;
    }
    let to = seen.exchange.redirect_to.as_deref().or_else(|| seen.header("location"));
    let finding = error(CODE, match to {
        Some(to) => format!("`{}` redirects to {to}, which was not followed", seen.host()),
        None => format!("`{}` redirects, and does not say where", seen.host()),
    })
    .at(seen.step.url.place.span.clone())
    .because("Redirects are followed for GET and HEAD only, at most five, never from https to http, and never to another host with a secret in the request.");
    let Some(to) = to else { return Some(finding.mend("Ask the vendor for the API's present address.")) };
    let finding = finding.mend(format!("If you trust it, write the new address: {to}"));
    let url = &seen.step.url;
    let edit =
        url.plain().filter(|_| to.starts_with("https://")).and_then(|text| rewrite(text, &url.place, to));
    Some(match edit {
        Some(edit) => finding.offered_fix(vec![edit]),
        None => finding,
    })
}

#[cfg(test)]
mod tests {
    use crate::request::example::{failed, finding, step};
    use crate::request::{Exchange, Method, Outcome};

    #[test]
    fn offers_the_new_address() {
        let to = "https://www.example.com/api/";
        let exchange = Exchange { redirect_to: Some(to.into()), ..failed(Outcome::RedirectRefused) };
        let told = finding(&step(Method::Post, "https://example.com/api"), &exchange, super::CODE);
        assert!(told.mend.contains(to));
        assert_eq!(told.fix.unwrap().edits[0].text, to);
        let holed = finding(&step(Method::Post, "https://example.com/{{id}}"), &exchange, super::CODE);
        assert_eq!(holed.fix, None, "the hole would be lost");
    }
}
