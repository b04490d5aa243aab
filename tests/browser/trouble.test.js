// Trouble at the vendor's: the customer gets an answer, and the team learns why.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { eventually } from "./phone.js";
import { stage } from "./stage.js";
import { askedForEmail, seesThePlan } from "./words.js";

const onThePhone = stage();

const sorry = [
  ...askedForEmail,
  { customer: "priya@example.com" },
  { bot: "I could not reach our records just now. A team member will pick this up.", step: "sorry", flow: "customer-context" },
];

async function askForTheAccount(phone) {
  await phone.say("Can someone look into my account?");
  await phone.shows(askedForEmail);
  await phone.say("priya@example.com");
}

test("a refused token, turned on at the page, hands over; the next customer is served again", () =>
  onThePhone(async (phone) => {
    const { page } = phone;
    await page.getByRole("tab", { name: "Trouble" }).click();
    await page.locator("#knob-intercom-error_status").selectOption("401");
    await page.locator("#knob-intercom-fail_next").fill("1");
    await page.getByRole("group").filter({ hasText: "Intercom" }).getByText("turned").waitFor();

    await askForTheAccount(phone);
    await phone.shows(sorry);
    await page.getByRole("tab", { name: "Traffic" }).click();
    const refused = page.locator("#traffic-list li").filter({ hasText: "POST /contacts/search" });
    assert.equal(await refused.locator(".code").textContent(), "401");
    await page.locator("#desk .case").click();
    await page.locator("#desk").getByRole("button", { name: "Give back to the bot" }).click();
    await page.getByText("Nobody is waiting.").waitFor();

    await phone.say("Can someone look into my account?");
    await phone.shows([...sorry, ...askedForEmail]);
    await phone.say("priya@example.com");
    await phone.shows([...sorry, ...seesThePlan]);
  }, { troubled: true }));

test("one server error is met by another try, and the customer notices nothing", () =>
  onThePhone(async (phone, demo) => {
    await demo.knobs({ intercom: { fail_next: 1, error_status: 503 } });
    await askForTheAccount(phone);
    await phone.shows(seesThePlan);
  }, { troubled: true }));

test("an answer that comes too late hands over with the reason as a note", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rapport-browser-"));
  try {
    await writeFile(join(folder, "hurry.yaml"), `flow: hurry
triggers: [{keywords: [hurry]}]
steps:
  look:
    type: api_request
    method: POST
    repeatable: true
    timeout: 1s
    retries: 0
    url: https://api.intercom.io/contacts/search
    headers: {Authorization: "Bearer {{secret.intercom_token}}", Intercom-Version: "2.11"}
    body:
      json: {query: {field: phone, operator: "=", value: "{{contact.phone}}"}}
    next: done
  done: {type: send_message, text: Found., next: end}
`);
    await onThePhone(async (phone, demo) => {
      await demo.knobs({ intercom: { latency_ms: 5000 } });
      await phone.say("hurry");
      const row = phone.page.locator("#desk .case");
      await row.waitFor();
      await row.click();
      const note = phone.page.locator("#desk .note-line");
      await note.waitFor();
      assert.match(await note.textContent(), /look.*timeout/s);
    }, { troubled: true, demo: ["--flows", folder] });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a message that WhatsApp refuses shows its error in the chat", () =>
  onThePhone(async (phone) => {
    await phone.become("No WhatsApp Here");
    await phone.say("Can someone look into my account?");
    await eventually(async () => assert.match((await phone.page.locator("#log .caption .bad").first().textContent()) ?? "", /131026/));
  }, { troubled: true }));
