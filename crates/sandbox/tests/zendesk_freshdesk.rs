//! Zendesk and Freshdesk as their clients meet them.

mod caller;

use caller::{Caller, quick};
use serde_json::json;

/// `agent@example.com/token:sandbox-zendesk-token`
const ZENDESK: &str = "Basic YWdlbnRAZXhhbXBsZS5jb20vdG9rZW46c2FuZGJveC16ZW5kZXNrLXRva2Vu";
/// `sandbox-freshdesk-key:X`
const FRESHDESK: &str = "Basic c2FuZGJveC1mcmVzaGRlc2sta2V5Olg=";

#[tokio::test]
async fn zendesk_finds_creates_and_answers_tickets() {
    let caller = Caller::new(quick()).await.with("authorization", ZENDESK);
    let found = caller.get("/zendesk/api/v2/search.json?query=type:ticket%20requester:priya@example.com&sort_by=created_at&sort_order=desc").await;
    assert_eq!(found.header("x-rate-limit"), "200");
    let found = found.json();
    assert_eq!(found["count"], 2);
    assert_eq!(found["results"][0]["result_type"], "ticket");
    assert_eq!(found["results"][0]["status"], "pending", "the newest first");
    assert_eq!(
        caller.get("/zendesk/api/v2/users/search?query=email:priya@example.com").await.json()["count"],
        1
    );
    assert_eq!(caller.get("/zendesk/api/v2/search?query=x&page[size]=5").await.status, 400);
    assert_eq!(caller.get("/zendesk/api/v2/search?query=x&page=11").await.status, 422);

    let new = json!({"ticket": {"subject": "Lamp broke", "comment": {"body": "It fell."}, "priority": "urgent",
                                "requester": {"name": "Ravi", "email": "ravi@example.com"}}});
    let created = caller.post("/zendesk/api/v2/tickets", &new).await;
    assert_eq!(created.status, 201);
    let id = created.json()["ticket"]["id"].to_string();
    assert!(created.header("location").ends_with(&format!("/api/v2/tickets/{id}.json")));
    let note =
        json!({"ticket": {"comment": {"body": "Send a new one", "public": false}, "status": "solved"}});
    let changed = caller.call("PUT", &format!("/zendesk/api/v2/tickets/{id}"), &note).await.json();
    assert_eq!(
        (changed["ticket"]["status"].as_str(), changed["audit"]["events"][0]["public"].as_bool()),
        (Some("solved"), Some(false))
    );
    assert_eq!(caller.get(&format!("/zendesk/api/v2/tickets/{id}/comments")).await.json()["count"], 2);
    let tags = format!("/zendesk/api/v2/tickets/{id}/tags");
    assert_eq!(
        caller.call("PUT", &tags, &json!({"tags": ["a", "b"]})).await.json()["tags"],
        json!(["a", "b"])
    );
    assert_eq!(caller.call("DELETE", &tags, &json!({"tags": ["a"]})).await.json()["tags"], json!(["b"]));

    for (body, status, kind) in [
        (json!({"subject": "no wrapper"}), 400, "Invalid attribute"),
        (json!({"ticket": {"subject": "no text"}}), 422, "RecordInvalid"),
        (json!({"ticket": {"comment": {"body": "x"}, "priority": "asap"}}), 422, "RecordInvalid"),
    ] {
        let reply = caller.post("/zendesk/api/v2/tickets", &body).await;
        let error = &reply.json()["error"];
        assert_eq!(
            (reply.status, error["title"].as_str().or(error.as_str())),
            (status, Some(kind)),
            "{body}"
        );
    }
    assert_eq!(caller.get("/zendesk/api/v2/tickets/1").await.json()["error"], "RecordNotFound");
    assert_eq!(caller.get("/zendesk/api/v2/nothing").await.json()["error"], "InvalidEndpoint");
}

#[tokio::test]
async fn zendesk_signs_in_by_token_or_oauth() {
    let bad = Caller::new(quick()).await;
    assert_eq!(bad.get("/zendesk/api/v2/tickets").await.json()["error"], "Couldn't authenticate you");
    let bad = bad.with("authorization", "Bearer dead");
    assert_eq!(bad.get("/zendesk/api/v2/tickets").await.json()["error"], "invalid_token");
    // Plain email in place of email/token.
    let bad = bad.with("authorization", "Basic YWdlbnRAZXhhbXBsZS5jb206c2FuZGJveC16ZW5kZXNrLXRva2Vu");
    assert_eq!(bad.get("/zendesk/api/v2/tickets").await.status, 401);

    let grant = json!({"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "sandbox-zendesk-secret",
                       "scope": "read write", "expires_in": 600});
    let pair = bad.post("/zendesk/oauth/tokens", &grant).await.json();
    assert_eq!((pair["token_type"].as_str(), pair["expires_in"].as_u64()), (Some("bearer"), Some(600)));
    let caller = bad.with("authorization", &format!("Bearer {}", pair["access_token"].as_str().unwrap()));
    assert_eq!(caller.get("/zendesk/api/v2/users/me").await.status, 200);
    caller.sandbox.advance_clock(std::time::Duration::from_secs(601));
    assert_eq!(caller.get("/zendesk/api/v2/users/me").await.json()["error"], "invalid_token", "expired");
    let refresh = json!({"grant_type": "refresh_token", "refresh_token": pair["refresh_token"], "client_id": "sandbox", "client_secret": "sandbox-zendesk-secret"});
    let fresh = caller.post("/zendesk/oauth/tokens", &refresh).await.json();
    assert_eq!(
        caller.post("/zendesk/oauth/tokens", &refresh).await.status,
        400,
        "a refresh token works once"
    );
    let caller = caller.with("authorization", &format!("Bearer {}", fresh["access_token"].as_str().unwrap()));
    assert_eq!(caller.get("/zendesk/api/v2/users/me").await.status, 200);
    let mut wrong = grant;
    wrong["client_secret"] = json!("x");
    assert_eq!(caller.post("/zendesk/oauth/tokens", &wrong).await.json()["error"], "invalid_client");
}

