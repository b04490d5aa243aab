//! Servers that are slow, silent, cut short, endless or no web servers at all.

use crate::setting::{Names, call, dialer, get, post, settings};
use crate::stub::{Act, Stub, answer, json};
use rapport_flow::request::{ANSWER_BYTES_MAX, Method, Outcome, ResponseKind};

async fn against(act: Act) -> rapport_flow::request::Exchange {
    let stub = Stub::play([act]).await;
    call(&dialer(&[&stub.allowed()]), &get(&stub.url("/"))).await
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_and_a_dripping_body_time_out() {
    for act in [
        Act::Hang,
        Act::Drip("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n".to_owned()),
        Act::Drip("HTTP/1.1 200 ".to_owned()),
    ] {
        let exchange = against(act.clone()).await;
        assert_eq!(exchange.outcome, Outcome::Timeout, "{act:?}: {:?}", exchange.detail);
        assert_eq!(exchange.detail.as_deref(), Some("no complete answer within 10 s"));
    }
}

#[tokio::test]
async fn half_answers_are_connection_faults() {
    for bytes in [
        "",
        "HTTP/1.1 200 OK\r\ncontent-le",
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"a\":",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"a\"",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    ] {
        let exchange = against(Act::Answer(bytes.to_owned())).await;
        assert_eq!(exchange.outcome, Outcome::Connect, "{bytes}: {:?}", exchange.detail);
        assert!(exchange.body.is_empty());
        assert!(exchange.detail.is_some());
    }
}

#[tokio::test]
async fn what_is_not_http_is_a_connection_fault() {
    for bytes in ["SSH-2.0-OpenSSH_9.9\r\n", "220 mail ESMTP\r\n", "HTTP/1.1 banana\r\n\r\n"] {
        let exchange = against(Act::Answer(bytes.to_owned())).await;
        assert_eq!(exchange.outcome, Outcome::Connect, "{bytes}");
    }
}

#[tokio::test]
async fn a_body_longer_than_its_length_is_cut_to_it() {
    let exchange = against(Act::Answer(
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n\r\nsmuggled".to_owned(),
    ))
    .await;
    assert_eq!((exchange.outcome, exchange.body.as_str()), (Outcome::Ok, "{}"));
}

#[tokio::test]
async fn an_answer_may_be_a_mebibyte_and_not_a_byte_more() {
    let exchange = against(answer(200, "", &"x".repeat(ANSWER_BYTES_MAX))).await;
    assert_eq!((exchange.outcome, exchange.body.len()), (Outcome::Ok, ANSWER_BYTES_MAX));
    let exchange = against(answer(200, "", &"x".repeat(ANSWER_BYTES_MAX + 1))).await;
    assert_eq!((exchange.outcome, exchange.status, exchange.body.len()), (Outcome::TooLarge, Some(200), 0));
}

#[tokio::test]
async fn an_endless_answer_is_left_unread() {
    let endless = ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 999999999999\r\n\r\n"];
    for head in endless {
        assert_eq!(against(Act::Flood(head.to_owned())).await.outcome, Outcome::TooLarge, "{head}");
    }
    let exchange = against(Act::Flood("HTTP/1.1 200 OK\r\nx-endless: ".to_owned())).await;
    assert_eq!(exchange.outcome, Outcome::TooLarge, "{:?}", exchange.detail);
}

#[tokio::test]
async fn a_body_nobody_asked_for_may_be_too_large() {
    let stub = Stub::play([answer(201, "", &"x".repeat(ANSWER_BYTES_MAX + 1))]).await;
    let mut request = post(&stub.url("/"), "{}");
    request.response = ResponseKind::None;
    let exchange = call(&dialer(&[&stub.allowed()]), &request).await;
    assert_eq!((exchange.outcome, exchange.status), (Outcome::Ok, Some(201)));
}

#[tokio::test]
async fn compressed_answers_are_not_unpacked_and_say_so() {
    let exchange = against(answer(200, "content-encoding: gzip\r\n", "\u{1f}bomb")).await;
    assert_eq!((exchange.outcome, exchange.body.as_str()), (Outcome::Ok, ""));
    assert!(exchange.detail.unwrap().contains("gzip"));
}

#[tokio::test]
async fn answers_without_a_body_are_answers() {
    let stub = Stub::play([
        answer(200, "", ""),
        Act::Answer("HTTP/1.1 204 No Content\r\n\r\n".to_owned()),
        Act::Answer("HTTP/1.1 200 OK\r\ncontent-length: 5000000\r\n\r\n".to_owned()),
    ])
    .await;
    let dialer = dialer(&[&stub.allowed()]);
    for method in [Method::Get, Method::Delete, Method::Head] {
        let mut request = get(&stub.url("/"));
        request.method = method;
        let exchange = call(&dialer, &request).await;
        assert_eq!(exchange.outcome, Outcome::Ok, "{method:?}: {:?}", exchange.detail);
        assert!(exchange.body.is_empty());
    }
}

#[tokio::test]
async fn a_page_in_place_of_json_is_handed_on_with_its_kind() {
    let exchange =
        against(answer(200, "Content-Type: text/html\r\nX-Two: a\r\nX-Two: b\r\n", "<html>")).await;
    assert_eq!((exchange.outcome, exchange.body.as_str()), (Outcome::Ok, "<html>"));
    let headers: Vec<_> =
        exchange.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        headers,
        [("content-type", "text/html"), ("x-two", "a"), ("x-two", "b"), ("content-length", "6")]
    );
}

