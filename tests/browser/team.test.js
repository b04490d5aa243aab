// What people of the team do on the phone's page: answer, and give back to the bot.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./phone.js";
import { stage } from "./stage.js";
import { askedForEmail, handedOver, knownCustomer } from "./words.js";

const onThePhone = stage();

async function handOver(phone) {
  await knownCustomer(phone);
  await phone.say("SUPPORT");
  await phone.shows(handedOver);
}

const desk = (phone) => phone.page.getByRole("region", { name: /Answer as the team/ });

test("SUPPORT brings a person, whose answer arrives; given back, the bot answers again", () =>
  onThePhone(async (phone) => {
    await desk(phone).getByText("Nobody is waiting.").waitFor();
    await handOver(phone);

    const row = desk(phone).getByRole("button", { name: "Priya Sharma" });
    await row.waitFor();
    assert.match(await row.textContent(), /support · waiting since/);
    assert.equal(await phone.page.locator("#desk-title .badge").textContent(), "1 waiting");
    await row.click();
    const lines = desk(phone).getByRole("log");
    await lines.getByText(/^Customer\s*SUPPORT$/).waitFor();

    // While a person has the conversation the bot keeps out of it.
    await phone.say("Are you there?");
    await lines.getByText("Are you there?").waitFor();
    await desk(phone).getByRole("textbox", { name: "Reply" }).fill("I am. How can I help?");
    await desk(phone).getByRole("button", { name: "Reply" }).click();
    const answered = [...handedOver, { customer: "Are you there?" }, { team: "I am. How can I help?" }];
    await phone.shows(answered);
    await eventually(async () => assert.equal((await phone.botStatuses()).at(-1), "read"));

    await desk(phone).getByRole("button", { name: "Give back to the bot" }).click();
    await desk(phone).getByText("Nobody is waiting.").waitFor();
    await phone.say("Can someone look into my account?");
    await phone.shows([...answered, ...askedForEmail]);
  }));

test("a line that arrives leaves what the team types as it is", () =>
  onThePhone(async (phone) => {
    await handOver(phone);
    await desk(phone).getByRole("button", { name: "Priya Sharma" }).click();
    const field = desk(phone).getByRole("textbox", { name: "Reply" });
    await field.fill("Half an ans");
    await fetch(`${new URL(phone.page.url()).origin}/__sandbox/customers/919820000001/messages`, {
      method: "POST",
      body: JSON.stringify({ type: "text", text: "Hurry, please" }),
    });
    await desk(phone).getByRole("log").getByText("Hurry, please").waitFor();
    assert.equal(await field.inputValue(), "Half an ans");
    assert.ok(await field.evaluate((element) => element === document.activeElement), "the cursor stays in the field");
  }));

test("another customer has a conversation of their own", () =>
  onThePhone(async (phone) => {
    await handOver(phone);
    await phone.become("Arjun Mehta");
    await phone.shows([]);
    await phone.say("Can someone look into my account?");
    await phone.shows(askedForEmail);
    await phone.become("Priya Sharma");
    await phone.shows(handedOver);
  }));
