//! Everything that points inward is refused, without a connection.

use crate::setting::{Names, call, dialer, get, secret, secrets, settings};
use crate::stub::{Stub, answer, json, keep, redirect};
use rapport_connect::Dialer;
use rapport_flow::request::{Outcome, PreparedAuth, PreparedRequest};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// `PORT` is that of a listener on this machine, so that a hole in the guard would be a connection.
const HOSTILE: &[&str] = &[
    // Loopback, in every spelling that some parser takes.
    "http://127.0.0.1:PORT/",
    "https://127.0.0.1:PORT/",
    "http://127.0.0.1/",
    "http://127.0.0.1.:PORT/",
    "http://127.1:PORT/",
    "http://127.0.1:PORT/",
    "http://127.255.255.254:PORT/",
    "http://2130706433:PORT/",
    "http://2130706433.:PORT/",
    "http://017700000001:PORT/",
    "http://0177.0.0.1:PORT/",
    "http://0177.0.0.01:PORT/",
    "http://00000177.1:PORT/",
    "http://0x7f000001:PORT/",
    "http://0x7F.0x0.0x0.0x1:PORT/",
    "http://0x7f.1:PORT/",
    "http://0x7f.0.1:PORT/",
    "http://127.0x1:PORT/",
    "http://127.00000000000000000001:PORT/",
    "http://4294967297:PORT/",
    "http://256.0.0.1:PORT/",
    "http://127.0.0.1.1:PORT/",
    "http://127.0.0.0x:PORT/",
    "http://①②⑦.⓪.⓪.①:PORT/",
    "http://127。0。0。1:PORT/",
    "http://127．0．0．1:PORT/",
    "http://１２７.0.0.1:PORT/",
    "http://%31%32%37.0.0.1:PORT/",
    "http://127.0.0.1%2e:PORT/",
    "http://127.0.0\u{ad}.1:PORT/",
    "http://127.0.0.1\t:PORT/",
    "http://0:PORT/",
    "http://0.0.0.0:PORT/",
    "http://0x0:PORT/",
    "http://0.1:PORT/",
    // The same as written without two slashes, or with others.
    "http:127.0.0.1:PORT/",
    "http:/127.0.0.1:PORT/",
    "http:///127.0.0.1:PORT/",
    "http:\\\\127.0.0.1:PORT\\",
    "  http://127.0.0.1:PORT/  ",
    "HTTP://127.0.0.1:PORT/",
    // IPv6, and IPv4 inside it.
    "http://[::1]:PORT/",
    "http://[0:0:0:0:0:0:0:1]:PORT/",
    "http://[0000::0001]:PORT/",
    "http://[::]:PORT/",
    "http://[::127.0.0.1]:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://[::ffff:7f00:1]:PORT/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/",
    "http://[::ffff:0:127.0.0.1]:PORT/",
    "http://[64:ff9b::127.0.0.1]:PORT/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b:1::10.0.0.1]/",
    "http://[2002:7f00:1::]:PORT/",
    "http://[2002:a9fe:a9fe::1]/",
    "http://[2001::f5ff:fffe]/",
    "http://[2a00:1450::5efe:10.0.0.1]/",
    "http://[fe80::1]:PORT/",
    "http://[fe80::1%25eth0]:PORT/",
    "http://[fec0::1]/",
    "http://[fc00::1]/",
    "http://[fd12:3456:789a::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://[3fff::1]/",
    "http://[100::1]/",
    "http://[::1/",
    // Private and special networks.
    "http://10.0.0.1/",
    "http://10.255.255.255/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://0300.0250.1.1/",
    "http://3232235777/",
    "http://100.64.0.1/",
    "http://169.254.1.1/",
    "http://192.0.0.1/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://198.51.100.1/",
    "http://203.0.113.1/",
    "http://224.0.0.1/",
    "http://239.255.255.250:1900/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    // Clouds' own addresses and names.
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://0xA9FEA9FE/",
    "http://0251.0376.0251.0376/",
    "http://[::ffff:169.254.169.254]/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://192.0.0.192/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://METADATA.GOOGLE.INTERNAL./",
    "http://metadata/",
    "http://instance-data/",
    // Names of this machine and this network.
    "http://localhost:PORT/",
    "http://LOCALHOST:PORT/",
    "http://localhost.:PORT/",
    "http://api.localhost:PORT/",
    "http://ｌｏｃａｌｈｏｓｔ:PORT/",
    "http://loc%61lhost:PORT/",
    "http://localhost.localdomain:PORT/",
    "http://printer.local/",
    "http://db.internal/",
    "http://router.home.arpa/",
    // Names that answer inward, once or among others. Any name not listed here answers 127.0.0.1.
    "http://127.0.0.1.nip.example:PORT/",
    "http://redis:PORT/",
    "http://private.example/",
    "http://mixed.example/",
    "http://mixed.example./",
    "http://mapped.example:PORT/",
    "http://metadata.example/",
    "https://unique-local.example/",
    "https://nat64.example/",
    // A user before the host, to mislead the eye or a parser.
    "http://api.intercom.io@127.0.0.1:PORT/",
    "http://127.0.0.1:PORT@public.example/",
    "http://user:password@public.example/",
    "https://api.intercom.io%40@127.0.0.1:PORT/",
    "http://public.example\\@127.0.0.1:PORT/",
    "http://127.0.0.1:PORT\\@public.example/",
    "http://127.0.0.1:PORT#@public.example/",
    "http://127.0.0.1:PORT?@public.example/",
    // No web address at all.
    "file:///etc/passwd",
    "gopher://127.0.0.1:PORT/_x",
    "ftp://127.0.0.1:PORT/",
    "data:text/plain,x",
    "unix:///var/run/docker.sock",
    "ws://127.0.0.1:PORT/",
    // Ports where a line of HTTP may be obeyed, and ports that are none.
    "http://public.example:25/",
    "http://public.example:22/",
    "http://8.8.8.8:6379/",
    "http://public.example:99999/",
    "http://public.example:0/",
    // Hosts that cannot be read.
    "http:///",
    "http://?x",
    "http://a b/",
    "http://[::1]x/",
    "http://[1.2.3.4]/",
    "http://exa<mple/",
];

