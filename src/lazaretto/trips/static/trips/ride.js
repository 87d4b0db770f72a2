// The escort's phone: who gets on and off. Every scan is kept on the device with its own id and its true time first and
// sent afterwards; the server counts each id once. Somebody who is not on the list is said at once, also offline.
import { csrf, element, icon } from "../ui/js/dom.js";

const root = document.querySelector("[data-ride]");
const given = JSON.parse(document.getElementById("ride-data").textContent);
const QUEUE = `lz-ride-queue:${given.number}`, MARKS = `lz-ride-marks:${given.number}`, SYNCED = `lz-ride-synced:${given.number}`, HELP = `lz-ride-help:${given.number}`, UNLISTED = `lz-ride-unlisted:${given.number}`;
const UNDO_FOR = 4000, SEND_EVERY = 15000, AT_ONCE = 100;
const part = (name) => root.querySelector(`[data-ride-${name}]`);
const read = (key, otherwise) => JSON.parse(localStorage.getItem(key) ?? JSON.stringify(otherwise));
const write = (key, value) => localStorage.setItem(key, JSON.stringify(value));
const newId = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
  (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));
const word = (name, values = {}) => Object.entries(values).reduce((said, [key, value]) => said.replace(`{${key}}`, value), root.dataset[name]);

let mode = given.off ? "off" : "on", last = null, sending = false;

// ---- where everybody stands: what the server said, and what this phone has seen since

function marks() {
  const known = read(MARKS, {});
  for (const { person, kind, taken_at } of read(QUEUE, [])) if (person) saw(known[person] ??= {}, kind, taken_at);
  return known;
}

// Whoever gets off again before the vehicle left is not aboard, and may get on again.
function saw(one, kind, at) {
  if (kind === "on" && one.off && !one.gone) delete one.off, delete one.on;
  one[kind] ??= at;
}

const is = (one, kind) => (kind === "on" && one?.off && !one.gone ? undefined : one?.[kind]);

function learn(standing, strangers) {
  write(UNLISTED, strangers);
  write(MARKS, Object.fromEntries(standing.map(({ p, on, off, stays, gone }) => [p, { on: on ?? undefined, off: off ?? undefined, stays, gone }])));
  show();
}

const company = ({ alone, minded }) => alone ? [element("small", { class: "lz-ride-alone" }, minded ? word("wordMinded", { name: minded }) : word("wordAlone", { why: alone }))] : [];

const awaited = (known) => given.people.filter(({ p }) => !known[p]?.stays && !is(known[p], mode) && (mode === "on" || known[p]?.on));

function show() {
  const known = marks(), list = part("people");
  const focused = document.activeElement?.dataset?.person;
  list.replaceChildren(...given.people.filter(({ p }) => !known[p]?.stays).map((one) => {
    const at = is(known[one.p], mode);
    const way = [one.berth, mode === "on" ? one.from_name : one.to_name].filter(Boolean).join(" · ");
    const button = element("button", { type: "button", class: "btn", "data-person": one.p, "aria-pressed": at ? "true" : "false", ...(at ? { "data-on": "", "data-tone": "green" } : {}) },
      icon(at ? "circle-check" : "circle-dashed"), element("span", {}, one.name, element("small", {}, way), ...company(one)), at ? clock(at) : "");
    return element("li", {}, button);
  }));
  if (focused) list.querySelector(`[data-person="${focused}"]`)?.focus();
  const here = given.people.filter(({ p }) => !known[p]?.stays);
  part("count-on").textContent = `${here.filter(({ p }) => is(known[p], "on")).length}/${here.length}`;
  part("count-off").textContent = `${here.filter(({ p }) => known[p]?.off).length}/${here.length}`;
  for (const button of root.querySelectorAll("[data-ride-mode]")) button.setAttribute("aria-pressed", String(button.dataset.rideMode === mode));
  const waiting = read(QUEUE, []).length, synced = localStorage.getItem(SYNCED);
  part("queue").textContent = waiting;
  part("queue-box").toggleAttribute("data-waiting", waiting > 0);
  part("synced").textContent = synced ? clock(synced) : word("wordNever");
  part("undo").disabled = !last;
  showUnlisted();
}

