//! Tokens: bought once, renewed ahead of their end, never sent where their secret may not go.

use crate::setting::{NOW, dialer, get, secret, secrets, settings};
use crate::stub::{Act, Stub, answer, json};
use rapport_connect::{
    Boxed, CodeExchange, Dialer, ExposeSecret, Grant, Renewed, SecretMap, SecretString, SecretValue, Secrets,
    Unavailable,
};
use rapport_flow::request::{Outcome, PreparedAuth, PreparedRequest, SecretText};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

fn tokens(list: &[&str]) -> Vec<Act> {
    list.iter().map(|token| json(&format!("{{\"access_token\":\"{token}\",\"expires_in\":3600}}"))).collect()
}

fn credentials(api: &Stub, vendor: &Stub) -> (PreparedRequest, SecretMap) {
    let mut request = get(&api.url("/"));
    request.auth = PreparedAuth::ClientCredentials {
        token_url: vendor.url("/token"),
        client_id: SecretText::plain("client"),
        client_secret: secret("s"),
        scope: Some("read write".to_owned()),
    };
    (request, secrets(&[("s", "client-secret&1", &[&api.url(""), &vendor.url("")])]))
}

#[tokio::test]
async fn a_token_is_bought_once_and_kept() {
    let (api, vendor) = (Stub::play([json("{}")]).await, Stub::play(tokens(&["token-one"])).await);
    let (request, held) = credentials(&api, &vendor);
    let dialer = dialer(&[&api.allowed(), &vendor.allowed()]);
    for _ in 0..3 {
        let exchange = dialer.call(&request, "effect-1", &held).await;
        assert_eq!(exchange.outcome, Outcome::Ok, "{:?}", exchange.detail);
        assert!(
            exchange
                .sent
                .headers
                .contains(&("Authorization".to_owned(), "Bearer {{access_token}}".to_owned()))
        );
    }
    assert_eq!(vendor.requests().len(), 1);
    let asked = &vendor.requests()[0];
    assert!(
        asked.ends_with(
            "grant_type=client_credentials&scope=read+write&client_id=client&client_secret=client-secret%261"
        ),
        "{asked}"
    );
    assert!(api.requests().iter().all(|request| request.contains("Authorization: Bearer token-one\r\n")));
}

#[tokio::test]
async fn calls_that_start_together_buy_one_token() {
    let (api, vendor) = (Stub::play([json("{}")]).await, Stub::play(tokens(&["token-one"])).await);
    let (request, held) = credentials(&api, &vendor);
    let dialer = Arc::new(dialer(&[&api.allowed(), &vendor.allowed()]));
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let (dialer, request, held) = (dialer.clone(), request.clone(), held.clone());
            tokio::spawn(async move { dialer.call(&request, "effect-1", &held).await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().outcome, Outcome::Ok);
    }
    assert_eq!((vendor.requests().len(), api.requests().len()), (1, 20));
}

#[tokio::test]
async fn a_token_is_renewed_ahead_of_its_end() {
    let (api, vendor) =
        (Stub::play([json("{}")]).await, Stub::play(tokens(&["token-one", "token-two"])).await);
    let (request, held) = credentials(&api, &vendor);
    let time = Arc::new(AtomicI64::new(NOW));
    let mut settings = settings(&[&api.allowed(), &vendor.allowed()]);
    let clock = time.clone();
    settings.now = Arc::new(move || clock.load(Ordering::SeqCst));
    let dialer = Dialer::new(&settings).unwrap();
    for (later_ms, bought) in [(0, 1), (3_500_000, 1), (3_550_000, 2)] {
        time.store(NOW + later_ms, Ordering::SeqCst);
        assert_eq!(dialer.call(&request, "effect-1", &held).await.outcome, Outcome::Ok);
        assert_eq!(vendor.requests().len(), bought, "after {later_ms} ms");
    }
    assert!(api.requests()[2].contains("Bearer token-two\r\n"));
}

#[tokio::test]
async fn a_kept_token_that_is_refused_is_renewed_once() {
    let api = Stub::play([json("{}"), answer(401, "", ""), json("{}"), answer(401, "", "")]).await;
    let vendor = Stub::play(tokens(&["token-one", "token-two", "token-three"])).await;
    let (mut request, held) = credentials(&api, &vendor);
    request.repeatable = false;
    let dialer = dialer(&[&api.allowed(), &vendor.allowed()]);
    assert_eq!(dialer.call(&request, "effect-1", &held).await.outcome, Outcome::Ok);
    let renewed = dialer.call(&request, "effect-1", &held).await;
    assert_eq!((renewed.outcome, renewed.attempts.len()), (Outcome::Ok, 2));
    assert!(api.requests()[2].contains("Bearer token-two\r\n"));
    let refused = dialer.call(&request, "effect-1", &held).await;
    assert_eq!(
        (refused.outcome, refused.status, refused.attempts.len()),
        (Outcome::ClientError, Some(401), 2)
    );
}

