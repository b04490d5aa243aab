//! What the operator meets: health, figures, refusals to start, publishing beside a running server, orderly stops.

use crate::house::{House, PATIENCE, Plan, Running, until};
use crate::meta;
use crate::stranger::{Reply, Stranger, accepted};
use serde_json::json;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Semaphore;

const PRIYA: &str = "919820000001";

const ECHO: &str = "flow: echo\ntriggers: [{any_message: true}]\nsteps:\n  \
                    say: {type: send_message, text: 'You said {{message.text}}.', next: end}\n";

pub(crate) async fn get(url: &str) -> (u16, String) {
    let answer = meta::client().get(url).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// A figure of `/metrics`, 0 when it is not there yet.
pub(crate) async fn figure(server: &Running, name: &str) -> f64 {
    let (_, page) = get(&format!("{}/metrics", server.url)).await;
    let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map_or(0.0, |value| value.parse().unwrap())
}

/// Waits until nothing is in the server's hands and nothing waits.
pub(crate) async fn until_idle(server: &Running) {
    let began = Instant::now();
    loop {
        let (_, page) = get(&format!("{}/metrics", server.url)).await;
        let busy = [
            "rapport_lanes ",
            "rapport_sends_held ",
            "rapport_queue{queue=\"messages\"} ",
            "rapport_queue{queue=\"calls\"} ",
        ];
        if busy.iter().all(|name| page.contains(&format!("{name}0\n"))) {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "the server is never idle:\n{page}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_figures_can_be_read() {
    let graph = Stranger::graph().await;
    let house = House::new(&Plan::new(&graph.url).flow("echo.yaml", ECHO));
    let server = house.serve().await;
    assert_eq!(get(&format!("{}/healthz", server.url)).await, (200, "ok\n".into()));
    assert_eq!(get(&format!("{}/readyz", server.url)).await, (200, "ready\n".into()));
    assert_eq!(get(&format!("{}/nothing", server.url)).await.0, 404);
    meta::say(&server.webhooks(), PRIYA, "wamid.1", "words-for-nobody-else").await;
    graph.until_seen(1).await;
    until_idle(&server).await;
    let (status, page) = get(&format!("{}/metrics", server.url)).await;
    assert_eq!(status, 200);
    for line in page.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(name.starts_with("rapport_"), "{line}");
        assert!(value.parse::<f64>().is_ok(), "{line}");
    }
    for expected in
        ["rapport_webhooks_total 1", "rapport_turns_total 1", "rapport_sends_total{fate=\"sent\"} 1"]
    {
        assert!(page.contains(expected), "{expected} is missing in\n{page}");
    }
    let log = house.log();
    for private in [PRIYA, "words-for-nobody-else", "Priya"] {
        assert!(!log.contains(private) && !page.contains(private), "{private}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_is_refused_and_the_first_goes_on() {
    let graph = Stranger::graph().await;
    let house = House::new(&Plan::new(&graph.url).flow("echo.yaml", ECHO));
    let server = house.serve().await;
    let (status, text) = house.run(&["serve"]);
    assert_eq!(status.code(), Some(2));
    assert!(text.contains("in use by another running server"), "{text}");
    meta::say(&server.webhooks(), PRIYA, "wamid.1", "still here").await;
    graph.until_seen(1).await;

    let other = House::new(&Plan::new(&graph.url));
    let address = server.url.trim_start_matches("http://");
    let (status, text) = other.run(&["serve", "--listen", address]);
    assert_eq!(status.code(), Some(2));
    assert!(text.contains(address) && text.contains("--listen"), "{text}");
}

#[tokio::test]
async fn flows_that_cannot_be_published_keep_the_server_from_starting() {
    let broken = "flow: broken\ntriggers: [{any_message: true}]\nsteps:\n  say: {type: send_message, text: Hi, next: nowhere}\n";
    let house = House::new(&Plan::new("http://127.0.0.1:9").flow("broken.yaml", broken));
    let (status, text) = house.run(&["serve"]);
    assert!(!status.success());
    assert!(
        text.contains("broken.yaml:4:") && text.contains("nowhere"),
        "the finding with its place: {text}"
    );

    let house = House::new(&Plan::new("http://127.0.0.1:9"));
    std::fs::remove_dir(house.path("flows")).unwrap();
    let (status, text) = house.run(&["serve"]);
    assert!(!status.success());
    assert!(text.contains("flows"), "{text}");

    let house = House::new(&Plan::new("http://127.0.0.1:9"));
    house.write("data", "a file where the folder should be");
    let (status, text) = house.run(&["serve"]);
    assert!(!status.success());
    assert!(text.contains("data folder"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pushed_beside_a_running_server_is_taken_up() {
    let graph = Stranger::graph().await;
    let plan = Plan::new(&graph.url)
        .flow("hi.yaml", ECHO.replace("any_message: true", "keywords: [hi]"))
        .flow("bot.yaml", "default_answer: The old answer.\n");
    let house = House::new(&plan);
    let server = house.serve().await;
    let mut asked = 0;
    let mut ask = async |words: &str| {
        asked += 1;
        meta::say(&server.webhooks(), PRIYA, &format!("wamid.{asked}"), words).await;
        graph.until_seen(asked).await.last().unwrap().words()
    };
    assert_eq!(ask("what?").await, "The old answer.");
    assert_eq!(ask("hi").await, "You said hi.");

    // Nothing but the settings changes.
    house.write("flows/bot.yaml", "default_answer: The new answer.\n");
    house.ok(&["flow", "push", "flows"]);
    let began = Instant::now();
    while ask("what?").await != "The new answer." {
        assert!(began.elapsed() < PATIENCE, "the settings are not taken up");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    house.write(
        "flows/hi.yaml",
        &ECHO.replace("any_message: true", "keywords: [hi]").replace("You said", "You wrote"),
    );
    house.ok(&["flow", "push", "flows"]);
    while ask("hi").await != "You wrote hi." {
        assert!(began.elapsed() < PATIENCE, "the flow is not taken up");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_session_keeps_its_revision_also_after_a_restart() {
    let ask = |words: &str| {
        format!(
            "flow: ask\ntriggers: [{{keywords: [ask]}}]\nsteps:\n  name: {{type: ask_question, text: Your name?, \
             expect: text, save_as: name, next: hello}}\n  hello: {{type: send_message, text: '{words} {{{{name}}}}.', next: end}}\n"
        )
    };
    let graph = Stranger::graph().await;
    let house = House::new(&Plan::new(&graph.url).flow("ask.yaml", ask("Hello")));
    let server = house.serve().await;
    meta::say(&server.webhooks(), PRIYA, "wamid.1", "ask").await;
    graph.until_seen(1).await;
    assert!(server.stop().await.success());
    house.write("flows/ask.yaml", &ask("Good day"));
    let server = house.serve().await;
    meta::say(&server.webhooks(), PRIYA, "wamid.2", "Priya").await;
    graph.until_seen(2).await;
    meta::say(&server.webhooks(), PRIYA, "wamid.3", "ask").await;
    graph.until_seen(3).await;
    meta::say(&server.webhooks(), PRIYA, "wamid.4", "Priya").await;
    graph.until_seen(4).await;
    assert_eq!(graph.words(), ["Your name?", "Hello Priya.", "Your name?", "Good day Priya."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_lets_the_call_and_the_send_in_hand_end() {
    let (call_gate, send_gate) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (held_call, held_send) = (Arc::clone(&call_gate), Arc::clone(&send_gate));
    let graph = Stranger::start(move |n, seen| match n {
        0 => Reply::After(Arc::clone(&held_send), Box::new(accepted(n, seen))),
        _ => accepted(n, seen),
    })
    .await;
    let api = Stranger::start(move |_, _| {
        Reply::After(Arc::clone(&held_call), Box::new(Reply::Json(200, json!({"name": "a thing"}))))
    })
    .await;
    let flow = format!(
        "flow: lookup\ntriggers: [{{keywords: [lookup]}}]\nsteps:\n  call:\n    type: api_request\n    method: POST\n    \
         url: {}/things\n    response: json\n    save: {{thing: name}}\n    exits: {{ok: good, failed: bad}}\n  \
         good: {{type: send_message, text: 'Found {{{{thing}}}}.', next: end}}\n  \
         bad: {{type: send_message, text: Failed., next: end}}\n",
        api.url
    );
    let plan = Plan::new(&graph.url).api(&api.url).flow("lookup.yaml", flow).flow("echo.yaml", ECHO);
    let house = House::new(&plan);
    let mut server = house.serve().await;
    meta::say(&server.webhooks(), PRIYA, "wamid.1", "hello").await;
    graph.until_seen(1).await;
    meta::say(&server.webhooks(), "919820000002", "wamid.2", "lookup").await;
    api.until_seen(1).await;

    server.ask_to_stop();
    until("the stop has begun", || house.log().contains("Stopping").then_some(())).await;
    send_gate.add_permits(1);
    call_gate.add_permits(1);
    assert!(server.ended().await.success());

    // The call was made once and its result kept; what it said leaves after the restart, and nothing leaves twice.
    let _server = house.serve().await;
    graph.until_seen(2).await;
    assert_eq!(graph.words(), ["You said hello.", "Found a thing."]);
    assert_eq!(api.seen().len(), 1);
    assert!(!house.log().contains("was killed"), "the stop was an orderly one: {}", house.log());
}
