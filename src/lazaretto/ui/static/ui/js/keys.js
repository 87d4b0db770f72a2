// Declared shortcuts: data-key="n" on a link, button or field presses or focuses it; data-key-label names it in the list ("?").
import { element, isTyping, text, unlessBurst } from "./dom.js";
import { open } from "./dialogs.js";

const visible = (node) => node.getClientRects().length > 0 && !node.closest("[inert]");

function press(node) {
  if (node.matches("input, select, textarea")) {
    node.focus();
    node.select?.();
  } else node.click();
}

function list() {
  const keys = element("dl", { class: "lz-keys" });
  const rows = [...document.querySelectorAll("[data-key]")].filter(visible).map((node) => [node.dataset.keyLabel || node.getAttribute("aria-label") || node.textContent.trim(), node.dataset.key]);
  rows.push([text("keyPalette"), "Ctrl K"], [text("keyHelp"), "?"]);
  for (const [label, key] of rows) {
    const caps = key.split(" ").flatMap((cap) => [element("kbd", {}, cap), " "]);
    keys.append(element("dt", {}, label), element("dd", {}, ...caps));
  }
  return keys;
}

function help() {
  const dialog = document.getElementById("lz-keys");
  dialog.querySelector(".lz-dialog-body").replaceChildren(list());
  open(dialog);
}

export function start() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-help]")) help();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") {
      event.preventDefault();
      return unlessBurst(help);
    }
    const node = [...document.querySelectorAll("[data-key]")].find((candidate) => candidate.dataset.key === event.key && visible(candidate));
    if (!node) return;
    event.preventDefault();
    unlessBurst(() => press(node));
  });
}
