// The worked example, as a customer meets it on the phone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./phone.js";
import { stage } from "./stage.js";
import { askedForEmail, knownCustomer, seesThePlan } from "./words.js";

const onThePhone = stage();

test("a known customer sees name and plan, word for word, and every message is read", () =>
  onThePhone(async (phone) => {
    await watchStatuses(phone);
    await knownCustomer(phone);
    await eventually(async () => assert.deepEqual(await phone.botStatuses(), ["read", "read"]));
    for (const seen of await statusesSeen(phone)) {
      const order = ["accepted", "sent", "delivered", "read"];
      assert.deepEqual(seen, order.filter((status) => seen.includes(status)), "the ticks only climb");
      assert.equal(seen.at(-1), "read");
    }
  }));

test("an email that nobody has", () =>
  onThePhone(async (phone) => {
    await phone.say("Can someone look into my account?");
    await phone.shows(askedForEmail);
    await phone.say("nobody@example.com");
    await phone.shows([
      ...askedForEmail,
      { customer: "nobody@example.com" },
      { bot: "No account found for this email.", step: "nobody", flow: "customer-context" },
    ]);
  }));

test("ORDERS goes on with the second flow, which knows the customer by the number", () =>
  onThePhone(async (phone) => {
    await knownCustomer(phone);
    await phone.say("ORDERS");
    await eventually(async () => {
      const [order] = (await phone.conversation()).slice(seesThePlan.length + 1);
      assert.equal(order?.flow, "order-status");
      assert.equal(order.step, "open");
      assert.match(order.bot, /^We are working on this one: .+\nLast update: .+$/);
    });
  }));

test("the whole dialogue by keyboard alone", () =>
  onThePhone(async (phone) => {
    const { page } = phone;
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip", "the first stop leads past the rest");
    await page.keyboard.press("Enter");
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.id), "words"));
    for (const [words, count] of [["Can someone look into my account?", 2], ["priya@example.com", 4], ["SUPPORT", 6]]) {
      await page.keyboard.type(words);
      await page.keyboard.press("Enter");
      await eventually(async () => assert.equal((await phone.conversation()).length, count));
    }
    // Back to the desk, which stands before the phone in the order of the page.
    const row = page.locator("#desk .case");
    await row.waitFor();
    await tabTo(page, row, "Shift+Tab");
    await page.keyboard.press("Enter");
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Reply"));
    await page.keyboard.type("Hello from the team");
    await page.keyboard.press("Enter");
    await eventually(async () => assert.deepEqual((await phone.conversation()).at(-1), { team: "Hello from the team" }));
    await tabTo(page, page.getByRole("button", { name: "Give back to the bot" }), "Tab");
    await page.keyboard.press("Enter");
    await page.getByText("Nobody is waiting.").waitFor();
  }));

test("the server's own address leads to the phone", () =>
  onThePhone(async (phone, demo) => {
    await phone.page.goto(`${demo.server}/`);
    await phone.page.getByText("Live", { exact: true }).waitFor();
    assert.equal(new URL(phone.page.url()).origin, new URL(demo.phone).origin);
  }));

test("what was written stands there after the page is loaded again", () =>
  onThePhone(async (phone) => {
    await knownCustomer(phone);
    await phone.page.reload();
    await phone.shows(seesThePlan);
  }));

async function tabTo(page, target, key) {
  for (let stops = 0; stops < 40; stops += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`forty times ${key} did not reach ${target}`);
}

/** Notes each status that a message of the business shows, in order. */
const watchStatuses = (phone) =>
  phone.page.evaluate(() => {
    window.statusesSeen = {};
    new MutationObserver(() => {
      for (const turn of document.querySelectorAll("#log article:not(.mine)")) {
        const status = turn.querySelector(".caption svg").getAttribute("aria-label");
        const seen = (window.statusesSeen[turn.dataset.id] ??= []);
        if (seen.at(-1) !== status) seen.push(status);
      }
    }).observe(document.getElementById("log"), { childList: true, subtree: true });
  });
const statusesSeen = (phone) => phone.page.evaluate(() => Object.values(window.statusesSeen));
