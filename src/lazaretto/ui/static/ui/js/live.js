// Live pages: one event stream (body data-live-url); each [data-live="topic …"] region is refreshed by htmx when a topic changes.
// The stream is closed while the page is hidden: browsers allow six connections a host, and an office opens many tabs.
import { clockTime, text } from "./dom.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;
const HIDDEN_GRACE = 60000;
let source = null, wait = FIRST_WAIT, retry, hide, last = new Date(), pending = new Set();

function pill(state) {
  for (const node of document.querySelectorAll("[data-live-pill]")) {
    node.dataset.state = state;
    node.textContent = `${text(state)} · ${clockTime(last)}`;
  }
  document.getElementById("lz-offline")?.toggleAttribute("hidden", state !== "offline");
}

function refresh() {
  const topics = pending;
  pending = new Set();
  for (const region of document.querySelectorAll("[data-live]")) {
    const wanted = region.dataset.live.split(" ");
    const busy = region.querySelector("input:focus, textarea:focus, select:focus, details[open].lz-menu");
    if (!topics.has("*") && !wanted.some((topic) => topics.has(topic))) continue;
    if (busy && region.dataset.liveAlways === undefined) topics.forEach((topic) => pending.add(topic));
    else window.htmx?.trigger(region, "lz:refresh");
  }
}

// Many changes in one second ask for one refresh; the random part spreads a hundred screens.
let timer = null;
export function changed(topic) {
  pending.add(topic);
  timer ??= setTimeout(() => {
    timer = null;
    refresh();
  }, 300 + Math.random() * 500);
}

function connect() {
  clearTimeout(retry);
  source?.close();
  source = new EventSource(document.body.dataset.liveUrl);
  source.addEventListener("open", () => {
    if (wait > FIRST_WAIT) changed("*");
    wait = FIRST_WAIT;
    alive();
  });
  for (const kind of ["message", "change"]) source.addEventListener(kind, (event) => {
    alive();
    event.data.split(/[\s,]+/).filter(Boolean).forEach(changed);
  });
  source.addEventListener("ping", alive);
  source.addEventListener("error", lost);
}

function alive() {
  last = new Date();
  pill("live");
}

function lost() {
  source?.close();
  source = null;
  pill(navigator.onLine ? (wait > 4000 ? "offline" : "connecting") : "offline");
  clearTimeout(retry);
  retry = setTimeout(connect, wait + Math.random() * 500);
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

function onVisibility() {
  clearTimeout(hide);
  if (document.hidden) {
    hide = setTimeout(() => { source?.close(); source = null; clearTimeout(retry); }, HIDDEN_GRACE);
  } else if (!source) {
    changed("*");
    connect();
  }
}

export function start() {
  addEventListener("offline", () => pill("offline"));
  if (!document.body.dataset.liveUrl) {
    addEventListener("online", () => document.getElementById("lz-offline")?.setAttribute("hidden", ""));
    return;
  }
  addEventListener("online", () => { wait = FIRST_WAIT; connect(); });
  document.addEventListener("visibilitychange", onVisibility);
  document.addEventListener("focusout", () => { if (pending.size) changed([...pending][0]); });
  connect();
}
