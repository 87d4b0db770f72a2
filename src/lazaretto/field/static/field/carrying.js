// The phone of a courier: bags taken at a point, carried, handed in at a laboratory. Every scan is kept on the phone with its
// own id, its true time and whose it is first, and sent by that courier's key when there is a network; the server counts each
// id once. What it does not take is put aside, shown and kept, and holds up nothing.
import { element, icon } from "../ui/js/dom.js";
import * as camera from "./camera.js";
import { batchOf, mine, scan } from "./carried.js";
import { clean, read, tidyCode } from "./codes.js";
import { clock, given, languageNow, sound, speak, word } from "./signs.js";
import { newId, timeId } from "./store.js";

const root = document.querySelector("[data-field]");
const part = (name) => root.querySelector(`[data-${name}]`);
const EVERY = 15000, SETTLES = 4000, PATIENCE = 20000, MOST = 200;
const ICONS = { green: "circle-check", amber: "alert-triangle", red: "alert-circle", blue: "info-circle" };
const NOBODY = { courier: { code: "" }, badge: null, rounds: [], laboratories: [], bags: [] };
const kept = (name, otherwise) => JSON.parse(localStorage.getItem(`lz-courier-${name}`) ?? JSON.stringify(otherwise));
const keep = (name, value) => localStorage.setItem(`lz-courier-${name}`, JSON.stringify(value));
const seconds = (text) => Date.parse(text) / 1000;

const KEPT = { key: "", keys: {}, known: NOBODY, queue: [], aside: [], lab: "", taker: "", synced: null };
const all = () => Object.fromEntries(Object.entries(KEPT).map(([name, otherwise]) => [name, kept(name, otherwise)]));

const me = { ...all(), round: "", mode: "taking", offline: false };
let lastSaid = null, last = "", settling = 0, sending = false, anew = false, told = 0, most = MOST, copied = null;

// A link opens another window of this page, which writes too: what is kept is changed, not what this window remembers.
function change(name, made) {
  const value = made(kept(name, KEPT[name]));
  keep(name, value);
  me[name] = value;
}
addEventListener("storage", () => {
  Object.assign(me, all());
  draw();
});

// Kept by a page of before: a scan was whose phone it was, a key that of the last answer.
function bindOlder() {
  const { code } = me.known.courier;
  if (me.key && code && !me.keys[code]) change("keys", (keys) => ({ ...keys, [code]: me.key }));
  if (me.queue.some(({ courier }) => !courier)) change("queue", (queue) => queue.map((one) => ({ courier: code, ...one })));
  const there = new Set(me.queue.map(({ id }) => id)); // the phone died while some were put aside
  if (me.aside.some(({ id }) => there.has(id))) change("aside", (aside) => aside.filter(({ id }) => !there.has(id)));
}

// ---- said in colour, sound and words

function say(key, tone, values = {}) {
  lastSaid = { key, tone, values };
  showSaid();
  sound(tone);
}

const tubesOf = (n) => (n === null || n === undefined ? word("tubesUnknown") : word("nTubes", { n }));
const dueOf = (since) => new Date(Date.parse(since) + given.within * 1000).toISOString();

function showSaid() {
  if (!lastSaid) return;
  const { key, tone, values } = lastSaid;
  const lab = me.known.laboratories.find((one) => one.code === values.lab)?.name ?? values.lab;
  const spoken = { ...values, lab, ...("tubes" in values ? { tubes: tubesOf(values.tubes), point: values.point || word("pointUnknown") } : {}), ...(values.at ? { time: clock(dueOf(values.at)) } : {}) };
  part("say").dataset.tone = tone;
  part("say").replaceChildren(icon(ICONS[tone], "lz-fa-mark"), element("span", {}, word(key, spoken)));
}

// ---- drawn anew from what is known

function draw() {
  const view = me.key ? "work" : "enrol";
  for (const node of root.querySelectorAll("[data-when]")) node.hidden = node.dataset.when !== view;
  drawAside();
  drawOthers();
  if (view === "enrol") return;
  const { courier, badge, rounds, laboratories } = me.known, bags = mine(me.known, me.queue), open = rounds.filter((one) => one.open);
  part("courier").textContent = [courier.code, courier.name].join(" ");
  part("plate").textContent = courier.plate ?? "";
  part("queue").textContent = me.queue.length;
  part("sync").toggleAttribute("data-waiting", me.queue.length > 0);
  part("synced").textContent = me.offline ? word("offline") : me.synced ? clock(me.synced) : word("never");
  part("sync").setAttribute("aria-label", `${me.queue.length} ${word("toSend")}, ${word("lastSync")} ${part("synced").textContent}`);
  for (const button of root.querySelectorAll("[data-mode-of]")) button.setAttribute("aria-pressed", String(button.dataset.modeOf === me.mode));
  part("handing").hidden = me.mode !== "handing";
  part("round-box").hidden = open.length < 2;
  fill(part("round"), open.map(({ id, name }) => [id, name]), me.round);
  fill(part("lab"), laboratories.map(({ code, name }) => [code, `${code} · ${name}`]), me.lab);
  part("taker").value = me.taker;
  part("all").hidden = me.mode !== "handing" || !bags.length;
  part("all").textContent = word("allIn", { n: bags.length });
  part("badge").src = badge?.picture ?? "";
  part("badge").alt = badge?.code ?? "";
  part("undo").disabled = !last;
  drawBags(bags);
}

