// What every test stands on: one Chromium for a file of tests, one demo and one page for a test.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { startDemo } from "./demo.js";
import { launch, openPhone } from "./phone.js";

/**
 * Gives a function that runs `body(phone, demo)` on a fresh demo. At its end nothing may have gone wrong: no request
 * elsewhere, no error in the browser's console, no breach of the content policy. The server's log must be empty too,
 * unless the test makes trouble and says so.
 */
export function stage() {
  let browser;
  before(async () => { browser = await launch(); });
  after(() => browser.close());
  return async (body, { view, demo: given = [], troubled = false } = {}) => {
    const demo = await startDemo(...given);
    try {
      const phone = await openPhone(browser, demo.phone, view);
      await body(phone, demo);
      await phone.close();
      if (!troubled) assert.equal(demo.complaints(), "", "the server logged a warning or an error");
    } finally {
      await demo.stop();
    }
  };
}