fn hostile_names() -> Names {
    let mut names = Names::new(&[
        ("public.example", &[&["192.31.196.1"]]),
        ("private.example", &[&["10.0.0.5"]]),
        ("mixed.example", &[&["192.31.196.1", "127.0.0.1"]]),
        ("mapped.example", &[&["::ffff:127.0.0.1"]]),
        ("metadata.example", &[&["169.254.169.254"]]),
        ("unique-local.example", &[&["fd00::1", "2606:4700::1111"]]),
        ("nat64.example", &[&["64:ff9b::7f00:1"]]),
    ]);
    names.otherwise = Names::all("127.0.0.1").otherwise;
    names
}

/// Listens where a hole would lead and says whether anyone came.
struct Watch(Vec<TcpListener>);

impl Watch {
    fn new() -> (Self, u16) {
        let first = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = first.local_addr().unwrap().port();
        let mut all = vec![first];
        // Not every machine has IPv6.
        all.extend(TcpListener::bind(("::1", port)));
        for listener in &all {
            listener.set_nonblocking(true).unwrap();
        }
        (Watch(all), port)
    }

    fn nobody_came(&self) -> bool {
        self.0.iter().all(|listener| matches!(listener.accept(), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock))
    }
}

#[tokio::test]
async fn hostile_addresses_are_blocked_without_a_connection() {
    assert!(HOSTILE.len() >= 80);
    let (watch, port) = Watch::new();
    let mut settings = settings(&[]);
    settings.resolver = Arc::new(hostile_names());
    let dialer = Dialer::new(&settings).unwrap();
    for address in HOSTILE {
        let address = address.replace("PORT", &port.to_string());
        let exchange = call(&dialer, &get(&address)).await;
        assert_eq!(exchange.outcome, Outcome::BlockedAddress, "{address}: {:?}", exchange.detail);
        assert_eq!(exchange.status, None, "{address}");
        assert!(exchange.attempts.len() <= 1, "{address} was tried again");
        assert!(watch.nobody_came(), "{address}");
    }
}

#[tokio::test]
async fn redirects_to_hostile_addresses_are_blocked_without_a_connection() {
    let (watch, port) = Watch::new();
    for address in HOSTILE {
        let address = address.trim().replace("PORT", &port.to_string());
        // What no header can carry, or a base address gives another meaning, is no redirect inward.
        let relative =
            address.starts_with("http:1") || address.starts_with("http:/1") || address.contains('\t');
        if !address.is_ascii() || relative {
            continue;
        }
        let stub = Stub::play([redirect(302, &address)]).await;
        let mut settings = settings(&[&stub.allowed()]);
        settings.resolver = Arc::new(hostile_names());
        let exchange = call(&Dialer::new(&settings).unwrap(), &get(&stub.url("/"))).await;
        assert_eq!(exchange.outcome, Outcome::BlockedAddress, "{address}: {:?}", exchange.detail);
        assert!(exchange.redirect_to.is_some(), "{address}");
        assert!(watch.nobody_came(), "{address}");
    }
}

#[tokio::test]
async fn an_allowed_address_is_reached_and_its_neighbours_are_not() {
    let stub = Stub::play([json("{}")]).await;
    let dialer = dialer(&[&stub.allowed()]);
    assert_eq!(call(&dialer, &get(&stub.url("/"))).await.outcome, Outcome::Ok);
    let port = stub.address.port();
    // Another spelling of the same literal is the same address; another address or name is not.
    assert_eq!(call(&dialer, &get(&format!("http://127.1:{port}/"))).await.outcome, Outcome::Ok);
    for address in [
        format!("http://127.0.0.2:{port}/"),
        format!("http://127.0.0.1:{}/", port.wrapping_add(1)),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://localhost:{port}/"),
        "http://127.0.0.1/".to_owned(),
    ] {
        assert_eq!(call(&dialer, &get(&address)).await.outcome, Outcome::BlockedAddress, "{address}");
    }
    assert_eq!(stub.requests().len(), 2);
}

