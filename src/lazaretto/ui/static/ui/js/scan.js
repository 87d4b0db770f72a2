// Scanners that type (keyboard wedge): a burst of keys ending with Enter goes to the page's [data-scan] field,
// wherever the focus is, as long as nobody is typing in another field. A finished scan fires "lz:scan" on the field.
import { isTyping } from "./dom.js";

const BURST_GAP = 40;
const SHORTEST = 6;
let burst = "", lastKey = 0;

export const clean = (code) => code.normalize("NFKC").replace(/[\u0000-\u001f\u200b-\u200f\ufeff]/g, "").trim();

function deliver(field, code) {
  field.value = clean(code);
  field.focus();
  field.dispatchEvent(new CustomEvent("lz:scan", { bubbles: true, detail: { code: field.value } }));
  if (field.form && field.dataset.scan !== "stay") field.form.requestSubmit();
}

function onKey(event) {
  const field = document.querySelector("[data-scan]");
  if (!field || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const now = event.timeStamp;  // when it was pressed: a busy device handles a burst late, and no slower
  if (now - lastKey > BURST_GAP) burst = "";
  lastKey = now;
  if (event.key === "Enter") {
    const code = burst;
    burst = "";
    if (event.target !== field && !isTyping(event.target) && code.length >= SHORTEST) {
      event.preventDefault();
      deliver(field, code);
    }
  } else if (event.key.length === 1) burst += event.key;
}

export function start() {
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("submit", (event) => {
    const field = event.target.querySelector?.("[data-scan]");
    if (field) field.value = clean(field.value);
  }, true);
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const field = event.detail.elt.querySelector?.("[data-scan]") ?? (event.detail.elt.matches?.("[data-scan]") ? event.detail.elt : null);
    if (field && event.detail.successful) field.select();
  });
}
