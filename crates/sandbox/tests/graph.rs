//! Meta's Graph API: what it takes, what it refuses with which code.
#![expect(clippy::unwrap_used, clippy::needless_pass_by_value, reason = "tests; values read best in place")]

mod caller;

use caller::{Caller, GRAPH_TOKEN, PHONE_ID, PRIYA, WABA, quick};
use rapport_sandbox::{RecipientFaults, SandboxOptions};
use serde_json::{Value, json};

async fn graph(options: SandboxOptions) -> Caller {
    let caller = Caller::new(options).await.with("authorization", &format!("Bearer {GRAPH_TOKEN}"));
    // The window is open: Priya wrote.
    caller.sandbox.customer(PRIYA, None).unwrap().say("hello").unwrap();
    caller
}

fn messages() -> String {
    format!("/v25.0/{PHONE_ID}/messages")
}

fn send(kind: &str, content: Value) -> Value {
    let mut body = json!({"messaging_product": "whatsapp", "to": PRIYA, "type": kind});
    body[kind] = content;
    body
}

fn interactive(kind: &str, action: Value) -> Value {
    send("interactive", json!({"type": kind, "body": {"text": "Which?"}, "action": action}))
}

fn button(id: &str, title: &str) -> Value {
    json!({"type": "reply", "reply": {"id": id, "title": title}})
}

fn template(name: &str, components: Value) -> Value {
    send("template", json!({"name": name, "language": {"code": "en"}, "components": components}))
}

fn texts(words: &[&str]) -> Vec<Value> {
    words.iter().map(|words| json!({"type": "text", "text": words})).collect()
}

/// No burst limit: the tables below send more than Meta lets through to one person.
fn patient() -> SandboxOptions {
    let mut options = quick();
    options.knobs.whatsapp.pair_limit = false;
    options.knobs.whatsapp.messages_per_second = 0;
    options
}

#[tokio::test]
async fn every_kind_is_taken() {
    let caller = graph(patient()).await;
    let link = json!({"link": "https://files.example.com/a.png", "caption": "See"});
    let order_buttons = json!([
        {"type": "body", "parameters": texts(&["Priya", "A-1042", "on its way"])},
        {"type": "button", "sub_type": "url", "index": "1", "parameters": texts(&["A-1042"])},
        {"type": "button", "sub_type": "quick_reply", "index": 0, "parameters": [{"type": "payload", "payload": "WHERE"}]},
    ]);
    let named = json!([
        {"type": "header", "parameters": [{"type": "text", "parameter_name": "first_name", "text": "Asha"}]},
        {"type": "body", "parameters": [{"type": "text", "parameter_name": "hour", "text": "11:30"},
                                        {"type": "text", "parameter_name": "day", "text": "Friday"}]},
    ]);
    let url =
        json!({"name": "cta_url", "parameters": {"display_text": "Open", "url": "https://shop.example.com"}});
    let rows = json!({"button": "Menu", "sections": [{"rows": [{"id": "a", "title": "Apples", "description": "red"}]}]});
    let flow = json!({"name": "flow", "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Book"}});
    let cases = [
        send("text", json!({"body": "Hello", "preview_url": true})),
        send("text", json!({"body": "ü".repeat(4096)})),
        send("image", link.clone()),
        send("document", json!({"link": "https://files.example.com/a.pdf", "filename": "a.pdf"})),
        send("audio", json!({"link": "https://files.example.com/a.ogg", "voice": true})),
        send("location", json!({"latitude": 0.0, "longitude": 0, "name": "Null island"})),
        send(
            "contacts",
            json!([{"name": {"formatted_name": "Asha Rao", "first_name": "Asha"}, "phones": [{"phone": "+919820000003"}]}]),
        ),
        interactive(
            "button",
            json!({"buttons": [button("1", "One"), button("2", "Two"), button("3", "Three")]}),
        ),
        interactive("list", rows),
        interactive("cta_url", url),
        interactive("location_request_message", json!({"name": "send_location"})),
        interactive("request_contact_info", json!({"name": "request_contact_info"})),
        interactive("flow", flow),
        template("order_update", order_buttons),
        template("appointment_reminder", named),
        template(
            "autumn_collection",
            json!([{"type": "header", "parameters": [{"type": "image", "image": link}]},
                                            {"type": "body", "parameters": texts(&["Priya"])}]),
        ),
    ];
    for case in cases {
        let reply = caller.post(&messages(), &case).await;
        assert_eq!(reply.status, 200, "{case} {}", reply.text);
        let answer = reply.json();
        assert_eq!(answer["contacts"][0]["wa_id"], PRIYA);
        assert!(answer["messages"][0]["id"].as_str().unwrap().starts_with("wamid."), "{case}");
        assert_eq!(
            answer["messages"][0].get("message_status").is_some(),
            case["type"] == "template",
            "{case}"
        );
    }
}

