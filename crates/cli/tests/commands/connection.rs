//! `rapport connection`: a vendor of our own, the test as the browser, and flows that call with what was granted.

#[path = "connection/vendor.rs"]
mod vendor;

use crate::program::{PATIENCE, Place, Run, rapport};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use url::Url;
use vendor::{Vendor, get};

const CLIENT_SECRET: &str = "client-secret-0123456789";

/// A run of `authorize` that waits for its browser; ended with the test.
struct Waiting {
    child: Child,
    address: Url,
    rest: mpsc::Receiver<String>,
}

impl Waiting {
    fn start(place: &Place, vendor: &Vendor, secret: &str) -> Waiting {
        let mut command = rapport(place.path());
        command.args(arguments(vendor)).env("RAPPORT_NETWORK_ALLOW", vendor.host());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(secret.as_bytes()).unwrap();
        let (line, lines) = mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|text| line.send(text)));
        let address = loop {
            let line = lines.recv_timeout(PATIENCE).expect("an address is printed");
            if line.starts_with("http") {
                break line.parse().unwrap();
            }
        };
        Waiting { child, address, rest: lines }
    }

    /// The end of the run, after the browser came back.
    fn end(mut self) -> Run {
        let mut out = self.address.to_string();
        while let Ok(line) = self.rest.recv_timeout(PATIENCE) {
            out.push('\n');
            out.push_str(&line);
        }
        let mut err = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        Run { code: self.child.wait().unwrap().code().unwrap(), out, err }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn arguments(vendor: &Vendor) -> Vec<String> {
    let base = vendor.base();
    let authorize = format!("{base}/authorize?audience=api");
    let token = format!("{base}/token");
    let given = ["connection", "authorize", "crm", "--authorize-url", &authorize, "--token-url", &token];
    let more = ["--client-id", "rapport", "--scope", "read write", "--origin", &base];
    let redirect = ["--redirect", "http://127.0.0.1:0/callback"];
    given.into_iter().chain(more).chain(redirect).map(String::from).collect()
}

fn field(url: &Url, name: &str) -> String {
    url.query_pairs()
        .find(|(own, _)| own == name)
        .unwrap_or_else(|| panic!("{url} has no {name}"))
        .1
        .into_owned()
}

/// Grants as a person would, and ends the run.
fn authorize(place: &Place, vendor: &Vendor, secret: &str) -> Run {
    let waiting = Waiting::start(place, vendor, secret);
    let sent_back = get(&waiting.address).location.expect("the vendor sends the browser back");
    let page = get(&sent_back);
    assert!(page.body.contains("You can close this window"), "{}", page.body);
    waiting.end()
}

fn call(place: &Place, vendor: &Vendor) -> Run {
    let url = format!("{}/api", vendor.base());
    place.write(
        "crm.yaml",
        &format!(
            "flow: crm\ntriggers: [{{keywords: [hi]}}]\nsteps:\n  look:\n    type: api_request\n    method: GET\n    url: {url}\n    auth: {{type: granted, connection: crm}}\n    response: json\n    next: end\n"
        ),
    );
    place.run_with(&["call", "crm.yaml", "look"], "", &[("RAPPORT_NETWORK_ALLOW", &vendor.host())])
}

/// No file of the data folder and none of the outputs holds a token.
fn assert_hidden(place: &Place, runs: &[&Run]) {
    let tokens = ["access-token-", "refresh-token-", "code-of-the-browser", CLIENT_SECRET];
    for token in tokens {
        for run in runs {
            assert!(!run.out.contains(token) && !run.err.contains(token), "{token} was printed: {run:?}");
        }
        for entry in std::fs::read_dir(place.path().join("data")).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let clear = bytes.windows(token.len()).any(|window| window == token.as_bytes());
            assert!(!clear, "{} holds {token} in clear", path.display());
        }
    }
}

#[test]
fn a_connection_is_granted_used_listed_and_deleted_and_its_tokens_stay_hidden() {
    let (place, vendor) = (Place::new(), Vendor::start(3600));
    let granted = authorize(&place, &vendor, &format!("{CLIENT_SECRET}\n")).ends(0);
    assert!(granted.out.contains("The connection crm is stored"), "{}", granted.out);
    let asked = vendor.asked("/token");
    assert_eq!(asked.len(), 1);
    assert!(asked[0].body.contains(&format!("client_secret={CLIENT_SECRET}")), "{}", asked[0].body);

    let called = call(&place, &vendor).ends(0);
    assert_eq!(vendor.asked("/api")[0].authorization.as_deref(), Some("Bearer access-token-1"));
    assert_eq!(vendor.asked("/token").len(), 1, "a token that lives is not renewed");

    let list = place.run(&["connection", "list"]).ends(0);
    assert_eq!(list.out, format!("crm  {}  renews itself\n", vendor.base()));
    let json = place.run(&["connection", "list", "--format", "json"]).ends(0);
    assert_eq!(json.json()[0]["name"], "crm");
    assert_eq!(json.json()[0]["renews"], true);
    let secrets = place.run(&["secret", "list", "--format", "json"]).ends(0);
    assert_eq!(secrets.out, "[]\n", "a connection is no secret");
    place.run(&["secret", "delete", "connection:crm"]).ends(1);
    assert_hidden(&place, &[&granted, &called, &list, &json]);

    place.run(&["connection", "delete", "crm"]).ends(0);
    place.run(&["connection", "delete", "crm"]).ends(1);
    let called = call(&place, &vendor).ends(1);
    assert!(called.out.contains("rapport connection authorize crm"), "{}", called.out);
    assert_eq!(vendor.asked("/api").len(), 1);
}

