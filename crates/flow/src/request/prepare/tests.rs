use super::*;
use crate::Value;
use crate::request::example::{step, text};
use crate::scope::Plain;
use proptest::prelude::*;
use serde_json::json;

fn scope(values: &Value) -> Plain {
    Plain { values: values.as_object().unwrap().clone(), ..Plain::default() }
}

fn prepared(step: &ApiRequest, values: &Value) -> PreparedRequest {
    prepare(step, &scope(values)).unwrap_or_else(|bad| panic!("{bad}"))
}

fn url_of(url: &str, values: &Value) -> String {
    prepared(&step(Method::Get, url), values).url.redacted()
}

fn refused(step: &ApiRequest, values: &Value) -> BadTemplate {
    prepare(step, &scope(values)).expect_err("should be refused")
}

fn body_of(body: Body, values: &Value) -> Result<String, BadTemplate> {
    let step = ApiRequest { body, ..step(Method::Post, "https://a.example/") };
    prepare(&step, &scope(values)).map(|request| match request.body {
        PreparedBody::Text { text, .. } => text.redacted(),
        other => panic!("{other:?}"),
    })
}

fn typed(body: &str, values: &Value) -> Result<String, BadTemplate> {
    body_of(Body::JsonText(Template::of(body)), values)
}

#[test]
fn the_worked_example_is_built_as_written() {
    let step = ApiRequest { repeatable: true, ..step(Method::Post, "https://api.intercom.io/contacts/search") }
        .header("Authorization", "Bearer {{secret.intercom_token}}")
        .header("Intercom-Version", "2.11")
        .json(&json!({
            "query": {"field": "email", "operator": "=", "value": "{{customer_email}}"}, "pagination": {"per_page": 1},
        }));
    let request = prepared(&step, &json!({"customer_email": "priya@example.com"}));
    assert_eq!(request.url, SecretText::plain("https://api.intercom.io/contacts/search"));
    assert_eq!(
        request.headers,
        [
            (
                "Authorization".to_owned(),
                SecretText(vec![
                    Piece::Text("Bearer ".into()),
                    Piece::Secret { name: "intercom_token".into(), encoding: Encoding::Plain }
                ])
            ),
            ("Intercom-Version".to_owned(), SecretText::plain("2.11")),
            ("Accept".to_owned(), SecretText::plain("application/json")),
        ]
    );
    assert_eq!(
        request.body,
        PreparedBody::Text {
            content_type: "application/json".into(),
            text: SecretText::plain(
                r#"{"query":{"field":"email","operator":"=","value":"priya@example.com"},"pagination":{"per_page":1}}"#
            ),
        }
    );
    assert!(request.repeatable);
    assert_eq!((request.attempt_timeout_ms, request.deadline_ms, request.retries), (10_000, 30_000, 2));
}

#[test]
fn limits_hold_whatever_the_author_asks_for() {
    let step = ApiRequest {
        timeout: Some(Duration::from_mins(5)),
        deadline: Some(Duration::from_mins(5)),
        retries: Some(99),
        ..step(Method::Post, "https://a.example/")
    };
    let request = prepared(&step, &json!({}));
    assert_eq!((request.attempt_timeout_ms, request.deadline_ms, request.retries), (60_000, 60_000, 5));
    assert!(!request.repeatable);
    assert!(is_repeatable(&ApiRequest { idempotency_header: Some(text("Idempotency-Key")), ..step }));
}

#[test]
fn values_in_an_address_are_encoded() {
    let values = json!({"id": "a/b?c#d e+é%", "n": 7, "phone": "+919820000001"});
    assert_eq!(
        url_of("https://a.example/x/{{id}}/y{{n}}", &values),
        "https://a.example/x/a%2Fb%3Fc%23d%20e%2B%C3%A9%25/y7"
    );
    assert_eq!(
        url_of("https://a.example?q={{phone}}&x=1#frag", &values),
        "https://a.example?q=%2B919820000001&x=1"
    );
    assert_eq!(
        url_of("https://a.example/?q={{id | url}}", &values),
        "https://a.example/?q=a%2Fb%3Fc%23d%20e%2B%C3%A9%25"
    );
    assert_eq!(url_of("  https://a.example/a\n", &values), "https://a.example/a");
    let step = step(Method::Get, "https://a.example/s?type=x")
        .query("query", "type:ticket requester:{{phone}}")
        .query("a b", "");
    assert_eq!(
        prepared(&step, &values).url.redacted(),
        "https://a.example/s?type=x&query=type%3Aticket%20requester%3A%2B919820000001&a%20b="
    );
}

