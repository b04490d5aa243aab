//! The webhook's door: signatures, sizes, shapes, and that the same body twice changes nothing.

use crate::house::{House, Plan};
use crate::meta::{self, APP_SECRET, NUMBER, VERIFY_TOKEN};
use crate::stranger::Stranger;
use serde_json::{Value, json};
use std::path::PathBuf;

const ECHO: &str = "flow: echo\ntriggers: [{any_message: true}]\nsteps:\n  \
                    say: {type: send_message, text: 'You said {{message.text}}.', next: end}\n";

#[tokio::test]
async fn a_wrong_signature_is_401_whatever_the_body() {
    let graph = Stranger::graph().await;
    let house = House::new(&Plan::new(&graph.url).flow("echo.yaml", ECHO));
    let server = house.serve().await;
    let url = server.webhooks();
    let good = meta::messages(vec![meta::text("919820000001", "wamid.A", "hello")]).to_string().into_bytes();
    let right = meta::signature(APP_SECRET, &good);
    let hex = right.trim_start_matches("sha256=");
    let long = format!("sha256={}", "a".repeat(100_000 / 8));
    let wrong = [
        None,
        Some(String::new()),
        Some("sha256=".into()),
        Some(hex.to_owned()),
        Some(format!("sha1={hex}")),
        Some(format!("sha256={}", &hex[..62])),
        Some(format!("sha256={hex}00")),
        Some(format!("sha256={}", "g".repeat(64))),
        Some(format!("sha256= {hex}")),
        Some(meta::signature("another secret", &good)),
        Some(meta::signature("", &good)),
        Some(meta::signature(APP_SECRET, b"another body")),
        Some(long),
    ];
    for signature in &wrong {
        let status = meta::post_raw(&url, good.clone(), signature.as_deref()).await;
        assert_eq!(status, 401, "{signature:?}");
        assert_eq!(
            meta::post_raw(&url, Vec::new(), signature.as_deref()).await,
            401,
            "empty body, {signature:?}"
        );
    }
    assert_eq!(meta::post_raw(&url, b"{".to_vec(), None).await, 401);
    assert_eq!(
        meta::post_raw(&format!("{url}/nobody"), good.clone(), Some(&right)).await,
        401,
        "no such app"
    );
    assert_eq!(house.json(&["conversation", "list", "--all"]), json!([]), "nothing was stored");
    assert_eq!(graph.seen().len(), 0);

    assert_eq!(meta::post_raw(&url, good, Some(&right)).await, 200);
    graph.until_seen(1).await;
    for body in [&b""[..], b"{", b"[]", b"null", b"\xff\xfe", b"{\"entry\":[{\"changes\":[null]}]}"] {
        let status = meta::post_raw(&url, body.to_vec(), Some(&meta::signature(APP_SECRET, body))).await;
        assert_eq!(status, 200, "signed nonsense is kept and taken: {:?}", String::from_utf8_lossy(body));
    }
}

#[tokio::test]
async fn a_body_beyond_3_mb_is_refused_and_1000_items_below_it_are_taken() {
    let graph = Stranger::graph().await;
    let house = House::new(&Plan::new(&graph.url));
    let server = house.serve().await;
    let items = |words: usize| {
        let text =
            |n: usize| meta::text(&format!("9198200{n:05}"), &format!("wamid.{n}"), &"x".repeat(words));
        meta::messages((0..1000).map(text).collect()).to_string().into_bytes()
    };
    let limit = 3 * 1024 * 1024;
    let words = 1 + (limit - items(1).len()) / 1000;
    let (below, above) = (items(words), items(words + 1));
    assert!(below.len() <= limit && limit - below.len() < 1000 && above.len() > limit);
    let signature = meta::signature(APP_SECRET, &above);
    assert_eq!(meta::post_raw(&server.webhooks(), above, Some(&signature)).await, 413);
    let signature = meta::signature(APP_SECRET, &below);
    for _ in 0..2 {
        assert_eq!(meta::post_raw(&server.webhooks(), below.clone(), Some(&signature)).await, 200);
    }
    let metrics =
        meta::client().get(format!("{}/metrics", server.url)).send().await.unwrap().text().await.unwrap();
    assert!(
        metrics.contains("rapport_duplicates_total 1000\n"),
        "the second delivery is 1000 duplicates:\n{metrics}"
    );
}

