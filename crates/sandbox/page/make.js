// Elements and icons. Everything a customer or a server wrote goes in as text, never as markup.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.className = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const shapes = {
  send: "M4 12 20 4l-4 16-4-7z M12 13l8-9",
  plus: "M12 5v14 M5 12h14",
  close: "M6 6l12 12 M18 6 6 18",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8 M12 2v2 M12 20v2 M2 12h2 M20 12h2 M5 5l1.500 1.500 M17.500 17.500 19 19 M5 19l1.500-1.500 M17.500 6.500 19 5",
  moon: "M20 14a8 8 0 1 1-10-10 6.500 6.500 0 0 0 10 10",
  tick: "M5 12.500l4.500 4.500L19 7.500",
  ticks: "M2 12.500l4.500 4.500L16 7.500 M11 16l1 1 9.500-9.500",
  clock: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16 M12 8v4.500l3 1.500",
  alert: "M12 4 2.500 20h19z M12 10v4 M12 17v.2",
  reply: "M10 7 4 12l6 5 M4 12h10a6 6 0 0 1 6 6",
  list: "M9 7h11 M9 12h11 M9 17h11 M4.500 7h.1 M4.500 12h.1 M4.500 17h.1",
  link: "M14 5h5v5 M19 5l-8 8 M17 14v4a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1h4",
  pin: "M12 21s7-6.300 7-11a7 7 0 1 0-14 0c0 4.700 7 11 7 11z M12 7.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5",
  image: "M5 5h14v14H5z M5 16l4.500-5 4 4 2.500-2.500 3 3 M15 9h.1",
  document: "M7 3.500h7l4 4V20.500H7z M14 3.500V8h4 M10 12h5 M10 15.500h5",
  voice: "M12 4a2.500 2.500 0 0 1 2.500 2.500v5a2.500 2.500 0 0 1-5 0v-5A2.500 2.500 0 0 1 12 4 M6.500 11.500a5.500 5.500 0 0 0 11 0 M12 17v3",
  video: "M4 7h11v10H4z M15 11l5-3v8l-5-3",
  contact: "M12 5a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7 M5 20a7 7 0 0 1 14 0",
  phone: "M7 4h3l1.500 4-2 1.500a10 10 0 0 0 5 5l1.500-2 4 1.500v3a2 2 0 0 1-2 2A15 15 0 0 1 5 6a2 2 0 0 1 2-2",
  copy: "M9 9h10v10H9z M15 9V5H5v10h4",
  into: "M4 12h12 M12 7l5 5-5 5 M20 5v14",
  out: "M20 12H8 M12 7l-5 5 5 5 M4 5v14",
};

export function icon(name, label) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", shapes[name] ?? shapes.alert);
  svg.append(path);
  return svg;
}

export const initials = (name) =>
  (name.match(/[\p{L}\p{N}]/u) ? name : "#").split(/\s+/).filter(Boolean).slice(0, 2).map((part) => [...part][0]).join("").toUpperCase();
