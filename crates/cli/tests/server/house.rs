//! An installation in a folder of its own, and the server that runs on it.

use crate::meta;
use serde_json::Value;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long anything may take before a test counts as failed; generous, because the machine may be busy.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) const ACCESS_TOKEN: &str = "EAAG-access-token-5d1f0c";
pub(crate) const API_TOKEN: &str = "dG9rOmapi-token-93b7aa21";

/// What an installation is made of.
pub(crate) struct Plan {
    /// Where the Graph API is played.
    pub(crate) graph: String,
    /// Origins that API requests may reach, with the secret `api_token` bound to the first.
    pub(crate) apis: Vec<String>,
    pub(crate) api_token: String,
    pub(crate) access_token: String,
    pub(crate) flows: Vec<(&'static str, String)>,
    pub(crate) resend_unknown_after: &'static str,
    pub(crate) log: &'static str,
}

impl Plan {
    pub(crate) fn new(graph: &str) -> Plan {
        Plan {
            graph: graph.into(),
            apis: Vec::new(),
            api_token: API_TOKEN.into(),
            access_token: ACCESS_TOKEN.into(),
            flows: Vec::new(),
            resend_unknown_after: "2s",
            log: "debug",
        }
    }

    pub(crate) fn api(mut self, origin: &str) -> Plan {
        self.apis.push(origin.into());
        self
    }

    pub(crate) fn flow(mut self, file: &'static str, text: impl Into<String>) -> Plan {
        self.flows.push((file, text.into()));
        self
    }

    fn toml(&self) -> String {
        let allow: Vec<_> =
            self.apis.iter().map(|api| format!("{:?}", api.trim_start_matches("http://"))).collect();
        let mut text = format!(
            "listen = \"127.0.0.1:0\"\nflows = \"flows\"\n\n[network]\nallow = [{}]\n\n[sending]\n\
             resend_unknown_after = {:?}\n\n[[whatsapp]]\nname = \"main\"\nphone_number_id = {:?}\napp_secret = {:?}\n\
             verify_token = {:?}\naccess_token = {:?}\ngraph_url = {:?}\nmessages_per_second = 0\nread_receipts = false\n",
            allow.join(", "),
            self.resend_unknown_after,
            meta::NUMBER,
            meta::APP_SECRET,
            meta::VERIFY_TOKEN,
            self.access_token,
            self.graph,
        );
        if let Some(api) = self.apis.first() {
            let token = &self.api_token;
            let _ =
                writeln!(text, "\n[[secret]]\nname = \"api_token\"\norigins = [{api:?}]\nvalue = {token:?}");
        }
        text
    }
}

/// The installation: lives as long as this does, over any number of servers.
pub(crate) struct House {
    folder: TempDir,
    log: &'static str,
}

impl House {
    pub(crate) fn new(plan: &Plan) -> House {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("flows")).unwrap();
        let house = House { folder, log: plan.log };
        house.write("rapport.toml", &plan.toml());
        for (file, text) in &plan.flows {
            house.write(&format!("flows/{file}"), text);
        }
        house
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        fs::write(self.path(file), text).unwrap();
    }

    /// Everything that any server of this house has written to its standard error.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("log.txt")).unwrap_or_default()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rapport"));
        command.current_dir(self.folder.path()).args(arguments).stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("RAPPORT_") {
                command.env_remove(name);
            }
        }
        command
    }

    /// Runs a command to its end; gives its status, and what it wrote to both outputs.
    pub(crate) fn run(&self, arguments: &[&str]) -> (ExitStatus, String) {
        let mut out = tempfile::tempfile().unwrap();
        let both = || Stdio::from(out.try_clone().unwrap());
        let mut child = self.command(arguments).stdout(both()).stderr(both()).spawn().unwrap();
        let began = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if began.elapsed() > PATIENCE {
                child.kill().unwrap();
                break child.wait().unwrap();
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let mut text = String::new();
        out.rewind().unwrap();
        out.read_to_string(&mut text).unwrap();
        (status, text)
    }

    /// Runs a command that must end well.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let (status, text) = self.run(arguments);
        assert!(status.success(), "rapport {arguments:?} ended with {status}: {text}");
        text
    }

    /// Runs a command that prints JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.command(arguments).args(["--format", "json"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The entries of all conversations, by id.
    pub(crate) fn timelines(&self) -> Vec<(String, Vec<Value>)> {
        let list = self.json(&["conversation", "list", "--all"]);
        let ids = list.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned());
        ids.map(|id| {
            let shown = self.json(&["conversation", "show", &id]);
            (id, shown["entries"].as_array().unwrap().clone())
        })
        .collect()
    }

    /// The entries of the only conversation.
    pub(crate) fn timeline(&self) -> Vec<Value> {
        let mut all = self.timelines();
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0).1
    }

    /// Every byte of the data folder, the master key left out.
    pub(crate) fn data(&self) -> Vec<u8> {
        let files = fs::read_dir(self.path("data")).unwrap().map(|entry| entry.unwrap().path());
        files
            .filter(|path| path.extension() != Some("key".as_ref()))
            .flat_map(|path| fs::read(path).unwrap())
            .collect()
    }

    /// Starts the server and waits until it answers.
    pub(crate) async fn serve(&self) -> Running {
        let running = self.begin();
        running.ready().await
    }

    /// Starts the server.
    pub(crate) fn begin(&self) -> Begun {
        let path = self.path("log.txt");
        let log = File::options().create(true).append(true).open(&path).unwrap();
        let from = log.metadata().unwrap().len();
        let child =
            self.command(&["serve", "--log", self.log]).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        Begun { child: Some(child), log: path, from: usize::try_from(from).unwrap() }
    }
}

/// A server that has been started and may not be up yet.
pub(crate) struct Begun {
    child: Option<Child>,
    log: PathBuf,
    from: usize,
}

impl Begun {
    pub(crate) async fn ready(mut self) -> Running {
        let mut child = self.child.take().unwrap();
        let began = Instant::now();
        let url = loop {
            let log = read_from(&self.log, self.from);
            if let Some(url) = log.lines().find_map(|line| line.strip_prefix("Rapport is up: ")) {
                break url.split(' ').next().unwrap().to_owned();
            }
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none(), "the server ended with {ended:?}: {log}");
            assert!(began.elapsed() < PATIENCE, "the server is not up: {log}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        Running { child, url }
    }

    /// Kills it wherever it is.
    pub(crate) fn kill(mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn read_from(path: &Path, from: usize) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(bytes.get(from..).unwrap_or_default()).into_owned()
}

/// A server that is up; killed when dropped.
pub(crate) struct Running {
    child: Child,
    pub(crate) url: String,
}

impl Running {
    pub(crate) fn webhooks(&self) -> String {
        format!("{}/webhooks/whatsapp", self.url)
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends SIGTERM.
    pub(crate) fn ask_to_stop(&self) {
        let status =
            Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status().unwrap();
        assert!(status.success());
    }

    /// Asks it to stop and waits until it has.
    pub(crate) async fn stop(mut self) -> ExitStatus {
        self.ask_to_stop();
        self.ended().await
    }

    pub(crate) async fn ended(&mut self) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(began.elapsed() < PATIENCE, "the server does not end");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until `seen` gives something.
pub(crate) async fn until<T>(what: &str, mut seen: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = seen() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "never came: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