#[tokio::test]
async fn the_handshake_gives_the_challenge_or_403() {
    let graph = Stranger::graph().await;
    let house = House::new(&Plan::new(&graph.url));
    let server = house.serve().await;
    let ask = async |query: &str| {
        let answer = meta::client().get(format!("{}?{query}", server.webhooks())).send().await.unwrap();
        let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        (answer.status().as_u16(), kind.unwrap_or_default(), answer.text().await.unwrap())
    };
    let (status, kind, body) =
        ask(&format!("hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}&hub.challenge=1158201444")).await;
    assert_eq!((status, body.as_str()), (200, "1158201444"), "exactly: no quotes, no line break");
    assert!(kind.starts_with("text/plain"), "{kind}");
    for query in [
        String::new(),
        format!("hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}"),
        "hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1".into(),
        "hub.mode=subscribe&hub.challenge=1".into(),
        format!("hub.mode=unsubscribe&hub.verify_token={VERIFY_TOKEN}&hub.challenge=1"),
        "hub.mode=%ff&hub.verify_token=%zz&hub.challenge=1".into(),
        format!("hub.mode=subscribe&hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}&hub.challenge=1"),
    ] {
        let (status, _, body) = ask(&query).await;
        assert_eq!(status, 403, "{query}: {body}");
        assert!(!body.contains(VERIFY_TOKEN));
    }
}

#[tokio::test]
async fn one_bad_item_stops_no_other_and_what_we_do_not_know_is_kept() {
    let graph = Stranger::graph().await;
    let house = House::new(&Plan::new(&graph.url).flow("echo.yaml", ECHO));
    let server = house.serve().await;
    let url = server.webhooks();
    let mut body = meta::messages(vec![
        json!({"type": "text", "marker": "names-nobody"}),
        meta::text("919820000001", "wamid.A", "first"),
        json!({"from": "919820000001", "id": 7, "timestamp": {}, "type": ["marker-of-a-broken-item"]}),
        json!("marker-of-an-item-that-is-no-object"),
        meta::text("919820000002", "wamid.B", "second"),
    ]);
    let changes = body["entry"][0]["changes"].as_array_mut().unwrap();
    changes.push(json!({"field": "a_field_of_the_year_2031", "value": {"marker": "unknown-field"}}));
    changes.push(json!({"field": "messages", "value": "marker-of-a-value-that-is-no-object"}));
    assert_eq!(meta::post(&url, &body).await, 200);
    let mut words: Vec<_> = graph.until_seen(2).await.iter().map(super::stranger::Seen::words).collect();
    words.sort();
    assert_eq!(words, ["You said first.", "You said second."]);

    let elsewhere = meta::messages_to(
        "999999999999999",
        vec![meta::text("919820000009", "wamid.C", "marker-other-number")],
    );
    assert_eq!(meta::post(&url, &elsewhere).await, 200);
    let data = house.data();
    let kept = |marker: &str| data.windows(marker.len()).any(|bytes| bytes == marker.as_bytes());
    for marker in [
        "names-nobody",
        "marker-of-a-broken-item",
        "marker-of-an-item-that-is-no-object",
        "unknown-field",
        "marker-of-a-value-that-is-no-object",
        "marker-other-number",
    ] {
        assert!(kept(marker), "{marker} is lost");
    }
    assert_eq!(house.timelines().len(), 2, "another number's message makes no conversation here");
}

