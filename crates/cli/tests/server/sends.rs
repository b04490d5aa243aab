//! Every answer of Meta's, and none: what becomes of a message, and of those behind it.

use crate::house::{House, Plan, until};
use crate::meta;
use crate::stranger::{Reply, Stranger, accepted, refused, wamid};
use serde_json::Value;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

const PRIYA: &str = "919820000001";

/// Two messages in one turn.
const TWO: &str = "flow: two\ntriggers: [{any_message: true}]\nsteps:\n  \
                   one: {type: send_message, text: 'first to {{message.text}}', next: two}\n  \
                   two: {type: send_message, text: 'second to {{message.text}}', next: end}\n";

fn house(graph: &str, resend_unknown_after: &'static str) -> House {
    let mut plan = Plan::new(graph).flow("two.yaml", TWO);
    plan.resend_unknown_after = resend_unknown_after;
    House::new(&plan)
}

/// The outgoing messages of the only conversation, oldest first.
fn sent(house: &House) -> Vec<Value> {
    house.timeline().iter().map(|entry| entry["out"].clone()).filter(Value::is_object).collect()
}

fn broken_500() -> Reply {
    Reply::Raw(b"HTTP/1.1 500 X\r\ncontent-length: 4\r\nconnection: close\r\n\r\noops".to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_and_then_a_status_that_carries_our_tag() {
    for answer in [broken_500 as fn() -> Reply, || Reply::Drop] {
        let graph = Stranger::start(move |n, seen| if n == 0 { answer() } else { accepted(n, seen) }).await;
        let house = house(&graph.url, "300s");
        let server = house.serve().await;
        meta::say(&server.webhooks(), PRIYA, "wamid.A", "a").await;
        let tag = graph.until_seen(1).await[0].tag();
        until("the unknown fate", || sent(&house).first().filter(|one| one["state"] == "unknown").cloned())
            .await;
        assert_eq!(graph.words(), ["first to a"], "the second waits behind the unknown");
        let status = meta::status("wamid.REAL", "delivered", PRIYA, Some(&tag));
        assert_eq!(meta::post(&server.webhooks(), &meta::statuses(vec![status])).await, 200);
        graph.until_seen(2).await;
        assert_eq!(graph.words(), ["first to a", "second to a"], "nothing is sent twice");
        let first = sent(&house).remove(0);
        assert_eq!((&first["state"], &first["resend"]), (&"delivered".into(), &false.into()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_overtakes_a_lost_answer_settles_the_send() {
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let graph = Stranger::start(move |n, seen| match n {
        0 => Reply::After(Arc::clone(&held), Box::new(Reply::Drop)),
        _ => accepted(n, seen),
    })
    .await;
    let house = house(&graph.url, "300s");
    let server = house.serve().await;
    meta::say(&server.webhooks(), PRIYA, "wamid.A", "a").await;
    let tag = graph.until_seen(1).await[0].tag();
    let status = meta::status("wamid.REAL", "sent", PRIYA, Some(&tag));
    assert_eq!(meta::post(&server.webhooks(), &meta::statuses(vec![status])).await, 200);
    gate.add_permits(1);
    graph.until_seen(2).await;
    assert_eq!(graph.words(), ["first to a", "second to a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_without_our_tag_that_overtakes_the_answer_is_kept_for_it() {
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let graph = Stranger::start(move |n, seen| match n {
        0 => Reply::After(Arc::clone(&held), Box::new(accepted(n, seen))),
        _ => accepted(n, seen),
    })
    .await;
    let house = house(&graph.url, "300s");
    let server = house.serve().await;
    meta::say(&server.webhooks(), PRIYA, "wamid.A", "a").await;
    graph.until_seen(1).await;
    let status = meta::status(&wamid(0), "read", PRIYA, None);
    assert_eq!(meta::post(&server.webhooks(), &meta::statuses(vec![status])).await, 200);
    gate.add_permits(1);
    until("the status", || sent(&house).first().filter(|one| one["state"] == "read").map(drop)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_and_no_status_is_sent_once_more_and_marked() {
    let graph =
        Stranger::start(|n, seen| if seen.words() == "first to a" { Reply::Drop } else { accepted(n, seen) })
            .await;
    let house = house(&graph.url, "1s");
    let server = house.serve().await;
    meta::say(&server.webhooks(), PRIYA, "wamid.A", "a").await;
    // The second look finds it unknown again: people decide, and the lane goes on.
    graph.until_seen(3).await;
    assert_eq!(graph.words(), ["first to a", "first to a", "second to a"]);
    until("the fate of both", || {
        let sent = sent(&house);
        let states = (sent[0]["state"].as_str()?, sent[1]["state"].as_str()?);
        (states == ("unknown", "sent") && sent[0]["resend"] == true && sent[1]["resend"] == false)
            .then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pair_limit_stops_one_person_only() {
    let busy = "919820000099";
    let graph = Stranger::start(
        move |n, seen| if seen.to() == busy { refused(400, 131_056) } else { accepted(n, seen) },
    )
    .await;
    let house = house(&graph.url, "300s");
    let server = house.serve().await;
    meta::say(&server.webhooks(), busy, "wamid.A", "busy").await;
    graph.until_seen(1).await;
    for n in 0..5 {
        meta::say(&server.webhooks(), &format!("91982000000{n}"), &format!("wamid.{n}"), "b").await;
    }
    until("everybody else's messages", || {
        (graph.words().iter().filter(|words| words.ends_with("to b")).count() == 10).then_some(())
    })
    .await;
    assert!(!graph.words().contains(&"second to busy".to_owned()), "what follows waits for the first");
}

#[tokio::test(flavor = "multi_thread")]
async fn retries_keep_the_order() {
    let graph = Stranger::start(|n, seen| match n {
        0 => refused(429, 130_429),
        2 => refused(503, 131_016),
        _ => accepted(n, seen),
    })
    .await;
    let house = house(&graph.url, "300s");
    let server = house.serve().await;
    meta::say(&server.webhooks(), PRIYA, "wamid.A", "a").await;
    graph.until_seen(1).await;
    meta::say(&server.webhooks(), PRIYA, "wamid.B", "b").await;
    graph.until_seen(6).await;
    let words = graph.words();
    let mut distinct = words.clone();
    distinct.dedup();
    assert_eq!(distinct, ["first to a", "second to a", "first to b", "second to b"]);
    assert_eq!(words.len(), 6, "each refusal is one more try: {words:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_meta_refuses_for_good_is_said_and_the_next_goes() {
    for (code, status) in [(131_047, 400), (190, 401), (131_026, 400)] {
        let graph =
            Stranger::start(move |n, seen| if n == 0 { refused(status, code) } else { accepted(n, seen) })
                .await;
        let house = house(&graph.url, "300s");
        let server = house.serve().await;
        meta::say(&server.webhooks(), PRIYA, "wamid.A", "a").await;
        graph.until_seen(2).await;
        assert_eq!(graph.words(), ["first to a", "second to a"]);
        until("the failure", || {
            let first = sent(&house).remove(0);
            (first["state"] == "failed" && first["error"]["code"] == code).then_some(())
        })
        .await;
        let log = house.log();
        assert!(log.contains(&code.to_string()), "the operator sees {code}: {log}");
        assert_eq!(log.contains("ERROR"), code == 190, "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_connection_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let house = house(&format!("http://{address}"), "300s");
    let server = house.serve().await;
    meta::say(&server.webhooks(), PRIYA, "wamid.A", "a").await;
    until("the refusal", || house.log().contains("could not reach").then_some(())).await;
    let graph = Stranger::on(TcpListener::bind(address).await.unwrap(), accepted);
    graph.until_seen(2).await;
    assert_eq!(graph.words(), ["first to a", "second to a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_leave_after_the_window_has_closed_is_withheld() {
    const LEFT_SECONDS: i64 = 12;
    let graph = Stranger::start(|_, _| Reply::Drop).await;
    // The unknown fate holds the message back until the window has closed.
    let house = house(&graph.url, "14s");
    let server = house.serve().await;
    let mut message = meta::text(PRIYA, "wamid.A", "a");
    message["timestamp"] = (meta::now() - 24 * 3600 + LEFT_SECONDS).to_string().into();
    assert_eq!(meta::post(&server.webhooks(), &meta::messages(vec![message])).await, 200);
    assert_eq!(sent(&house).len(), 0, "the bot itself keeps away from the end of the window");
    let id = house.timelines().remove(0).0;
    house.ok(&["conversation", "reply", &id, "a late answer"]);
    until("the withheld answer", || {
        let reply = sent(&house).remove(0);
        (reply["state"] == "withheld" && reply["error"]["reason"] == "window_closed").then_some(())
    })
    .await;
    assert_eq!(graph.words(), ["a late answer"], "tried while the window was open, and not again");
}
