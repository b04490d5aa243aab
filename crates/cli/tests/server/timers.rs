//! What comes due by itself, also when the server was killed in between.

use crate::house::{House, Plan, until};
use crate::meta;
use crate::stranger::Stranger;

const PRIYA: &str = "919820000001";

const ASKING: &str = "flow: asking
triggers: [{keywords: [ask]}]
steps:
  name: {type: ask_question, text: Your name?, expect: text, save_as: name, timeout: 2s, next: hello, exits: {timeout: late}}
  hello: {type: send_message, text: 'Hello {{name}}.', next: end}
  late: {type: send_message, text: Too late., next: end}
";

const WAITING: &str = "flow: waiting
triggers: [{keywords: [wait]}]
steps:
  now: {type: send_message, text: Wait., next: a_while}
  a_while: {type: wait, for: 2s, next: then}
  then: {type: send_message, text: Here I am., next: end}
";

const JOINING: &str = "flow: joining
triggers: [{keywords: [join]}]
steps:
  lines: {type: ask_question, text: Tell me., expect: text, save_as: lines, join: 2s, next: said}
  said: {type: send_message, text: 'You said: {{lines}}', next: end}
";

async fn stage(flow: &str) -> (Stranger, House) {
    let graph = Stranger::graph().await;
    let plan = Plan::new(&graph.url).flow("flow.yaml", flow);
    let house = House::new(&plan);
    (graph, house)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_times_out() {
    let (graph, house) = stage(ASKING).await;
    let server = house.serve().await;
    meta::say(&server.webhooks(), PRIYA, "wamid.1", "ask").await;
    graph.until_seen(2).await;
    assert_eq!(graph.words(), ["Your name?", "Too late."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_due_while_the_server_was_dead_happens_at_its_start() {
    for (flow, word, expected) in
        [(ASKING, "ask", ["Your name?", "Too late."]), (WAITING, "wait", ["Wait.", "Here I am."])]
    {
        let (graph, house) = stage(flow).await;
        let server = house.serve().await;
        meta::say(&server.webhooks(), PRIYA, "wamid.1", word).await;
        graph.until_seen(1).await;
        until("the fate of the first", || {
            house.timeline().iter().find(|e| e["out"]["state"] == "sent").map(drop)
        })
        .await;
        server.kill();
        let _server = house.serve().await;
        graph.until_seen(2).await;
        assert_eq!(graph.words(), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn quick_lines_are_one_answer() {
    let (graph, house) = stage(JOINING).await;
    let server = house.serve().await;
    meta::say(&server.webhooks(), PRIYA, "wamid.1", "join").await;
    graph.until_seen(1).await;
    let lines = (2..5).map(|n| meta::text(PRIYA, &format!("wamid.{n}"), &format!("line {n}"))).collect();
    assert_eq!(meta::post(&server.webhooks(), &meta::messages(lines)).await, 200);
    graph.until_seen(2).await;
    assert_eq!(graph.words()[1], "You said: line 2\nline 3\nline 4");
}
