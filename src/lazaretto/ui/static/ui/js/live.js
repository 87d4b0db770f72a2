// Live pages: one event stream for the page's scope (body data-live-scope: "?site=H01" or "?district"). An event "change"
// says only that something changed; every [data-live] region then asks for itself again (htmx, trigger "lz:refresh").
// The stream is closed while the page is hidden: browsers allow six connections a host, and an office opens many tabs.
import { clockTime, text } from "./dom.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;
const HIDDEN_GRACE = 60000;
const TROUBLE_AFTER = 8000; // a stream that ends by itself is back within seconds: no alarm for that
let address = null, source = null, wait = FIRST_WAIT, retry, hide, trouble, last = new Date(), missed = false, owed = false;

function pill(state) {
  for (const node of document.querySelectorAll("[data-live-pill]")) {
    node.hidden = false;
    node.dataset.state = state;
    node.textContent = `${text(state)} · ${clockTime(last)}`;
  }
  document.getElementById("lz-offline")?.toggleAttribute("hidden", state !== "offline");
}

// A region where somebody is typing waits until they have left the field.
function refresh() {
  owed = false;
  for (const region of document.querySelectorAll("[data-live]")) {
    const busy = region.querySelector("input:focus, textarea:focus, select:focus, details[open].lz-menu, dialog[open]");
    if (busy && region.dataset.liveAlways === undefined) owed = true;
    else window.htmx?.trigger(region, "lz:refresh");
  }
}

// Many changes in one second ask for one refresh; the random part spreads a hundred screens.
let timer = null;
export function changed() {
  timer ??= setTimeout(() => {
    timer = null;
    refresh();
  }, 200 + Math.random() * 400);
}

function alive() {
  clearTimeout(trouble);
  trouble = null;
  last = new Date();
  wait = FIRST_WAIT;
  pill("live");
  if (missed) changed();
  missed = false;
}

// The browser reconnects by itself (and says what it saw last) unless the server refused: then we try again, ever more slowly.
function lost() {
  missed = true;
  trouble ??= setTimeout(() => pill("offline"), TROUBLE_AFTER);
  if (!navigator.onLine) pill("offline");
  if (source?.readyState !== EventSource.CLOSED) return;
  clearTimeout(retry);
  retry = setTimeout(connect, wait + Math.random() * 500);
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

function connect() {
  clearTimeout(retry);
  source?.close();
  source = new EventSource(address);
  source.addEventListener("open", alive);
  source.addEventListener("error", lost);
  source.addEventListener("change", () => {
    alive();
    changed();
  });
}

function onVisibility() {
  clearTimeout(hide);
  if (document.hidden) {
    hide = setTimeout(() => {
      clearTimeout(retry);
      source?.close();
      source = null;
      missed = true;
    }, HIDDEN_GRACE);
  } else if (!source) connect();
}

function streamOf(scope) {
  const asked = new URLSearchParams(scope ?? "");
  if (asked.get("site")) return `/live/site/${encodeURIComponent(asked.get("site"))}`;
  return asked.has("district") ? "/live/district" : null;
}

export function start() {
  address = streamOf(document.body.dataset.liveScope);
  addEventListener("offline", () => pill("offline"));
  addEventListener("online", () => document.getElementById("lz-offline")?.setAttribute("hidden", ""));
  if (!address) return;
  addEventListener("online", () => connect());
  addEventListener("pagehide", () => source?.close());
  document.addEventListener("visibilitychange", onVisibility);
  document.addEventListener("focusout", () => owed && changed());
  connect();
}