#[tokio::test]
async fn a_fresh_token_that_is_refused_is_an_answer() {
    let (api, vendor) = (Stub::play([answer(401, "", "")]).await, Stub::play(tokens(&["token-one"])).await);
    let (request, held) = credentials(&api, &vendor);
    let exchange = dialer(&[&api.allowed(), &vendor.allowed()]).call(&request, "effect-1", &held).await;
    assert_eq!((exchange.status, exchange.attempts.len(), vendor.requests().len()), (Some(401), 1, 1));
}

#[tokio::test]
async fn an_endpoint_that_wants_basic_gets_it() {
    let refusal = answer(401, "", "{\"error\":\"invalid_client\"}");
    let vendor = Stub::play([refusal].into_iter().chain(tokens(&["token-one"]))).await;
    let api = Stub::play([json("{}")]).await;
    let (request, held) = credentials(&api, &vendor);
    let exchange = dialer(&[&api.allowed(), &vendor.allowed()]).call(&request, "effect-1", &held).await;
    assert_eq!(exchange.outcome, Outcome::Ok, "{:?}", exchange.detail);
    // base64 of client:client-secret%261
    assert!(
        vendor.requests()[1].contains("Authorization: Basic Y2xpZW50OmNsaWVudC1zZWNyZXQlMjYx\r\n"),
        "{}",
        vendor.requests()[1]
    );
    assert!(!vendor.requests()[1].contains("client_secret"));
}

#[tokio::test]
async fn a_refusal_of_the_endpoint_is_told_without_the_secret() {
    let echo = "{\"error\":\"invalid_client\",\"error_description\":\"no client-secret&1 here\"}";
    let (api, vendor) = (Stub::play([json("{}")]).await, Stub::play([answer(400, "", echo)]).await);
    let (request, held) = credentials(&api, &vendor);
    let exchange = dialer(&[&api.allowed(), &vendor.allowed()]).call(&request, "effect-1", &held).await;
    assert_eq!((exchange.outcome, exchange.status), (Outcome::ClientError, Some(400)));
    let detail = exchange.detail.unwrap();
    assert!(
        detail.contains("/token answered 400 invalid_client: no {{") && !detail.contains("client-secret&1"),
        "{detail}"
    );
    assert_eq!(api.connections(), 0);
}

#[tokio::test]
async fn a_token_goes_only_where_its_secret_may_go() {
    let (api, vendor) = (Stub::play([json("{}")]).await, Stub::play(tokens(&["token-one"])).await);
    let (request, _) = credentials(&api, &vendor);
    let dialer = dialer(&[&api.allowed(), &vendor.allowed()]);
    for origins in [&[vendor.url("").as_str()][..], &[api.url("").as_str()]] {
        let held = secrets(&[("s", "client-secret&1", origins)]);
        assert_eq!(dialer.call(&request, "effect-1", &held).await.outcome, Outcome::BadTemplate);
    }
    assert_eq!((api.connections(), vendor.connections()), (0, 0));
}

#[tokio::test]
async fn the_token_endpoint_is_guarded_too() {
    let api = Stub::play([json("{}")]).await;
    for token_url in ["http://127.0.0.1:1/token", "http://169.254.169.254/token"] {
        let mut request = get(&api.url("/"));
        request.auth = PreparedAuth::ClientCredentials {
            token_url: token_url.to_owned(),
            client_id: SecretText::plain("client"),
            client_secret: SecretText::plain("typed"),
            scope: None,
        };
        let exchange = dialer(&[&api.allowed()]).call(&request, "effect-1", &secrets(&[])).await;
        assert_eq!(exchange.outcome, Outcome::BlockedAddress);
    }
    assert_eq!(api.connections(), 0);
}

/// One connection, kept as a store would keep it.
struct Kept(Mutex<Grant>);

impl Secrets for Kept {
    fn secret<'a>(&'a self, _: &'a str) -> Boxed<'a, Result<Option<SecretValue>, Unavailable>> {
        Box::pin(async { Ok(None) })
    }

    fn grant<'a>(&'a self, connection: &'a str) -> Boxed<'a, Result<Option<Grant>, Unavailable>> {
        let found = (connection == "crm").then(|| self.0.lock().unwrap().clone());
        Box::pin(async move { Ok(found) })
    }

