//! One turn at a time, in order, each message once.

use crate::house::{House, Plan};
use crate::meta;
use crate::stranger::{Reply, Stranger};
use serde_json::json;
use std::sync::Arc;
use tokio::sync::Semaphore;

const ECHO: &str = "flow: echo\ntriggers: [{any_message: true}]\nsteps:\n  \
                    say: {type: send_message, text: 'You said {{message.text}}.', next: end}\n";

/// Looks something up and then asks for an email.
fn lookup(api: &str) -> String {
    format!(
        "flow: lookup
triggers: [{{keywords: [lookup]}}]
steps:
  call:
    type: api_request
    method: POST
    repeatable: true
    url: {api}/things
    body: {{json: {{words: '{{{{message.text}}}}'}}}}
    timeout: 30s
    response: json
    save: {{thing: name}}
    exits: {{ok: ask, failed: bad}}
  ask: {{type: ask_question, text: 'Found {{{{thing}}}}. Your email?', expect: email, save_as: email, next: bye, exits: {{invalid: bad, timeout: bad}}}}
  bye: {{type: send_message, text: 'Bye, {{{{email}}}}.', next: end}}
  bad: {{type: send_message, text: Nothing found., next: end}}
"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_any_number_of_times_is_one_turn() {
    let graph = Stranger::graph().await;
    let house = House::new(&Plan::new(&graph.url).flow("echo.yaml", ECHO));
    let server = house.serve().await;
    let url = server.webhooks();
    let known = meta::messages(vec![meta::text("919820000001", "wamid.A", "a")]);
    for _ in 0..2 {
        assert_eq!(meta::post(&url, &known).await, 200);
    }
    // A stranger's first message has no lane yet.
    for (from, id) in [("919820000001", "wamid.B"), ("919820000002", "wamid.C")] {
        let body = meta::messages(vec![meta::text(from, id, id)]);
        let posts: Vec<_> = (0..20)
            .map(|_| {
                let (url, body) = (url.clone(), body.clone());
                tokio::spawn(async move { meta::post(&url, &body).await })
            })
            .collect();
        for post in posts {
            assert_eq!(post.await.unwrap(), 200);
        }
    }
    crate::operating::until_idle(&server).await;
    let mut words = graph.words();
    words.sort();
    assert_eq!(words, ["You said a.", "You said wamid.B.", "You said wamid.C."]);
    let turns =
        house.timelines().iter().flat_map(|(_, entries)| entries).filter(|e| e["in"].is_object()).count();
    assert_eq!(turns, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_one_post_are_taken_in_metas_order_even_from_a_stranger() {
    let graph = Stranger::graph().await;
    let house = House::new(&Plan::new(&graph.url).flow("echo.yaml", ECHO));
    let server = house.serve().await;
    let from = "919820000001";
    let mut items: Vec<_> =
        (0..12).map(|n| meta::text(from, &format!("wamid.{n}"), &n.to_string())).collect();
    let mut late = meta::text(from, "wamid.late", "the earliest");
    late["timestamp"] = (meta::now() - 60).to_string().into();
    items.push(late);
    assert_eq!(meta::post(&server.webhooks(), &meta::messages(items)).await, 200);
    graph.until_seen(13).await;
    let expected: Vec<_> =
        std::iter::once("the earliest".to_owned()).chain((0..12).map(|n| n.to_string())).collect();
    assert_eq!(graph.words(), expected.iter().map(|words| format!("You said {words}.")).collect::<Vec<_>>());
    let kept: Vec<_> =
        house.timeline().iter().filter_map(|e| e["in"]["text"].as_str().map(str::to_owned)).collect();
    assert_eq!(kept.len(), 13);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_wait_behind_a_call_and_other_people_do_not() {
    let graph = Stranger::graph().await;
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let api = Stranger::start(move |_, seen| {
        let answer = Reply::Json(200, json!({"name": "a thing"}));
        if seen.body["words"] == "lookup slowly" {
            Reply::After(Arc::clone(&held), Box::new(answer))
        } else {
            answer
        }
    })
    .await;
    let house = House::new(&Plan::new(&graph.url).api(&api.url).flow("lookup.yaml", lookup(&api.url)));
    let server = house.serve().await;
    let url = server.webhooks();
    let (slow, quick) = ("919820000001", "919820000002");

    meta::say(&url, slow, "wamid.1", "lookup slowly").await;
    api.until_seen(1).await;
    // Early: accepted before the question it will meet. It does not fit, so nothing is said and no attempt is spent.
    meta::say(&url, slow, "wamid.2", "hello?").await;
    meta::say(&url, slow, "wamid.3", "are you there?").await;
    meta::say(&url, quick, "wamid.4", "lookup").await;
    meta::say(&url, quick, "wamid.5", "quick@example.com").await;
    graph.until_seen(2).await;
    assert!(graph.seen().iter().all(|seen| seen.to() == quick), "{:?}", graph.words());

    gate.add_permits(1);
    graph.until_seen(3).await;
    meta::say(&url, slow, "wamid.6", "not an email").await;
    graph.until_seen(4).await;
    meta::say(&url, slow, "wamid.7", "slow@example.com").await;
    graph.until_seen(5).await;
    let to_slow: Vec<_> =
        graph.seen().iter().filter(|seen| seen.to() == slow).map(super::stranger::Seen::words).collect();
    assert_eq!(to_slow[0], "Found a thing. Your email?");
    assert!(to_slow[1].starts_with("That does not look like an email"), "{to_slow:?}");
    assert_eq!(to_slow[2], "Bye, slow@example.com.");
    assert_eq!(to_slow.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_early_message_that_fits_is_the_answer() {
    let graph = Stranger::graph().await;
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let api = Stranger::start(move |_, _| {
        Reply::After(Arc::clone(&held), Box::new(Reply::Json(200, json!({"name": "a thing"}))))
    })
    .await;
    let house = House::new(&Plan::new(&graph.url).api(&api.url).flow("lookup.yaml", lookup(&api.url)));
    let server = house.serve().await;
    meta::say(&server.webhooks(), "919820000001", "wamid.1", "lookup").await;
    api.until_seen(1).await;
    meta::say(&server.webhooks(), "919820000001", "wamid.2", "early@example.com").await;
    gate.add_permits(1);
    graph.until_seen(2).await;
    assert_eq!(graph.words(), ["Found a thing. Your email?", "Bye, early@example.com."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_messages_at_once_from_one_person_are_answered_once_each() {
    let graph = Stranger::graph().await;
    let house = House::new(&Plan::new(&graph.url).flow("echo.yaml", ECHO));
    let server = house.serve().await;
    let posts: Vec<_> = (0..12)
        .map(|n| {
            let url = server.webhooks();
            tokio::spawn(async move {
                meta::say(&url, "919820000001", &format!("wamid.{n}"), &n.to_string()).await;
            })
        })
        .collect();
    for post in posts {
        post.await.unwrap();
    }
    graph.until_seen(12).await;
    let answered: Vec<_> = graph.words();
    let entries = house.timeline();
    let asked: Vec<_> = entries.iter().filter_map(|entry| entry["in"]["text"].as_str()).collect();
    let mut distinct = answered.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!((answered.len(), distinct.len(), asked.len()), (12, 12, 12));
}
