//! Redirects: GET and HEAD, five at most, each hop checked, never out of https, never abroad with a secret.

use crate::setting::{call, dialer, get, post, secret, secrets};
use crate::stub::{Stub, answer, json, redirect};
use rapport_flow::request::{Method, Outcome, PreparedAuth, SecretText};

#[tokio::test]
async fn five_redirects_are_followed_and_the_record_shows_the_last_address() {
    for method in [Method::Get, Method::Head] {
        let mut acts: Vec<_> =
            [301, 302, 303, 307, 308].map(|status| redirect(status, &format!("/{status}?a"))).to_vec();
        acts.push(json(""));
        let stub = Stub::play(acts).await;
        let mut request = get(&stub.url("/first"));
        request.method = method;
        let exchange = call(&dialer(&[&stub.allowed()]), &request).await;
        assert_eq!(exchange.outcome, Outcome::Ok, "{:?}", exchange.detail);
        assert_eq!(exchange.sent.url, stub.url("/308?a"));
        assert_eq!((exchange.attempts.len(), stub.requests().len()), (1, 6));
        assert!(stub.requests()[5].starts_with(method.as_str()));
    }
}

#[tokio::test]
async fn the_sixth_is_refused_with_the_address_as_the_mend() {
    let stub = Stub::play([redirect(302, "/again")]).await;
    let exchange = call(&dialer(&[&stub.allowed()]), &get(&stub.url("/"))).await;
    assert_eq!((exchange.outcome, exchange.status), (Outcome::RedirectRefused, Some(302)));
    assert_eq!(exchange.redirect_to, Some(stub.url("/again")));
    assert_eq!(stub.requests().len(), 6);
}

#[tokio::test]
async fn other_methods_are_not_redirected() {
    for status in [301, 302, 303, 307, 308] {
        let stub = Stub::play([redirect(status, "https://api.example.com/new")]).await;
        let exchange = call(&dialer(&[&stub.allowed()]), &post(&stub.url("/"), "{}")).await;
        assert_eq!((exchange.outcome, exchange.status), (Outcome::RedirectRefused, Some(status)));
        assert_eq!(exchange.redirect_to.as_deref(), Some("https://api.example.com/new"));
        assert_eq!(stub.requests().len(), 1);
    }
}

#[tokio::test]
async fn another_origin_is_followed_without_a_secret_only() {
    let abroad = Stub::play([json("{}")]).await;
    let stub = Stub::play([redirect(302, &abroad.url("/x"))]).await;
    let dialer = dialer(&[&stub.allowed(), &abroad.allowed()]);

    let plain = call(&dialer, &get(&stub.url("/"))).await;
    assert_eq!(plain.outcome, Outcome::Ok);
    assert_eq!(abroad.requests().len(), 1);

    // Bound to both, and yet not taken along: the author never named the second.
    let held = secrets(&[("s", "the-value-1", &[&stub.url(""), &abroad.url("")])]);
    let mut request = get(&stub.url("/"));
    request.auth = PreparedAuth::Bearer(secret("s"));
    let exchange = dialer.call(&request, "effect-1", &held).await;
    assert_eq!(exchange.outcome, Outcome::RedirectRefused);
    assert_eq!(exchange.redirect_to, Some(abroad.url("/x")));

    // Nor is a credential that the author typed.
    let mut request = get(&stub.url("/"));
    request.headers = vec![("authorization".to_owned(), SecretText::plain("Bearer typed"))];
    assert_eq!(call(&dialer, &request).await.outcome, Outcome::RedirectRefused);
    assert_eq!(abroad.requests().len(), 1);
}

#[tokio::test]
async fn the_same_origin_is_followed_with_the_secret() {
    let stub = Stub::play([redirect(302, "/next"), json("{}")]).await;
    let held = secrets(&[("s", "the-value-1", &[&stub.url("")])]);
    let mut request = get(&stub.url("/"));
    request.auth = PreparedAuth::Bearer(secret("s"));
    let exchange = dialer(&[&stub.allowed()]).call(&request, "effect-1", &held).await;
    assert_eq!(exchange.outcome, Outcome::Ok);
    assert!(stub.requests()[1].contains("Authorization: Bearer the-value-1\r\n"));
}

#[tokio::test]
async fn a_redirect_without_an_address_is_an_answer() {
    let stub = Stub::play([answer(302, "", "moved")]).await;
    let exchange = call(&dialer(&[&stub.allowed()]), &get(&stub.url("/"))).await;
    assert_eq!((exchange.outcome, exchange.body.as_str()), (Outcome::ClientError, "moved"));
}
