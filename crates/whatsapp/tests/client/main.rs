//! The Graph client against real HTTP.
#![expect(clippy::unwrap_used, reason = "a helper of tests may fail")]

mod stand_in;

use std::sync::atomic::Ordering;

use bytes::Bytes;
use rapport_whatsapp::client::{MessageStatus, Upload};
use rapport_whatsapp::error::{Recourse, Scope};
use rapport_whatsapp::{Client, MediaId, Message, PhoneNumberId, SendError, WaId, WabaId, Wamid};
use secrecy::SecretString;
use serde_json::{Value, json};
use stand_in::{Reply, StandIn, TOKEN};
use tokio::net::TcpListener;

const SENT: &str = r#"{"messaging_product":"whatsapp","contacts":[{"input":"+16505551234","wa_id":"16505551234"}],"messages":[{"id":"wamid.NEW"}]}"#;

fn number() -> PhoneNumberId {
    PhoneNumberId::new("106540352242922").unwrap()
}

fn account() -> WabaId {
    WabaId::new("102290129340398").unwrap()
}

fn hello() -> Vec<u8> {
    Message::text(WaId::new("16505551234").unwrap(), "hello").tagged("outbox-7").to_wire()
}

async fn refused(reply: Reply) -> SendError {
    let graph = StandIn::new(vec![reply]).await;
    let error = graph.client().send(&number(), hello()).await.unwrap_err();
    assert_eq!(graph.requests().len(), 1, "the client never tries twice by itself");
    assert!(!format!("{error} {error:?}").contains(TOKEN));
    error
}

