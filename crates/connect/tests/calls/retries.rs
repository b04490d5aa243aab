//! What is made again, how often, and after what wait. Time is paused: waits pass at once and are exact.

use crate::setting::{NOW, call, dialer, get, post, settings};
use crate::stub::{Act, Stub, answer, json};
use rapport_connect::{Boxed, Dialer, Resolve};
use rapport_flow::request::{Attempt, Exchange, Outcome, PreparedRequest};

async fn play(
    acts: impl IntoIterator<Item = Act>,
    change: impl Fn(&mut PreparedRequest),
) -> (Exchange, usize) {
    let stub = Stub::play(acts).await;
    let mut request = get(&stub.url("/"));
    request.retries = 2;
    change(&mut request);
    let exchange = call(&dialer(&[&stub.allowed()]), &request).await;
    (exchange, stub.requests().len())
}

fn waits(exchange: &Exchange) -> Vec<u64> {
    exchange.attempts.iter().map(|attempt| attempt.waited_ms).collect()
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_is_waited_out_as_the_server_asks() {
    let reset = format!("x-ratelimit-reset: {}\r\n", NOW / 1000 + 7);
    for (header, wait) in
        [("retry-after: 3\r\n", 3000), (reset.as_str(), 7000), ("ratelimit-reset: 4\r\n", 4000)]
    {
        let (exchange, requests) = play([answer(429, header, ""), json("{}")], |_| {}).await;
        assert_eq!((exchange.outcome, requests), (Outcome::Ok, 2), "{header}");
        assert_eq!(waits(&exchange), [wait, 0], "{header}");
        assert!(exchange.elapsed_ms >= wait);
        let Attempt { outcome, status, .. } = exchange.attempts[0];
        assert_eq!((outcome, status), (Outcome::RateLimited, Some(429)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_deadline_ends_the_call_at_once_and_says_so() {
    let (exchange, requests) = play([answer(429, "retry-after: 120\r\n", "")], |_| {}).await;
    assert_eq!((exchange.outcome, requests), (Outcome::RateLimited, 1));
    assert_eq!(waits(&exchange), [0]);
    assert!(exchange.detail.unwrap().starts_with("the server asks to wait 120 s; the deadline leaves "));
}

#[tokio::test(start_paused = true)]
async fn gateway_faults_are_tried_again_and_the_last_one_tells() {
    let acts = [answer(502, "", "a"), answer(503, "", "b"), answer(504, "", "c"), json("{}")];
    let (exchange, requests) = play(acts, |_| {}).await;
    assert_eq!((exchange.outcome, requests), (Outcome::ServerError, 3));
    assert_eq!((exchange.status, exchange.body.as_str()), (Some(504), "c"));
    assert!(waits(&exchange)[0] > 0 && waits(&exchange)[1] > waits(&exchange)[0]);
}

#[tokio::test(start_paused = true)]
async fn broken_connections_and_silence_are_tried_again() {
    for first in
        [Act::Close, Act::Answer("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_owned()), Act::Hang]
    {
        let (exchange, requests) = play([first, json("{}")], |_| {}).await;
        assert_eq!((exchange.outcome, requests), (Outcome::Ok, 2));
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_repeated_is_sent_once() {
    for first in [Act::Close, Act::Hang, answer(429, "retry-after: 1\r\n", ""), answer(503, "", "")] {
        let (exchange, requests) = play([first, json("{}")], |request| request.repeatable = false).await;
        assert_ne!(exchange.outcome, Outcome::Ok);
        assert_eq!((exchange.attempts.len(), requests), (1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn other_answers_are_final() {
    for status in [400, 401, 404, 409, 500, 501] {
        let (exchange, requests) = play([answer(status, "retry-after: 1\r\n", ""), json("{}")], |_| {}).await;
        assert_eq!((exchange.status, requests), (Some(status), 1));
    }
}

#[tokio::test(start_paused = true)]
async fn the_author_decides_how_often_within_five() {
    for (retries, requests) in [(0, 1), (1, 2), (5, 6), (50, 6)] {
        let (_, made) =
            play([answer(503, "retry-after: 1\r\n", "")], |request| request.retries = retries).await;
        assert_eq!(made, requests);
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_holds_over_all_attempts() {
    let (exchange, requests) = play([Act::Hang], |request| {
        request.retries = 5;
        request.deadline_ms = 15_000;
    })
    .await;
    assert_eq!((exchange.outcome, requests), (Outcome::Timeout, 2));
    assert!(exchange.elapsed_ms <= 15_100, "{}", exchange.elapsed_ms);
}

#[tokio::test(start_paused = true)]
async fn nobody_gets_more_than_a_minute() {
    let (exchange, _) = play([Act::Hang], |request| {
        request.attempt_timeout_ms = u64::MAX;
        request.deadline_ms = u64::MAX;
    })
    .await;
    assert_eq!(exchange.outcome, Outcome::Timeout);
    assert!(exchange.elapsed_ms <= 60_100, "{}", exchange.elapsed_ms);
}

#[tokio::test(start_paused = true)]
async fn before_a_byte_has_left_us_anything_is_tried_again() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mut request = post(&format!("http://{address}/"), "{}");
    request.retries = 2;
    let exchange = call(&dialer(&[&address.to_string()]), &request).await;
    assert_eq!((exchange.outcome, exchange.attempts.len()), (Outcome::Connect, 3));
}

/// A name server that never answers.
struct Silent;

impl Resolve for Silent {
    fn resolve<'a>(&'a self, _: &'a str) -> Boxed<'a, std::io::Result<Vec<std::net::IpAddr>>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn a_time_out_before_there_was_a_connection_is_tried_again_too() {
    let mut settings = settings(&[]);
    settings.resolver = std::sync::Arc::new(Silent);
    let mut request = post("https://api.example.com/", "{}");
    request.retries = 1;
    let exchange = call(&Dialer::new(&settings).unwrap(), &request).await;
    assert_eq!((exchange.outcome, exchange.attempts.len()), (Outcome::Timeout, 2));
    assert_eq!(exchange.detail.as_deref(), Some("no connection within 10 s"));
}

#[tokio::test]
async fn a_pooled_connection_that_the_server_closed_costs_no_call() {
    let stub =
        Stub::play([Act::KeepThenClose("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_owned())]).await;
    let dialer = dialer(&[&stub.allowed()]);
    for _ in 0..3 {
        let exchange = call(&dialer, &post(&stub.url("/"), "{}")).await;
        assert_eq!((exchange.outcome, exchange.attempts.len()), (Outcome::Ok, 1), "{:?}", exchange.detail);
        tokio::time::sleep(std::time::Duration::from_millis(120)).await;
    }
    assert_eq!((stub.requests().len(), stub.connections()), (3, 3));
}
