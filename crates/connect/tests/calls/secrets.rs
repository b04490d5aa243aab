//! Secrets go where they are bound to, in the spelling of the place, and never come back.

use crate::setting::{call, dialer, get, post, secret, secrets, settings, with_secret};
use crate::stub::{Stub, answer, json};
use rapport_connect::{Dialer, MappedHost};
use rapport_flow::request::{
    Encoding, Exchange, Outcome, Piece, PreparedAuth, PreparedBody, PreparedRequest, SecretText,
};

const VALUE: &str = "tok/1\"+ &é";

async fn send(stub: &Stub, change: impl Fn(&mut PreparedRequest)) -> (Exchange, String) {
    let held = secrets(&[("s", VALUE, &[&stub.url("")]), ("header_safe", "tok-12345", &[&stub.url("")])]);
    let mut request = post(&stub.url("/?q=1"), "{}");
    change(&mut request);
    let exchange = dialer(&[&stub.allowed()]).call(&request, "effect-1", &held).await;
    assert_eq!(exchange.outcome, Outcome::Ok, "{:?}", exchange.detail);
    (exchange, stub.requests().pop().unwrap())
}

/// No spelling of a value anywhere in what is kept.
fn assert_clean(exchange: &Exchange) {
    let kept = serde_json::to_string(exchange).unwrap();
    for spelling in [VALUE, "tok/1", "tok%2F1", "tok-12345", "dG9rLTEyMzQ1"] {
        assert!(!kept.contains(spelling), "{spelling} in {kept}");
    }
}

#[tokio::test]
async fn each_kind_of_auth_is_sent_as_the_vendor_wants_it_and_kept_by_name() {
    let stub = Stub::play([json("{}")]).await;
    let name = || secret("header_safe");
    let cases = [
        (
            PreparedAuth::Bearer(name()),
            "Authorization: Bearer tok-12345\r\n",
            "Bearer {{secret.header_safe}}",
        ),
        (
            PreparedAuth::Scheme { scheme: "Token".to_owned(), value: name() },
            "Authorization: Token tok-12345\r\n",
            "Token {{secret.header_safe}}",
        ),
        (
            PreparedAuth::ApiKeyHeader { header: "X-Api-Key".to_owned(), key: name() },
            "X-Api-Key: tok-12345\r\n",
            "{{secret.header_safe}}",
        ),
        (
            PreparedAuth::Basic { user: name(), password: SecretText::plain("X") },
            "Authorization: Basic dG9rLTEyMzQ1Olg=\r\n",
            "Basic base64({{secret.header_safe}}:X)",
        ),
    ];
    for (auth, sent, kept) in cases {
        let (exchange, request) = send(&stub, |request| request.auth = auth.clone()).await;
        assert!(request.contains(sent), "{request}");
        assert!(exchange.sent.headers.iter().any(|(_, value)| value == kept), "{:?}", exchange.sent.headers);
        assert_clean(&exchange);
    }
}

#[tokio::test]
async fn a_key_in_the_query_is_encoded_and_kept_by_name() {
    let stub = Stub::play([json("{}")]).await;
    let auth = PreparedAuth::ApiKeyQuery { parameter: "api key".to_owned(), key: secret("s") };
    let (exchange, request) = send(&stub, |request| request.auth = auth.clone()).await;
    assert!(request.starts_with("POST /?q=1&api%20key=tok%2F1%22%2B%20%26%C3%A9 HTTP/1.1\r\n"), "{request}");
    assert_eq!(exchange.sent.url, stub.url("/?q=1&api%20key={{secret.s}}"));
    assert_clean(&exchange);
}

#[tokio::test]
async fn a_secret_is_written_for_its_place() {
    let stub = Stub::play([json("{}")]).await;
    let body = |before: &str, encoding, after: &str| {
        let mut text = with_secret(before, "s", encoding);
        text.0.push(Piece::Text(after.to_owned()));
        PreparedBody::Text { content_type: "text/x".to_owned(), text }
    };
    let cases = [
        (body("{\"a\":\"", Encoding::Json, "\"}"), "{\"a\":\"tok/1\\\"+ &é\"}", "{\"a\":\"{{secret.s}}\"}"),
        (body("a=", Encoding::Form, "&b"), "a=tok%2F1%22%2B+%26%C3%A9&b", "a={{secret.s}}&b"),
        (body("<a>", Encoding::Xml, "</a>"), "<a>tok/1&quot;+ &amp;é</a>", "<a>{{secret.s}}</a>"),
        (body("", Encoding::Plain, ""), VALUE, "{{secret.s}}"),
    ];
    for (body, sent, kept) in cases {
        let (exchange, request) = send(&stub, |request| request.body = body.clone()).await;
        assert!(request.ends_with(&format!("\r\n\r\n{sent}")), "{request}");
        assert_eq!(exchange.sent.body, kept);
        assert_clean(&exchange);
    }
    let url = with_secret(&stub.url("/?t="), "s", Encoding::Percent);
    let (exchange, request) = send(&stub, |request| request.url = url.clone()).await;
    assert!(request.starts_with("POST /?t=tok%2F1%22%2B%20%26%C3%A9 "), "{request}");
    assert_eq!(exchange.sent.url, stub.url("/?t={{secret.s}}"));
    assert_clean(&exchange);
}

