//! The worked example through a signed webhook, a durable turn, a guarded call and a send, with the pretend WhatsApp and
//! Intercom on the other side.

use crate::house::{House, PATIENCE, Plan, Running, until};
use rapport_sandbox::{CustomerPhone, Inbox, Knobs, Sandbox, SandboxOptions, Vendor};

const CONTEXT: &str = "Hi Priya Sharma, I can see your account.\nPlan: Pro\n\n\
                       Reply SUPPORT and a team member will pick this up,\nor ORDERS to check your recent order status.";

/// The examples as shipped, with the pretend Intercom's address and the tests' secret in place of the real ones.
fn examples(intercom: &str) -> Vec<(&'static str, String)> {
    ["customer-context.yaml", "order-status.yaml", "bot.yaml"]
        .map(|file| {
            let path = format!("{}/../../examples/{file}", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(path).unwrap();
            let text = text
                .replace("https://api.intercom.io", intercom)
                .replace("secret.intercom_token", "secret.api_token");
            (file, text)
        })
        .into()
}

struct Stage {
    sandbox: Sandbox,
    house: House,
    server: Running,
}

async fn stage() -> Stage {
    let mut options =
        SandboxOptions { app_secret: crate::meta::APP_SECRET.into(), ..SandboxOptions::default() };
    options.business.phone_number_id = crate::meta::NUMBER.into();
    options.graph_token = Some(crate::house::ACCESS_TOKEN.into());
    options.intercom_token = crate::house::API_TOKEN.into();
    let mut knobs = Knobs::default();
    knobs.whatsapp.status_gap_ms = 10;
    options.knobs = knobs;
    let sandbox = Sandbox::start(options).await.unwrap();
    let intercom = sandbox.vendor_url(Vendor::Intercom);
    let mut plan = Plan::new(&sandbox.base_url()).api(&sandbox.base_url());
    plan.flows = examples(&intercom);
    let house = House::new(&plan);
    let server = house.serve().await;
    sandbox.set_webhook(Some(server.webhooks()));
    Stage { sandbox, house, server }
}

struct Chat {
    phone: CustomerPhone,
    inbox: Inbox,
}

impl Chat {
    fn with(stage: &Stage, number: &str, name: &str) -> Chat {
        let phone = stage.sandbox.customer(number, Some(name)).unwrap();
        let inbox = phone.inbox();
        Chat { phone, inbox }
    }

    async fn answers(&mut self, words: &str, expected: &str) {
        self.phone.say(words).unwrap();
        self.hears(expected).await;
    }

    async fn hears(&mut self, expected: &str) {
        let bubble =
            self.inbox.next_within(PATIENCE).await.unwrap_or_else(|| panic!("never came: {expected}"));
        assert_eq!(bubble.words(), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worked_example_word_for_word() {
    let stage = stage().await;
    let mut priya = Chat::with(&stage, "919820000001", "Priya Sharma");
    priya.answers("Can someone look into my account?", "Please share the email on your account.").await;
    priya.answers("priya@example.com", CONTEXT).await;
    priya.answers("SUPPORT", "Thanks. A team member will pick this up.").await;

    let waiting = stage.house.json(&["conversation", "list"]);
    assert_eq!(waiting[0]["team"], "support", "{waiting}");
    let id = waiting[0]["id"].as_str().unwrap().to_owned();
    priya.phone.say("account").unwrap();
    until("the silent bot's message", || {
        let shown = stage.house.ok(&["conversation", "show", &id]);
        (shown.matches("customer  account\n").count() == 1).then_some(())
    })
    .await;
    stage.house.ok(&["conversation", "reply", &id, "Hello, this is Asha."]);
    priya.hears("Hello, this is Asha.").await;

    stage.house.ok(&["conversation", "release", &id]);
    assert_eq!(stage.house.json(&["conversation", "list"]), serde_json::json!([]));
    priya.answers("my account, please", "Please share the email on your account.").await;
    priya.answers("priya@example.com", CONTEXT).await;
    priya.phone.say("ORDERS").unwrap();
    let orders = priya.inbox.next_within(PATIENCE).await.unwrap().words();
    assert!(orders.starts_with("We are working on this one: "), "{orders}");

    let requests = stage.sandbox.requests();
    let searches: Vec<_> = requests.iter().filter(|one| one.target == "/contacts/search").collect();
    assert_eq!(searches.len(), 3, "twice by the email, once by the number the customer writes from");
    assert!(searches.iter().all(|one| one.status == 200));
    assert!(stage.server.stop().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_email_and_trouble_at_intercom() {
    let stage = stage().await;
    let mut someone = Chat::with(&stage, "919820000077", "Somebody");
    someone.answers("account", "Please share the email on your account.").await;
    someone
        .answers(
            "not an email",
            "That does not look like an email address. Please send it like name@example.com.",
        )
        .await;
    someone.answers("nobody@example.com", "No account found for this email.").await;

    let mut knobs = stage.sandbox.knobs();
    knobs.intercom.error_percent = 100;
    knobs.intercom.error_status = 401;
    stage.sandbox.set_knobs(knobs).unwrap();
    someone.answers("account", "Please share the email on your account.").await;
    someone
        .answers(
            "nobody@example.com",
            "I could not reach our records just now. A team member will pick this up.",
        )
        .await;
    let id = stage.house.json(&["conversation", "list"])[0]["id"].as_str().unwrap().to_owned();
    let shown = stage.house.ok(&["conversation", "show", &id]);
    assert!(shown.contains("API request: client_error 401 (invalid-token"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn statuses_reach_the_timeline() {
    let stage = stage().await;
    let mut priya = Chat::with(&stage, "919820000001", "Priya Sharma");
    priya.answers("account", "Please share the email on your account.").await;
    until("the read mark", || {
        let entries = stage.house.timeline();
        entries.iter().any(|entry| entry["out"]["state"] == "read").then_some(())
    })
    .await;
}
