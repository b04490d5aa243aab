//! Intercom as its clients meet it.

mod caller;

use caller::{Caller, quick};
use serde_json::{Value, json};

async fn intercom() -> Caller {
    Caller::new(quick())
        .await
        .with("authorization", "Bearer sandbox-intercom-token")
        .with("intercom-version", "2.11")
        .with("accept", "application/json")
}

fn by(field: &str, operator: &str, value: &str) -> Value {
    json!({"query": {"field": field, "operator": operator, "value": value}})
}

fn code(reply: &caller::Reply) -> (u16, String) {
    let body = reply.json();
    assert_eq!(body["type"], "error.list", "{}", reply.text);
    (reply.status, body["errors"][0]["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn the_four_searches_of_the_guide_work() {
    let caller = intercom().await;
    let search = async |body: Value| caller.post("/intercom/contacts/search", &body).await.json();
    assert_eq!(search(by("email", "=", "priya@example.com")).await["total_count"], 1);
    let email = search(by("email", "=", "mateus@example.net")).await;
    assert_eq!(
        (email["type"].as_str(), email["total_count"].as_u64()),
        (Some("list"), Some(2)),
        "a user and a lead"
    );
    let user = search(json!({"query": {"operator": "AND", "value": [
        {"field": "email", "operator": "=", "value": "priya@example.com"}, {"field": "role", "operator": "=", "value": "user"}]}})).await;
    assert_eq!(user["total_count"], 1);
    assert_eq!(user["data"][0]["name"], "Priya Sharma");
    assert_eq!(user["data"][0]["custom_attributes"]["plan"], "pro");
    assert_eq!(search(by("phone", "=", "+919820000001")).await["total_count"], 1);
    assert_eq!(search(by("phone", "=", "919820000001")).await["total_count"], 0, "without + nobody is found");
    assert_eq!(search(by("name", "~", "sharma")).await["total_count"], 1);
    assert_eq!(search(by("custom_attributes.plan", "=", "pro")).await["total_count"], 1);
    let nobody = search(by("email", "=", "nobody@example.com")).await;
    assert_eq!((nobody["data"].clone(), nobody["total_count"].clone()), (json!([]), json!(0)));

    let id = user["data"][0]["id"].as_str().unwrap();
    let talks = caller.post("/intercom/conversations/search", &by("contact_ids", "=", id)).await.json();
    assert_eq!((talks["type"].as_str(), talks["total_count"].as_u64()), (Some("conversation.list"), Some(2)));
    assert!(talks["conversations"][0].get("conversation_parts").is_none(), "parts only when one is fetched");
    let open = json!({"query": {"operator": "AND", "value": [
        {"field": "contact_ids", "operator": "=", "value": id}, {"field": "state", "operator": "=", "value": "open"}]}});
    assert_eq!(
        caller.post("/intercom/conversations/search", &open).await.json()["conversations"][0]["title"],
        "Change of address"
    );
    let tickets = caller.post("/intercom/tickets/search", &by("contact_ids", "=", id)).await.json();
    assert_eq!(
        (tickets["type"].as_str(), tickets["tickets"].as_array().unwrap().len()),
        (Some("ticket.list"), 2)
    );
}

#[tokio::test]
async fn pages_follow_the_cursor_in_the_body_only() {
    let caller = intercom().await;
    let body = |after: &Value| json!({"query": {"field": "role", "operator": "=", "value": "user"}, "pagination": {"per_page": 2, "starting_after": after}});
    let mut seen = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = caller.post("/contacts/search", &body(&after)).await.json();
        seen.extend(page["data"].as_array().unwrap().iter().map(|contact| contact["id"].clone()));
        after = page["pages"]["next"]["starting_after"].clone();
        if after.is_null() {
            break;
        }
    }
    let total = seen.len();
    seen.sort_by_key(Value::to_string);
    seen.dedup();
    assert_eq!((total, seen.len()), (6, 6));
    let first = caller.post("/contacts/search", &body(&Value::Null)).await.json();
    let cursor = first["pages"]["next"]["starting_after"].as_str().unwrap();
    let wrong =
        caller.post(&format!("/contacts/search?starting_after={cursor}"), &body(&Value::Null)).await.json();
    assert_eq!(wrong["data"], first["data"], "in the query it is ignored");
    for (pagination, expected) in [
        (json!({}), "parameter_not_found"),
        (json!({"per_page": 0}), "parameter_invalid"),
        (json!({"per_page": 151}), "parameter_invalid"),
        (json!({"per_page": "5"}), "type_mismatch"),
        (json!({"per_page": 5, "starting_after": "x"}), "parameter_invalid"),
    ] {
        let mut query = by("role", "=", "user");
        query["pagination"] = pagination;
        assert_eq!(
            code(&caller.post("/contacts/search", &query).await),
            (400, expected.to_owned()),
            "{query}"
        );
    }
}

#[tokio::test]
async fn mistakes_get_intercoms_answers() {
    let caller = intercom().await;
    assert_eq!(
        code(&caller.get("/contacts/search").await),
        (404, "not_found".into()),
        "GET reads as contact id `search`"
    );
    assert_eq!(
        code(&caller.get("/contacts/64a1/conversations").await),
        (404, "not_found".into()),
        "no such endpoint"
    );
    assert_eq!(
        code(&caller.raw("/contacts/search", "{{\"query\": {{}}}}").await),
        (400, "parameter_invalid".into())
    );
    assert_eq!(code(&caller.raw("/contacts/search", "[]").await), (400, "parameter_invalid".into()));
    assert_eq!(code(&caller.post("/contacts/search", &json!({})).await), (400, "parameter_not_found".into()));
    assert_eq!(code(&caller.post("/contacts/search", &by("custom_attributes.Pln", "=", "x")).await).0, 400);
    let good = caller.post("/contacts/search", &by("email", "=", "x")).await;
    assert_eq!(good.header("x-ratelimit-limit"), "1667");
    assert!(good.header("x-ratelimit-reset").parse::<i64>().is_ok());

    let caller = caller.with("intercom-version", "2.99");
    assert_eq!(
        code(&caller.post("/contacts/search", &by("email", "=", "x")).await),
        (400, "intercom_version_invalid".into())
    );
    let caller = caller.with("intercom-version", "2.11").with("accept", "text/html");
    assert_eq!(caller.try_call("DELETE", "/contacts/search", None).await.unwrap().status, 406);
    for wrong in ["Bearer wrong", "sandbox-intercom-token", "Basic c2FuZGJveDo="] {
        let caller = Caller::new(quick()).await.with("authorization", wrong);
        let reply = caller.post("/contacts/search", &by("email", "=", "x")).await;
        assert_eq!(code(&reply), (401, "unauthorized".into()), "{wrong}");
        assert_eq!(reply.json()["errors"][0]["message"], "Access Token Invalid");
        assert!(reply.header("x-ratelimit-limit").is_empty(), "no limits without a good token");
    }
    assert_eq!(Caller::new(quick()).await.get("/me").await.status, 401);
}

#[tokio::test]
async fn the_version_header_may_be_left_out() {
    let caller = Caller::new(quick()).await.with("authorization", "Bearer sandbox-intercom-token");
    assert_eq!(caller.post("/contacts/search", &by("email", "=", "priya@example.com")).await.status, 200);
}

#[tokio::test]
async fn the_limit_of_a_window_is_enforced() {
    let caller = intercom().await;
    caller.post("/__sandbox/knobs", &json!({"intercom": {"rate_limit": 2}})).await;
    let mut last = caller.get("/me").await;
    for _ in 0..4 {
        last = caller.get("/me").await;
    }
    assert_eq!(code(&last), (429, "rate_limit_exceeded".into()));
    assert_eq!(last.header("x-ratelimit-remaining"), "0");
    caller.sandbox.advance_clock(std::time::Duration::from_secs(11));
    assert_eq!(caller.get("/me").await.status, 200);
}

#[tokio::test]
async fn records_are_made_and_found_again() {
    let caller = intercom().await;
    let new = json!({"email": "new@example.com", "name": "नया", "phone": "+919820000777", "custom_attributes": {"plan": "free"}});
    let contact = caller.post("/contacts", &new).await.json();
    let id = contact["id"].as_str().unwrap();
    assert_eq!(id.len(), 24);
    assert_eq!(caller.get(&format!("/contacts/{id}")).await.json()["name"], "नया");
    assert_eq!(code(&caller.post("/contacts", &new).await), (409, "conflict".into()));
    assert_eq!(code(&caller.post("/contacts", &json!({"name": "x"})).await).0, 400);

    assert_eq!(
        caller.post(&format!("/contacts/{id}/notes"), &json!({"body": "Called"})).await.json()["type"],
        "note"
    );
    assert_eq!(caller.get(&format!("/contacts/{id}/notes")).await.json()["total_count"], 1);
    let tag = caller.post("/tags", &json!({"name": "Hot lead"})).await.json();
    caller.post(&format!("/contacts/{id}/tags"), &json!({"id": tag["id"]})).await;
    assert_eq!(caller.get(&format!("/contacts/{id}/tags")).await.json()["data"][0]["name"], "Hot lead");
    assert_eq!(
        caller.post("/contacts/search", &by("tag_id", "=", tag["id"].as_str().unwrap())).await.json()["total_count"],
        1
    );

    let talk = caller
        .post("/conversations", &json!({"from": {"type": "user", "id": id}, "body": "Hello"}))
        .await
        .json();
    let talk_id = talk["conversation_id"].as_str().unwrap();
    let reply = json!({"message_type": "comment", "type": "admin", "admin_id": "814860", "body": "Hi"});
    let whole = caller.post(&format!("/conversations/{talk_id}/reply"), &reply).await.json();
    assert_eq!(whole["conversation_parts"]["total_count"], 1);
    let close = json!({"message_type": "close", "type": "admin", "admin_id": "814860"});
    assert_eq!(
        caller.post(&format!("/conversations/{talk_id}/parts"), &close).await.json()["state"],
        "closed"
    );
    let last = json!({"message_type": "comment", "type": "user", "intercom_user_id": id, "body": "Again"});
    assert_eq!(caller.post("/conversations/last/reply", &last).await.json()["state"], "open");

    let kinds = caller.get("/ticket_types").await.json();
    let ticket = json!({"ticket_type_id": kinds["data"][0]["id"], "contacts": [{"id": id}], "ticket_attributes": {"_default_title_": "Lamp 💡"}});
    let ticket = caller.post("/tickets", &ticket).await.json();
    assert_eq!(ticket["ticket_attributes"]["_default_title_"], "Lamp 💡");
    assert_ne!(ticket["id"], ticket["ticket_id"]);
    assert_eq!(
        code(&caller.post("/tickets", &json!({"ticket_type_id": "78", "contacts": [{"id": "x"}]})).await).0,
        404
    );
}
