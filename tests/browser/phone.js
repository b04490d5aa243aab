// The phone's page in Chromium, and what a person sees on it.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const WAIT_MS = 20_000;
const loopback = /^(http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]|data:|blob:|about:)/;

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

/** Opens the page and notes everything that must not happen; `close` asserts that none of it did. */
export async function openPhone(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 860 }, locale: "en-IN", reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(WAIT_MS);
  const wrong = [];
  context.on("request", (request) => { if (!loopback.test(request.url())) wrong.push(`left the machine: ${request.url()}`); });
  context.on("console", (message) => { if (["error", "warning"].includes(message.type())) wrong.push(`console: ${message.text()}`); });
  context.on("weberror", (error) => wrong.push(`script: ${error.error()}`));
  await context.exposeBinding("reportViolation", (_, what) => wrong.push(`content policy: ${what}`));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => window.reportViolation(`${event.violatedDirective} ${event.blockedURI}`));
  });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByText("Live", { exact: true }).waitFor();
  return new Phone(page, context, wrong);
}

/** Waits until `check` stops throwing; its last complaint is the failure. */
export async function eventually(check) {
  const end = performance.now() + WAIT_MS;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

class Phone {
  constructor(page, context, wrong) {
    Object.assign(this, { page, context, wrong, field: page.getByRole("textbox", { name: "Message" }) });
  }

  async say(text) {
    await this.field.fill(text);
    await this.page.getByRole("button", { name: "Send", exact: true }).click();
  }

  /** The conversation as seen: who, the exact words, and for the business's messages the step and flow below them. */
  conversation() {
    return this.page.locator("#log article").evaluateAll((turns) => turns.map((turn) => {
      const words = turn.querySelector(".bubble .text")?.textContent ?? "";
      if (turn.classList.contains("mine")) return { customer: words };
      const [step, flow] = [...turn.querySelectorAll(".caption code")].map((code) => code.textContent);
      return step ? { bot: words, step, flow } : { team: words };
    }));
  }

  /** Waits for exactly this conversation. */
  shows(expected) {
    return eventually(async () => assert.deepEqual(await this.conversation(), expected));
  }

  /** The status under each message of the business, oldest first. */
  botStatuses() {
    return this.page.locator("#log article:not(.mine) .caption svg").evaluateAll((ticks) => ticks.map((tick) => tick.getAttribute("aria-label")));
  }

  /** Picks a person of the list at the left. */
  async become(name) {
    await this.page.getByRole("button", { name }).click();
    await this.page.locator("#me").getByText(name).waitFor();
  }

  async close() {
    await this.context.close();
    assert.deepEqual(this.wrong, []);
  }
}