#[tokio::test]
async fn faults_carry_metas_codes() {
    let caller = graph(patient()).await;
    let buttons = |list: Value| interactive("button", json!({"buttons": list}));
    let list_of = |rows: usize, sections: usize| {
        let rows: Vec<Value> =
            (0..rows).map(|n| json!({"id": n.to_string(), "title": n.to_string()})).collect();
        let per = rows.len().div_ceil(sections);
        let sections: Vec<Value> = rows.chunks(per).map(|rows| json!({"title": "s", "rows": rows})).collect();
        interactive("list", json!({"button": "Menu", "sections": sections}))
    };
    let without = |mut body: Value, key: &str| {
        body.as_object_mut().unwrap().remove(key);
        body
    };
    let text = send("text", json!({"body": "Hello"}));
    let with = |key: &str, value: Value| {
        let mut body = text.clone();
        body[key] = value;
        body
    };
    let cases = [
        (json!(null), 100),
        (json!([]), 100),
        (without(text.clone(), "messaging_product"), 100),
        (without(text.clone(), "to"), 100),
        (with("to", json!("12ab")), 131_009),
        (with("to", json!(919_820_000_001_u64)), 100),
        (with("to", json!("+91 22 4890 1234")), 131_021),
        (with("recipient_type", json!("group")), 131_020),
        (with("type", json!("telegram")), 100),
        (with("type", json!("order")), 131_051),
        (with("biz_opaque_callback_data", json!("x".repeat(513))), 100),
        (with("context", json!({})), 131_008),
        (without(text.clone(), "text"), 131_008),
        (send("text", json!({})), 131_008),
        (send("text", json!({"body": ""})), 100),
        (send("text", json!({"body": "x".repeat(4097)})), 100),
        (send("text", json!({"body": 1})), 100),
        (send("image", json!({})), 131_008),
        (send("image", json!({"id": "unknown"})), 100),
        (send("image", json!({"id": "1", "link": "https://x.example.com"})), 100),
        (send("image", json!({"link": "file:///etc/passwd"})), 100),
        (send("image", json!({"link": "https://x.example.com", "caption": "x".repeat(1025)})), 100),
        (send("audio", json!({"link": "https://x.example.com", "caption": "no"})), 100),
        (send("location", json!({"latitude": 91, "longitude": 0})), 131_009),
        (send("location", json!({"latitude": 1})), 131_008),
        (send("contacts", json!([{"name": {"formatted_name": "A"}}])), 131_008),
        (send("contacts", json!([])), 131_009),
        (send("reaction", json!({"message_id": "wamid.none", "emoji": "👍"})), 131_009),
        (buttons(json!([])), 131_009),
        (buttons(json!([button("1", "A"), button("2", "B"), button("3", "C"), button("4", "D")])), 131_009),
        (buttons(json!([button("1", "A title that is too long")])), 131_009),
        (buttons(json!([button("1", "A"), button("1", "B")])), 131_009),
        (buttons(json!([button("1", "A"), button("2", "A")])), 131_009),
        (buttons(json!([button(" 1", "A")])), 131_009),
        (buttons(json!([{"type": "reply"}])), 131_008),
        (interactive("button", json!(null)), 131_008),
        (interactive("menu", json!({})), 100),
        (list_of(11, 2), 131_009),
        (
            interactive(
                "list",
                json!({"button": "Menu", "sections": [{"rows": [{"id": "a", "title": "x".repeat(25)}]}]}),
            ),
            131_009,
        ),
        (
            interactive(
                "cta_url",
                json!({"name": "cta_url", "parameters": {"display_text": "Open", "url": "shop"}}),
            ),
            131_009,
        ),
        (template("nonesuch", json!([])), 132_001),
        (template("login_code", json!([])), 132_001),
        (template("store_opening", json!([])), 132_015),
        (template("order_update", json!([{"type": "body", "parameters": texts(&["only one"])}])), 132_000),
        (
            template("order_update", json!([{"type": "body", "parameters": texts(&["a", "b\nc", "d"])}])),
            132_018,
        ),
        (template("order_update", json!([{"type": "body", "parameters": texts(&["a", "b", "c"])}])), 131_008),
        (
            template(
                "order_update",
                json!([{"type": "body", "parameters": texts(&["a", "b", &"x".repeat(1100)])}]),
            ),
            132_005,
        ),
        (template("appointment_reminder", json!([{"type": "header", "parameters": texts(&["Asha"])}])), 100),
        (template("autumn_collection", json!([{"type": "body", "parameters": texts(&["Priya"])}])), 132_012),
        (json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.none"}), 131_009),
        (json!({"messaging_product": "whatsapp", "status": "seen", "message_id": "wamid.none"}), 100),
    ];
    for (case, code) in cases {
        let reply = caller.post(&messages(), &case).await;
        let error = &reply.json()["error"];
        assert_eq!(error["code"], code, "{case} -> {}", reply.text);
        assert!(reply.status >= 400 && error["fbtrace_id"].is_string() && error["type"] == "OAuthException");
        assert_eq!(error["error_data"]["details"].is_string(), code > 1000, "{case}");
    }
    assert_eq!(caller.raw(&messages(), "{{\"a\": ").await.json()["error"]["code"], 100, "not JSON");
    assert_eq!(caller.sandbox.customer(PRIYA, None).unwrap().bubbles().len(), 1, "nothing refused was shown");
}

#[tokio::test]
async fn tokens_paths_and_versions() {
    let caller = graph(quick()).await;
    for path in ["/v19.0/", "/graph/v26.0/", "/v25.0/"] {
        assert_eq!(caller.get(&format!("{path}{PHONE_ID}")).await.status, 200, "{path}");
    }
    let other = caller.post("/v25.0/999/messages", &json!({})).await;
    assert_eq!(
        (other.json()["error"]["code"].clone(), other.json()["error"]["error_subcode"].clone()),
        (json!(100), json!(33))
    );
    let caller = caller.with("authorization", "Bearer wrong");
    let reply = caller.post(&messages(), &json!({})).await;
    assert_eq!((reply.status, reply.json()["error"]["code"].clone()), (401, json!(190)));
    let caller = caller.with("authorization", "Basic eDp5");
    assert_eq!(caller.get(&format!("/v25.0/{PHONE_ID}")).await.json()["error"]["code"], 190);
}

#[tokio::test]
async fn recipients_that_cannot_be_reached_fail_late_or_at_once() {
    let mut options = quick();
    options.knobs.whatsapp.recipient_faults = RecipientFaults::Answer;
    let caller = graph(options).await;
    let code = async |to: &str, body: Value| {
        let mut body = body;
        body["to"] = json!(to);
        caller.post(&messages(), &body).await.json()["error"]["code"].clone()
    };
    let text = send("text", json!({"body": "Hello"}));
    assert_eq!(code("919820000002", text.clone()).await, 131_047, "has never written");
    assert_eq!(code("919820000099", text.clone()).await, 131_026, "not on WhatsApp");
    let order = json!([{"type": "body", "parameters": texts(&["a", "b", "c"])},
                       {"type": "button", "sub_type": "url", "index": 1, "parameters": texts(&["x"])}]);
    assert_eq!(code("919820000002", template("order_update", order)).await, Value::Null, "templates pass");
    assert_eq!(code(PRIYA, text.clone()).await, Value::Null);
    caller.sandbox.advance_clock(std::time::Duration::from_hours(25));
    assert_eq!(code(PRIYA, text.clone()).await, 131_047, "a day later");

    // Meta's usual way: accepted, then failed.
    let mut knobs = caller.sandbox.knobs();
    knobs.whatsapp.recipient_faults = RecipientFaults::Status;
    caller.sandbox.set_knobs(knobs).unwrap();
    let mut inbox = caller.sandbox.customer(PRIYA, None).unwrap().inbox();
    assert_eq!(code(PRIYA, text).await, Value::Null);
    let id = inbox.next().await.unwrap().id;
    let mut events = caller.sandbox.subscribe();
    let failed = loop {
        let bubble =
            caller.sandbox.customer(PRIYA, None).unwrap().bubbles().into_iter().find(|b| b.id == id).unwrap();
        if bubble.status == "failed" {
            break bubble;
        }
        events.recv().await.unwrap();
    };
    assert_eq!(failed.error.unwrap()["code"], 131_047);
}

#[tokio::test]
async fn one_recipient_gets_a_burst_of_45() {
    let caller = graph(quick()).await;
    let mut knobs = caller.sandbox.knobs();
    knobs.whatsapp.messages_per_second = 0;
    caller.sandbox.set_knobs(knobs).unwrap();
    let text = send("text", json!({"body": "Hello"}));
    for n in 0..45 {
        assert_eq!(caller.post(&messages(), &text).await.status, 200, "{n}");
    }
    // One comes back in 6 s, so at most a few slip through on a slow machine.
    let mut refused = 0;
    for _ in 0..5 {
        refused += usize::from(caller.post(&messages(), &text).await.json()["error"]["code"] == 131_056);
    }
    assert!(refused > 0);
}

#[tokio::test]
async fn media_goes_up_and_comes_back() {
    let caller = graph(quick()).await;
    let form = |kind: &str, file: &str| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n--b\r\n\
             Content-Disposition: form-data; name=\"type\"\r\n\r\n{kind}\r\n--b\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\nContent-Type: {kind}\r\n\r\n{file}\r\n--b--\r\n"
        )
    };
    let media = format!("/v25.0/{PHONE_ID}/media");
    let caller = caller.with("content-type", "multipart/form-data; boundary=b").with("user-agent", "test");
    let id = caller.raw(&media, &form("text/plain", "hello")).await.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(
        caller.raw(&media, &form("image/png", "not a picture")).await.json()["error"]["code"],
        131_053
    );
    assert_eq!(caller.raw(&media, &form("image/gif", "GIF89a")).await.json()["error"]["code"], 100);
    assert_eq!(caller.raw(&media, "rubbish").await.json()["error"]["code"], 100);

    let info = caller.get(&format!("/v25.0/{id}")).await.json();
    assert_eq!((info["mime_type"].as_str(), info["file_size"].as_u64()), (Some("text/plain"), Some(5)));
    let url = info["url"].as_str().unwrap().strip_prefix(&caller.sandbox.base_url()).unwrap().to_owned();
    assert_eq!(caller.get(&url).await.text, "hello");
    caller.sandbox.advance_clock(std::time::Duration::from_secs(301));
    assert_eq!(caller.get(&url).await.status, 404, "the address lives five minutes");
    assert_eq!(
        caller.try_call("DELETE", &format!("/v25.0/{id}"), None).await.unwrap().json()["success"],
        true
    );
    assert_eq!(caller.get(&format!("/v25.0/{id}")).await.status, 400);
}