#[test]
fn no_hole_stands_where_the_request_goes() {
    let values = json!({"x": "evil.example", "base": "https://a.example", "port": 80});
    for url in [
        "{{base}}/contacts",
        "https://{{x}}/a",
        "https://a.{{x}}",
        "https://a.example:{{port}}/",
        "http{{x}}://a.example/",
        "https:{{x}}",
        "https:///{{x}}/a",
        "https://\\{{x}}/a",
        "https://\t/{{x}}/a",
        "ftp://a.example/{{x}}",
        "//a.example/{{x}}",
        "",
        "https://",
    ] {
        let bad = refused(&step(Method::Get, url), &values);
        assert_eq!(bad.field, "url", "{url}");
        assert!(!problems(&step(Method::Get, url)).is_empty(), "{url} is seen without a call");
    }
}

#[test]
fn a_segment_that_would_change_the_path_is_refused() {
    for value in ["", ".", "..", " ", "%2e%2e"] {
        // The last would be harmless to a server that decodes once.
        let bad = prepare(
            &step(Method::Get, "https://a.example/orders/{{id}}/items"),
            &scope(&json!({"id": value})),
        );
        assert!(bad.is_err(), "{value:?}");
    }
    for url in
        ["https://a.example/.{{id}}", "https://a.example/%2e{{id}}/x", "https://a.example/{{id}}{{id}}?q"]
    {
        assert!(prepare(&step(Method::Get, url), &scope(&json!({"id": "."}))).is_err(), "{url}");
    }
    let bad = refused(&step(Method::Get, "https://a.example/orders/{{order_id}}"), &json!({"order_id": ""}));
    assert_eq!(bad.hole.as_deref(), Some("{{order_id}}"));
    assert_eq!(bad.span, Some(25..37));
    assert!(bad.why.contains("empty"), "{bad}");
}

