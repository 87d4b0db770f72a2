// The phone of a table: opens what is kept, lets itself be enrolled, and ties the screen to what happens.
import * as camera from "./camera.js";
import * as outbox from "./outbox.js";
import * as roster from "./roster.js";
import * as store from "./store.js";
import { clean, hasWrongCheck, isName, isSearch, read } from "./codes.js";
import { pad } from "./sign.js";
import { draw, drawFound, drawLine, drawOver, part, root, say, show, showSaid } from "./screen.js";
import { given, languageNow, speak, word } from "./signs.js";
import { agree, answer, load, on, onStranger, pick, press, pressBag, refused, scanned, stranger, table, tested, testedOf, waiting } from "./table.js";

const field = part("input"), dialogs = { line: part("line"), heat: part("heat"), stranger: part("stranger-box"), count: part("count-box") };
const signature = pad(part("pad"));

function redraw() {
  if (table.ended) show("over"), drawOver();
  draw();
  if (dialogs.line.open) drawLine();
}

// ---- begin

async function begin() {
  speak();
  if (!window.isSecureContext || !crypto.subtle) return fail("insecure");
  if (!await alone()) return fail("twice");
  try {
    await store.open();
  } catch {
    return fail("noStore");
  }
  table.fever = given.fever;
  await load();
  await outbox.begin(given.api);
  on("say", say);
  on("change", redraw);
  on("found", (rows, name) => showFound(rows, name));
  on("tube", outbox.askTube);
  on("sealed", () => outbox.soon(false));
  onStranger((document) => openStranger(document));
  keepPage();
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (code) history.replaceState(null, "", location.pathname);
  if (outbox.hasToken()) {
    work();
    return code && !table.ended ? say("enrolledAlready", "amber") : undefined;
  }
  show("enrol");
  return code ? enrol(code) : undefined;
}

// Two windows would each believe that the tube is in their hand.
const alone = () => new Promise((resolve) => {
  if (!navigator.locks) return resolve(true);
  const held = () => new Promise(() => resolve(true));
  return navigator.locks.request("lz-field", { signal: AbortSignal.timeout(2000) }, held).catch(() => resolve(false));
});

function fail(key) {
  show("enrol");
  part("enrol-said").textContent = word(key);
  part("enrol-form").hidden = true;
}

async function enrol(code) {
  const said = part("enrol-said");
  said.textContent = word("enrolling");
  try {
    await outbox.claim(code);
    work();
  } catch (error) {
    if (outbox.hasToken()) return work(); // enrolled; the roster comes with the next contact
    said.textContent = error.status ? word("enrolFailed", { words: error.words }) : word("enrolNoNetwork");
  }
  return undefined;
}

function work() {
  show(table.ended ? "over" : "work");
  const { tube, aside, single } = table.state;
  if (aside) say("asideFirst", "red", { name: aside.who.name });
  else if (single) say("singleFirst", "red", { name: single.who.name });
  else if (!table.ended) say(tube ? "tubeInHand" : "ready", "blue", { code: tube?.code });
  redraw();
  outbox.soon(true);
  field.focus({ preventScroll: true });
}

part("enrol-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = event.target.querySelector("input").value.trim();
  enrol(codeOf(text) ?? text);
});

const codeOf = (text) => new URLSearchParams(text.split("#").pop()).get("code");

// A page on the home screen of an iPhone has a storage of its own: it reads the code with its own eyes.
async function lookForCode() {
  const video = part("look");
  if (camera.isOpen()) return camera.close(video);
  try {
    await camera.open(video, (text) => {
      if (!codeOf(text)) return;
      camera.close(video);
      enrol(codeOf(text));
    });
  } catch (error) {
    camera.close(video);
    part("enrol-said").textContent = word("cameraFailed", { words: error.message });
  }
  return undefined;
}

// ---- what is typed, scanned, pressed

field.form.addEventListener("submit", (event) => {
  event.preventDefault();
  enter(field.value);
});
root.addEventListener("lz:scan", (event) => enter(event.detail.code));
field.addEventListener("input", look);

function enter(text) {
  field.value = "";
  drawFound([]);
  scanned(text);
}

// While somebody types; what was typed meanwhile takes the place of what is looked for.
async function look() {
  const text = clean(field.value), asked = text.length > 1 && isSearch(text) || isName(text);
  const rows = asked ? await roster.search(text, ({ number }) => tested(`n:${number}`)) : [];
  if (clean(field.value) === text) showFound(rows);
}

