// The customers: whose phone this is.
import { call } from "./api.js";
import { initials, make } from "./make.js";
import { word } from "./words.js";

const $ = (id) => document.getElementById(id);
const known = new Map();
const unread = new Map();

export const get = (waId) => known.get(waId);
export const first = () => known.values().next().value;

export function learn(customer) {
  known.set(customer.wa_id, { ...known.get(customer.wa_id), ...customer });
}

export function forget() {
  known.clear();
  unread.clear();
}

export function missed(waId) {
  unread.set(waId, (unread.get(waId) ?? 0) + 1);
}

export function list(chosen, choose) {
  unread.delete(chosen);
  $("people").replaceChildren(...[...known.values()].filter((c) => c.name).map((customer) => {
    const count = unread.get(customer.wa_id);
    return make("li", {}, make("button", { type: "button", class: "person", "aria-current": customer.wa_id === chosen ? "true" : null, onclick: () => choose(customer) },
      make("span", { class: "avatar", "aria-hidden": "true" }, initials(customer.name)),
      make("span", { class: "lines" }, make("strong", { dir: "auto" }, customer.name), make("small", {}, `+${customer.wa_id}`)),
      count ? make("span", { class: "badge" }, String(count), make("span", { class: "hush" }, ` ${word("newMessages")}`)) : null));
  }));
}

export function prepare(choose) {
  const form = $("customer-form");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fault = form.querySelector(".fault");
    fault.textContent = "";
    try {
      const customer = await call("customers", { name: form.elements.name.value, phone: form.elements.phone.value });
      learn(customer);
      form.reset();
      $("new-customer").open = false;
      choose(customer);
    } catch (error) {
      fault.textContent = error.message;
    }
  });
}
