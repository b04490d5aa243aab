//! Settings, secrets and flows of an installation that no server uses.

use crate::program::Place;
use std::os::unix::fs::PermissionsExt;

const FLOW: &str = "flow: hours\ntriggers: [{keywords: [hours]}]\nsteps:\n  say: {type: send_message, text: 9 to 18, next: end}\n";

#[test]
fn settings_show_value_and_origin_and_no_secret() {
    let place = Place::new();
    place.write(
        "rapport.toml",
        "listen = \"127.0.0.1:9999\"\nflows = \"flows\"\n[[whatsapp]]\nname = \"main\"\nphone_number_id = \"106540352242922\"\napp_secret = \"env:WA_APP_SECRET\"\nverify_token = \"env:WA_VERIFY_TOKEN\"\naccess_token = \"env:WA_TOKEN\"\n[[secret]]\nname = \"intercom_token\"\norigins = [\"https://api.intercom.io\"]\nvalue = \"env:INTERCOM_TOKEN\"\n",
    );
    let given = [
        ("WA_APP_SECRET", "hush-app"),
        ("WA_VERIFY_TOKEN", "hush-verify"),
        ("WA_TOKEN", "hush-token"),
        ("INTERCOM_TOKEN", "hush-intercom"),
        ("RAPPORT_DATA", "elsewhere"),
    ];
    let run = place.run_with(&["serve", "--print-config", "--listen", "127.0.0.1:7777"], "", &given).ends(0);
    let line = |name: &str| {
        run.out.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}: {}", run.out))
    };
    assert!(
        line("listen = ").contains("127.0.0.1:7777") && line("listen = ").contains("--listen"),
        "{}",
        run.out
    );
    assert!(line("data = ").contains("elsewhere") && line("data = ").contains("RAPPORT_DATA"), "{}", run.out);
    assert!(line("flows = ").contains("rapport.toml"), "{}", run.out);
    assert!(line("database = ").contains("default"), "{}", run.out);
    assert!(!run.out.contains("hush"), "{}", run.out);
    assert!(!place.path().join("elsewhere").exists(), "looking changes nothing");
}

#[test]
fn a_secret_is_kept_listed_and_deleted_and_never_shown() {
    let place = Place::new();
    let value = "tok_9f8e7d6c5b4a";
    let set = ["secret", "set", "intercom_token", "--origin", "https://api.intercom.io"];
    let run = place.run_with(&set, &format!("{value}\n"), &[]).ends(0);
    assert!(run.out.contains("https://api.intercom.io"), "{}", run.out);
    let list = place.run(&["secret", "list"]).ends(0);
    assert_eq!(list.out, "intercom_token  https://api.intercom.io\n");
    let json = place.run(&["secret", "list", "--format", "json"]).ends(0);
    assert_eq!(
        json.json(),
        serde_json::json!([{ "name": "intercom_token", "origins": ["https://api.intercom.io"] }])
    );
    for output in [&run, &list, &json] {
        assert!(!output.out.contains(value) && !output.err.contains(value));
    }
    for entry in std::fs::read_dir(place.path().join("data")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let clear = bytes.windows(value.len()).any(|window| window == value.as_bytes());
        assert!(!clear, "{} holds the secret in clear", path.display());
    }
    let mode = |file: &str| std::fs::metadata(place.path().join(file)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("data/master.key"), 0o600);
    assert_eq!(mode("data"), 0o700, "customers' words lie here");

    place.run(&["secret", "delete", "intercom_token"]).ends(0);
    place.run(&["secret", "delete", "intercom_token"]).ends(1);
    assert!(place.run(&["secret", "list"]).ends(0).err.contains("no secret yet"));
}

#[test]
fn a_secret_needs_a_value_and_an_origin_that_is_one() {
    let place = Place::new();
    let origin = ["secret", "set", "a", "--origin", "https://api.example.com"];
    assert!(place.run(&origin).ends(2).err.contains("standard input"));
    place.run_with(&["secret", "set", "a"], "value", &[]).ends(2);
    let run = place.run_with(&["secret", "set", "a", "--origin", "no origin"], "value", &[]).ends(2);
    assert!(!run.err.contains("value\n"), "{}", run.err);
}

#[test]
fn flows_are_pushed_listed_and_pulled_back_byte_for_byte() {
    let place = Place::new();
    place.write("flows/hours.yaml", FLOW);
    assert_eq!(place.run(&["flow", "push", "flows"]).ends(0).out, "hours: revision 1\n");
    let again = place.run(&["flow", "push", "flows"]).ends(0);
    assert_eq!((again.out.as_str(), again.err.as_str()), ("", "0 published, 1 unchanged.\n"));
    let changed = FLOW.replace("steps:", "steps: # kept as written");
    place.write("flows/hours.yaml", &changed);
    assert_eq!(place.run(&["flow", "push", "flows", "--author", "Priya"]).ends(0).out, "hours: revision 2\n");
    assert!(place.run(&["flow", "list"]).ends(0).out.contains("hours  revision 2  by Priya"));
    let history = place.run(&["flow", "history", "hours"]).ends(0).out;
    assert!(
        history.lines().next().unwrap().contains("revision 2") && history.contains("revision 1"),
        "{history}"
    );
    place.run(&["flow", "history", "nosuch"]).ends(2);

    place.run(&["flow", "pull", "back"]).ends(0);
    assert_eq!(place.read("back/hours.yaml"), changed);
    place.write("back/hours.yaml", "mine");
    assert!(place.run(&["flow", "pull", "back"]).ends(2).err.contains("--force"));
    assert_eq!(place.read("back/hours.yaml"), "mine");
    place.run(&["flow", "pull", "back", "--force"]).ends(0);
    assert_eq!(place.read("back/hours.yaml"), changed);
}

#[test]
fn a_flow_with_an_error_is_not_published() {
    let place = Place::new();
    place.write("flows/hours.yaml", &FLOW.replace("next: end", "next: nosuch"));
    let run = place.run(&["flow", "push", "flows"]).ends(1);
    assert!(run.out.contains("flows/hours.yaml:4:") && run.out.contains("[unknown-target]"), "{}", run.out);
    assert!(place.run(&["flow", "list"]).ends(0).err.contains("No flow is published"));
}