function showFound(rows, name = "") {
  drawFound(rows, name, (number) => {
    field.value = "";
    drawFound([]);
    pick(number);
    field.focus({ preventScroll: true });
  });
}

const PRESSES = {
  undo: () => (table.question ? answer("") : press("undo")), tube: () => answer("tube"), person: () => answer("person"), seal: () => press("seal"), insist: () => press("insist"), stays: () => press("stays"), gone: () => press("gone"),
  heat: openHeat, stranger: () => openStranger(""), line: openLine, camera: openCamera, language: turnLanguage, theme: turnTheme,
  look: lookForCode, bags: turnBags, all: () => pressBag("all"), out: () => pressBag("out"), shut: () => pressBag("close"), anyway: () => pressBag("anyway"), count: openCount, clear: () => signature.clear(),
  send: () => outbox.soon(true), describe: describe, card: cardSaysSo, end: endShift, copied: () => outbox.wipe(), lamp: () => camera.lamp(root.toggleAttribute("data-lit")),
};
root.addEventListener("click", (event) => {
  const name = event.target.closest("[data-press]")?.dataset.press;
  if (name) PRESSES[name]();
});

// ---- temperature: three keys, no keyboard

let typed = "";
function openHeat() {
  const last = table.state.aside?.who ?? table.state.tube?.scans.at(-1);
  if (!last) return press("temperature");
  typed = "";
  part("heat-who").textContent = word("temperatureOf", { name: last.name });
  part("heat-value").textContent = "··.·";
  dialogs.heat.showModal();
}
dialogs.heat.addEventListener("click", (event) => {
  const key = event.target.closest("[data-digit]")?.dataset.digit;
  if (key !== undefined) digit(key);
});
dialogs.heat.addEventListener("keydown", (event) => {
  if (/^\d$/.test(event.key)) digit(event.key);
  else if (event.key === "Backspace") digit("");
});

// 3, 6, 8 are 36.8: the third digit ends it.
function digit(key) {
  typed = key === "" ? typed.slice(0, -1) : typed + key;
  const shown = typed.padEnd(3, "·");
  part("heat-value").textContent = `${shown.slice(0, 2)}.${shown[2]}`;
  if (typed.length < 3) return;
  const value = Number(`${typed.slice(0, 2)}.${typed[2]}`);
  typed = "";
  if (value < 30 || value > 45) return void (part("heat-value").textContent = "··.·");
  dialogs.heat.close();
  press("temperature", { value });
}

// ---- somebody not on the list

const strangerForm = dialogs.stranger.querySelector("form"), misfit = part("stranger-said");
let overruled = "";
function openStranger(document) {
  strangerForm.reset();
  strangerForm.elements.document.value = document;
  part("describe-box").hidden = true;
  part("describe").hidden = false;
  overruled = "";
  checkDocument();
  if (!dialogs.stranger.open) dialogs.stranger.showModal();
  strangerForm.elements.name.focus();
}
strangerForm.addEventListener("input", checkDocument);

// A wrong check digit is said while the card is still in the hand. Whoever holds it may say that it is printed so.
function checkDocument() {
  const { value } = strangerForm.elements.document, isWrong = hasWrongCheck(value) && overruled !== value;
  misfit.textContent = isWrong ? word("documentMisread") : "";
  part("card-says").hidden = !isWrong;
  return isWrong;
}
function cardSaysSo() {
  overruled = strangerForm.elements.document.value;
  checkDocument();
}

// Somebody who can say nothing is described: there must be a way to find them again.
function describe() {
  part("describe-box").hidden = false;
  part("describe").hidden = true;
  strangerForm.elements.description.focus();
}
strangerForm.addEventListener("submit", (event) => {
  event.preventDefault();
  const { description, ...said } = Object.fromEntries([...new FormData(strangerForm)].map(([name, value]) => [name, clean(value)]));
  if (checkDocument()) return undefined;
  if (!said.name && !said.document && !said.phone) {
    const isDescribing = !part("describe-box").hidden;
    if (!isDescribing || description.length < 4) return void (misfit.textContent = word(isDescribing ? "describeFirst" : "reachFirst"));
  }
  dialogs.stranger.close();
  const seen = description ? `（${description}）` : "";
  return stranger({ ...said, name: `${said.name}${seen}`.slice(0, 120) });
});

