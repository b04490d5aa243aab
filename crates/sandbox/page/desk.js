// "Answer as the team": the conversations that the bot handed over.
import { call } from "./api.js";
import { make } from "./make.js";
import { locale, word } from "./words.js";

const body = () => document.getElementById("desk-body");
let open = null; // the conversation looked at
let asked = 0;

export async function refresh() {
  const mine = ++asked;
  const typed = body().querySelector("textarea")?.value ?? "";
  try {
    const shown = open ? await call(`desk/${encodeURIComponent(open)}`) : await call("desk");
    if (mine !== asked) return;
    open ? thread(shown, typed) : list(shown.conversations);
  } catch (error) {
    if (mine !== asked) return;
    if (open) { open = null; return refresh(); }
    body().replaceChildren(make("p", { class: "fault" }, error.message));
  }
}

function list(rows) {
  body().replaceChildren(...(rows.length ? rows.map(row) : [make("p", { class: "note" }, word("teamEmpty"))]));
}

function row(one) {
  const since = new Date(one.since * 1000).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });
  return make("button", { type: "button", class: "case", onclick: () => { open = one.id; refresh(); } },
    make("strong", {}, one.customer_name), make("small", {}, [one.team, one.reason, `${word("waitingSince")} ${since}`].filter(Boolean).join(" · ")),
    make("small", { dir: "auto" }, one.last_message));
}

function thread(shown, typed) {
  const field = make("textarea", { rows: 2, maxlength: 4096, "aria-label": word("reply") });
  field.value = typed;
  const fault = make("p", { class: "fault", role: "alert" });
  const run = async (path, data) => {
    try { await call(`desk/${encodeURIComponent(open)}/${path}`, data); return true; }
    catch (error) { fault.textContent = error.message; return false; }
  };
  const lines = make("div", { class: "thread", role: "log", tabindex: 0, "aria-label": word("conversation") }, ...shown.messages.map((line) =>
    make("p", { class: line.from === "agent" ? "agent" : line.from === "note" ? "note-line" : "", dir: "auto" }, make("b", {}, word(line.from)), line.text)));
  body().replaceChildren(
    make("button", { type: "button", class: "plain-button", onclick: () => { open = null; refresh(); } }, `‹ ${word("back")}`),
    make("strong", {}, shown.conversation.customer_name), lines,
    make("form", { onsubmit: async (event) => { event.preventDefault(); if (field.value.trim() && (await run("reply", { text: field.value }))) { field.value = ""; refresh(); } } },
      field, make("div", { class: "actions" }, make("button", { type: "submit", class: "main-button" }, word("reply")),
        make("button", { type: "button", class: "quiet-button", onclick: async () => { if (await run("release", {})) { open = null; refresh(); } } }, word("release")))), fault);
  lines.scrollTop = lines.scrollHeight;
}
