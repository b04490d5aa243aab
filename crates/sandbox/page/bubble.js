// One message as the phone shows it.
import { icon, make } from "./make.js";
import { locale, word } from "./words.js";

const time = (ms) => new Date(ms).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });

// WhatsApp's *bold*, _italic_, ~strike~, `code`, and web addresses.
const marks = /(\*[^\s*](?:[^*\n]*[^\s*])?\*)|(_[^\s_](?:[^_\n]*[^\s_])?_)|(~[^\s~](?:[^~\n]*[^\s~])?~)|(`[^`\n]+`)|(https?:\/\/[^\s<>"]+)/gu;
function marked(text) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(marks)) {
    nodes.push(text.slice(at, found.index));
    const inner = found[0].slice(1, -1);
    if (found[1]) nodes.push(make("strong", {}, ...marked(inner)));
    else if (found[2]) nodes.push(make("em", {}, ...marked(inner)));
    else if (found[3]) nodes.push(make("s", {}, ...marked(inner)));
    else if (found[4]) nodes.push(make("code", {}, inner));
    else nodes.push(make("a", { href: found[5], target: "_blank", rel: "noopener noreferrer" }, found[5]));
    at = found.index + found[0].length;
  }
  nodes.push(text.slice(at));
  return nodes.filter((node) => node !== "");
}

const text = (words, kind = "text") => (words ? make("div", { class: kind, dir: "auto" }, marked(String(words))) : null);
const tile = (shape, title, small, href) =>
  make(href ? "a" : "div", { class: "tile", href, target: href && "_blank", rel: href && "noopener noreferrer" },
    icon(shape), make("span", {}, make("strong", {}, title), small ? make("small", {}, small) : null));

function file(kind, media) {
  const local = media.id ? `/__sandbox/media/${encodeURIComponent(media.id)}` : null;
  const shape = { image: "image", video: "video", audio: "voice", document: "document", sticker: "image" }[kind];
  if (local && (kind === "image" || kind === "sticker")) {
    return make("a", { class: "media", href: local, target: "_blank", rel: "noopener" },
      make("img", { src: local, alt: media.caption ?? word("image"), width: 240, height: 160 }));
  }
  const name = { audio: word("voice"), document: media.filename ?? word("document"), video: word("video"), sticker: word("sticker") }[kind] ?? word("image");
  return local ? tile(shape, name, media.mime_type, local) : tile(shape, name, `${media.link ?? ""}\n${word("elsewhere")}`);
}

const place = (at) => [
  make("div", { class: "map" }, icon("pin")),
  at.name ? text(at.name, "head") : null,
  text([at.address, `${at.latitude}, ${at.longitude}`].filter(Boolean).join("\n"), "foot"),
];

function header(head) {
  if (!head) return null;
  if (head.type === "text") return text(head.text, "head");
  if (head.type === "location") return place(head.location);
  return file(head.type, head[head.type] ?? {});
}

// The inside of a bubble by kind; the second list stands below it as buttons.
function inside(bubble, act) {
  const content = bubble.content ?? {};
  const tap = (id) => act.tap(id, bubble.id);
  const button = (shape, title, onclick) => make("button", { type: "button", onclick }, icon(shape), title);
  const web = (title, href) =>
    make("a", { href, target: "_blank", rel: "noopener noreferrer", title: word("opens") }, icon("link"), title);
  switch (bubble.kind) {
    case "text": return [[text(content.body)], []];
    case "image": case "video": case "audio": case "document": case "sticker":
      return [[file(bubble.kind, content), text(content.caption)], []];
    case "location": return [place(content), []];
    case "contacts":
      return [content.map((card) => tile("contact", card.name?.formatted_name ?? word("contact"), card.phones?.map((p) => p.phone).join(", "))), []];
    case "button": return [[text(content.text)], []];
    case "template":
      return [
        [header(content.header), text(content.body), text(content.footer, "foot")],
        (content.buttons ?? []).map((b) => {
          if (b.type === "QUICK_REPLY") return button("reply", b.text, () => tap(b.payload));
          if (b.type === "URL") return web(b.text, b.url);
          if (b.type === "COPY_CODE") return button("copy", b.code, () => navigator.clipboard?.writeText(b.code));
          return button(b.type === "PHONE_NUMBER" ? "phone" : "link", b.text, () => {});
        }),
      ];
    case "interactive": {
      const reply = content.button_reply ?? content.list_reply;
      if (reply) return [[text(reply.title), text(reply.description, "foot")], []];
      const body = [header(content.header), text(content.body?.text), text(content.footer?.text, "foot")];
      const action = content.action ?? {};
      switch (content.type) {
        case "button": return [body, (action.buttons ?? []).map((b) => button("reply", b.reply.title, () => tap(b.reply.id)))];
        case "list": return [body, [button("list", action.button, () => act.pick(bubble, tap))]];
        case "cta_url": return [body, [web(action.parameters?.display_text, action.parameters?.url)]];
        case "location_request_message": return [body, [button("pin", word("sendLocation"), act.location)]];
        case "request_contact_info": return [body, [button("contact", word("shareContact"), act.contact)]];
        default: return [[...body, text(content.type, "foot")], []];
      }
    }
    default: return [[tile("alert", bubble.kind, word("unknownKind"))], []];
  }
}

function ticks(status) {
  const shape = { accepted: "clock", sent: "tick", delivered: "ticks", read: "ticks", failed: "alert" }[status] ?? "tick";
  const mark = icon(shape, word(status));
  if (status === "read") mark.classList.add("read");
  return mark;
}

// The whole turn: quote, bubble, buttons, reaction, and the caption that names the step.
export function draw(bubble, quoted, act) {
  const mine = bubble.from === "customer";
  const [body, buttons] = inside(bubble, act);
  const words = quoted?.content?.body?.text ?? quoted?.content?.body ?? quoted?.content?.caption;
  const quote = quoted && mine && bubble.kind !== "interactive" && typeof words === "string" ? make("div", { class: "quote" }, words) : null;
  const stamp = make("div", { class: "stamp" }, make("time", { datetime: new Date(bubble.at_ms).toISOString() }, time(bubble.at_ms)), mine ? ticks(bubble.status) : null);
  const caption = mine ? null : make("div", { class: "caption" });
  if (caption) {
    if (bubble.step) caption.append(make("span", {}, `${word("step")}: `, make("code", {}, bubble.step.step), ` · ${word("flow")} `, make("code", {}, bubble.step.flow)));
    if (bubble.kind === "template") caption.append(make("span", {}, `${word("template")} `, make("code", {}, bubble.content.name)));
    const fault = bubble.error;
    caption.append(make("span", { class: fault ? "bad" : "" }, ticks(bubble.status), ` ${word(bubble.status)}`, fault ? ` ${fault.code}: ${fault.error_data?.details ?? fault.title}` : ""));
  }
  return make("article", { class: `turn${mine ? " mine" : ""}${bubble.status === "failed" ? " failed" : ""}`, "data-id": bubble.id },
    make("div", { class: "stack" },
      make("div", { class: "bubble" }, quote, ...body, stamp),
      bubble.reaction ? make("span", { class: "reaction" }, bubble.reaction) : null,
      buttons.length ? make("div", { class: "taps" }, ...buttons) : null),
    caption);
}
