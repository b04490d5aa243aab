//! `rapport conversation` beside a running `rapport demo`.

use crate::program::{PATIENCE, Place, rapport};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

struct Demo {
    child: Child,
    phone: String,
}

impl Demo {
    fn start(place: &Place) -> Demo {
        let mut command = rapport(place.path());
        command.args(["demo", "--listen", "127.0.0.1:0", "--data", "data"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let phone = lines
            .map(Result::unwrap)
            .find_map(|line| {
                Some(line.trim().strip_prefix("The phone:")?.trim().strip_prefix("http://")?.to_owned())
            })
            .expect("the demo names the phone's address");
        Demo { child, phone }
    }

    fn says(&self, text: &str) {
        let body = serde_json::json!({ "type": "text", "text": text }).to_string();
        let request = format!(
            "POST /__sandbox/customers/919820000001/messages HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            self.phone,
            body.len()
        );
        assert!(self.ask(&request).starts_with("HTTP/1.1 200"));
    }

    fn phone_shows(&self, words: &str) -> bool {
        let request = format!(
            "GET /__sandbox/customers/919820000001/messages HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
            self.phone
        );
        self.ask(&request).contains(words)
    }

    fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.phone).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn stop(mut self) -> Option<i32> {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Already gone where the test came to its end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[track_caller]
fn eventually(what: &str, condition: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < end, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_conversation_is_handed_over_answered_and_given_back() {
    let place = Place::new();
    let demo = Demo::start(&place);
    let list = || place.run(&["conversation", "list", "--format", "json"]).ends(0).json();
    assert_eq!(place.run(&["conversation", "list"]).ends(0).err, "Nothing waits for people.\n");

    demo.says("Can someone look into my account?");
    eventually("the email is asked for", || demo.phone_shows("share the email"));
    demo.says("priya@example.com");
    eventually("the plan", || demo.phone_shows("Plan: Pro"));
    demo.says("SUPPORT");
    eventually("the hand-over", || list().as_array().unwrap().len() == 1);
    let waiting = &list()[0];
    assert_eq!((&waiting["name"], &waiting["team"]), (&"Priya Sharma".into(), &"support".into()));
    let id = waiting["id"].as_str().unwrap();
    assert_eq!(
        place.run(&["conversation", "list"]).ends(0).out,
        format!("{id}  Priya Sharma  team: support\n")
    );

    let shown = place.run(&["conversation", "show", id]).ends(0).out;
    assert!(shown.contains("customer: priya@example.com\n"), "{shown}");
    assert!(shown.contains("\n     Plan: Pro\n"), "lines of a message hang together: {shown}");
    assert!(shown.contains("· API request: ok 200") && shown.contains("· handed over to support"), "{shown}");

    place.run(&["conversation", "reply", id, "I am on it."]).ends(0);
    eventually("the answer on the phone", || demo.phone_shows("I am on it."));
    place.run(&["conversation", "release", id]).ends(0);
    assert_eq!(list().as_array().unwrap().len(), 0);
    let twice = place.run(&["conversation", "release", id]).ends(2);
    assert!(twice.err.contains("with the bot already"), "{}", twice.err);
    demo.says("nothing in particular");
    eventually("the bot answers again", || demo.phone_shows("Write ACCOUNT"));

    for wrong in ["abc", "77-1"] {
        let run = place.run(&["conversation", "show", wrong]).ends(2);
        assert!(run.err.contains("rapport conversation list"), "{}", run.err);
    }
    assert_eq!(demo.stop(), Some(0), "asked to stop, it ends well");
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let place = Place::new();
    let demo = Demo::start(&place);
    let run = place.run(&["serve", "--listen", "127.0.0.1:0", "--data", "data"]).ends(2);
    assert!(run.err.contains("in use by another running server"), "{}", run.err);
    assert_eq!(demo.stop(), Some(0));
}