// What the server did not take: to be read, copied and sent again.
function drawAside() {
  const { aside } = me;
  const above = part(me.key ? "say" : "enrol-said"); // below what is said of a scan, wherever that is
  if (above.nextElementSibling !== part("aside-box")) above.after(part("aside-box"), part("others"));
  part("aside-box").hidden = !aside.length;
  part("aside-forget").toggleAttribute("data-sure", Boolean(copied));
  part("aside-forget").textContent = word(copied ? "asideSure" : "asideCopied");
  part("aside-said").textContent = word("asideTitle", { n: aside.length });
  part("aside").replaceChildren(...aside.map(({ bag, kind, at, courier, words }) => element("li", {}, element("b", {}, bag), ` ${word(`kind_${kind}`)} ${clock(at)} · ${courier}`, element("small", {}, words))));
  part("aside-copy").value = aside.map(({ bag, kind, at, courier, to = "", officer = "", words }) => [bag, kind, at, courier, to, officer, words].join("\t")).join("\n");
}

// Scans of whoever carried with this phone before: theirs they stay.
function drawOthers() {
  const counts = new Map();
  for (const { courier } of me.queue) if (courier !== me.known.courier.code || !me.key) counts.set(courier, (counts.get(courier) ?? 0) + 1);
  part("others").hidden = !counts.size;
  part("others").replaceChildren(...[...counts].map(([courier, n]) => element("li", {}, icon("hourglass"), element("span", {}, word(me.keys[courier] ? "othersWait" : "othersStay", { n, courier })))));
}

function fill(select, rows, value) {
  select.replaceChildren(new Option(word("chooseLab"), ""), ...rows.map(([id, name]) => new Option(name, id)));
  select.value = rows.some(([id]) => id === value) ? value : "";
}

function drawBags(bags) {
  const now = Date.now() / 1000;
  part("none").hidden = bags.length > 0;
  part("bags").replaceChildren(...bags.map((one) => {
    const due = dueOf(one.left_at), late = Math.floor((now - seconds(due)) / 60);
    const when = late >= 0 ? word("lateBy", { time: clock(due), n: late }) : word("dueAt", { time: clock(due) });
    return element("li", { ...(late >= 0 ? { "data-tone": "red" } : {}) }, icon(late >= 0 ? "alert-circle" : "package"), element("span", {}, element("b", {}, one.code), ` ${tubesOf(one.tubes)} · ${one.point || word("pointUnknown")}`, element("small", {}, when)));
  }));
}

// ---- a code is read

function enter(text) {
  part("input").value = "";
  const found = read(text), code = tidyCode(text), key = keyOf(text);
  if (key) return open(key);
  if (found.kind === "laboratory") return chooseLab(found.code);
  if (found.kind === "courier") return say("badgeHere", "amber");
  if (["card", "person", "id", "misread"].includes(found.kind)) return say("bagNoPerson", "red");
  if (!/^[!-~]{1,40}$/.test(code)) return say("bagWhat", "amber");
  return take(code);
}

function chooseLab(code) {
  const lab = me.known.laboratories.find((one) => one.code === code);
  if (!lab) return say("labStrange", "red", { code });
  [me.mode, me.lab] = ["handing", code];
  keep("lab", code);
  draw();
  return say("labKnown", "blue", { lab: code });
}

function take(code) {
  const { event, say: words } = scan(code, me);
  if (event && !write([event])) return;
  say(words.key, words.tone, { ...words.values, ...(event?.kind === "taken" ? { at: me.queue.at(-1).at } : {}) });
  draw();
}

// On the phone first; what cannot be kept is said and does not count.
function write(events) {
  const { code: courier } = me.known.courier;
  const fresh = events.map((one) => ({ id: timeId(), at: new Date().toISOString(), courier, ...one }));
  try {
    change("queue", (queue) => [...queue, ...fresh]);
  } catch {
    say("notKept", "red");
    return false;
  }
  last = fresh.length === 1 ? fresh[0].id : "";
  clearTimeout(settling);
  settling = setTimeout(settle, SETTLES);
  return true;
}

