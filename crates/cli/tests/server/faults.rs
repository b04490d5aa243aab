//! Faults inside the house: a database that cannot be written, a session that cannot be read, a kill between an answer
//! and its record.

use crate::house::{ACCESS_TOKEN, House, PATIENCE, Plan, until};
use crate::meta;
use crate::operating::{get, until_idle};
use crate::stranger::{Reply, Stranger, accepted, wamid};
use rusqlite::Connection;
use serde_json::json;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

const PRIYA: &str = "919820000001";

const TWO: &str = "flow: two\ntriggers: [{any_message: true}]\nsteps:\n  \
                   one: {type: send_message, text: 'first to {{message.text}}', next: two}\n  \
                   two: {type: send_message, text: 'second to {{message.text}}', next: end}\n";

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_locked_nothing_is_acknowledged_and_nothing_is_lost() {
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let graph = Stranger::start(move |n, seen| {
        let answer = accepted(n, seen);
        if seen.words() == "first to b" { Reply::After(Arc::clone(&held), Box::new(answer)) } else { answer }
    })
    .await;
    let held = Arc::clone(&gate);
    let api = Stranger::start(move |_, _| {
        Reply::After(Arc::clone(&held), Box::new(Reply::Json(200, json!({"name": "a thing"}))))
    })
    .await;
    let flow = format!(
        "flow: lookup\ntriggers: [{{keywords: [lookup]}}]\nsteps:\n  call:\n    type: api_request\n    method: POST\n    \
         url: {}/things\n    timeout: 30s\n    response: json\n    save: {{thing: name}}\n    \
         exits: {{ok: good, failed: bad}}\n  \
         good: {{type: send_message, text: 'Found {{{{thing}}}}.', next: end}}\n  \
         bad: {{type: send_message, text: Failed., next: end}}\n",
        api.url
    );
    let mut plan = Plan::new(&graph.url).api(&api.url).flow("lookup.yaml", flow).flow("two.yaml", TWO);
    plan.resend_unknown_after = "300s";
    let house = House::new(&plan);
    let server = house.serve().await;
    meta::say(&server.webhooks(), "919820000002", "wamid.1", "lookup").await;
    meta::say(&server.webhooks(), "919820000003", "wamid.2", "b").await;
    api.until_seen(1).await;
    graph.until_seen(1).await;

    let other = Connection::open(house.path("data/rapport.db")).unwrap();
    other.execute_batch("begin immediate").unwrap();
    // The call is answered and the send accepted, but neither can be written down.
    gate.add_permits(2);
    let late = meta::messages(vec![meta::text(PRIYA, "wamid.3", "c")]);
    assert_eq!(meta::post(&server.webhooks(), &late).await, 503, "not stored, so Meta must deliver it again");
    until("the failure", || house.log().contains("stayed locked").then_some(())).await;
    assert_eq!(get(&format!("{}/readyz", server.url)).await.0, 503);
    assert_eq!(get(&format!("{}/healthz", server.url)).await.0, 200);
    other.execute_batch("rollback").unwrap();
    drop(other);

    let began = Instant::now();
    while meta::post(&server.webhooks(), &late).await != 200 {
        assert!(began.elapsed() < PATIENCE, "the store never recovers");
    }
    until("the answers", || (graph.seen().len() >= 5).then_some(())).await;
    until_idle(&server).await;
    let mut words = graph.words();
    words.sort();
    assert_eq!(words, ["Found a thing.", "first to b", "first to c", "second to b", "second to c"]);
    assert_eq!(api.seen().len(), 1, "the call's result was kept, so it was not made again");
    assert_eq!(get(&format!("{}/readyz", server.url)).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_cannot_be_read_goes_to_people_and_the_customer_is_not_stuck() {
    let ask = "flow: ask\ntriggers: [{any_message: true}]\nsteps:\n  \
               name: {type: ask_question, text: Your name?, expect: text, save_as: name, next: hello}\n  \
               hello: {type: send_message, text: 'Hello {{name}}.', next: end}\n";
    let graph = Stranger::graph().await;
    let house = House::new(&Plan::new(&graph.url).flow("ask.yaml", ask));
    let server = house.serve().await;
    meta::say(&server.webhooks(), PRIYA, "wamid.1", "hello").await;
    graph.until_seen(1).await;
    assert!(server.stop().await.success());
    // As another version might have written it.
    let path = house.path("data/rapport.db");
    let mut bytes = fs::read(&path).unwrap();
    let (known, foreign) = (b"\"waiting\":{\"answer\"", b"\"waiting\":{\"riddle\"");
    let at: Vec<_> = (0..bytes.len() - known.len()).filter(|at| bytes[*at..].starts_with(known)).collect();
    assert!(!at.is_empty());
    for at in at {
        bytes[at..at + foreign.len()].copy_from_slice(foreign);
    }
    fs::write(&path, bytes).unwrap();

    let server = house.serve().await;
    meta::say(&server.webhooks(), PRIYA, "wamid.2", "Priya").await;
    let waiting = house.json(&["conversation", "list"]);
    let note = waiting[0]["note"].as_str().unwrap_or_default();
    assert!(note.contains("another version"), "{waiting}");
    let id = waiting[0]["id"].as_str().unwrap().to_owned();
    house.ok(&["conversation", "release", &id]);
    meta::say(&server.webhooks(), PRIYA, "wamid.3", "hello again").await;
    graph.until_seen(2).await;
    assert_eq!(graph.words(), ["Your name?", "Your name?"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_while_the_second_message_is_out_repeats_neither() {
    for _ in 0..4 {
        let never = Arc::new(Semaphore::new(0));
        let held = Arc::clone(&never);
        let graph = Stranger::start(move |n, seen| {
            let answer = accepted(n, seen);
            if n == 1 { Reply::After(Arc::clone(&held), Box::new(answer)) } else { answer }
        })
        .await;
        let mut plan = Plan::new(&graph.url).flow("two.yaml", TWO);
        plan.resend_unknown_after = "300s";
        let house = House::new(&plan);
        let server = house.serve().await;
        meta::say(&server.webhooks(), PRIYA, "wamid.1", "a").await;
        let seen = graph.until_seen(2).await;
        server.kill();

        let server = house.serve().await;
        for (n, seen) in seen.iter().enumerate() {
            let status = meta::status(&wamid(n), "sent", PRIYA, Some(&seen.tag()));
            assert_eq!(meta::post(&server.webhooks(), &meta::statuses(vec![status])).await, 200);
        }
        meta::say(&server.webhooks(), PRIYA, "wamid.2", "b").await;
        graph.until_seen(4).await;
        until_idle(&server).await;
        assert_eq!(graph.words(), ["first to a", "second to a", "first to b", "second to b"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_does_not_wait_for_a_status_and_forgets_nothing() {
    let lost = AtomicUsize::new(0);
    let graph = Stranger::start(move |n, seen| {
        if lost.fetch_add(1, Ordering::SeqCst) == 0 { Reply::Drop } else { accepted(n, seen) }
    })
    .await;
    let mut plan = Plan::new(&graph.url).flow("two.yaml", TWO);
    plan.resend_unknown_after = "300s";
    let house = House::new(&plan);
    let server = house.serve().await;
    meta::say(&server.webhooks(), PRIYA, "wamid.1", "a").await;
    let tag = graph.until_seen(1).await[0].tag();
    until("the unknown fate", || {
        house.timeline().iter().any(|entry| entry["out"]["state"] == "unknown").then_some(())
    })
    .await;
    assert!(server.stop().await.success());
    assert!(!house.log().contains("did not end in time"), "{}", house.log());

    let server = house.serve().await;
    assert_eq!(graph.words(), ["first to a"]);
    let status = meta::status("wamid.REAL", "delivered", PRIYA, Some(&tag));
    assert_eq!(meta::post(&server.webhooks(), &meta::statuses(vec![status])).await, 200);
    graph.until_seen(2).await;
    assert_eq!(graph.words(), ["first to a", "second to a"]);
    assert!(!house.log().contains("was killed"), "{}", house.log());
    assert!(!house.log().contains(ACCESS_TOKEN));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_goes_away_in_the_middle_loses_nothing() {
    use tokio::io::AsyncWriteExt as _;
    let graph = Stranger::graph().await;
    let house = House::new(&Plan::new(&graph.url).flow("two.yaml", TWO));
    let server = house.serve().await;
    let address = server.url.trim_start_matches("http://").to_owned();
    let body = meta::messages(vec![meta::text(PRIYA, "wamid.1", "a")]).to_string();
    let signature = meta::signature(meta::APP_SECRET, body.as_bytes());
    let request = format!(
        "POST /webhooks/whatsapp HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nx-hub-signature-256: {signature}\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    // Gone before the body is whole, and gone before the answer.
    for length in [request.len() - 10, request.len()] {
        let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
        stream.write_all(&request.as_bytes()[..length]).await.unwrap();
        drop(stream);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(meta::post(&server.webhooks(), &serde_json::from_str(&body).unwrap()).await, 200);
    graph.until_seen(2).await;
    until_idle(&server).await;
    assert_eq!(graph.words(), ["first to a", "second to a"]);
}