#[tokio::test]
async fn statuses_give_outcomes() {
    for (status, outcome) in [
        (200, Outcome::Ok),
        (299, Outcome::Ok),
        (304, Outcome::ClientError),
        (400, Outcome::ClientError),
        (401, Outcome::ClientError),
        (429, Outcome::RateLimited),
        (500, Outcome::ServerError),
        (503, Outcome::ServerError),
    ] {
        let exchange = against(answer(status, "", "")).await;
        assert_eq!((exchange.outcome, exchange.status), (outcome, Some(status)));
    }
}

#[tokio::test]
async fn a_closed_port_and_an_unknown_name_have_outcomes_of_their_own() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let exchange = call(&dialer(&[&address.to_string()]), &get(&format!("http://{address}/"))).await;
    assert_eq!(exchange.outcome, Outcome::Connect);
    let exchange = call(&dialer(&[]), &get("https://nowhere.example/")).await;
    assert_eq!(exchange.outcome, Outcome::Dns);
    assert_eq!(exchange.detail.as_deref(), Some("the name nowhere.example has no address"));
}

#[tokio::test]
async fn an_address_that_is_none_is_a_bad_template() {
    for address in ["", "api.intercom.io/contacts", "/contacts", "not an address"] {
        let exchange = call(&dialer(&[]), &get(address)).await;
        assert_eq!(exchange.outcome, Outcome::BadTemplate, "{address}");
        assert!(exchange.attempts.is_empty());
    }
}

#[tokio::test]
async fn a_call_can_be_spawned() {
    let stub = Stub::play([json("{}")]).await;
    let dialer = std::sync::Arc::new(dialer(&[&stub.allowed()]));
    let request = get(&stub.url("/"));
    let exchange = tokio::spawn(async move { call(&dialer, &request).await }).await.unwrap();
    assert_eq!(exchange.outcome, Outcome::Ok);
}

#[tokio::test]
async fn the_next_address_of_a_name_is_tried_when_one_is_closed() {
    let stub = Stub::play([json("{}")]).await;
    let port = stub.address.port();
    let mut settings = settings(&[&format!("127.0.0.0/8:{port}")]);
    let addresses: &[&str] = &["127.0.0.2", "127.0.0.3", "127.0.0.1"];
    settings.resolver = std::sync::Arc::new(Names::new(&[("many.example", &[addresses])]));
    let dialer = rapport_connect::Dialer::new(&settings).unwrap();
    let exchange = call(&dialer, &get(&format!("http://many.example:{port}/"))).await;
    assert_eq!(exchange.outcome, Outcome::Ok, "{:?}", exchange.detail);
}