function settle() {
  last = "";
  draw();
  send();
}

function undo() {
  const gone = me.queue.find(({ id }) => id === last);
  change("queue", (queue) => queue.filter(({ id }) => id !== last));
  last = "";
  say("undone", "amber", { code: gone?.bag });
  draw();
}

function handInAll() {
  const bags = mine(me.known, me.queue);
  if (!me.lab) return say("labFirst", "red");
  if (!me.taker) return say("takerFirst", "red");
  if (!write(bags.map(({ code, round }) => ({ kind: "arrived", bag: code, round, to: me.lab, officer: me.taker })))) return undefined;
  say("arrivedAll", "green", { lab: me.lab, taker: me.taker, n: bags.length });
  return draw();
}

// ---- the network: what was answered need not be kept

async function ask(path, body, key = me.key) {
  const headers = { Accept: "application/json", Authorization: `Bearer ${key}`, ...(body ? { "Content-Type": "application/json" } : {}) };
  const answer = await fetch(given.api + path, { method: body ? "POST" : "GET", body: body && JSON.stringify(body), headers, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE) });
  if (answer.status === 429 || answer.status === 503) told = performance.now() + (Number(answer.headers.get("Retry-After")) || 5) * 1000 * (1 + Math.random() / 2);
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(), { key, status: answer.status, code: found.code ?? "", words: [found.title, found.detail].filter(Boolean).join(" ") || String(answer.status) });
  return found;
}

function learn(answer) {
  const { courier, badge, rounds, laboratories, bags } = answer;
  Object.assign(me, { known: { courier, badge, rounds, laboratories, bags }, synced: new Date().toISOString(), offline: false });
  keep("known", me.known);
  keep("synced", me.synced);
}

// Each by the key of whoever scanned it. What cannot go now holds up nobody else's, and no other round.
async function send() {
  anew = sending; // asked for in the middle of it: the network may have come back only now
  if (sending || performance.now() < told) return;
  sending = true;
  const passed = new Set();
  let trouble = null;
  try {
    for (let some = ready(passed); some.length; some = ready(passed)) trouble = (await sendSome(some, passed)) ?? trouble;
    if (me.key) learn(await ask("state"));
    if (trouble) throw trouble;
  } catch (error) {
    stumble(error);
  } finally {
    sending = false;
    draw();
  }
  if (anew) send();
}

// A scan that may still be taken back waits.
const ready = (passed) => batchOf(me.queue.filter(({ id }) => id !== last), { keys: me.keys, passed, most });

async function sendSome(some, passed) {
  const [{ courier, round }] = some;
  const events = some.map(({ id, kind, at, bag, to = "", officer = "" }) => ({ id, kind, at, bag, to, officer }));
  try {
    const answer = await ask("scans", { batch: newId(), round, sent_at: new Date().toISOString(), events }, me.keys[courier]);
    takeOut(some);
    most = Math.min(MOST, most * 2);
    if (me.key && courier === me.known.courier.code) learn(answer);
    return null;
  } catch (error) {
    return refusedWith(error, some, passed);
  }
}

// No network, or a server that says wait: everything waits. A key that is over: its scans stay, the others go on. What our
// server cannot take is halved until the one is found, and put aside. A server in trouble is asked again for these, in
// smaller pieces and behind the others. Returns what is to be said of it at the end.
async function refusedWith(error, some, passed) {
  const [{ courier, round }] = some, { status } = error;
  if (!status || status === 429 || status === 503) throw error;
  if (status === 401) return over(courier, error.key);
  if (error.code && status < 500) {
    const middle = Math.ceil(some.length / 2);
    if (status !== 422 || some.length === 1) return putAside(some, error.words);
    const first = await sendSome(some.slice(0, middle), passed);
    return (await sendSome(some.slice(middle), passed)) ?? first;
  }
  passed.add(`${courier} ${round}`);
  most = Math.ceil(some.length / 2);
  const those = new Set(some.map(({ id }) => id));
  change("queue", (queue) => [...queue.filter(({ id }) => !those.has(id)), ...queue.filter(({ id }) => those.has(id))]);
  return error;
}

function takeOut(some) {
  const done = new Set(some.map(({ id }) => id));
  change("queue", (queue) => queue.filter(({ id }) => !done.has(id)));
  const waits = new Set([...me.queue, ...me.aside].map(({ courier }) => courier)), own = me.key ? me.known.courier.code : "";
  change("keys", (keys) => Object.fromEntries(Object.entries(keys).filter(([code]) => code === own || waits.has(code))));
}

function putAside(some, words) {
  change("aside", (aside) => [...aside, ...some.map((one) => ({ ...one, words }))]);
  takeOut(some);
  say("putAside", "red", { n: me.aside.length, code: some[0].bag, words });
  return null;
}