#[tokio::test]
async fn templates_are_listed_created_and_deleted() {
    let caller = graph(quick()).await;
    let edge = format!("/v25.0/{WABA}/message_templates");
    let page = caller.get(&format!("{edge}?limit=2&fields=name,status")).await.json();
    assert_eq!(page["data"].as_array().unwrap().len(), 2);
    assert!(page["data"][0].get("components").is_none() && page["data"][0]["id"].is_string());
    let next =
        page["paging"]["next"].as_str().unwrap().strip_prefix(&caller.sandbox.base_url()).unwrap().to_owned();
    assert_ne!(caller.get(&next).await.json()["data"][0]["name"], page["data"][0]["name"]);
    let hindi = caller.get(&format!("{edge}?name=appointment_reminder&language=hi")).await.json();
    assert_eq!(hindi["data"].as_array().unwrap().len(), 1);

    let new = json!({"name": "thanks", "language": "en", "category": "utility",
                     "components": [{"type": "body", "text": "Thank you, {{1}}, see you.", "example": {"body_text": [["Asha"]]}}]});
    let created = caller.post(&edge, &new).await.json();
    assert_eq!(
        (created["status"].as_str(), created["category"].as_str()),
        (Some("APPROVED"), Some("UTILITY"))
    );
    assert_eq!(caller.post(&edge, &new).await.status, 400, "twice");
    let sent = template("thanks", json!([{"type": "body", "parameters": texts(&["Priya"])}]));
    assert_eq!(caller.post(&messages(), &sent).await.status, 200);
    let bubbles = caller.sandbox.customer(PRIYA, None).unwrap().bubbles();
    assert_eq!(bubbles.last().unwrap().words(), "Thank you, Priya, see you.");
    for (text, code) in [("{{1}} first", 2_388_299), ("a {{1}}{{2}} b", 2_388_072), ("", 2_388_040)] {
        let mut bad = new.clone();
        bad["name"] = json!("bad");
        bad["components"][0]["text"] = json!(text);
        assert_eq!(caller.post(&edge, &bad).await.json()["error"]["code"], code, "{text}");
    }
    assert_eq!(
        caller.try_call("DELETE", &format!("{edge}?name=thanks"), None).await.unwrap().json()["success"],
        true
    );
    assert_eq!(caller.post(&messages(), &sent).await.json()["error"]["code"], 132_001);
}