#[tokio::test]
async fn freshdesk_finds_creates_and_answers_tickets() {
    let caller = Caller::new(quick()).await.with("authorization", FRESHDESK);
    let list = caller.get("/freshdesk/api/v2/tickets?email=priya%40example.com").await;
    assert_eq!(list.header("x-ratelimit-total"), "200");
    let list = list.json();
    assert_eq!(list.as_array().unwrap().len(), 1, "only the last 30 days");
    assert!(list[0].get("description").is_none() && list[0]["status"] == 3);
    let all = caller
        .get("/freshdesk/api/v2/tickets?email=priya%40example.com&updated_since=2015-01-19T02:00:00Z")
        .await
        .json();
    assert_eq!(all.as_array().unwrap().len(), 2);
    let search = caller
        .get("/freshdesk/api/v2/search/tickets?query=%22status:3%20AND%20tag:%27order%27%22")
        .await
        .json();
    assert_eq!(search["total"], 1);
    assert_eq!(
        caller.get("/freshdesk/api/v2/search/tickets?query=status:3").await.status,
        400,
        "the quotes are part of it"
    );
    assert_eq!(
        caller.get("/freshdesk/api/v2/contacts?mobile=%2B919820000001").await.json()[0]["name"],
        "Priya Sharma"
    );
    assert_eq!(
        caller
            .get("/freshdesk/api/v2/search/contacts?query=%22email:%27priya@example.com%27%22")
            .await
            .json()["total"],
        1
    );

    let new = json!({"email": "ravi@example.com", "subject": "Lamp", "description": "It fell.", "status": 2, "priority": 3});
    let created = caller.post("/freshdesk/api/v2/tickets", &new).await;
    assert_eq!(created.status, 201);
    let id = created.json()["id"].to_string();
    let reply =
        caller.post(&format!("/freshdesk/api/v2/tickets/{id}/reply"), &json!({"body": "Sorry"})).await;
    assert_eq!(reply.status, 201);
    assert_ne!(reply.json()["id"].to_string(), id);
    caller
        .post(&format!("/freshdesk/api/v2/tickets/{id}/notes"), &json!({"body": "call", "private": true}))
        .await;
    let shown =
        caller.get(&format!("/freshdesk/api/v2/tickets/{id}?include=conversations,requester")).await.json();
    assert_eq!(
        (shown["conversations"].as_array().unwrap().len(), shown["requester"]["name"].as_str()),
        (2, Some("ravi"))
    );
}

#[tokio::test]
async fn freshdesk_refuses_in_its_own_shapes() {
    let caller = Caller::new(quick()).await;
    let reply = caller.get("/freshdesk/api/v2/tickets").await;
    assert_eq!((reply.status, reply.json()["code"].as_str()), (401, Some("invalid_credentials")));
    let caller = caller.with("authorization", "Bearer sandbox-freshdesk-key");
    assert_eq!(caller.get("/freshdesk/api/v2/tickets").await.status, 401, "the key is no bearer token");
    let caller = caller.with("authorization", FRESHDESK);
    let text =
        json!({"email": "a@example.com", "subject": "x", "description": "y", "status": "2", "priority": 9});
    let reply = caller.post("/freshdesk/api/v2/tickets", &text).await;
    let errors = reply.json();
    assert_eq!((reply.status, errors["description"].as_str()), (400, Some("Validation failed")));
    assert_eq!(
        (errors["errors"][0]["field"].as_str(), errors["errors"][0]["code"].as_str()),
        (Some("status"), Some("datatype_mismatch"))
    );
    assert_eq!(errors["errors"][1]["code"], "invalid_value");
    let nobody = json!({"subject": "x", "description": "y"});
    assert_eq!(
        caller.post("/freshdesk/api/v2/tickets", &nobody).await.json()["errors"][0]["code"],
        "missing_field"
    );
    assert_eq!(caller.raw("/freshdesk/api/v2/tickets", "{{").await.json()["code"], "invalid_json");
    assert_eq!(caller.call("PUT", "/freshdesk/api/v2/tickets", &json!({})).await.status, 405);
    assert_eq!(caller.post("/freshdesk/api/v2/search/tickets", &json!({})).await.status, 405);
    assert_eq!(caller.get("/freshdesk/api/v2/tickets/99999").await.status, 404);
    let caller = caller.with("content-type", "text/plain");
    assert_eq!(caller.raw("/freshdesk/api/v2/tickets", "{}").await.status, 415);
}