#[test]
fn unset_and_null_refuse_unless_a_default_is_given() {
    let values = json!({"gone": null});
    let unset = refused(
        &step(Method::Post, "https://a.example/").json(&json!({"query": {"value": ["{{email}}"]}})),
        &values,
    );
    assert_eq!(unset.field, "body.query.value[0]");
    assert_eq!(unset.hole.as_deref(), Some("{{email}}"));
    assert!(unset.mend.contains("{{email | default: ''}}"), "{}", unset.mend);
    let body = |value: &Value| {
        let step = step(Method::Post, "https://a.example/").json(value);
        prepare(&step, &scope(&values)).map(|request| request.body)
    };
    let is = |text: &str| {
        Ok(PreparedBody::Text { content_type: "application/json".into(), text: SecretText::plain(text) })
    };
    assert_eq!(body(&json!({"v": "{{gone}}"})), is(r#"{"v":null}"#), "null as a bare JSON value stays null");
    assert_eq!(body(&json!({"v": "{{gone | default: 'x'}}"})), is(r#"{"v":"x"}"#));
    assert_eq!(body(&json!({"v": "{{email | default: 0}}"})), is(r#"{"v":0}"#));
    assert!(body(&json!({"v": "a {{gone}}"})).is_err());
    for url in ["https://a.example/{{gone}}", "https://a.example/?q={{email}}"] {
        assert!(prepare(&step(Method::Get, url), &scope(&values)).is_err());
    }
    let header = refused(&step(Method::Get, "https://a.example/").header("X-Order", "{{order}}"), &values);
    assert_eq!(header.field, "header X-Order");
}

#[test]
fn structures_keep_types_and_the_digits_of_numbers() {
    let number: Value = serde_json::from_str("12345678901234567890.500").unwrap();
    let values = json!({"n": number, "list": [1, "a"], "yes": true, "name": "O\"Neil\\\n", "text": "7"});
    let body = json!({
        "n": "{{n}}", "t": "{{n | text}}", "list": "{{list}}", "yes": "{{yes}}", "hi": "Hi {{name}} {{n}}",
        "as_number": "{{text | number}}", "plain": "{x} $$Name", "fixed": 2.50,
    });
    let step = step(Method::Post, "https://a.example/").json(&body);
    let PreparedBody::Text { text, .. } = prepared(&step, &values).body else { panic!() };
    assert_eq!(
        text.redacted(),
        concat!(
            r#"{"n":12345678901234567890.500,"t":"12345678901234567890.500","list":[1,"a"],"yes":true,"#,
            r#""hi":"Hi O\"Neil\\\n 12345678901234567890.500","as_number":7,"plain":"{x} $$Name","fixed":2.5}"#
        )
    );
}

#[test]
fn in_json_as_typed_the_quotes_decide() {
    let values = json!({"n": 5, "name": "a\"b\\", "none": null, "list": ["x"]});
    assert_eq!(
        typed(r#"{"a": {{n}}, "b": "{{n}}", "c": "x {{name}}"}"#, &values).unwrap(),
        r#"{"a": 5, "b": "5", "c": "x a\"b\\"}"#
    );
    assert_eq!(
        typed(r#"{"a": {{name}}, "b": {{none}}, "c": {{list}}}"#, &values).unwrap(),
        r#"{"a": "a\"b\\", "b": null, "c": ["x"]}"#
    );
    assert_eq!(typed(r#"{"a": "{x} {{'{{'}}"}"#, &values).unwrap(), r#"{"a": "{x} {{"}"#);
    for (body, says) in [
        (r#"{"{{name}}": 1}"#, "key"),
        (r#"{"x{{name}}y"  : 1}"#, "key"),
        (r#"{"a": "\{{name}}"}"#, "backslash"),
        (r#"{"a": {{missing}}}"#, "no value"),
        (r#"{"a": "{{none}}"}"#, "null"),
        (r#"{"a": {{secret.key}}}"#, "without quotes"),
        (r#"{"a": 1{{name}}}"#, "not JSON"),
        (r#"{{"a": 1}}"#, "not JSON"),
        (r#"{"a": 1"#, "not JSON"),
    ] {
        let bad = typed(body, &values).expect_err(body);
        assert!(bad.why.contains(says), "{body}: {}", bad.why);
    }
    assert!(
        typed(r#"{{"a": 1}}"#, &values).unwrap_err().mend.contains(r#"{"a": 1}"#),
        "shows the repair, makes none"
    );
}

#[test]
fn secrets_stay_names_and_have_their_places() {
    let name = |encoding| Piece::Secret { name: "key".into(), encoding };
    let step = ApiRequest {
        auth: Auth::Basic { user: Template::of("{{secret.key}}"), password: Template::of("X") },
        body: Body::Form(vec![(text("k"), Template::of("{{secret.key}}"))]),
        ..step(Method::Post, "https://a.example/p").query("api_key", "{{secret.key}}")
    };
    let request = prepared(&step, &json!({}));
    assert_eq!(
        request.auth,
        PreparedAuth::Basic {
            user: SecretText(vec![name(Encoding::Plain)]),
            password: SecretText::plain("X")
        }
    );
    assert_eq!(request.url.0[1], name(Encoding::Percent));
    let PreparedBody::Text { text: form, .. } = request.body else { panic!() };
    assert_eq!(form.0[1], name(Encoding::Form));
    for (url, header) in [
        ("https://a.example/{{secret.key}}", ""),
        ("https://{{secret.key}}.example/", ""),
        ("https://a.example/", "{{secret.key | upper}}"),
        ("https://a.example/", "{{secret}}"),
    ] {
        let step = crate::request::example::step(Method::Get, url).header("X-Key", header);
        assert!(prepare(&step, &scope(&json!({"secret": {"key": "v"}}))).is_err(), "{url} {header}");
        assert!(!problems(&step).is_empty(), "{url} {header}");
    }
}

#[test]
fn a_line_break_in_a_header_refuses_the_request() {
    for value in ["a\r\nX-Admin: 1", "a\nb", "a\u{0}", "\u{7f}"] {
        let values = json!({"v": value});
        let header = step(Method::Get, "https://a.example/").header("X-Note", "{{v}}");
        assert_eq!(refused(&header, &values).field, "header X-Note");
        let auth = ApiRequest {
            auth: Auth::Bearer { token: Template::of("{{v}}") },
            ..step(Method::Get, "https://a.example/")
        };
        assert_eq!(refused(&auth, &values).field, "auth token");
    }
    let user = ApiRequest {
        auth: Auth::Basic { user: Template::of("{{v}}"), password: Template::of("x") },
        ..step(Method::Get, "https://a.example/")
    };
    assert!(refused(&user, &json!({"v": "a:b"})).why.contains("colon"));
    assert!(
        refused(&step(Method::Get, "https://a.example/").header("X Y", "1"), &json!({}))
            .why
            .contains("name of a header")
    );
}

#[test]
fn holes_in_xml_stand_in_text_and_attributes() {
    let values = json!({"v": "<b a=\"1\">&'\n", "bell": "\u{7}"});
    let xml = |body: &str| body_of(Body::Xml(Template::of(body)), &values);
    assert_eq!(
        xml("<a x=\"{{v}}\" y='{{v}}'>{{v}}</a>")
            .unwrap()
            .matches("&lt;b a=&quot;1&quot;&gt;&amp;&#39;&#10;")
            .count(),
        3
    );
    for body in [
        "<{{v}}/>",
        "<a {{v}}/>",
        "<a><!-- {{v}} --></a>",
        "<a><![CDATA[{{v}}]]></a>",
        "<?x {{v}}?><a/>",
        "<a>{{bell}}</a>",
    ] {
        assert!(xml(body).is_err(), "{body}");
    }
    assert!(xml("<a><!-- > --><![CDATA[>]]><b c='>'>{{v}}</b></a>").is_ok());
}

#[test]
fn a_value_that_looks_like_a_hole_travels_as_it_is() {
    let values =
        json!({"subject": "{{dc.printer_on_fire}} {{secret.token}}", "dc": {"printer_on_fire": "no"}});
    let step = step(Method::Post, "https://a.example/{{subject}}")
        .json(&json!({"s": "{{subject}}", "t": "Re: {{subject}}"}));
    let request = prepared(&step, &values);
    let PreparedBody::Text { text, .. } = &request.body else { panic!() };
    assert_eq!(
        text,
        &SecretText::plain(
            r#"{"s":"{{dc.printer_on_fire}} {{secret.token}}","t":"Re: {{dc.printer_on_fire}} {{secret.token}}"}"#
        )
    );
    assert_eq!(request.url.secrets().count(), 0);
}

#[test]
fn bodies_that_are_wrong_whatever_the_holes_hold_are_seen_without_a_call() {
    let fine = ApiRequest {
        body: Body::JsonText(Template::of(
            r#"{"n": {{n | number}}, "d": "{{x | date: long}}", "p": "{{x | phone}}"}"#,
        )),
        ..step(Method::Post, "https://a.example/{{id}}").query("q", "{{q}}").header("X", "{{h}}")
    };
    assert_eq!(problems(&fine), []);
    let wrong = ApiRequest { body: Body::JsonText(Template::of(r#"{"{{k}}": 1}"#)), ..fine };
    assert_eq!(problems(&wrong).len(), 1);
}

// Any text a person or an API could bring, the nasty letters often.
fn nasty() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,12}",
        r#"[{}\[\]"'\\/<>&=?#+%:;@.,\x00-\x1f a-c0é🔥]{0,16}"#,
        prop::sample::select(vec![
            "\"},\"admin\":true,\"x\":{\"y\":\"",
            "../../etc",
            "a&b=c#d",
            "</a><b>",
            "{{secret.token}}",
            "\r\nX: 1",
            "%2e%2e",
            "\u{2028}",
            "]]>",
            "--boundary",
            "@evil.example",
            ":80",
            "//evil.example",
        ])
        .prop_map(str::to_owned),
    ]
}

proptest! {
    #[test]
    fn no_text_changes_the_shape_of_json(v in nasty(), w in nasty()) {
        let values = json!({"v": v, "w": w});
        let expected = json!({"q": {"a": v, "b": [format!("x{v}{w}")], "c": "{{v}}x"}});
        let structure = crate::request::example::json_template(&json!({"q": {"a": "{{v}}", "b": ["x{{v}}{{w}}"], "c": "{{'{{'}}v{{'}}'}}x"}}));
        let body = body_of(Body::Json(structure), &values).unwrap();
        prop_assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), expected);
        let body = typed(r#"{"q": {"a": {{v}}, "b": ["x{{v}}{{w}}"], "c": "{{'{{'}}v{{'}}'}}x"}}"#, &values).unwrap();
        prop_assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), json!({"q": {"a": v, "b": [format!("x{v}{w}")], "c": "{{v}}x"}}));
    }

    #[test]
    fn no_text_changes_where_a_request_goes(v in nasty(), w in nasty()) {
        let step = step(Method::Get, "https://api.example.com:8443/v1/{{v}}/x{{w}}?a={{v}}&b={{w}}").query("c", "{{v}}{{w}}");
        let Ok(request) = prepare(&step, &scope(&json!({"v": v, "w": w}))) else {
            prop_assert!(matches!(v.trim(), "" | "." | ".." | "%2e%2e"), "refused {v:?} {w:?}");
            return Ok(());
        };
        prop_assert_eq!(request.url.secrets().count(), 0);
        let url = url::Url::parse(&request.url.redacted()).unwrap();
        prop_assert_eq!(url.host_str(), Some("api.example.com"));
        prop_assert_eq!(url.port(), Some(8443));
        prop_assert_eq!(url.username(), "");
        let segments: Vec<String> = url.path_segments().unwrap()
            .map(|segment| percent_encoding::percent_decode_str(segment).decode_utf8().unwrap().into_owned()).collect();
        prop_assert_eq!(segments, vec!["v1".to_owned(), v.clone(), format!("x{w}")]);
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        prop_assert_eq!(pairs, vec![("a".to_owned(), v.clone()), ("b".to_owned(), w.clone()), ("c".to_owned(), format!("{v}{w}"))]);
    }

    #[test]
    fn no_text_changes_a_form(v in nasty(), w in nasty()) {
        let rows = vec![(text("a b"), Template::of("{{v}}")), (text("c"), Template::of("é&{{w}}"))];
        let body = body_of(Body::Form(rows), &json!({"v": v, "w": w})).unwrap();
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        prop_assert_eq!(pairs, vec![("a b".to_owned(), v), ("c".to_owned(), format!("é&{w}"))]);
    }

    #[test]
    fn no_text_changes_the_elements_of_xml(v in nasty(), w in nasty()) {
        let template = Template::of("<a k=\"{{v}}\"><b>{{w}}</b><c>x{{v}}y</c></a>");
        let Ok(body) = body_of(Body::Xml(template), &json!({"v": v, "w": w})) else {
            let outside_xml = |c: char| c.is_control() || matches!(u32::from(c), 0xfffe | 0xffff);
            prop_assert!(v.chars().chain(w.chars()).any(outside_xml), "refused without a reason");
            return Ok(());
        };
        let document = roxmltree::Document::parse(&body).unwrap();
        let root = document.root_element();
        prop_assert_eq!(root.attribute("k"), Some(v.as_str()));
        let children: Vec<_> = root.children().map(|child| (child.tag_name().name(), child.text().unwrap_or(""))).collect();
        let c = format!("x{v}y");
        prop_assert_eq!(children, vec![("b", w.as_str()), ("c", c.as_str())]);
    }

    #[test]
    fn no_text_adds_a_header(v in nasty()) {
        let step = step(Method::Get, "https://a.example/").header("X-Note", "a {{v}}");
        match prepare(&step, &scope(&json!({"v": v}))) {
            Ok(request) => {
                prop_assert!(!v.chars().any(|c| c.is_control() && c != '\t'), "sent {v:?}");
                prop_assert_eq!(request.headers[0].1.redacted(), format!("a {v}"));
            }
            Err(_) => prop_assert!(v.chars().any(char::is_control)),
        }
    }

    #[test]
    fn any_template_is_a_request_or_a_refusal(url in r#"https?:[/\\]{0,3}[a-c./:?#@{}\t "\\]{0,20}"#, body in r#"[{}\[\]"\\:,a-c0 ]{0,30}"#) {
        let step = ApiRequest { body: Body::JsonText(Template::of(&body)), ..step(Method::Post, &url) };
        let _ = prepare(&step, &scope(&json!({"a": "x", "b": 1})));
        let _ = problems(&step);
    }
}
