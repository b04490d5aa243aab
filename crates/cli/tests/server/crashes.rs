//! `kill -9` at random moments under load. Whatever the moment: every message is answered once, in order, every
//! conversation reaches its end, and what must not be repeated is not.

use crate::house::{House, PATIENCE, Plan, until};
use crate::stranger::{Reply, Stranger};
use rapport_sandbox::{CustomerPhone, Knobs, Redelivery, Sandbox, SandboxOptions, Side};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const KILLS: usize = 15;
const CUSTOMERS: usize = 5;
const ROUNDS_MIN: usize = 3;

fn flow(api: &str) -> String {
    format!(
        "flow: count
triggers: [{{keywords: [begin]}}]
steps:
  one: {{type: ask_question, text: Say one., expect: text, save_as: a, next: look}}
  look:
    type: api_request
    method: POST
    repeatable: true
    url: {api}/look
    body: {{json: {{words: '{{{{a}}}}'}}}}
    response: json
    save: {{seen: words}}
    exits: {{ok: two, failed: lost}}
  two: {{type: ask_question, text: 'You said {{{{seen}}}}. Say two.', expect: text, save_as: b, next: note}}
  note:
    type: api_request
    method: POST
    url: {api}/note
    body: {{json: {{words: '{{{{b}}}}'}}}}
    response: json
    exits: {{ok: done, unknown: unsure, failed: lost}}
  done: {{type: send_message, text: 'Done with {{{{a}}}}', next: bye}}
  unsure: {{type: send_message, text: 'Not sure about {{{{a}}}}', next: bye}}
  lost: {{type: send_message, text: 'Lost {{{{a}}}}', next: bye}}
  bye: {{type: send_message, text: 'and {{{{b}}}}.', next: end}}
"
    )
}

/// One conversation after the other until `over`, and some at least; gives how many.
async fn talk(phone: CustomerPhone, name: usize, over: Arc<AtomicBool>) -> usize {
    let mut inbox = phone.inbox();
    let mut round = 0;
    while round < ROUNDS_MIN || !over.load(Ordering::SeqCst) {
        for (words, answers) in
            [("begin".to_owned(), 1), (format!("a{name}-{round}"), 1), (format!("b{name}-{round}"), 2)]
        {
            phone.say(&words).unwrap();
            for _ in 0..answers {
                let bubble = inbox.next_within(PATIENCE).await;
                assert!(bubble.is_some(), "customer {name} waits for ever after {words:?}: {}", chat(&phone));
            }
        }
        round += 1;
    }
    round
}

fn chat(phone: &CustomerPhone) -> String {
    let bubbles = phone.bubbles();
    let lines = bubbles.iter().map(|bubble| format!("{:?}: {}", bubble.from, bubble.words()));
    lines.skip(bubbles.len().saturating_sub(8)).collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_nothing_is_lost_and_nothing_is_doubled() {
    let api = Stranger::start(|_, seen| Reply::Json(200, json!({"words": seen.body["words"]}))).await;
    let mut knobs = Knobs::default();
    knobs.whatsapp.status_gap_ms = 5;
    knobs.whatsapp.pair_limit = false;
    knobs.whatsapp.messages_per_second = 0;
    knobs.webhooks.duplicate_percent = 10;
    let mut options = SandboxOptions {
        app_secret: crate::meta::APP_SECRET.into(),
        graph_token: Some(crate::house::ACCESS_TOKEN.into()),
        knobs,
        redelivery: Redelivery {
            first_gap: Duration::from_millis(50),
            factor: 2,
            longest_gap: Duration::from_millis(400),
            give_up_after: Duration::from_hours(1),
        },
        ..SandboxOptions::default()
    };
    options.business.phone_number_id = crate::meta::NUMBER.into();
    let sandbox = Sandbox::start(options).await.unwrap();
    let mut plan = Plan::new(&sandbox.base_url()).api(&api.url).flow("count.yaml", flow(&api.url));
    plan.resend_unknown_after = "5s";
    plan.log = "info";
    let house = House::new(&plan);
    let mut server = house.serve().await;
    sandbox.set_webhook(Some(server.webhooks()));

    let over = Arc::new(AtomicBool::new(false));
    let phones: Vec<_> =
        (0..CUSTOMERS).map(|n| sandbox.customer(&format!("91982000010{n}"), None).unwrap()).collect();
    let talks: Vec<_> = phones
        .iter()
        .enumerate()
        .map(|(name, phone)| tokio::spawn(talk(phone.clone(), name, Arc::clone(&over))))
        .collect();
    let mut chance = 0x2545_f491_4f6c_dd1d_u64;
    let heard = || -> usize { phones.iter().map(|phone| phone.bubbles().len()).sum() };
    for kill in 0..KILLS {
        if kill % 3 > 0 {
            // Under way again; every third falls into whatever the one before has left.
            let before = heard();
            until("progress between two kills", || (heard() > before).then_some(())).await;
        }
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        tokio::time::sleep(Duration::from_millis(20 + (chance >> 33) % 500)).await;
        server.kill();
        if kill % 5 == 4 {
            // In the middle of starting.
            let begun = house.begin();
            tokio::time::sleep(Duration::from_millis((chance >> 40) % 80)).await;
            begun.kill();
        }
        server = house.serve().await;
        sandbox.set_webhook(Some(server.webhooks()));
    }
    over.store(true, Ordering::SeqCst);
    let mut rounds = Vec::new();
    for talk in talks {
        rounds.push(talk.await.unwrap());
    }

    let mut unsure = 0;
    for (name, (phone, rounds)) in phones.iter().zip(&rounds).enumerate() {
        let heard: Vec<_> = phone
            .bubbles()
            .into_iter()
            .filter(|one| one.from == Side::Business)
            .map(|one| one.words())
            .collect();
        let mut expected = Vec::new();
        for round in 0..*rounds {
            let end = expected.len() + 2;
            let verdict = heard.get(end).cloned().unwrap_or_default();
            let not_sure = verdict == format!("Not sure about a{name}-{round}");
            unsure += usize::from(not_sure);
            expected.push("Say one.".to_owned());
            expected.push(format!("You said a{name}-{round}. Say two."));
            expected.push(if not_sure { verdict } else { format!("Done with a{name}-{round}") });
            expected.push(format!("and b{name}-{round}."));
        }
        assert_eq!(heard, expected, "customer {name}");
    }
    let mut notes: HashMap<String, usize> = HashMap::new();
    for seen in api.seen().iter().filter(|seen| seen.line.ends_with("/note")) {
        *notes.entry(seen.body["words"].to_string()).or_default() += 1;
    }
    assert!(notes.values().all(|count| *count == 1), "a call that may not be repeated was: {notes:?}");
    let all: usize = rounds.iter().sum();
    println!("{KILLS} kills, {all} conversations, {unsure} calls of unknown outcome");
    crate::operating::until_idle(&server).await;
    assert!(server.stop().await.success());
}