// Whoever was scanned and is not on the list, with the masked name of those who are known: as the server told it last.
function showUnlisted() {
  const odd = read(UNLISTED, []);
  part("unlisted").hidden = !odd.length;
  part("strangers").replaceChildren(...odd.map(({ at, kind, name }) =>
    element("li", {}, icon("user-question"), element("span", {}, element("b", {}, name || word("wordUnknown")), ` ${word(kind === "on" ? "wordGotOn" : "wordGotOff")}`), clock(at))));
}

const clock = (text) => new Intl.DateTimeFormat(document.documentElement.lang, {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: document.body.dataset.timeZone || undefined,
}).format(new Date(text));

// ---- said in words, colour and sound

function say(text, tone) {
  const place = part("say");
  place.replaceChildren(text);
  place.dataset.tone = tone;
  sound(tone);
  if (tone === "red") navigator.vibrate?.([300, 120, 300]);
}

let audio = null;
function sound(tone) {
  try {
    audio ??= new AudioContext();
    const notes = { green: [[880, 0, 0.12]], red: [[220, 0, 0.35], [180, 0.4, 0.5]], amber: [[440, 0, 0.2]] }[tone] ?? [];
    for (const [pitch, after, length] of notes) {
      const voice = audio.createOscillator(), loudness = audio.createGain();
      voice.frequency.value = pitch;
      voice.type = tone === "red" ? "square" : "sine";
      loudness.gain.value = 0.2;
      voice.connect(loudness).connect(audio.destination);
      voice.start(audio.currentTime + after);
      voice.stop(audio.currentTime + after + length);
    }
  } catch { /* a phone without sound still says it in words and colour */ }
}

// ---- a card is read

function find(card) {
  const end = card.trim().replace(/\/+$/, "").split("/").pop().toLowerCase();
  const whole = given.people.find(({ p, stay }) => p === end || (stay && stay.toLowerCase() === end));
  if (whole || end.length !== 4) return { person: whole, short: end.length === 4 };
  const found = given.people.filter(({ stay, four }) => stay.toLowerCase().endsWith(end) || four.some((one) => one.toLowerCase() === end));
  return { person: found.length === 1 ? found[0] : undefined, short: true };
}

function scanned(card) {
  if (!card.trim()) return;
  const { person, short } = find(card);
  if (!person && short) return say(word("wordNobody"), "amber");
  take(card, person);
}

function take(card, person) {
  const known = marks(), stays = person && known[person.p]?.stays;
  if (person && !stays && is(known[person.p], mode)) return say(word("wordAgain", { name: person.name }), "amber");
  const item = { id: newId(), kind: mode, card: person ? person.p : card.trim(), taken_at: new Date().toISOString(), person: person?.p };
  write(QUEUE, [...read(QUEUE, []), item]);
  last = item.id;
  if (!person || stays) say(word(mode === "on" ? "wordStranger" : "wordStrangerOff"), "red");
  else say(word(mode === "on" ? "wordOn" : "wordOff", { name: person.name }), "green");
  show();
  clearTimeout(take.timer);
  take.timer = setTimeout(settle, UNDO_FOR);
}

function settle() {
  last = null;
  show();
  send();
}

function undo() {
  write(QUEUE, read(QUEUE, []).filter(({ id }) => id !== last));
  last = null;
  clearTimeout(take.timer);
  say(word("wordUndone"), "amber");
  show();
}

function check() {
  if (!given.people.length) return say(word("wordEmpty"), "amber");
  const names = awaited(marks()).map(({ name }) => name);
  if (names.length) say(word("wordMissing", { names: names.join(", ") }), "red");
  else say(word("wordComplete"), "green");
}

// ---- a cry for help: kept like a scan, and sent before everything else

function cryForHelp(what) {
  write(HELP, [...read(HELP, []), { id: newId(), what, taken_at: new Date().toISOString() }]);
  say(word("wordCrying"), "red");
  send();
}

// ---- sending: what is kept goes in one piece; what was answered need not be kept

