// The phone: the conversation of the chosen customer, and what the customer can do.
import { call } from "./api.js";
import { draw } from "./bubble.js";
import { icon, initials, make } from "./make.js";
import { word } from "./words.js";

const $ = (id) => document.getElementById(id);
let who = null; // the chosen customer
let bubbles = [];
let typingTimer = 0;
let pinnedToEnd = true;

const act = {
  tap: (id, message) => say({ type: "tap", id, message_id: message }),
  location: () => say({ type: "location", latitude: 19.0596, longitude: 72.8295, name: "Bandra West", address: "Mumbai" }),
  contact: () => say({ type: "contact", name: who.name, phone: who.wa_id }),
  pick,
};

export function business(name) {
  $("business").textContent = name;
  document.querySelector(".business-avatar").textContent = initials(name);
}

export async function open(customer) {
  who = customer;
  const asked = customer.wa_id;
  const chat = await call(`customers/${asked}/messages`);
  if (who.wa_id !== asked) return; // another one was chosen meanwhile
  bubbles = chat.messages;
  describe(chat.customer);
  paint();
}

// Name, number and window of the chosen customer.
export function describe(customer) {
  who = { ...who, ...customer };
  $("me").replaceChildren(word("you"), make("strong", {}, who.name), `+${who.wa_id}`);
  const wrote = bubbles.length > 0;
  $("me").title = word("rename");
  $("window").hidden = !(wrote && who.window_open === false);
  $("window").textContent = word("windowClosed");
  presence(false);
}

export const current = () => who?.wa_id;

export function add(bubble) {
  if (!bubble) return void (who && open(who));
  const at = bubbles.findIndex((known) => known.id === bubble.id);
  if (at >= 0) bubbles[at] = { ...bubbles[at], ...bubble };
  else bubbles.push(bubble);
  if (bubble.from === "business") presence(false);
  else describe({ window_open: true });
  paint();
}

export function change(id, difference) {
  const bubble = bubbles.find((known) => known.id === id);
  if (!bubble) return;
  Object.assign(bubble, difference);
  const old = $("log").querySelector(`[data-id="${CSS.escape(id)}"]`);
  if (!old) return paint();
  const fresh = turn(bubble);
  fresh.querySelector(".bubble").style.animation = "none";
  const pinned = atEnd();
  const focused = old.contains(document.activeElement) ? [...old.querySelectorAll("button, a")].indexOf(document.activeElement) : -1;
  old.replaceWith(fresh);
  if (focused >= 0) fresh.querySelectorAll("button, a")[focused]?.focus();
  if (pinned) toEnd();
}

export function typing(untilMs) {
  presence(true);
  clearTimeout(typingTimer);
  typingTimer = setTimeout(() => presence(false), Math.max(0, untilMs));
}

function presence(isTyping) {
  const line = $("presence");
  line.textContent = isTyping ? word("typing") : word("business");
  line.classList.toggle("typing", isTyping);
  $("log").querySelector(".typing-turn")?.remove();
  if (isTyping) {
    $("log").append(make("div", { class: "turn typing-turn", "aria-hidden": "true" }, make("div", { class: "bubble dots" }, make("i"), make("i"), make("i"))));
    toEnd();
  }
}

const turn = (bubble) => draw(bubble, bubbles.find((known) => known.id === bubble.reply_to), act);
const atEnd = () => $("log").scrollHeight - $("log").scrollTop - $("log").clientHeight < 90;
const toEnd = () => { $("log").scrollTop = $("log").scrollHeight; };

// Draws what is not drawn yet; the log is only ever added to, so that it is read out once.
export function paint(anew = false) {
  const log = $("log");
  if (anew || log.dataset.who !== who?.wa_id || bubbles.length === 0) {
    log.replaceChildren();
    log.dataset.who = who?.wa_id ?? "";
  }
  if (bubbles.length === 0) {
    log.append(make("div", { class: "empty" }, make("strong", {}, word("emptyTitle")), word("emptyText")));
    return;
  }
  log.querySelector(".empty")?.remove();
  const pinned = atEnd() || log.childElementCount === 0;
  const known = new Set([...log.querySelectorAll("[data-id]")].map((element) => element.dataset.id));
  if (known.size === 0) log.append(make("p", { class: "day" }, word("today")));
  for (const bubble of bubbles) if (!known.has(bubble.id)) log.append(turn(bubble));
  if (pinned) toEnd();
}

async function say(speech) {
  $("fault").textContent = "";
  try {
    await call(`customers/${who.wa_id}/messages`, speech);
    toEnd();
    return true;
  } catch (error) {
    $("fault").textContent = `${word("notSent")}: ${error.message}`;
    return false;
  }
}

// The list picker.
function pick(bubble, tap) {
  const dialog = $("picker");
  $("picker-title").textContent = bubble.content.action.button || word("choose");
  $("picker-body").replaceChildren(
    ...bubble.content.action.sections.flatMap((section) => [
      section.title ? make("h3", {}, section.title) : null,
      ...section.rows.map((row) =>
        make("button", { type: "submit", class: "row", onclick: () => tap(row.id) },
          make("span", {}, row.title, row.description ? make("small", {}, row.description) : null))),
    ]).filter(Boolean));
  dialog.showModal();
}

export function prepare() {
  const words = $("words");
  $("send").append(icon("send"));
  $("attach").append(icon("plus"));
  $("picker-close").append(icon("close"));
  words.addEventListener("keydown", (event) => {
    // While an input method composes (Hindi, for instance), Enter belongs to it.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      $("composer").requestSubmit();
    }
  });
  $("composer").addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = words.value.trim();
    if (!text || !who) return;
    words.value = "";
    if (!(await say({ type: "text", text })) && !words.value) words.value = text;
    words.focus();
  });
  // A picture that arrives late must not push the newest message out of sight.
  $("log").addEventListener("load", () => { if (pinnedToEnd) toEnd(); }, true);
  $("log").addEventListener("scroll", () => { pinnedToEnd = atEnd(); });
  menu();
}

function menu() {
  const button = $("attach");
  const list = $("attach-menu");
  const entries = [
    ["image", "image", () => say({ type: "image", caption: words() })], ["document", "document", () => say({ type: "document", filename: "invoice.pdf", caption: words() })],
    ["pin", "location", act.location], ["voice", "voice", () => say({ type: "audio" })], ["contact", "contact", act.contact],
  ];
  const words = () => { const field = $("words"); const text = field.value.trim() || undefined; field.value = ""; return text; };
  const show = (open) => {
    list.hidden = !open;
    button.setAttribute("aria-expanded", open);
    if (open) list.querySelector("button").focus();
  };
  list.append(...entries.map(([shape, key, run]) =>
    make("li", { role: "none" }, make("button", { type: "button", role: "menuitem", onclick: () => { show(false); run(); $("words").focus(); } }, icon(shape), make("span", { "data-word": key })))));
  button.addEventListener("click", () => show(list.hidden));
  list.addEventListener("keydown", (event) => {
    const items = [...list.querySelectorAll("button")];
    const at = items.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); items[(at + step + items.length) % items.length].focus(); }
    if (event.key === "Escape") { show(false); button.focus(); }
  });
  document.addEventListener("click", (event) => { if (!event.target.closest(".attach")) show(false); });
}
