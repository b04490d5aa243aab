// What is happening: requests that the pretend vendors received, webhooks that went out.
import { call } from "./api.js";
import { icon, make } from "./make.js";
import { locale, word } from "./words.js";

const MOST = 120;
const $ = (id) => document.getElementById(id);
const names = { whatsapp: "Graph", intercom: "Intercom", zendesk: "Zendesk", freshdesk: "Freshdesk" };
const time = (ms) => new Date(ms).toLocaleTimeString(locale());
const grade = (status) => (status === 0 || status >= 500 ? "bad" : status >= 400 ? "warn" : "");

function pretty(body) {
  try { return JSON.stringify(JSON.parse(body), null, 2); } catch { return body; }
}

function push(item) {
  const list = $("traffic-list");
  $("traffic-empty").hidden = true;
  list.prepend(item);
  while (list.childElementCount > MOST) list.lastElementChild.remove();
}

export function request(entry) {
  const status = entry.status === 0 ? word("dropped") : String(entry.status);
  const details = make("details", {},
    make("summary", {}, icon("into"),
      make("span", { class: "what" }, make("b", { title: entry.target }, `${entry.method} ${entry.target.replace(/^\/v[\d.]+/, "")}`),
        make("small", {}, `${names[entry.vendor]}${entry.gist ? ` · ${entry.gist}` : ""} · ${time(entry.at_ms)}${entry.trouble ? ` · ${entry.trouble}` : ""}`)),
      make("span", { class: `code ${grade(entry.status)}` }, status)));
  details.addEventListener("toggle", async () => {
    if (!details.open || details.childElementCount > 1) return;
    const whole = entry.body !== undefined ? entry : (await call("requests")).requests.find((one) => one.number === entry.number);
    if (!whole) return;
    details.append(make("p", { class: "label" }, word("request")), make("pre", { tabindex: 0 }, `${whole.method} ${whole.target}\n${pretty(whole.body)}`.trim()),
      make("p", { class: "label" }, word("answer")), make("pre", { tabindex: 0 }, pretty(whole.answer) || "–"));
  });
  push(make("li", {}, details));
}

export function webhook(entry) {
  const status = entry.status ?? word("noAnswer");
  const good = entry.status === 200;
  push(make("li", {}, make("div", { class: "line" }, icon("out"),
    make("span", { class: "what" }, make("b", {}, `${word("webhook")}: ${word(entry.what === "message" ? "inbound" : entry.what)}`),
      make("small", {}, `+${entry.wa_id} · ${time(entry.at_ms)}${entry.attempt > 1 ? ` · ${word("attempt")} ${entry.attempt}` : ""}${entry.error ? ` · ${entry.error}` : ` · ${entry.elapsed_ms} ms`}`)),
    make("span", { class: `code ${good ? "" : "bad"}` }, String(status)))));
}

export function clear() {
  $("traffic-list").replaceChildren();
  $("traffic-empty").hidden = false;
}
