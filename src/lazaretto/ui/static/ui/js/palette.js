// The command palette: Ctrl/⌘ K or "/". Asks GET data-palette-url?q= → {groups: [{label, items: [{label, detail, url, icon}]}]}.
import { debounce, element, icon, isTyping, text, unlessBurst } from "./dom.js";
import { open } from "./dialogs.js";

let dialog, field, list, asked = null, underWay = null, shown = "";

function say(message) {
  list.replaceChildren(element("p", { class: "lz-palette-say" }, message));
  field.removeAttribute("aria-activedescendant");
}

const options = () => [...list.querySelectorAll("[role=option]")];

function choose(index) {
  const all = options();
  if (!all.length) return;
  const place = (index + all.length) % all.length;
  all.forEach((node, i) => node.setAttribute("aria-selected", String(i === place)));
  all[place].scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", all[place].id);
}

function row(item, number) {
  const link = element("a", { class: "lz-palette-item", role: "option", id: `lz-option-${number}`, href: item.url, tabindex: "-1", "aria-selected": "false" });
  link.append(icon(item.icon || "arrow-right"), element("span", { class: "lz-clip" }, item.label));
  if (item.detail) link.append(element("small", {}, item.detail));
  return link;
}

function show(answer) {
  let number = 0;
  const parts = answer.groups.filter((group) => group.items.length).map((group) => {
    const box = element("div", { role: "group", "aria-label": group.label });
    box.append(element("div", { class: "lz-palette-group", "aria-hidden": "true" }, group.label), ...group.items.map((item) => row(item, number++)));
    return box;
  });
  if (!parts.length) return say(text("paletteNothing"));
  list.replaceChildren(...parts);
  choose(0);
}

// What is asked already is not asked again: a second question would cut off the first, for whose answer Enter waits.
function ask(query) {
  if (underWay?.query === query) return underWay.answered;
  asked?.abort();
  asked = new AbortController();
  const mine = (underWay = { query });
  mine.answered = fetched(query, asked.signal).finally(() => { if (underWay === mine) underWay = null; });
  return mine.answered;
}

async function fetched(query, signal) {
  try {
    const url = new URL(dialog.dataset.paletteUrl, location.href);
    url.searchParams.set("q", query);
    const answer = await fetch(url, { signal, headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    show(await answer.json());
    shown = query;
  } catch (error) {
    if (error.name !== "AbortError") say(text("paletteFailed"));
  }
}

// A scanner types the whole code and Enter within milliseconds: wait for the answer to what is in the field now.
async function go() {
  const query = field.value.trim();
  if (shown !== query) await ask(query);
  const chosen = options().find((node) => node.getAttribute("aria-selected") === "true");
  if (chosen && shown === query) location.assign(chosen.href);
}

function onKey(event) {
  if (event.isComposing) return;
  const place = options().findIndex((node) => node.getAttribute("aria-selected") === "true");
  const moves = { ArrowDown: place + 1, ArrowUp: place - 1 };
  if (event.key in moves) {
    event.preventDefault();
    choose(moves[event.key]);
  } else if (event.key === "Enter") {
    event.preventDefault();
    go();
  }
}

function summon() {
  if (dialog.open) return;
  open(dialog);
  field.select();
  ask(field.value.trim());
}

export function start() {
  dialog = document.getElementById("lz-palette");
  if (!dialog) return;
  field = dialog.querySelector("input");
  list = dialog.querySelector("[role=listbox]");
  field.addEventListener("input", debounce(() => ask(field.value.trim()), 120));
  field.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette]")) summon();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      summon();
    } else if (event.key === "/" && !isTyping(event.target) && !document.querySelector('dialog[open], [data-key="/"]')) {
      event.preventDefault();
      unlessBurst(summon);
    }
  });
}