async function send() {
  if (sending) return;
  sending = true;
  try {
    const scans = read(QUEUE, []).filter(({ id }) => id !== last).slice(0, AT_ONCE);
    const body = JSON.stringify({ sent_at: new Date().toISOString(), help: read(HELP, []).slice(0, 10), scans: scans.map(({ id, kind, card, taken_at }) => ({ id, kind, card, taken_at })) });
    const answer = await fetch(given.send, { method: "POST", body, credentials: "same-origin", headers: { "Content-Type": "application/json", "X-CSRFToken": csrf(), Accept: "application/json" } });
    if (answer.status === 404) return say(word("wordClosed"), "amber");
    if (!answer.ok) return; // kept: the server will be back, or somebody signs in again
    const said = await answer.json();
    const done = new Set(said.answers.map(({ id }) => id));
    write(QUEUE, read(QUEUE, []).filter(({ id }) => !done.has(id)));
    const helped = new Set(said.helped.map(({ id }) => id));
    write(HELP, read(HELP, []).filter(({ id }) => !helped.has(id)));
    if (said.helped.length) say(word("wordHelped", { number: said.helped.at(-1).number }), "green");
    localStorage.setItem(SYNCED, new Date().toISOString());
    const refused = said.answers.find((one) => one.refused);
    if (refused) say(`${word("wordRefused")} ${refused.refused}`, "red");
    learn(said.standing, said.strangers);
    if (read(QUEUE, []).some(({ id }) => id !== last) || read(HELP, []).length) setTimeout(send);
  } catch { /* no network: everything is kept and sent later */ } finally {
    sending = false;
    show();
  }
}

// ---- the camera, where the phone can read codes by itself

async function camera() {
  const video = part("video"), detector = new BarcodeDetector({ formats: ["qr_code", "code_128"] });
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  video.hidden = false;
  await video.play();
  let seen = "", seenAt = 0;
  const look = async () => {
    if (video.hidden) return;
    const [code] = await detector.detect(video).catch(() => []);
    if (code && (code.rawValue !== seen || Date.now() - seenAt > 4000)) {
      [seen, seenAt] = [code.rawValue, Date.now()];
      scanned(code.rawValue);
    }
    setTimeout(look, 250);
  };
  look();
}

function closeCamera() {
  const video = part("video");
  video.srcObject?.getTracks().forEach((track) => track.stop());
  video.hidden = true;
}

// ---- begin

root.addEventListener("click", (event) => {
  const person = event.target.closest("[data-person]"), way = event.target.closest("[data-ride-mode]");
  if (person) take("", given.people.find(({ p }) => p === person.dataset.person));
  else if (way) {
    mode = way.dataset.rideMode;
    show();
  } else if (event.target.closest("[data-ride-check]")) check();
  else if (event.target.closest("[data-ride-undo]")) undo();
  else if (event.target.closest("[data-ride-camera]")) (part("video").hidden ? camera() : Promise.resolve(closeCamera())).catch(closeCamera);
});
part("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = part("form").querySelector("input");
  scanned(field.value);
  field.value = "";
});
part("help").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = part("help").querySelector("input");
  cryForHelp(field.value);
  field.value = "";
});
root.addEventListener("lz:scan", (event) => {
  scanned(event.detail.code);
  event.target.value = "";
});
part("camera").hidden = !("BarcodeDetector" in window && navigator.mediaDevices);
addEventListener("online", send);
setInterval(send, SEND_EVERY);
// The page may be a kept one, older than what this phone has seen since: nothing seen is forgotten for it.
const kept = read(MARKS, {});
learn(given.standing.map(({ p, on, off, stays, gone }) => ({ p, on: on ?? kept[p]?.on, off: off ?? kept[p]?.off, stays, gone: gone || kept[p]?.gone })), [...given.strangers, ...read(UNLISTED, []).filter(({ id }) => !given.strangers.some((one) => one.id === id))]);
send();

// The page and all that it is made of stay on the device; a phone that keeps nothing still works while the page is open.
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register(root.dataset.worker, { scope: "/ride/" }).then(() => navigator.serviceWorker.ready).then(({ active }) => {
    const made = performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.startsWith(`${location.origin}/static/`));
    active.postMessage([location.href, ...new Set(made)]);
  }).catch(() => {});
}
