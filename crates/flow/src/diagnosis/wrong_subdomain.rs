//! # The subdomain of the vendor's address is probably wrong
//!
//! **Seen:** a Zendesk or Freshdesk address whose host is unknown, or which answers 404 with a web page.
//!
//! **Meaning:** each customer of these vendors has a subdomain. A wrong one leads nowhere or to a page for people.
//!
//! **Change:** open the vendor's agent page in a browser and take the subdomain from its address. A custom domain
//! (`help.example.com`) does not work for the API.
//!
//! ```yaml
//! url: https://your-company.zendesk.com/api/v2/tickets
//! ```

use super::outline::Vendor;
use super::seen::{Seen, error};
use crate::finding::Finding;
use crate::request::Outcome;

pub(super) const CODE: &str = "wrong-subdomain";

pub(super) fn of_exchange(seen: &Seen<'_>) -> Option<Finding> {
    let vendor = seen.vendor.filter(|vendor| *vendor != Vendor::Intercom)?;
    let unknown = seen.is(Outcome::Dns);
    let page = seen.has_status(&[404]) && seen.is_html();
    if !unknown && !page {
        return None;
    }
    let what = if unknown { "is not a known host" } else { "answered with a web page in place of the API" };
    Some(
        error(CODE, format!("`{}` {what}", seen.host()))
            .at(seen.step.url.place.span.clone())
            .because(format!("Every {} account has a subdomain of its own, and this one is probably misspelt.", vendor.name()))
            .mend("Take the subdomain from the address that your agents open in the browser; a custom domain does not work for the API."),
    )
}

#[cfg(test)]
mod tests {
    use crate::request::example::{answered, failed, step, told};
    use crate::request::{Exchange, Method, Outcome};

    #[test]
    fn an_unknown_host_or_a_page_of_a_vendor() {
        let zendesk = step(Method::Get, "https://exmaple.zendesk.com/api/v2/tickets/1");
        assert_eq!(told(&zendesk, &failed(Outcome::Dns))[0], super::CODE);
        assert!(told(&zendesk, &answered(404, "<!DOCTYPE html><title>Oops</title>")).contains(&super::CODE));
        let record = Exchange { ..answered(404, r#"{"error":"RecordNotFound","description":"Not found"}"#) };
        assert!(!told(&zendesk, &record).contains(&super::CODE));
        assert!(
            !told(&step(Method::Get, "https://a.example/"), &failed(Outcome::Dns)).contains(&super::CODE)
        );
    }
}