    fn renewed<'a>(&'a self, _: &'a str, tokens: &'a Renewed) -> Boxed<'a, Result<(), Unavailable>> {
        let mut grant = self.0.lock().unwrap();
        grant.access_token = Some(tokens.access_token.clone());
        grant.refresh_token = tokens.refresh_token.clone().or(grant.refresh_token.take());
        grant.expires_at = tokens.expires_at;
        Box::pin(async { Ok(()) })
    }
}

fn granted(api: &Stub, vendor: &Stub, expires_at: i64) -> (PreparedRequest, Kept) {
    let mut request = get(&api.url("/"));
    request.auth = PreparedAuth::Granted { connection: "crm".to_owned() };
    let grant = Grant {
        token_url: vendor.url("/token"),
        client_id: "client".to_owned(),
        client_secret: None,
        access_token: Some(SecretString::from("access-one")),
        refresh_token: Some(SecretString::from("refresh-one")),
        expires_at: Some(expires_at),
        origins: vec![api.url("").parse().unwrap()],
    };
    (request, Kept(Mutex::new(grant)))
}

const ROTATED: &str =
    "{\"access_token\":\"access-two\",\"refresh_token\":\"refresh-two\",\"expires_in\":\"7200\"}";

#[tokio::test]
async fn a_granted_token_is_used_while_it_lives_and_renewed_before_it_dies() {
    let (api, vendor) = (Stub::play([json("{}")]).await, Stub::play([json(ROTATED)]).await);
    let dialer = dialer(&[&api.allowed(), &vendor.allowed()]);
    let (request, kept) = granted(&api, &vendor, NOW + 600_000);
    assert_eq!(dialer.call(&request, "effect-1", &kept).await.outcome, Outcome::Ok);
    assert!(api.requests()[0].contains("Bearer access-one\r\n"));

    let (request, kept) = granted(&api, &vendor, NOW + 10_000);
    for _ in 0..2 {
        assert_eq!(dialer.call(&request, "effect-1", &kept).await.outcome, Outcome::Ok);
    }
    assert!(api.requests()[2].contains("Bearer access-two\r\n"));
    assert_eq!(vendor.requests().len(), 1);
    assert!(
        vendor.requests()[0].ends_with("grant_type=refresh_token&refresh_token=refresh-one&client_id=client")
    );
    let grant = kept.0.lock().unwrap();
    assert_eq!(grant.refresh_token.as_ref().unwrap().expose_secret(), "refresh-two");
    assert_eq!(grant.expires_at, Some(NOW + 7_200_000));
}

#[tokio::test]
async fn a_granted_token_stays_with_its_origins_and_dies_when_it_cannot_be_renewed() {
    let vendor = Stub::play([answer(400, "", "{\"error\":\"invalid_grant\"}")]).await;
    let (api, other) = (Stub::play([json("{}")]).await, Stub::play([json("{}")]).await);
    let dialer = dialer(&[&api.allowed(), &vendor.allowed(), &other.allowed()]);
    let (mut request, kept) = granted(&api, &vendor, NOW + 600_000);
    request.url = SecretText::plain(other.url("/"));
    assert_eq!(dialer.call(&request, "effect-1", &kept).await.outcome, Outcome::BadTemplate);
    assert_eq!(other.connections(), 0);

    let (request, kept) = granted(&api, &vendor, NOW);
    let exchange = dialer.call(&request, "effect-1", &kept).await;
    assert_eq!(exchange.outcome, Outcome::ClientError);
    assert!(exchange.detail.unwrap().contains("grant the connection again"));
    assert_eq!(api.connections(), 0);
}

#[tokio::test]
async fn a_code_is_redeemed_for_the_first_tokens() {
    let vendor = Stub::play([json(ROTATED)]).await;
    let exchange = CodeExchange {
        token_url: vendor.url("/token"),
        client_id: "client".to_owned(),
        client_secret: Some(SecretString::from("client-secret")),
        code: SecretString::from("the code"),
        redirect_uri: "https://chat.example.com/back".to_owned(),
        code_verifier: Some(SecretString::from("verifier")),
    };
    let tokens = dialer(&[&vendor.allowed()]).redeem(&exchange, Duration::from_secs(10)).await.unwrap();
    assert_eq!(tokens.access_token.expose_secret(), "access-two");
    assert!(vendor.requests()[0].ends_with(
        "grant_type=authorization_code&code=the+code&redirect_uri=https%3A%2F%2Fchat.example.com%2Fback&code_verifier=verifier&client_id=client&client_secret=client-secret"
    ));
    let error = dialer(&[]).redeem(&exchange, Duration::from_secs(10)).await.unwrap_err();
    assert_eq!(error.outcome, Outcome::BlockedAddress);
}