#[tokio::test]
async fn a_channel_check_finds_all_it_asks_for() {
    let caller = graph(quick()).await;
    let token = caller.get(&format!("/v25.0/debug_token?input_token={GRAPH_TOKEN}")).await.json();
    assert_eq!(token["data"]["is_valid"], true);
    assert_eq!(caller.get("/v25.0/debug_token?input_token=x").await.json()["data"]["is_valid"], false);
    let numbers = caller.get(&format!("/v25.0/{WABA}/phone_numbers")).await.json();
    assert_eq!(numbers["data"][0]["id"], PHONE_ID);
    let health = caller.get(&format!("/v25.0/{PHONE_ID}?fields=health_status,throughput")).await.json();
    assert_eq!(health["health_status"]["can_send_message"], "AVAILABLE");
    let apps = format!("/v25.0/{WABA}/subscribed_apps");
    assert_eq!(caller.get(&apps).await.json()["data"], json!([]));
    assert_eq!(caller.try_call("POST", &apps, None).await.unwrap().json()["success"], true);
    assert_eq!(caller.get(&apps).await.json()["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_read_mark_reaches_the_phone() {
    let caller = graph(quick()).await;
    let priya = caller.sandbox.customer(PRIYA, None).unwrap();
    let id = priya.say("are you there?").unwrap();
    let body = json!({"messaging_product": "whatsapp", "status": "read", "message_id": id, "typing_indicator": {"type": "text"}});
    assert_eq!(caller.post(&messages(), &body).await.json(), json!({"success": true}));
    assert!(priya.bubbles().iter().all(|bubble| bubble.status == "read"), "earlier ones too");
    let state = caller.get("/__sandbox/state").await.json();
    assert!(state["customers"][0]["typing_until"].as_i64().unwrap() > state["now"].as_i64().unwrap());
}
