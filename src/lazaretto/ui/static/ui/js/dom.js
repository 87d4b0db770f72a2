// Small helpers shared by the modules. Text reaches the page as text nodes only, never as HTML.
export const text = (key) => document.getElementById("lz-texts")?.dataset[key] ?? key;

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value != null) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export function icon(name, extra = "") {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("class", `lz-icon ${extra}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(namespace, "use");
  use.setAttribute("href", `${document.body.dataset.sprite}#${name}`);
  svg.append(use);
  return svg;
}

export const csrf = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] ?? "";

export function post(url, body, redirect = "follow") {
  return fetch(url, { method: "POST", body, redirect, headers: { "X-CSRFToken": csrf(), Accept: "application/json" }, credentials: "same-origin" });
}

export const isTyping = (target) => target instanceof Element && target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

export const clockTime = (date = new Date()) =>
  new Intl.DateTimeFormat(document.documentElement.lang, {
    hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: document.body.dataset.timeZone || undefined,
  }).format(date);

// Calls the latest request after `wait` milliseconds of quiet.
export function debounce(action, wait) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), wait);
  };
}

// A scanner's burst also begins with one key: a one-key shortcut waits this long and gives way when another key follows.
const BURST_GAP = 35; // milliseconds; scanners need fewer than 20 a key, quick fingers more than 60
let waiting;
export function unlessBurst(action) {
  const cancel = () => clearTimeout(waiting);
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    document.removeEventListener("keydown", cancel, true);
    action();
  }, BURST_GAP);
  setTimeout(() => document.addEventListener("keydown", cancel, { capture: true, once: true }));
}