// ---- bags, the courier, the number agreed with an enterprise

function turnBags() {
  table.mode = table.mode === "bags" ? "people" : "bags";
  dialogs.line.close();
  say(table.mode === "bags" ? "bagReady" : "ready", "blue");
  redraw();
}
part("hand").addEventListener("submit", (event) => {
  event.preventDefault();
  const courier = event.target.querySelector("input");
  const badge = read(courier.value);
  pressBag("hand", { to: badge.kind === "courier" ? badge.code : clean(courier.value).slice(0, 80) });
  courier.value = "";
});

function openCount() {
  const form = dialogs.count.querySelector("form"), choices = form.elements.organisation;
  form.reset();
  signature.clear();
  choices.replaceChildren(...Object.entries(table.standing.roster.organisations).map(([id, name]) => new Option(name, id)));
  form.elements.count.value = testedOf(choices.value).all;
  compare(form);
  dialogs.line.close();
  dialogs.count.showModal();
}
dialogs.count.addEventListener("input", (event) => {
  const { form, name } = event.target;
  if (name === "organisation") form.elements.count.value = testedOf(event.target.value).all;
  if (form) compare(form);
});

// What is counted here stands beside what is agreed before anybody signs; a difference is signed only when it was seen.
let seenDifference = "";
function compare(form) {
  const known = testedOf(form.elements.organisation.value), more = Number(form.elements.count.value) - known.all, place = part("count-compared");
  const key = more > 0 ? "countMore" : more < 0 ? "countFewer" : "countSame";
  place.dataset.tone = more ? "red" : "green";
  place.textContent = word(key, { n: Math.abs(more), here: known.here, there: known.there, all: known.all });
  seenDifference = "";
  part("agree").textContent = word("agree");
  return more;
}
dialogs.count.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const { organisation, count, officer } = event.target.elements, agreed = `${organisation.value} ${count.value}`;
  if (!signature.path()) return void (part("count-said").textContent = word("signFirst"));
  if (seenDifference !== agreed && compare(event.target)) {
    seenDifference = agreed;
    part("count-said").textContent = word("countDiffers");
    return void (part("agree").textContent = word("agreeAnyway"));
  }
  part("count-said").textContent = "";
  dialogs.count.close();
  return agree({ organisation: organisation.value, name: organisation.selectedOptions[0].textContent, count: Number(count.value), officer: clean(officer.value), signature: signature.path() });
});

// ---- what is on this phone, and the end of the shift

function openLine() {
  drawLine();
  part("end-said").textContent = "";
  dialogs.line.showModal();
}

async function endShift() {
  const said = part("end-said"), n = waiting();
  if (table.state.tube?.scans.length) return void (said.textContent = word("endHeld"));
  if (n > refused()) return void (said.textContent = word("endUnsent", { n }));
  try {
    await outbox.endShift();
    dialogs.line.close();
  } catch (error) {
    said.textContent = error.status ? error.words : word("endNoNetwork");
  }
}

// ---- camera, language, light

async function openCamera() {
  const video = part("video");
  if (camera.isOpen()) return camera.close(video);
  try {
    await camera.open(video, (text) => {
      navigator.vibrate?.(40);
      enter(text);
    });
    part("lamp").hidden = !camera.hasLamp();
  } catch (error) {
    camera.close(video);
    say("cameraFailed", "amber", { words: error.message });
  }
  return undefined;
}

function turnLanguage() {
  speak(languageNow() === "en" ? "zh-hans" : "en");
  showSaid();
  redraw();
}

function turnTheme() {
  const now = document.documentElement, dark = now.dataset.bsTheme !== "dark";
  now.dataset.theme = now.dataset.bsTheme = dark ? "dark" : "light";
  document.cookie = `lz_theme=${dark ? "dark" : "light"};path=/;max-age=31536000;samesite=lax`;
}

// ---- the page and all that it is made of stay on the phone

function keepPage() {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register(given.worker, { scope: "/field/" }).then(() => navigator.serviceWorker.ready).then(({ active }) => {
    const made = performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.startsWith(`${location.origin}/static/`));
    active.postMessage([...new Set(made)]);
  }).catch(() => {});
}

begin();