#[tokio::test]
async fn a_send_carries_the_body_untouched_and_reads_the_id() {
    let graph = StandIn::new(vec![Reply::Json(200, SENT)]).await;
    let sent = graph.client().send(&number(), hello()).await.unwrap();
    assert_eq!((sent.id.as_str(), sent.wa_id.unwrap().as_str()), ("wamid.NEW", "16505551234"));
    assert_eq!((sent.scoped, sent.status), (None, MessageStatus::Accepted));
    let request = graph.only();
    assert_eq!(request.line, "POST /v25.0/106540352242922/messages HTTP/1.1");
    assert_eq!(request.header("authorization"), Some("Bearer EAAG-very-secret"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert!(request.header("user-agent").unwrap().starts_with("rapport/"));
    assert_eq!(request.body, hello());
}

#[tokio::test]
async fn a_held_template_and_a_scoped_id_are_told() {
    let body = r#"{"contacts":[{"user_id":"US.1"}],"messages":[{"id":"wamid.H","message_status":"held_for_quality_assessment"}]}"#;
    let graph = StandIn::new(vec![Reply::Json(200, body)]).await;
    let sent = graph.client().send(&number(), hello()).await.unwrap();
    assert_eq!((sent.wa_id, sent.scoped.unwrap().as_str(), sent.status), (None, "US.1", MessageStatus::Held));
}

#[tokio::test]
async fn sends_share_one_connection() {
    let graph = StandIn::new(vec![Reply::Json(200, SENT)]).await;
    let client = graph.client();
    for _ in 0..3 {
        client.send(&number(), hello()).await.unwrap();
    }
    let other = client.with_token(&SecretString::from("another".to_owned())).unwrap();
    other.send(&number(), hello()).await.unwrap();
    let requests = graph.requests();
    assert_eq!(requests[3].header("authorization"), Some("Bearer another"));
    assert_eq!((requests.len(), graph.connections.load(Ordering::Relaxed)), (4, 1));
}

#[tokio::test]
async fn a_graph_error_is_decided_by_its_code_whatever_the_status() {
    for status in [200, 400, 403, 429, 500, 503] {
        let error = refused(Reply::Json(
            status,
            r#"{"error":{"message":"(#131056) x","code":131056,"fbtrace_id":"Trace1"}}"#,
        ))
        .await;
        assert_eq!((error.code(), error.recourse()), (Some(131_056), Recourse::WaitForRecipient));
        assert!(error.to_string().contains("Trace1"), "{error}");
    }
}

#[tokio::test]
async fn the_usage_header_says_how_long_to_wait() {
    let usage = "x-business-use-case-usage: {\"1022\":[{\"call_count\":100,\"estimated_time_to_regain_access\":7}]}\r\n";
    let error = refused(Reply::Raw(400, usage.to_owned(), br#"{"error":{"code":80007}}"#.to_vec())).await;
    let Recourse::Retry { backoff, scope: Scope::Account } = error.recourse() else { panic!("{error:?}") };
    assert_eq!(backoff.at_least.as_secs(), 420);
}

#[tokio::test]
async fn an_answer_that_is_not_graphs_leaves_the_fate_unknown() {
    let page = || b"<html>Bad gateway</html>".to_vec();
    let replies = [
        Reply::Raw(502, String::new(), page()),
        Reply::Raw(200, String::new(), page()),
        Reply::Json(500, r#"{"error":{"message":"no code"}}"#),
        Reply::Json(503, "{}"),
        Reply::Json(200, "{}"),
        Reply::Json(200, r#"{"messages":[]}"#),
        Reply::HangUp,
        // Promises more than it sends.
        Reply::Raw(200, "content-length: 999\r\nconnection: close\r\n".to_owned(), SENT.as_bytes().to_vec()),
    ];
    for reply in replies {
        let error = refused(reply.clone()).await;
        assert_eq!(error.recourse(), Recourse::UnknownFate, "{reply:?}: {error}");
    }
    let error = refused(Reply::Raw(502, String::new(), page())).await.to_string();
    assert!(error.contains("502") && error.contains("Bad gateway"), "{error}");
}

#[tokio::test]
async fn a_page_that_echoes_the_token_does_not_spread_it() {
    refused(Reply::Raw(502, String::new(), format!("you sent Bearer {TOKEN}").into_bytes())).await;
    refused(Reply::Json(
        400,
        r#"{"error":{"code":190,"message":"Malformed access token EAAG-very-secret"}}"#,
    ))
    .await;
}

#[tokio::test]
async fn nothing_was_sent_where_nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::new(&url, "v25.0", &SecretString::from(TOKEN.to_owned())).unwrap();
    let error = client.send(&number(), hello()).await.unwrap_err();
    assert!(matches!(error, SendError::NotSent { .. }), "{error:?}");
    assert!(matches!(error.recourse(), Recourse::Retry { .. }));
    assert!(error.to_string().contains(url.strip_prefix("http://").unwrap()), "{error}");
    let nowhere =
        Client::new("http://graph.invalid", "v25.0", &SecretString::from(TOKEN.to_owned())).unwrap();
    let error = nowhere.send(&number(), hello()).await.unwrap_err();
    assert!(
        matches!(error, SendError::NotSent { .. }) && error.to_string().contains("graph.invalid"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = StandIn::new(vec![Reply::Json(200, SENT)]).await;
    let error =
        refused(Reply::Raw(307, format!("location: {}/v25.0/1/messages\r\n", other.url), Vec::new())).await;
    assert_eq!(error.recourse(), Recourse::UnknownFate);
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn reading_is_told_with_or_without_typing() {
    let graph = StandIn::new(vec![Reply::Json(200, r#"{"success":true}"#)]).await;
    graph.client().mark_read(&number(), &Wamid::new("wamid.R").unwrap(), true).await.unwrap();
    let body: Value = serde_json::from_slice(&graph.only().body).unwrap();
    assert_eq!(
        body,
        json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.R", "typing_indicator": {"type": "text"}})
    );
}

#[tokio::test]
async fn an_upload_has_three_parts() {
    let graph = StandIn::new(vec![Reply::Json(200, r#"{"id":"4242"}"#)]).await;
    let upload = Upload {
        bytes: Bytes::from_static(b"%PDF-1.7"),
        mime_type: "application/pdf".into(),
        filename: "a.pdf".into(),
    };
    assert_eq!(graph.client().upload(&number(), upload).await.unwrap().as_str(), "4242");
    let request = graph.only();
    assert_eq!(request.line, "POST /v25.0/106540352242922/media HTTP/1.1");
    let body = String::from_utf8(request.body).unwrap();
    for part in [
        "name=\"messaging_product\"\r\n\r\nwhatsapp\r\n",
        "name=\"type\"\r\n\r\napplication/pdf\r\n",
        "filename=\"a.pdf\"",
        "%PDF-1.7",
    ] {
        assert!(body.contains(part), "{part:?} in {body}");
    }
    let bad = Upload { bytes: Bytes::new(), mime_type: "no type\n".into(), filename: "x".into() };
    assert!(matches!(graph.client().upload(&number(), bad).await, Err(SendError::NotMade { .. })));
}

/// A Graph that names `host` for a file.
async fn graph_naming(host: &StandIn, size: &str) -> StandIn {
    let info = format!(
        r#"{{"messaging_product":"whatsapp","url":"{}/file?x=1","mime_type":"image/jpeg","sha256":"ab","file_size":{size},"id":"42"}}"#,
        host.url
    );
    StandIn::new(vec![Reply::Raw(200, String::new(), info.into_bytes())]).await
}

#[tokio::test]
async fn a_download_takes_the_token_only_where_graph_says() {
    let host =
        StandIn::new(vec![Reply::Raw(200, "content-type: image/jpeg\r\n".to_owned(), b"JPEG".to_vec())])
            .await;
    let graph = graph_naming(&host, "\"4\"").await;
    let client = graph.client();
    let info = client.media_info(&MediaId::new("42").unwrap(), Some(&number())).await.unwrap();
    assert_eq!((info.mime_type.as_deref(), info.file_size), (Some("image/jpeg"), Some(4)));
    assert_eq!(graph.only().line, "GET /v25.0/42?phone_number_id=106540352242922 HTTP/1.1");
    let file = client.download(&info, 1024).await.unwrap();
    assert_eq!((file.bytes.as_slice(), file.mime_type.as_deref()), (&b"JPEG"[..], Some("image/jpeg")));
    let request = host.only();
    assert_eq!(request.header("authorization"), Some("Bearer EAAG-very-secret"));
    assert!(request.header("user-agent").is_some());
}

#[tokio::test]
async fn a_file_is_bounded_by_what_it_is_and_not_by_what_is_said() {
    let chunked = "transfer-encoding: chunked\r\n".to_owned();
    let mut body = Vec::new();
    for _ in 0..10 {
        body.extend_from_slice(b"64\r\n");
        body.extend_from_slice(&[b'x'; 100]);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"0\r\n\r\n");
    let hosts = [
        (Reply::Raw(200, chunked, body), "4"),
        (Reply::Raw(200, String::new(), vec![0; 1000]), "4"),
        (Reply::Raw(200, String::new(), vec![0; 4]), "1000"),
    ];
    for (reply, said) in hosts {
        let host = StandIn::new(vec![reply]).await;
        let client = graph_naming(&host, said).await.client();
        let info = client.media_info(&MediaId::new("42").unwrap(), None).await.unwrap();
        assert_eq!(client.download(&info, 500).await.unwrap_err(), SendError::TooLarge { max_bytes: 500 });
    }
}

#[tokio::test]
async fn a_download_that_redirects_or_fails_is_an_error() {
    let elsewhere = StandIn::new(vec![Reply::Json(200, "{}")]).await;
    let redirect = Reply::Raw(302, format!("location: {}/x\r\n", elsewhere.url), Vec::new());
    for (reply, status) in [(redirect, 302), (Reply::Raw(404, String::new(), b"gone".to_vec()), 404)] {
        let host = StandIn::new(vec![reply]).await;
        let client = graph_naming(&host, "4").await.client();
        let info = client.media_info(&MediaId::new("42").unwrap(), None).await.unwrap();
        match client.download(&info, 500).await.unwrap_err() {
            SendError::Unreadable { status: seen, .. } => assert_eq!(seen, status),
            other => panic!("{other:?}"),
        }
    }
    assert!(elsewhere.requests().is_empty(), "the token follows no redirect");
}

#[tokio::test]
async fn a_file_is_deleted() {
    let graph = StandIn::new(vec![Reply::Json(200, r#"{"success":true}"#)]).await;
    graph.client().delete_media(&MediaId::new("42").unwrap()).await.unwrap();
    assert_eq!(graph.only().line, "DELETE /v25.0/42 HTTP/1.1");
}

#[tokio::test]
async fn a_number_is_read_with_its_health() {
    let body = r#"{"id":"106540352242922","display_phone_number":"+1 555-078-3881","verified_name":"Acme","quality_rating":"GREEN",
        "throughput":{"level":"STANDARD"},"whatsapp_business_manager_messaging_limit":"TIER_2K",
        "health_status":{"can_send_message":"BLOCKED","entities":[{"entity_type":"WABA","can_send_message":"BLOCKED","errors":[{"error_code":141006,"error_description":"no payment method"}]}]}}"#;
    let graph = StandIn::new(vec![Reply::Json(200, body)]).await;
    let info = graph.client().phone_number(&number()).await.unwrap();
    assert_eq!(
        (info.throughput_level.as_deref(), info.messaging_limit.as_deref()),
        (Some("STANDARD"), Some("TIER_2K"))
    );
    assert_eq!(
        (info.can_send_message.as_deref(), info.obstacles),
        (Some("BLOCKED"), vec!["no payment method".to_owned()])
    );
    assert!(graph.only().line.contains("fields=id%2Cdisplay_phone_number"), "{}", graph.only().line);
}

#[tokio::test]
async fn the_doctor_asks_for_token_numbers_and_subscription() {
    let token = r#"{"data":{"app_id":"1","is_valid":true,"expires_at":0,"scopes":["whatsapp_business_messaging"],
        "granular_scopes":[{"scope":"whatsapp_business_messaging","target_ids":["102290129340398"]},{"scope":"public_profile","target_ids":["9"]}]}}"#;
    let numbers = r#"{"data":[{"id":"1"},{"id":"2"}]}"#;
    let apps = r#"{"data":[{"whatsapp_business_api_data":{"id":"7","name":"Ours"},"override_callback_uri":"https://x.example.com/hook"}]}"#;
    let graph = StandIn::new(vec![
        Reply::Json(200, token),
        Reply::Json(200, numbers),
        Reply::Json(200, apps),
        Reply::Json(200, r#"{"success":true}"#),
    ])
    .await;
    let client = graph.client();
    let info = client.token_info().await.unwrap();
    assert_eq!(
        (info.valid, info.expires_ms, info.wabas.as_slice()),
        (true, None, &["102290129340398".to_owned()][..])
    );
    assert_eq!(info.missing_scopes(), ["whatsapp_business_management"]);
    assert_eq!(client.phone_numbers(&account()).await.unwrap().len(), 2);
    let app = client.subscribed_apps(&account()).await.unwrap().remove(0);
    assert_eq!(
        (app.name.as_deref(), app.override_callback_uri.as_deref()),
        (Some("Ours"), Some("https://x.example.com/hook"))
    );
    client.subscribe(&account()).await.unwrap();
    assert_eq!(graph.requests()[3].line, "POST /v25.0/102290129340398/subscribed_apps HTTP/1.1");
}

#[tokio::test]
async fn templates_come_page_by_page_and_only_from_graph() {
    let first = r#"{"data":[{"id":"1","name":"a","language":"en","status":"APPROVED","category":"UTILITY","parameter_format":"NAMED","quality_score":{"score":"GREEN"},"rejected_reason":"NONE","components":[{"type":"BODY","text":"x"}]},{"no":"name"}],
        "paging":{"cursors":{"before":"B","after":"A+/="},"next":"https://elsewhere.example.com/steal"}}"#;
    let last = r#"{"data":[],"paging":{"cursors":{"after":"Z"}}}"#;
    let graph = StandIn::new(vec![Reply::Json(200, first), Reply::Json(200, last)]).await;
    let client = graph.client();
    let page = client.templates(&account(), None).await.unwrap();
    let [template] = page.templates.as_slice() else { panic!("{page:?}") };
    assert!(
        template.named && template.rejected_reason.is_none() && template.quality.as_deref() == Some("GREEN")
    );
    assert_eq!(template.components, r#"[{"type":"BODY","text":"x"}]"#);
    let page = client.templates(&account(), page.after.as_deref()).await.unwrap();
    assert_eq!((page.templates.len(), page.after), (0, None));
    assert!(graph.requests()[1].line.contains("after=A%2B%2F%3D"), "{}", graph.requests()[1].line);
}
