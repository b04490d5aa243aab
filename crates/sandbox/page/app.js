// The page: reads the state once, then follows the events.
import { call, follow } from "./api.js";
import * as chat from "./chat.js";
import * as desk from "./desk.js";
import * as knobs from "./knobs.js";
import { icon } from "./make.js";
import * as people from "./people.js";
import * as traffic from "./traffic.js";
import { speak, word } from "./words.js";

const $ = (id) => document.getElementById(id);
const kept = { get: (key) => { try { return localStorage.getItem(key); } catch { return null; } }, set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode */ } } };
let clockAhead = 0; // the sandbox's seconds minus ours
let hasDesk = false;
let source = null;
let live = true;

const closeWindow = () => call(`customers/${chat.current()}/close-window`, {});
const choose = async (customer) => {
  kept.set("customer", customer.wa_id);
  people.list(customer.wa_id, choose);
  view("chat");
  await chat.open(customer);
  if (matchMedia("(min-width: 1121px)").matches) $("words").focus();
};

const handlers = {
  message({ wa_id, bubble }) {
    if (bubble) people.learn({ wa_id, last_at_ms: bubble.at_ms });
    if (wa_id === chat.current()) chat.add(bubble);
    else if (bubble?.from === "business") people.missed(wa_id);
    if (!people.get(wa_id)?.name) return reload();
    people.list(chat.current(), choose);
    if (hasDesk) deskSoon();
  },
  status({ wa_id, id, status, error }) { if (wa_id === chat.current()) chat.change(id, { status, error: error ?? null }); },
  step({ wa_id, id, step }) { if (wa_id === chat.current()) chat.change(id, { step }); },
  typing({ wa_id, until }) { if (wa_id === chat.current()) chat.typing((until - Date.now() / 1000 - clockAhead) * 1000); },
  customer(customer) {
    people.learn(customer);
    if (customer.wa_id === chat.current()) customer.name || "window_open" in customer ? chat.describe(customer) : chat.open(people.get(customer.wa_id));
    people.list(chat.current(), choose);
  },
  request: traffic.request,
  webhook: traffic.webhook,
  knobs: (fresh) => knobs.paint(fresh, closeWindow),
  desk: () => deskSoon(),
  reset: () => reload(),
  resync: () => reload(),
};

let deskTimer = 0;
function deskSoon() {
  clearTimeout(deskTimer);
  deskTimer = setTimeout(desk.refresh, 250);
}

async function reload() {
  const state = await call("state");
  clockAhead = state.now - Date.now() / 1000;
  people.forget();
  // Those who have a chat come first, the others in the order of the data.
  for (const customer of state.customers) people.learn(customer);
  traffic.clear();
  const past = [...state.requests.map((entry) => [traffic.request, entry]), ...state.webhooks.map((entry) => [traffic.webhook, entry])];
  for (const [show, entry] of past.sort((a, b) => a[1].at_ms - b[1].at_ms)) show(entry);
  knobs.paint(state.knobs, closeWindow);
  hasDesk = state.desk;
  $("desk").hidden = !hasDesk;
  if (hasDesk) { desk.refresh(); }
  chat.business(state.business.name);
  const chosen = people.get(chat.current() ?? kept.get("customer")) ?? people.first();
  if (chosen) { people.list(chosen.wa_id, choose); await chat.open(chosen); chat.paint(true); }
  return state.last_event;
}

function link(up) {
  live = up;
  $("link").classList.toggle("lost", !up);
  $("link").textContent = word(up ? "live" : "lost");
}

function view(name) {
  document.body.dataset.view = name;
  for (const button of $("views").children) button.toggleAttribute("aria-current", button.dataset.view === name), button.dataset.view === name && button.setAttribute("aria-current", "true");
}

function theme(chosen) {
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  $("theme").replaceChildren(icon(dark ? "sun" : "moon"));
  $("theme").setAttribute("aria-label", word(dark ? "light" : "dark"));
}

function words(language) {
  $("language").value = speak(language);
  $("words").placeholder = word("placeholder");
  for (const [id, key] of [["send", "send"], ["attach", "attach"], ["picker-close", "close"]]) $(id).setAttribute("aria-label", word(key));
  theme(kept.get("theme"));
  link(live);
}

function tabs() {
  const all = [$("tab-traffic"), $("tab-knobs")];
  const select = (tab) => all.forEach((one) => {
    const on = one === tab;
    one.setAttribute("aria-selected", on);
    one.tabIndex = on ? 0 : -1;
    $(one.getAttribute("aria-controls")).hidden = !on;
  });
  for (const tab of all) {
    tab.addEventListener("click", () => select(tab));
    tab.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
      const other = all[(all.indexOf(tab) + 1) % all.length];
      select(other);
      other.focus();
    });
  }
}

chat.prepare();
people.prepare(choose);
tabs();
words(kept.get("language") ?? (navigator.language.startsWith("hi") ? "hi" : "en"));
$("views").addEventListener("click", (event) => { const button = event.target.closest("[data-view]"); if (button) view(button.dataset.view); });
$("language").addEventListener("change", () => { kept.set("language", $("language").value); words($("language").value); reload(); });
$("theme").addEventListener("click", () => { kept.set("theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark"); theme(kept.get("theme")); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => theme(kept.get("theme")));
$("me").addEventListener("click", () => {
  const form = $("customer-form");
  const me = people.get(chat.current());
  view("people");
  $("new-customer").open = true;
  form.elements.name.value = me?.name ?? "";
  form.elements.phone.value = me ? `+${me.wa_id}` : "";
  form.elements.name.focus();
});
$("reset").addEventListener("click", () => { if (confirm(word("resetAsk"))) call("reset", {}); });

reload().then((last) => {
  source = follow(last, Object.keys(handlers), (kind, data) => handlers[kind](data), link);
  addEventListener("pagehide", () => source.close());
}, (error) => { $("fault").textContent = error.message; });
