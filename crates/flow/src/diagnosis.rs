//! What an exchange, or a request as written, tells its author: what we saw, what it usually means, what to change.
//!
//! One file for each diagnosis. Its module comment is the help page ([`help`]), its functions are pure, its tests stand
//! below them. The list here is the order in which findings are shown: the most helpful first.

mod outline;
mod rows;
mod seen;

use crate::finding::Finding;
use crate::request::{Exchange, Finished};
use crate::steps::api_request::ApiRequest;
use seen::Seen;
use std::sync::LazyLock;

/// How a diagnosis looks: at the step as written, or at an exchange.
enum Look {
    Step(fn(&ApiRequest) -> Vec<Finding>),
    Exchange(fn(&Seen<'_>) -> Option<Finding>),
    /// At each mapped row of an exchange.
    Rows(fn(&Seen<'_>) -> Vec<Finding>),
}

macro_rules! diagnoses {
    ($($module:ident: [$($look:ident($function:ident)),+],)+) => {
        $(mod $module;)+

        /// The codes, in the order in which findings are shown.
        pub const ALL: &[&str] = &[$($module::CODE),+];

        const LOOKS: &[Look] = &[$($(Look::$look($module::$function)),+),+];

        /// Code and source of each diagnosis; the source begins with the help page.
        const SOURCES: &[(&str, &str)] =
            &[$(($module::CODE, include_str!(concat!("diagnosis/", stringify!($module), ".rs")))),+];
    };
}

diagnoses! {
    blocked_address: [Exchange(of_exchange)],
    redirect_refused: [Exchange(of_exchange)],
    wrong_subdomain: [Exchange(of_exchange)],
    host_not_found: [Exchange(of_exchange)],
    tls_failed: [Exchange(of_exchange)],
    connection_failed: [Exchange(of_exchange)],
    timed_out: [Exchange(of_exchange)],
    unknown_fate: [Exchange(of_exchange)],
    answer_too_large: [Exchange(of_exchange)],
    rate_limited: [Exchange(of_exchange)],
    doubled_braces: [Exchange(of_exchange)],
    contact_conversations: [Step(of_step), Exchange(of_exchange)],
    wrong_method: [Step(of_step), Exchange(of_exchange)],
    two_auth_sources: [Step(of_step)],
    missing_bearer_prefix: [Step(of_step), Exchange(of_exchange)],
    freshdesk_key_as_bearer: [Step(of_step), Exchange(of_exchange)],
    zendesk_user_without_token: [Step(of_step), Exchange(of_exchange)],
    zendesk_token_expired: [Exchange(of_exchange)],
    missing_authorization: [Exchange(of_exchange)],
    invalid_token: [Exchange(of_exchange)],
    wrong_region: [Exchange(of_exchange)],
    forbidden: [Exchange(of_exchange)],
    version_refused: [Exchange(of_exchange)],
    missing_version_header: [Step(of_step)],
    number_in_quotes: [Exchange(of_exchange)],
    missing_ticket_wrapper: [Step(of_step), Exchange(of_exchange)],
    accept_without_json: [Step(of_step)],
    html_instead_of_json: [Exchange(of_exchange)],
    answer_not_readable: [Exchange(of_exchange)],
    empty_value: [Exchange(of_exchange)],
    request_refused: [Exchange(of_exchange)],
    record_not_found: [Exchange(of_exchange)],
    server_error: [Exchange(of_exchange)],
    phone_without_plus: [Exchange(of_exchange)],
    plus_in_query: [Step(of_step), Exchange(of_exchange)],
    unknown_search_field: [Step(of_step)],
    only_recent_tickets: [Exchange(of_exchange)],
    empty_result: [Exchange(of_exchange)],
    search_delay: [Exchange(of_exchange)],
    starting_after_in_query: [Step(of_step), Exchange(of_exchange)],
    list_under_another_key: [Rows(of_rows)],
    key_case: [Rows(of_rows)],
    path_through_null: [Rows(of_rows)],
    attribute_not_set: [Rows(of_rows)],
    path_not_found: [Rows(of_rows)],
    secret_in_plain_text: [Step(of_step)],
    body_on_get: [Step(of_step)],
    bad_template: [Step(of_step)],
}

/// Findings about a call, the most helpful first. A call that went well and mapped all its rows has none.
pub fn of_exchange(step: &ApiRequest, exchange: &Exchange, finished: &Finished) -> Vec<Finding> {
    let seen = Seen::new(step, exchange, finished);
    let mut findings = Vec::new();
    for look in LOOKS {
        match look {
            Look::Step(_) => {}
            Look::Exchange(look) => findings.extend(look(&seen)),
            Look::Rows(look) => findings.extend(look(&seen)),
        }
    }
    findings
}

/// Findings about a request as written, without a call; in the order of the list.
pub fn of_step(step: &ApiRequest) -> Vec<Finding> {
    let mut findings = Vec::new();
    for look in LOOKS {
        if let Look::Step(look) = look {
            findings.extend(look(step));
        }
    }
    findings
}

/// The help page of a code, in Markdown: what we saw, what it usually means, what to change, an example.
pub fn help(code: &str) -> Option<&'static str> {
    static PAGES: LazyLock<Vec<(&str, String)>> =
        LazyLock::new(|| SOURCES.iter().map(|(code, source)| (*code, page(source))).collect());
    PAGES.iter().find(|(known, _)| *known == code).map(|(_, page)| page.as_str())
}

/// The module comment that a source begins with.
fn page(source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests;
