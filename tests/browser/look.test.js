// The page can be read and used by everybody: axe finds nothing, light and dark, wide and narrow.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { stage } from "./stage.js";
import { handedOver, knownCustomer } from "./words.js";

const onThePhone = stage();
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pictures = fileURLToPath(new URL("./screenshots/", import.meta.url));
await mkdir(pictures, { recursive: true });

const sizes = { wide: { width: 1360, height: 860 }, tablet: { width: 900, height: 1100 }, narrow: { width: 360, height: 740 } };

for (const colours of ["light", "dark"]) {
  for (const [size, viewport] of Object.entries(sizes)) {
    test(`${colours}, ${size}`, () =>
      onThePhone(async (phone) => {
        const { page } = phone;
        const wide = size === "wide";
        const go = (view) => (wide ? undefined : page.locator(`#views [data-view=${view}]`).click());
        const look = async (name) => {
          await page.screenshot({ path: `${pictures}${colours}-${size}-${name}.png` });
          await fits(page, name);
          assert.deepEqual(await faults(page), [], name);
        };
        await look("empty");
        await knownCustomer(phone);
        await phone.say("SUPPORT");
        await phone.shows(handedOver);
        await look("chat");
        await page.getByRole("button", { name: "Attach" }).click();
        await look("menu");
        await page.keyboard.press("Escape");
        await go("people");
        await page.getByText("Another customer").click();
        await look("customers");
        await page.getByText("Another customer").click();
        await page.locator("#desk .case").click();
        await page.locator("#desk textarea").waitFor();
        await look("desk");
        await go("panel");
        await page.locator("#traffic-list summary").first().click();
        await page.locator("#traffic-list pre").first().waitFor();
        await look("traffic");
        await page.getByRole("tab", { name: "Trouble" }).click();
        await look("trouble");
      }, { view: { viewport, colorScheme: colours } }));
  }
}

/** What axe finds, one line a finding. Run through the debugger's door: the page's policy lets no foreign script in. */
async function faults(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html} ${node.failureSummary}`));
}

/** Nothing hangs out of the window sideways. */
async function fits(page, name) {
  const [page_, window_] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(page_ <= window_, `${name} is ${page_} px wide in a window of ${window_}`);
}