#[tokio::test]
async fn an_echo_is_masked_in_every_spelling() {
    let echo =
        "tok/1\"+ &é tok/1\\\"+ &é tok\\/1\\\"+ &\\u00e9 tok%2F1%22%2B%20%26%C3%A9 tok/1&quot;+ &amp;é";
    let stub = Stub::play([answer(
        200,
        "x-echo: Bearer tok-12345\r\n",
        &format!("{echo} tok-12345 dG9rLTEyMzQ1Olg="),
    )])
    .await;
    let (exchange, _) = send(&stub, |request| {
        request.auth = PreparedAuth::Basic { user: secret("header_safe"), password: SecretText::plain("X") };
        request.body = PreparedBody::Text { content_type: "text/plain".to_owned(), text: secret("s") };
    })
    .await;
    assert_clean(&exchange);
    assert_eq!(exchange.body.matches("{{secret.s}}").count(), 5, "{}", exchange.body);
    assert!(exchange.headers.contains(&("x-echo".to_owned(), "Bearer {{secret.header_safe}}".to_owned())));
}

#[tokio::test]
async fn a_secret_stays_with_its_origins() {
    let stub = Stub::play([json("{}")]).await;
    let here = stub.url("");
    let other = format!("http://127.0.0.1:{}", stub.address.port().wrapping_add(1));
    let secure = here.replace("http:", "https:");
    for origins in [&[other.as_str()][..], &[&secure], &["https://api.intercom.io"], &[]] {
        let held = secrets(&[("s", "the-value-1", origins)]);
        let mut request = get(&stub.url("/"));
        request.auth = PreparedAuth::Bearer(secret("s"));
        let exchange = dialer(&[&stub.allowed()]).call(&request, "effect-1", &held).await;
        assert_eq!(exchange.outcome, Outcome::BadTemplate, "{origins:?}");
        let detail = exchange.detail.unwrap();
        assert!(detail.contains("the secret s is bound to") && !detail.contains("the-value-1"), "{detail}");
    }
    assert_eq!(stub.connections(), 0);
}

#[tokio::test]
async fn a_secret_is_not_sent_in_clear_but_to_a_listed_host() {
    let held = secrets(&[("s", "the-value-1", &["http://api.example.com"])]);
    let mut request = get("http://api.example.com/");
    request.auth = PreparedAuth::Bearer(secret("s"));
    let exchange = dialer(&[]).call(&request, "effect-1", &held).await;
    assert_eq!(exchange.outcome, Outcome::BadTemplate);
    assert!(exchange.detail.unwrap().contains("use https"));
}

#[tokio::test]
async fn a_mapped_host_is_bound_by_the_authors_origin() {
    let stub = Stub::play([json("{}")]).await;
    let mut settings = settings(&[]);
    settings.hosts = vec![MappedHost {
        origin: "https://api.intercom.io".parse().unwrap(),
        base: stub.url("/intercom").parse().unwrap(),
    }];
    let dialer = Dialer::new(&settings).unwrap();
    let mut request = get("https://api.intercom.io/me");
    request.auth = PreparedAuth::Bearer(secret("s"));
    let held = secrets(&[("s", "the-value-1", &["https://api.intercom.io"])]);
    assert_eq!(dialer.call(&request, "effect-1", &held).await.outcome, Outcome::Ok);
    let held = secrets(&[("s", "the-value-1", &[&stub.url("")])]);
    assert_eq!(dialer.call(&request, "effect-1", &held).await.outcome, Outcome::BadTemplate);
}

#[tokio::test]
async fn an_unknown_secret_is_named_and_nothing_is_sent() {
    let stub = Stub::play([json("{}")]).await;
    let mut request = get(&stub.url("/"));
    request.headers = vec![("X-Key".to_owned(), secret("missing"))];
    let exchange = call(&dialer(&[&stub.allowed()]), &request).await;
    assert_eq!(exchange.outcome, Outcome::BadTemplate);
    assert!(exchange.detail.unwrap().contains("no secret missing"));
    assert_eq!(stub.connections(), 0);
}

#[tokio::test]
async fn a_secret_never_breaks_a_header_nor_stands_in_a_path() {
    let stub = Stub::play([json("{}")]).await;
    let origin = stub.url("");
    let held = secrets(&[("s", "a\r\nX-Injected: b", &[&origin])]);
    let dialer = dialer(&[&stub.allowed()]);
    let mut in_header = get(&stub.url("/"));
    in_header.headers = vec![("X-Key".to_owned(), secret("s"))];
    let mut in_path = get("");
    in_path.url = with_secret(&stub.url("/"), "s", Encoding::Percent);
    let mut in_host = get("");
    in_host.url = with_secret("http://", "s", Encoding::Plain);
    for request in [in_header, in_path, in_host] {
        let exchange = dialer.call(&request, "effect-1", &held).await;
        assert_eq!(exchange.outcome, Outcome::BadTemplate);
        assert!(!exchange.detail.unwrap().contains("Injected"));
    }
    assert_eq!(stub.connections(), 0);
}