#[tokio::test]
async fn the_secret_of_one_app_does_not_speak_for_the_number_of_another() {
    let graph = Stranger::graph().await;
    let house = House::new(&Plan::new(&graph.url).flow("echo.yaml", ECHO));
    let settings = std::fs::read_to_string(house.path("rapport.toml")).unwrap();
    let other = format!(
        "\n[[whatsapp]]\nname = \"other\"\napp = \"second\"\nphone_number_id = \"2222\"\napp_secret = \"second-secret\"\n\
         verify_token = \"second-verify\"\naccess_token = \"t\"\nread_receipts = false\ngraph_url = {:?}\n",
        graph.url
    );
    house.write("rapport.toml", &(settings + &other));
    let server = house.serve().await;
    let signed_by_second = async |number: &str, id: &str| {
        let body =
            meta::messages_to(number, vec![meta::text("919820000001", id, id)]).to_string().into_bytes();
        let signature = meta::signature("second-secret", &body);
        meta::post_raw(&server.webhooks(), body, Some(&signature)).await
    };
    assert_eq!(signed_by_second(NUMBER, "wamid.forged").await, 200, "kept like any other number's");
    assert_eq!(signed_by_second("2222", "wamid.right").await, 200);
    assert_eq!(graph.until_seen(1).await[0].words(), "You said wamid.right.");
    meta::say(&server.webhooks(), "919820000001", "wamid.own", "own").await;
    assert_eq!(graph.until_seen(2).await[1].words(), "You said own.");
}

fn fixtures() -> Option<PathBuf> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared"));
    let folder =
        std::env::var_os("RAPPORT_SHARED").map_or_else(beside, PathBuf::from).join("fixtures/whatsapp");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no fixtures in {}", folder.display());
    None
}

/// Puts our number where the payload names one.
fn to_our_number(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == "phone_number_id" {
                    *value = NUMBER.into();
                } else {
                    to_our_number(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(to_our_number),
        _ => {}
    }
}

#[tokio::test]
async fn every_recorded_webhook_is_taken_and_the_second_time_changes_nothing() {
    let Some(folder) = fixtures() else { return };
    let graph = Stranger::graph().await;
    let house = House::new(&Plan::new(&graph.url).flow("echo.yaml", ECHO));
    let server = house.serve().await;
    let mut bodies = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(mut body) = serde_json::from_slice::<Value>(&std::fs::read(&path).unwrap()) else { continue };
        if body["entry"].is_array() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            bodies.push((name.clone(), body.clone()));
            to_our_number(&mut body);
            bodies.push((name, body));
        }
    }
    assert!(bodies.len() > 200, "{}", bodies.len());
    let counts = async || {
        crate::operating::until_idle(&server).await;
        (crate::operating::figure(&server, "rapport_messages_total").await, graph.seen().len())
    };
    for (name, body) in &bodies {
        assert_eq!(meta::post(&server.webhooks(), body).await, 200, "{name}");
        let before = counts().await;
        assert_eq!(meta::post(&server.webhooks(), body).await, 200, "{name}, again");
        assert_eq!(counts().await, before, "{name} changed something the second time");
    }
    assert!(counts().await.0 > 20.0, "most of them are no messages, or the same ones");
}

#[tokio::test]
async fn a_changed_number_keeps_its_conversation() {
    let graph = Stranger::graph().await;
    let house = House::new(&Plan::new(&graph.url).flow("echo.yaml", ECHO));
    let server = house.serve().await;
    meta::say(&server.webhooks(), "919820000001", "wamid.A", "before").await;
    graph.until_seen(1).await;
    let notice = json!({"from": "919820000001", "id": "wamid.B", "timestamp": meta::now().to_string(), "type": "system",
        "system": {"body": "Priya changed from 919820000001 to 919820000002", "type": "user_changed_number",
                   "wa_id": "919820000002"}});
    for _ in 0..3 {
        assert_eq!(meta::post(&server.webhooks(), &meta::messages(vec![notice.clone()])).await, 200);
    }
    meta::say(&server.webhooks(), "919820000002", "wamid.C", "after").await;
    let seen = graph.until_seen(2).await;
    assert_eq!((seen[1].to(), seen[1].words()), ("919820000002".into(), "You said after.".into()));
    let kinds: Vec<_> =
        house.timeline().iter().filter_map(|entry| entry["in"]["kind"].as_str().map(str::to_owned)).collect();
    assert_eq!(kinds, ["text", "system", "text"], "one person, one conversation, one notice");
}
