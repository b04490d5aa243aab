// "Answer as the team": the conversations that the bot handed over.
import { call } from "./api.js";
import { make } from "./make.js";
import { locale, word } from "./words.js";

const $ = (id) => document.getElementById(id);
let open = null; // the conversation looked at
let asked = 0;

export async function refresh() {
  const mine = ++asked;
  try {
    const [{ conversations }, shown] = await Promise.all([call("desk"), open && call(`desk/${encodeURIComponent(open)}`)]);
    if (mine !== asked) return;
    waiting(conversations.length);
    shown ? thread(shown) : list(conversations);
  } catch (error) {
    if (mine !== asked) return;
    if (open) return leave();
    $("desk-body").replaceChildren(make("p", { class: "fault" }, error.message));
  }
}

// How many wait, beside the title and on the narrow page's way to the desk.
function waiting(count) {
  for (const place of document.querySelectorAll("[data-waiting]")) {
    place.hidden = count === 0;
    place.replaceChildren(String(count), make("span", { class: "hush" }, ` ${word("waiting")}`));
  }
}

function list(rows) {
  const body = $("desk-body");
  const focused = body.contains(document.activeElement);
  body.replaceChildren(...(rows.length ? rows.map(row) : [make("p", { class: "note" }, word("teamEmpty"))]));
  if (focused) body.querySelector("button")?.focus();
}

function row(one) {
  const since = new Date(one.since * 1000).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });
  return make("button", { type: "button", class: "case", onclick: () => { open = one.id; refresh(); } },
    make("strong", { dir: "auto" }, one.customer_name), make("small", {}, [one.team, one.reason, `${word("waitingSince")} ${since}`].filter(Boolean).join(" · ")),
    make("small", { class: "last", dir: "auto" }, one.last_message));
}

function leave() {
  open = null;
  return refresh();
}

// The form stays while lines arrive: what is being typed, the cursor and the focus are the person's own.
function thread({ conversation, messages }) {
  const body = $("desk-body");
  if (body.querySelector("form")?.dataset.id !== conversation.id) {
    body.replaceChildren(...frame(conversation));
    body.querySelector("textarea").focus();
  }
  const lines = body.querySelector(".thread");
  const drawn = JSON.stringify(messages);
  if (lines.dataset.drawn === drawn) return;
  lines.dataset.drawn = drawn;
  lines.replaceChildren(...messages.map((line) =>
    make("p", { class: { agent: "agent", note: "note-line" }[line.from], dir: "auto" }, make("b", {}, word(line.from)), line.text)));
  lines.scrollTop = lines.scrollHeight;
}

function frame({ id, customer_name: name }) {
  const fault = make("p", { class: "fault", role: "alert" });
  const run = async (path, data) => {
    fault.textContent = "";
    try { await call(`desk/${encodeURIComponent(id)}/${path}`, data); return true; }
    catch (error) { fault.textContent = error.message; return false; }
  };
  const field = make("textarea", { rows: 2, maxlength: 4096, "aria-label": word("reply"), placeholder: word("replyHere") });
  const form = make("form", { "data-id": id },
    field,
    make("div", { class: "actions" }, make("button", { type: "submit", class: "main-button" }, word("reply")),
      make("button", { type: "button", class: "quiet-button", onclick: async () => { if (await run("release", {})) leave(); } }, word("release"))));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    field.value = "";
    if (await run("reply", { text })) refresh();
    else if (!field.value) field.value = text;
    field.focus();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  return [
    make("div", { class: "desk-top" }, make("button", { type: "button", class: "plain-button", onclick: leave }, `‹ ${word("back")}`), make("strong", { dir: "auto" }, name)),
    make("div", { class: "thread", role: "log", tabindex: 0, "aria-label": word("conversation") }), form, fault,
  ];
}
