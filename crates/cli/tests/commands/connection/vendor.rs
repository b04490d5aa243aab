//! A vendor: a page that grants at once, a token endpoint that rotates refresh tokens, and an API.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use url::Url;

/// A request as the vendor saw it.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    target: String,
    pub(super) authorization: Option<String>,
    pub(super) body: String,
}

pub(super) struct Vendor {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    asked: Vec<Asked>,
    /// PKCE's challenge and the redirect address of the last grant.
    challenge: String,
    redirect: String,
    /// Tokens given so far: `access-token-N` and `refresh-token-N`; only the last ones are good.
    given: u32,
}

/// What a browser got.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) status: u16,
    pub(super) location: Option<Url>,
    pub(super) body: String,
}

impl Vendor {
    /// Its access tokens live so many seconds.
    pub(super) fn start(life: u32) -> Vendor {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let own = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A connection that is opened and left says nothing.
                let Some(asked) = read_request(&stream) else { continue };
                let answer = own.lock().unwrap().answer(&asked, life);
                let _ = (&stream).write_all(answer.as_bytes());
            }
        });
        Vendor { address, seen }
    }

    pub(super) fn host(&self) -> String {
        self.address.to_string()
    }

    pub(super) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests for a path.
    pub(super) fn asked(&self, path: &str) -> Vec<Asked> {
        let seen = self.seen.lock().unwrap();
        seen.asked.iter().filter(|asked| asked.target.split('?').next() == Some(path)).cloned().collect()
    }
}

impl Seen {
    fn answer(&mut self, asked: &Asked, life: u32) -> String {
        self.asked.push(asked.clone());
        let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
        match path {
            "/authorize" => self.grant(&pairs(query)),
            "/token" => self.token(&pairs(&asked.body), life),
            "/api"
                if asked.authorization.as_deref()
                    == Some(&*format!("Bearer access-token-{}", self.given)) =>
            {
                response("200 OK", "", "{\"found\":true}")
            }
            "/api" => response("401 Unauthorized", "", "{}"),
            _ => response("404 Not Found", "", "{}"),
        }
    }

    fn grant(&mut self, asked: &HashMap<String, String>) -> String {
        let right = asked["response_type"] == "code"
            && asked["client_id"] == "rapport"
            && asked["scope"] == "read write"
            && asked["audience"] == "api"
            && asked["code_challenge_method"] == "S256";
        if !right {
            return response("400 Bad Request", "", "{}");
        }
        self.challenge.clone_from(&asked["code_challenge"]);
        self.redirect.clone_from(&asked["redirect_uri"]);
        let mut back: Url = self.redirect.parse().unwrap();
        back.query_pairs_mut()
            .append_pair("code", "code-of-the-browser")
            .append_pair("state", &asked["state"]);
        response("302 Found", &format!("Location: {back}\r\n"), "")
    }

    fn token(&mut self, asked: &HashMap<String, String>, life: u32) -> String {
        let good = match asked["grant_type"].as_str() {
            "authorization_code" => {
                asked["code"] == "code-of-the-browser"
                    && asked["redirect_uri"] == self.redirect
                    && URL_SAFE_NO_PAD.encode(Sha256::digest(&asked["code_verifier"])) == self.challenge
            }
            "refresh_token" => asked["refresh_token"] == format!("refresh-token-{}", self.given),
            _ => false,
        };
        if !good {
            return response("400 Bad Request", "", "{\"error\":\"invalid_grant\"}");
        }
        self.given += 1;
        let number = self.given;
        let tokens = serde_json::json!({
            "access_token": format!("access-token-{number}"), "refresh_token": format!("refresh-token-{number}"),
            "token_type": "Bearer", "expires_in": life,
        });
        response("200 OK", "", &tokens.to_string())
    }
}

/// One GET, as a browser that follows nothing.
pub(super) fn get(url: &Url) -> Page {
    let host = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let mut stream = TcpStream::connect(&host).unwrap();
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    write!(stream, "GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let location = head.lines().find_map(|line| line.strip_prefix("Location: "));
    Page {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        location: location.map(|to| to.parse().unwrap()),
        body: body.to_owned(),
    }
}

fn read_request(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let target = first.split(' ').nth(1)?.to_owned();
    let (mut authorization, mut length) = (None, 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "authorization" => authorization = Some(value.to_owned()),
            "content-length" => length = value.parse().ok()?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { target, authorization, body: String::from_utf8(body).ok()? })
}

fn pairs(text: &str) -> HashMap<String, String> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

fn response(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{headers}Connection: close\r\n\r\n{body}"
    )
}