#[test]
fn a_dying_token_is_renewed_once_and_the_next_call_spends_the_new_refresh_token() {
    // Within the minute in which a token is renewed ahead of its end.
    let (place, vendor) = (Place::new(), Vendor::start(30));
    let granted = authorize(&place, &vendor, CLIENT_SECRET).ends(0);
    let first = call(&place, &vendor).ends(0);
    let second = call(&place, &vendor).ends(0);
    let sent: Vec<_> = vendor.asked("/api").into_iter().map(|asked| asked.authorization.unwrap()).collect();
    assert_eq!(sent, ["Bearer access-token-2", "Bearer access-token-3"]);
    let renewals: Vec<_> = vendor.asked("/token").into_iter().skip(1).map(|asked| asked.body).collect();
    assert_eq!(renewals.len(), 2, "one renewal a call");
    for (number, body) in renewals.iter().enumerate() {
        let token = format!("grant_type=refresh_token&refresh_token=refresh-token-{}&", number + 1);
        assert!(body.starts_with(&token), "{body}");
    }
    assert_hidden(&place, &[&granted, &first, &second]);
}

#[test]
fn a_public_client_proves_itself_by_pkce_alone() {
    let (place, vendor) = (Place::new(), Vendor::start(3600));
    authorize(&place, &vendor, "").ends(0);
    assert!(!vendor.asked("/token")[0].body.contains("client_secret"));
}

#[test]
fn an_answer_with_another_state_is_refused_and_the_right_one_still_counts() {
    let (place, vendor) = (Place::new(), Vendor::start(3600));
    let waiting = Waiting::start(&place, &vendor, "");
    let mut forged: Url = field(&waiting.address, "redirect_uri").parse().unwrap();
    forged.set_query(Some("code=code-of-the-attacker&state=guessed"));
    let page = get(&forged);
    assert_eq!(page.status, 400);
    assert!(page.body.contains("`state` is not the one of this run"), "{}", page.body);
    assert!(vendor.asked("/token").is_empty(), "nothing is bought with it");
    let right = get(&waiting.address).location.unwrap();
    assert_eq!(get(&right).status, 200);
    let run = waiting.end().ends(0);
    assert!(run.err.contains("An answer was refused"), "{}", run.err);
}

#[test]
fn a_refusal_of_the_person_or_of_the_token_endpoint_is_told_and_nothing_is_stored() {
    let (place, vendor) = (Place::new(), Vendor::start(3600));
    let waiting = Waiting::start(&place, &vendor, "");
    let mut back: Url = field(&waiting.address, "redirect_uri").parse().unwrap();
    let state = field(&waiting.address, "state");
    back.query_pairs_mut().append_pair("state", &state).append_pair("error", "access_denied");
    assert!(get(&back).body.contains("access_denied"));
    assert!(waiting.end().ends(1).err.contains("the vendor did not grant it: access_denied"));

    let waiting = Waiting::start(&place, &vendor, CLIENT_SECRET);
    let mut back: Url = field(&waiting.address, "redirect_uri").parse().unwrap();
    let state = field(&waiting.address, "state");
    back.query_pairs_mut().append_pair("state", &state).append_pair("code", "code-never-given");
    assert_eq!(get(&back).status, 400);
    let run = waiting.end().ends(1);
    assert!(run.err.contains("invalid_grant") && !run.err.contains("code-never-given"), "{}", run.err);
    assert_eq!(place.run(&["connection", "list", "--format", "json"]).ends(0).out, "[]\n");
}

#[test]
fn what_cannot_work_is_said_before_the_browser_is_opened() {
    let (place, vendor) = (Place::new(), Vendor::start(3600));
    let run = |change: &dyn Fn(&mut Vec<String>), allow: &str| {
        let mut given = arguments(&vendor);
        change(&mut given);
        let given: Vec<_> = given.iter().map(String::as_str).collect();
        place.run_with(&given, "", &[("RAPPORT_NETWORK_ALLOW", allow)]).ends(2).err
    };
    let allow = vendor.host();
    assert!(run(&|_| {}, "").contains("--authorize-url must begin with https://"));
    assert!(run(&|given| given[2] = "a b".into(), &allow).contains("letters, digits and _"));
    let swap = |from: &str, to: &'static str| {
        let at = arguments(&vendor).iter().position(|own| own == from).unwrap() + 1;
        move |given: &mut Vec<String>| given[at] = to.to_owned()
    };
    assert!(run(&swap("--origin", "api.example.com"), &allow).contains("is not an origin"));
    assert!(run(&swap("--redirect", "http://192.0.2.1:8765/callback"), &allow).contains("--redirect"));
}
