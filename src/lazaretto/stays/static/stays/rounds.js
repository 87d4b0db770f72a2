// The round: every line saves itself on Enter or on leaving it. What cannot be sent is kept on the device, with its
// own client id and the time it was taken, and sent when the network is back and whoever took it is signed in; the
// server applies each id once.
import { csrf, icon } from "../ui/js/dom.js";

const STORE = "lz-rounds";
const table = document.querySelector("[data-round]");
const waiting = () => JSON.parse(localStorage.getItem(STORE) ?? "[]");
const mine = (item) => !item.by || item.by === table.dataset.by; // a device is handed on: nobody sends in another's name
const keep = (list) => localStorage.setItem(STORE, JSON.stringify(list));
const newId = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
  (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));

const rowOf = (stay) => table.querySelector(`[data-door="${stay}"]`);

function say(row, word, { tone = "", mark = "" } = {}) {
  if (!row) return;
  const place = row.querySelector("[data-state]");
  place.replaceChildren(...(mark ? [icon(mark), " "] : []), word);
  if (tone) row.dataset.tone = tone;
  else delete row.dataset.tone;
}

function count() {
  const inputs = [...table.querySelectorAll("[data-cell]")];
  const done = inputs.filter((input) => input.dataset.saved).length;
  document.querySelector("[data-round-done]").textContent = done;
  document.querySelector("[data-round-bar]").value = done;
  const unsent = waiting().filter(mine).length, others = waiting().length - unsent;
  document.querySelector("[data-round-unsent]").hidden = !unsent;
  document.querySelector("[data-round-unsent-count]").textContent = unsent;
  document.querySelector("[data-round-others]").hidden = !others;
  document.querySelector("[data-round-others-count]").textContent = others;
  document.querySelector("[data-round-signed-out]").hidden = !signedOut;
}

let signedOut = false; // the server answers, but no longer knows who this is: the session or the page is too old

// Sends one kept entry. True: it need not be kept any longer (applied, or refused for good).
async function send(item) {
  let answer;
  try {
    const body = new URLSearchParams(item.body);
    answer = await fetch(item.url, {
      method: "POST", body, credentials: "same-origin", headers: { "X-CSRFToken": csrf(), Accept: "application/json" },
    });
  } catch {
    return false;
  }
  const row = rowOf(item.body.stay);
  const said = await answer.json().catch(() => null);
  signedOut = answer.status === 401 || (answer.status === 403 && !said);
  if (answer.ok && said) {
    say(row, said.word, said.alarm ? { tone: "red", mark: "alert-triangle" } : { mark: "check" });
    return true;
  }
  if (answer.status >= 500 || signedOut || !said) return false; // kept: the server will be back, somebody will sign in
  const input = row?.querySelector("[data-cell]");
  if (input) {
    input.dataset.saved = "";
    input.setAttribute("aria-invalid", "true");
  }
  say(row, `${said.title} ${said.detail}`, { tone: "orange", mark: "alert-circle" });
  return true;
}

let sending = false;
async function drain() {
  if (sending) return;
  sending = true;
  try {
    for (const item of waiting().filter(mine)) {
      if (!(await send(item))) break;
      keep(waiting().filter((other) => other.body.client_id !== item.body.client_id));
    }
  } finally {
    sending = false;
    count();
  }
}

const overFever = (row, before, value) =>
  table.dataset.wordOver.replace("{room}", row.querySelector("b").textContent).replace("{before}", before).replace("{now}", value);

function save(row, text) {
  const input = row.querySelector("[data-cell]");
  const value = text.trim();
  if (!value || value === input.dataset.saved) return;
  if (input.dataset.saved && row.dataset.tone === "red" && !confirm(overFever(row, input.dataset.saved, value))) {
    input.value = input.dataset.saved; // a fever is not typed over by a slip: what was found stays
    input.focus();
    return;
  }
  input.dataset.saved = value;
  input.removeAttribute("aria-invalid");
  const body = {
    stay: row.dataset.door, day: table.dataset.day, slot: table.dataset.slot, entry: value,
    client_id: newId(), taken_at: new Date().toISOString(),
  };
  keep([...waiting(), { url: table.dataset.save, by: table.dataset.by, body }]);
  say(row, table.dataset.wordUnsent, { mark: "wifi-off" });
  count();
  drain();
}

if (table) {
  table.addEventListener("change", (event) => {
    if (event.target.matches("[data-cell]")) save(event.target.closest("[data-door]"), event.target.value);
  });
  table.addEventListener("click", (event) => {
    const button = event.target.closest("[data-silent]");
    if (!button) return;
    const row = button.closest("[data-door]");
    row.querySelector("[data-cell]").value = "n";
    save(row, "n");
  });
  window.addEventListener("online", drain);
  setInterval(drain, 10_000);
  drain();
  const first = [...table.querySelectorAll("[data-cell]")].find((input) => !input.value);
  first?.focus({ preventScroll: false });
}
