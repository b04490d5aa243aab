// `rapport demo` for one test: started on free ports, stopped at its end.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const binary = process.env.RAPPORT_BINARY ?? fileURLToPath(new URL("../../target/debug/rapport", import.meta.url));
const START_WITHIN_MS = 30_000;

/** Starts the demo; resolves with the addresses that it prints. */
export async function startDemo(...args) {
  if (!existsSync(binary)) throw new Error(`${binary} is not there: run \`cargo build -p rapport\` first`);
  const child = spawn(binary, ["demo", "--listen", "127.0.0.1:0", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  let said = "";
  let complained = "";
  child.stderr.on("data", (part) => { complained += part; });
  const addresses = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => { child.kill("SIGKILL"); reject(new Error(`the demo is not up:\n${said}${complained}`)); }, START_WITHIN_MS);
    child.once("exit", (code) => { clearTimeout(timer); reject(new Error(`the demo ended with ${code}:\n${said}${complained}`)); });
    child.stdout.on("data", (part) => {
      said += part;
      const phone = /The phone:\s+(\S+)/.exec(said)?.[1];
      const server = /The server:\s+(\S+)/.exec(said)?.[1];
      if (phone && server) { clearTimeout(timer); resolve({ phone, server }); }
    });
  });
  return {
    ...addresses,
    /** What the server logged; empty when all went well. */
    complaints: () => complained,
    /** Turns knobs of trouble, as the page does. */
    async knobs(change) {
      const answer = await fetch(`${addresses.phone}/__sandbox/knobs`, { method: "POST", body: JSON.stringify(change) });
      if (!answer.ok) throw new Error(`knobs: ${await answer.text()}`);
    },
    async stop() {
      child.kill("SIGTERM");
      return ended;
    },
  };
}