#[tokio::test]
async fn an_allowed_name_may_answer_privately_and_only_that_name() {
    let stub = Stub::play([json("{}")]).await;
    let port = stub.address.port();
    let mut settings = settings(&[&format!("stub.internal:{port}")]);
    settings.resolver = Arc::new(Names::all("127.0.0.1"));
    let dialer = Dialer::new(&settings).unwrap();
    assert_eq!(call(&dialer, &get(&format!("http://stub.internal:{port}/"))).await.outcome, Outcome::Ok);
    assert_eq!(call(&dialer, &get(&format!("http://Stub.Internal.:{port}/"))).await.outcome, Outcome::Ok);
    for host in ["other.internal", "stub.internal.example", "x.stub.internal", "127.0.0.1"] {
        let outcome = call(&dialer, &get(&format!("http://{host}:{port}/"))).await.outcome;
        assert_eq!(outcome, Outcome::BlockedAddress, "{host}");
    }
}

#[tokio::test]
async fn the_address_that_was_checked_is_the_one_that_is_dialled() {
    let stub = Stub::play([answer(200, "connection: close\r\n", "{}")]).await;
    let port = stub.address.port();
    // First an address that is listed, then one that is not: a second look-up for one connection would show.
    let names = Arc::new(Names::new(&[("rebinding.example", &[&["127.0.0.1"], &["127.0.0.2"]])]));
    let mut settings = settings(&[&stub.allowed()]);
    settings.resolver = names.clone();
    let dialer = Dialer::new(&settings).unwrap();
    let request = get(&format!("http://rebinding.example:{port}/"));
    assert_eq!(call(&dialer, &request).await.outcome, Outcome::Ok);
    assert_eq!(names.asked.load(Ordering::SeqCst), 1);
    assert_eq!(call(&dialer, &request).await.outcome, Outcome::BlockedAddress);
    assert_eq!(names.asked.load(Ordering::SeqCst), 2);
    assert_eq!(stub.requests().len(), 1);
}

#[tokio::test]
async fn a_pooled_connection_is_used_again() {
    let stub = Stub::play([keep(200, "", "{}")]).await;
    let dialer = dialer(&[&stub.allowed()]);
    for _ in 0..5 {
        assert_eq!(call(&dialer, &get(&stub.url("/"))).await.outcome, Outcome::Ok);
    }
    assert_eq!((stub.requests().len(), stub.connections()), (5, 1));
}

#[tokio::test]
async fn a_mapped_host_is_played_by_another_and_opens_nothing_else() {
    let stub = Stub::play([keep(200, "", "{}")]).await;
    let mut settings = settings(&[]);
    settings.hosts = vec![rapport_connect::MappedHost {
        origin: "https://api.intercom.io".parse().unwrap(),
        base: format!("{}/", stub.url("/intercom")).parse().unwrap(),
    }];
    let dialer = Dialer::new(&settings).unwrap();
    let request: PreparedRequest = get("https://api.intercom.io/contacts?a=b#c");
    let exchange = call(&dialer, &request).await;
    assert_eq!(exchange.outcome, Outcome::Ok, "{:?}", exchange.detail);
    assert_eq!(exchange.sent.url, "https://api.intercom.io/contacts?a=b");
    assert!(stub.requests()[0].starts_with("GET /intercom/contacts?a=b HTTP/1.1\r\n"));
    // The same server by its own address is still private, although a connection with it is open.
    assert_eq!(call(&dialer, &get(&stub.url("/"))).await.outcome, Outcome::BlockedAddress);
    assert_eq!(stub.requests().len(), 1);
}

#[tokio::test]
async fn the_words_of_a_block_name_the_mend_but_not_what_a_private_name_answers() {
    let mut settings = settings(&[]);
    settings.resolver = Arc::new(hostile_names());
    let dialer = Dialer::new(&settings).unwrap();
    let detail = call(&dialer, &get("http://private.example:8080/")).await.detail.unwrap();
    assert_eq!(
        detail,
        "private.example answers with a private address; only the operator can open it, with network.allow = [\"private.example:8080\"]"
    );
}

#[tokio::test]
async fn a_secret_on_its_way_inward_is_blocked_for_the_address() {
    let held = secrets(&[("s", "the-value-1", &["https://api.intercom.io"])]);
    let mut request = get("http://169.254.169.254/latest/meta-data/");
    request.auth = PreparedAuth::Bearer(secret("s"));
    let exchange = dialer(&[]).call(&request, "effect-1", &held).await;
    assert_eq!(exchange.outcome, Outcome::BlockedAddress);
}
