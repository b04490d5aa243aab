// Trouble on purpose, as sliders and switches.
import { call } from "./api.js";
import { make } from "./make.js";
import { word } from "./words.js";

const $ = (id) => document.getElementById(id);
const percent = (key) => ({ key, most: 100, step: 5, unit: "%" });
const vendor = [
  { key: "latency_ms", word: "latency", most: 10000, step: 100, unit: " ms" },
  { key: "fail_next", most: 10, step: 1, unit: "×" }, { key: "error_status", among: [400, 401, 403, 404, 408, 429, 500, 502, 503] }, percent("error_percent"), percent("too_many_percent"), percent("drop_percent"),
  percent("half_percent"), percent("html_percent"), { key: "bytes_per_second", most: 2000, step: 50, unit: " B/s" },
];
const groups = [
  ["graph", "Graph (WhatsApp)", vendor], ["intercom", "Intercom", vendor], ["zendesk", "Zendesk", vendor], ["freshdesk", "Freshdesk", vendor],
  ["webhooks", null, [{ key: "delay_ms", most: 10000, step: 100, unit: " ms" }, percent("duplicate_percent"), percent("reorder_percent"), percent("bad_signature_percent")]],
  ["whatsapp", null, [{ key: "status_gap_ms", most: 5000, step: 20, unit: " ms" }, { key: "pair_limit", on: true }, { key: "hide_phone_numbers", on: true }]],
];

let knobs = {};
let rest = null;

async function turn(group, key, value) {
  $("knobs").querySelector(".fault").textContent = "";
  try { await call("knobs", { [group]: { [key]: value } }); }
  catch (error) { $("knobs").querySelector(".fault").textContent = error.message; }
}

function control(group, knob) {
  const id = `knob-${group}-${knob.key}`;
  const value = knobs[group]?.[knob.key];
  const label = make("label", { for: id }, word(knob.word ?? knob.key));
  if (knob.on) {
    const box = make("input", { type: "checkbox", id, onchange: () => turn(group, knob.key, box.checked) });
    box.checked = value;
    return make("div", { class: "knob" }, label, box);
  }
  if (knob.among) {
    const choice = make("select", { id, onchange: () => turn(group, knob.key, Number(choice.value)) },
      ...[...new Set([...knob.among, value])].sort().map((one) => make("option", { value: one }, String(one))));
    choice.value = value;
    return make("div", { class: "knob" }, label, choice);
  }
  const output = make("output", { for: id }, `${value}${knob.unit}`);
  const slider = make("input", { type: "range", id, min: 0, max: knob.most, step: knob.step,
    oninput: () => { output.textContent = `${slider.value}${knob.unit}`; }, onchange: () => turn(group, knob.key, Number(slider.value)) });
  slider.value = value;
  return make("div", { class: "knob" }, label, output, slider);
}

export function paint(fresh, closeWindow) {
  knobs = fresh ?? knobs;
  rest ??= structuredClone(knobs);
  const panel = $("knobs");
  const open = new Set([...panel.querySelectorAll("details[open]")].map((element) => element.dataset.group));
  const focus = document.activeElement?.id;
  panel.replaceChildren(
    ...groups.map(([group, title, list]) => {
      const calm = list.every((knob) => knobs[group]?.[knob.key] === rest[group]?.[knob.key]);
      return make("details", { class: "knob-group", "data-group": group, open: open.has(group) || (open.size === 0 && group === "intercom") },
        make("summary", {}, title ?? word(group), make("span", { class: `code ${calm ? "" : "warn"}` }, word(calm ? "calm" : "turned"))),
        ...list.map((knob) => control(group, knob)));
    }),
    make("p", { class: "fault", role: "alert" }),
    make("div", { class: "knob-actions" },
      make("button", { type: "button", class: "quiet-button", onclick: () => call("knobs", undefined, "DELETE") }, word("rest")),
      make("button", { type: "button", class: "quiet-button", onclick: closeWindow }, word("closeWindow"))));
  if (focus?.startsWith("knob-")) $(focus)?.focus();
}
