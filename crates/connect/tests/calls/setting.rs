//! Requests and dialers as the tests need them.

use rapport_connect::{Boxed, Dialer, NoSecrets, Resolve, SecretMap, SecretString, SecretValue, Settings};
use rapport_flow::request::{
    Encoding, Exchange, Method, Piece, PreparedAuth, PreparedBody, PreparedRequest, ResponseKind, SecretText,
};
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// 2026-11-23 12:00:00 UTC, in epoch milliseconds.
pub(crate) const NOW: i64 = 1_795_435_200_000;

/// Names that answer as told; a list is used up answer by answer, its last one stays.
#[derive(Debug, Default)]
pub(crate) struct Names {
    answers: Mutex<BTreeMap<String, VecDeque<Vec<IpAddr>>>>,
    /// What any other name answers.
    pub(crate) otherwise: Vec<IpAddr>,
    pub(crate) asked: AtomicUsize,
}

impl Names {
    pub(crate) fn new(names: &[(&str, &[&[&str]])]) -> Self {
        let read = |list: &[&str]| list.iter().map(|address| address.parse().unwrap()).collect();
        let answers = names
            .iter()
            .map(|(name, lists)| ((*name).to_owned(), lists.iter().map(|list| read(list)).collect()));
        Names { answers: Mutex::new(answers.collect()), ..Names::default() }
    }

    /// Every name answers this address.
    pub(crate) fn all(address: &str) -> Self {
        Names { otherwise: vec![address.parse().unwrap()], ..Names::default() }
    }
}

impl Resolve for Names {
    fn resolve<'a>(&'a self, name: &'a str) -> Boxed<'a, io::Result<Vec<IpAddr>>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let found = match answers.get_mut(name.trim_end_matches('.')) {
            Some(lists) if lists.len() > 1 => lists.pop_front().unwrap(),
            Some(lists) => lists[0].clone(),
            None => self.otherwise.clone(),
        };
        Box::pin(async move { Ok(found) })
    }
}

pub(crate) fn settings(allow: &[&str]) -> Settings {
    let mut settings = Settings::new(Arc::new(|| NOW));
    settings.allow = allow.iter().map(|entry| entry.parse().unwrap()).collect();
    settings.resolver = Arc::new(Names::default());
    settings
}

pub(crate) fn dialer(allow: &[&str]) -> Dialer {
    Dialer::new(&settings(allow)).unwrap()
}

/// A GET that is neither repeated nor waits long.
pub(crate) fn get(url: &str) -> PreparedRequest {
    PreparedRequest {
        method: Method::Get,
        url: SecretText::plain(url),
        headers: Vec::new(),
        auth: PreparedAuth::None,
        body: PreparedBody::None,
        response: ResponseKind::Json,
        attempt_timeout_ms: 10_000,
        deadline_ms: 30_000,
        retries: 0,
        repeatable: true,
        idempotency_header: None,
    }
}

/// A POST of JSON that may not be repeated.
pub(crate) fn post(url: &str, body: &str) -> PreparedRequest {
    PreparedRequest {
        method: Method::Post,
        body: PreparedBody::Text {
            content_type: "application/json".to_owned(),
            text: SecretText::plain(body),
        },
        repeatable: false,
        ..get(url)
    }
}

pub(crate) async fn call(dialer: &Dialer, request: &PreparedRequest) -> Exchange {
    dialer.call(request, "effect-1", &NoSecrets).await
}

/// `{before}{{secret.name}}`.
pub(crate) fn with_secret(before: &str, name: &str, encoding: Encoding) -> SecretText {
    SecretText(vec![Piece::Text(before.to_owned()), Piece::Secret { name: name.to_owned(), encoding }])
}

pub(crate) fn secret(name: &str) -> SecretText {
    SecretText(vec![Piece::Secret { name: name.to_owned(), encoding: Encoding::Plain }])
}

pub(crate) fn secrets(list: &[(&str, &str, &[&str])]) -> SecretMap {
    let value = |value: &str, origins: &[&str]| SecretValue {
        value: SecretString::from(value),
        origins: origins.iter().map(|origin| origin.parse().unwrap()).collect(),
    };
    SecretMap(list.iter().map(|(name, text, origins)| ((*name).to_owned(), value(text, origins))).collect())
}