function sendAgain() {
  const again = kept("aside", KEPT.aside), those = new Set(again.map(({ id }) => id));
  change("queue", (queue) => [...queue, ...again.map(({ words, ...one }) => one)]);
  change("aside", (aside) => aside.filter(({ id }) => !those.has(id)));
  copied = null;
  send();
}

// Only after a second press, and only what stood there at the first: what is forgotten is nowhere else any more.
function forgetAside() {
  const those = copied;
  if (those) change("aside", (aside) => aside.filter(({ id }) => !those.has(id)));
  copied = those ? null : new Set(me.aside.map(({ id }) => id));
  draw();
}

function stumble(error) {
  me.offline = !error.status;
  if (error.status === 401) return over(me.known.courier.code, error.key);
  if (error.status && error.status < 500 && error.status !== 429) say("refused", "red", { words: error.words });
  return undefined;
}

// The key of a courier opens nothing any more. Their scans stay theirs, until a new one comes.
function over(courier, key = me.keys[courier]) {
  if (me.keys[courier] !== key) return null; // a new one came meanwhile
  change("keys", ({ [courier]: gone, ...keys }) => keys);
  if (courier !== me.known.courier.code) return null;
  keep("key", me.key = "");
  part("enrol-said").textContent = word("over", { n: me.queue.length });
  return null;
}

// ---- the key

const keyOf = (text) => /#key=(lzc_[A-Za-z0-9_-]+)/.exec(text)?.[1] ?? "";

async function open(key) {
  try {
    const answer = await ask("state", null, key), { code } = answer.courier;
    change("keys", (keys) => ({ ...keys, [code]: key }));
    last = ""; // whoever had the phone before takes nothing back any more
    keep("key", me.key = key);
    learn(answer);
    part("enrol-said").textContent = "";
    say(me.mode === "taking" ? "readyTaking" : "readyHanding", "blue");
    send();
  } catch (error) {
    part("enrol-said").textContent = error.status ? word("keyFailed", { words: error.words }) : word("keyNoNetwork");
    if (me.key) say("keyFailed", "red", { words: error.words || word("keyNoNetwork") });
  }
  draw();
}

// ---- the screen

async function openCamera(name) {
  const video = part(name);
  if (camera.isOpen()) return camera.close(video);
  try {
    await camera.open(video, (text) => {
      navigator.vibrate?.(40);
      if (!me.key && keyOf(text)) camera.close(video);
      if (me.key || keyOf(text)) enter(text);
    });
  } catch (error) {
    camera.close(video);
    if (me.key) say("cameraFailed", "amber", { words: error.message });
    else part("enrol-said").textContent = word("cameraFailed", { words: error.message });
  }
  return undefined;
}

function turn(mode) {
  me.mode = mode;
  say(mode === "taking" ? "readyTaking" : "readyHanding", "blue");
  draw();
}

function turnLanguage() {
  speak(languageNow() === "en" ? "zh-hans" : "en");
  showSaid();
  draw();
}

const PRESSES = { camera: () => openCamera("video"), look: () => openCamera("look"), all: handInAll, undo, again: sendAgain, forget: forgetAside, language: turnLanguage, send: () => send() };
root.addEventListener("click", (event) => {
  const press = event.target.closest("[data-press]")?.dataset.press, mode = event.target.closest("[data-mode-of]")?.dataset.modeOf;
  if (press) PRESSES[press]();
  else if (mode) turn(mode);
});
part("input").form.addEventListener("submit", (event) => {
  event.preventDefault();
  enter(part("input").value);
});
root.addEventListener("lz:scan", (event) => enter(event.detail.code));
part("enrol-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const key = keyOf(event.target.querySelector("input").value.trim());
  if (key) open(key);
});
part("lab").addEventListener("change", (event) => keep("lab", me.lab = event.target.value));
part("round").addEventListener("change", (event) => (me.round = event.target.value));
part("taker").addEventListener("input", (event) => keep("taker", me.taker = clean(event.target.value).slice(0, 120)));

speak();
bindOlder();
const link = keyOf(location.hash);
if (link) history.replaceState(null, "", location.pathname);
draw();
if (me.key) say("readyTaking", "blue");
else if (me.queue.length) over(me.known.courier.code);
if (link) open(link);
else send();
addEventListener("online", send);
setInterval(() => sending || send(), EVERY);
setInterval(draw, EVERY); // what was in time becomes late
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register(given.worker, { scope: "/field/" }).then(() => navigator.serviceWorker.ready).then(({ active }) => {
    const made = performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.startsWith(`${location.origin}/static/`));
    active.postMessage([...new Set(made)]);
  }).catch(() => {});
}
