//! What is sent: rows, defaults, bodies, the idempotency key.

use crate::setting::{call, dialer, get, post};
use crate::stub::{Stub, json};
use rapport_flow::request::{Outcome, PreparedBody, PreparedPart, PreparedRequest, ResponseKind, SecretText};

async fn sent(change: impl Fn(&mut PreparedRequest)) -> (rapport_flow::request::Exchange, String) {
    let stub = Stub::play([json("{}")]).await;
    let mut request = post(&stub.url("/a?b=c"), "{}");
    change(&mut request);
    let exchange = call(&dialer(&[&stub.allowed()]), &request).await;
    (exchange, stub.requests().pop().unwrap_or_default())
}

fn rows(list: &[(&str, &str)]) -> Vec<(String, SecretText)> {
    list.iter().map(|(name, value)| ((*name).to_owned(), SecretText::plain(*value))).collect()
}

fn value<'a>(request: &'a str, name: &str) -> Vec<&'a str> {
    request
        .lines()
        .filter_map(|line| line.split_once(": "))
        .filter(|(own, _)| own.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
        .collect()
}

#[tokio::test]
async fn what_the_author_leaves_out_is_filled_in() {
    let (exchange, request) = sent(|_| {}).await;
    assert!(request.starts_with("POST /a?b=c HTTP/1.1\r\n"));
    assert!(request.ends_with("\r\n\r\n{}"));
    assert_eq!(value(&request, "accept"), ["application/json"]);
    assert_eq!(value(&request, "content-type"), ["application/json"]);
    assert_eq!(value(&request, "content-length"), ["2"]);
    assert_eq!(value(&request, "accept-encoding"), ["identity"]);
    assert!(value(&request, "user-agent")[0].starts_with("Rapport/"));
    assert_eq!(exchange.sent.method, "POST");
    assert_eq!(exchange.sent.body, "{}");
    assert_eq!(exchange.sent.headers.len(), 3, "{:?}", exchange.sent.headers);
}

#[tokio::test]
async fn what_the_author_gives_stands() {
    let given = [
        ("accept", "text/csv"),
        ("Content-Type", "application/vnd.api+json"),
        ("User-Agent", "Mine"),
        ("X-Two", "a"),
        ("X-Two", "b"),
        ("X-Name", "José"),
    ];
    let (_, request) = sent(|request| request.headers = rows(&given)).await;
    for (name, _) in given {
        let wanted: Vec<_> = given.iter().filter(|(own, _)| *own == name).map(|(_, value)| *value).collect();
        assert_eq!(value(&request, name), wanted, "{name}");
    }
}

#[tokio::test]
async fn rows_that_belong_to_the_connection_are_ours() {
    let pasted = [
        ("Accept-Encoding", "gzip, br"),
        ("Connection", "close"),
        ("Content-Length", "999"),
        ("Transfer-Encoding", "chunked"),
        ("Host", "127.0.0.1"),
        ("Expect", "100-continue"),
    ];
    let (exchange, request) = sent(|request| request.headers = rows(&pasted)).await;
    assert_eq!(exchange.outcome, Outcome::Ok);
    assert_eq!(value(&request, "content-length"), ["2"]);
    assert_eq!(value(&request, "accept-encoding"), ["identity"]);
    for name in ["connection", "transfer-encoding", "expect"] {
        assert!(value(&request, name).is_empty(), "{name}");
    }
    let (exchange, _) = sent(|request| request.headers = rows(&[("Host", "internal.example")])).await;
    assert_eq!(exchange.outcome, Outcome::BadTemplate);
}

#[tokio::test]
async fn the_kind_of_the_answer_decides_what_is_accepted() {
    for (kind, accept) in [
        (ResponseKind::Xml, "application/xml, text/xml;q=0.9, */*;q=0.1"),
        (ResponseKind::Text, "*/*"),
        (ResponseKind::None, "*/*"),
    ] {
        let (_, request) = sent(|request| request.response = kind).await;
        assert_eq!(value(&request, "accept"), [accept]);
    }
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_named() {
    for (name, text) in [
        ("X-A", "a\r\nX-B: c"),
        ("X-A", "a\nb"),
        ("X A", "b"),
        ("X-Ä", "b"),
        ("", "b"),
        ("X-A:", "b"),
        ("X-A", "a\0b"),
    ] {
        let (exchange, request) = sent(|request| request.headers = rows(&[(name, text)])).await;
        assert_eq!(exchange.outcome, Outcome::BadTemplate, "{name:?}: {text:?}");
        assert!(exchange.detail.unwrap().contains(name.trim()));
        assert!(request.is_empty());
    }
}

#[tokio::test]
async fn the_idempotency_key_is_the_effect() {
    let (exchange, request) = sent(|request| {
        request.idempotency_header = Some("Idempotency-Key".to_owned());
        request.headers = rows(&[("idempotency-key", "typed")]);
    })
    .await;
    assert_eq!(value(&request, "idempotency-key"), ["effect-1"]);
    let shown: Vec<_> = exchange
        .sent
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("idempotency-key"))
        .collect();
    assert_eq!(shown, [&("Idempotency-Key".to_owned(), "effect-1".to_owned())]);
}

#[tokio::test]
async fn multipart_names_its_boundary_whatever_the_author_wrote() {
    let part = PreparedPart {
        name: "file".to_owned(),
        filename: Some("a.txt".to_owned()),
        content_type: Some("text/plain".to_owned()),
        value: SecretText::plain("hello"),
    };
    let (exchange, request) = sent(|request| {
        request.headers = rows(&[("Content-Type", "multipart/form-data")]);
        request.body = PreparedBody::Multipart(vec![part.clone()]);
    })
    .await;
    let kinds = value(&request, "content-type");
    let boundary = kinds[0].strip_prefix("multipart/form-data; boundary=").unwrap();
    let body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--{boundary}--\r\n"
    );
    assert!(request.ends_with(&format!("\r\n\r\n{body}")), "{request}");
    assert_eq!(exchange.sent.body, body);
}

#[tokio::test]
async fn an_address_is_sent_encoded_and_without_its_fragment() {
    let stub = Stub::play([json("{}")]).await;
    let request = get(&stub.url("/a b/ä?q=x y&r={z}|\"#fragment"));
    let exchange = call(&dialer(&[&stub.allowed()]), &request).await;
    assert_eq!(exchange.outcome, Outcome::Ok, "{:?}", exchange.detail);
    assert!(
        stub.requests()[0].starts_with("GET /a%20b/%C3%A4?q=x%20y&r={z}|%22 HTTP/1.1\r\n"),
        "{}",
        stub.requests()[0]
    );
}
