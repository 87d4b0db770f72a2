// What happens at the table: reads codes, runs the state machine of the tube, writes, and only then says that it counts.
import * as roster from "./roster.js";
import * as store from "./store.js";
import { isDocument, isName, isSearch, read, shapeOf, tidyCode } from "./codes.js";
import { courierCalled, courierMeant } from "./couriers.js";
import { START as NO_BAG, step as bagStep } from "./bag.js";
import { START, step } from "./tube.js";

export const table = {
  state: START, bags: NO_BAG, mode: "people", scans: new Map(), events: new Map(), standing: null, told: { since: null, numbers: new Map(), tubes: new Map() },
  elsewhere: new Map(), conflicts: [], blocked: "", ended: "", question: null, shapes: new Set(),
};
const listeners = { say: [], change: [], sealed: [], found: [], tube: [] };
export const on = (what, action) => listeners[what].push(action);
const tell = (what, ...values) => listeners[what].forEach((action) => action(...values));
export const say = (key, tone, values = {}) => tell("say", key, tone, values);
export const changed = () => tell("change");

// ---- what is known

const byKey = new Map(), byTube = new Map(), sealedTubes = new Set(), bagOf = new Map();

function learnScan(scan) {
  table.scans.set(scan.id, scan);
  byKey.set(scan.key, scan);
  byTube.set(scan.tube, (byTube.get(scan.tube) ?? 0) + 1);
}

function forgetScan(id) {
  const scan = table.scans.get(id);
  if (!scan) return;
  table.scans.delete(id);
  if (byKey.get(scan.key)?.id === id) byKey.delete(scan.key);
  if (byTube.get(scan.tube) === 1) byTube.delete(scan.tube);
  else byTube.set(scan.tube, byTube.get(scan.tube) - 1);
}

export function tested(key) {
  const here = byKey.get(key);
  if (here) return { tube: here.tube, at: here.at };
  const number = key.startsWith("n:") ? Number(key.slice(2)) : 0;
  return table.told.numbers.has(number) ? { table: table.told.numbers.get(number) } : null;
}

const home = (key) => (key.startsWith("n:") ? roster.householdOf(Number(key.slice(2))) : null);

function used(code) {
  if (table.elsewhere.has(code)) return { where: table.elsewhere.get(code) };
  if (byTube.has(code) && table.state.tube?.code !== code) return {};
  return table.told.tubes.has(code) ? { table: table.told.tubes.get(code) } : null;
}

// Called back, as far as the server told; not whoever has got their own tube here and only waits to be sent.
function singly(key) {
  const number = key.startsWith("n:") ? Number(key.slice(2)) : 0;
  const isDone = [...table.events.values()].some((one) => one.kind === "retested" && one.number === number && one.state !== "sent");
  return number > 0 && !isDone && (table.standing.singly ?? []).includes(number);
}

const facts = () => ({ places: table.standing.round.places, fever: table.fever, used, tested, home, singly });
const open = (rows) => [...rows.values()].filter(({ state }) => state !== "sent").length;
export const waiting = () => open(table.scans) + open(table.events);
export const scansWaiting = () => open(table.scans);
export const refused = () => [...table.scans.values(), ...table.events.values()].filter(({ state }) => state === "refused").length;
export const unbagged = () => [...sealedTubes].filter((code) => !bagOf.has(code));
export const mine = () => table.scans.size;

function learnEvent(one) {
  table.events.set(one.id, one);
  if (one.kind === "sealed") sealedTubes.add(one.tube);
  else if (one.kind === "bagged") bagOf.set(one.tube, one.bag);
  else if (one.kind === "unbagged") bagOf.delete(one.tube);
}

export async function load() {
  table.standing = await store.get("meta", "standing") ?? null;
  if (table.standing) table.standing.roster.organisations = await store.get("meta", "names") ?? table.standing.roster.organisations ?? {};
  table.state = await store.get("meta", "table") ?? START;
  table.conflicts = await store.get("meta", "conflicts") ?? [];
  table.ended = await store.get("meta", "ended") ?? "";
  const told = await store.get("meta", "told");
  if (told) table.told = { since: told.since, numbers: new Map(told.numbers), tubes: new Map(told.tubes) };
  table.bags = await store.get("meta", "bags") ?? NO_BAG;
  table.elsewhere = new Map(await store.get("meta", "elsewhere") ?? []);
  table.shapes = new Set(await store.get("meta", "shapes") ?? []);
  for (const [, scan] of await store.all("scans")) learnScan(scan);
  for (const [, one] of await store.all("events")) learnEvent(one);
  if (table.standing) await roster.load(table.standing.roster.organisations);
}

// ---- one thing after the other: a scanner is faster than a disk

let queue = Promise.resolve();
export const after = (work) => (queue = queue.then(work).catch(failed));

function failed(error) {
  const isFull = error?.name === "QuotaExceededError" || /quota/i.test(String(error?.message));
  table.blocked = isFull ? "full" : "broken";
  say(isFull ? "storageFull" : "notKept", "red");
  changed();
}

async function act(event) {
  if (table.ended) return say("isOver", "red");
  const before = table.state, { state, write, say: words } = step(before, event, facts());
  await keep(state, write);
  if (write.some((one) => one.do === "seal" || one.do === "fever")) tell("sealed");
  say(words.key, words.tone, words.values);
  changed();
  if (event.type === "tube" && fresh(event.code, before)) tell("tube", event.code);
}

// Came into the hand just now, or was taken for one person alone.
const fresh = (code, before) => before.tube?.code !== code && (table.state.tube?.code === code || byTube.has(code));

// What a server said of a tube that was scanned here: it was used in another round or at another point.
export const usedElsewhere = (code, where) => after(async () => {
  const known = [...table.elsewhere, [code, where]].slice(-500);
  await store.write([{ store: "meta", key: "elsewhere", value: known }]);
  table.elsewhere = new Map(known);
  return act({ type: "spoilt", code, where });
});

// On the disk first, in one piece; what is in memory follows. A failure leaves both as they were.
async function keep(state, write) {
  const put = new Map(), drop = new Set(), events = [];
  for (const one of write) {
    if (one.do === "put") put.set(one.scan.id, { ...one.scan, table: table.standing.device.table, state: "held" }), drop.delete(one.scan.id);
    else if (one.do === "drop") drop.add(one.id), put.delete(one.id);
    else if (one.do === "fever") events.push(feverSeen(one));
    else if (one.do === "single") events.push(event({ kind: "retested", tube: one.tube, number: one.number, table: table.standing.device.table, at: one.at }));
    else {
      const inside = new Map([...table.scans, ...put].filter(([id, scan]) => scan.tube === one.tube && scan.state === "held" && !drop.has(id)));
      for (const [id, scan] of inside) put.set(id, { ...scan, state: "ready" });
      events.push(event({ kind: "sealed", tube: one.tube, count: inside.size, table: table.standing.device.table, at: now() }));
    }
  }
  await store.write([
    { store: "meta", key: "table", value: state },
    ...[...put].map(([key, value]) => ({ store: "scans", key, value })),
    ...[...drop].map((key) => ({ store: "scans", key, drop: true })),
    ...events.map((value) => ({ store: "events", key: value.id, value })),
  ]);
  events.forEach(learnEvent);
  for (const id of drop) forgetScan(id);
  for (const [id, scan] of put) forgetScan(id), learnScan(scan);
  table.state = state;
  table.blocked = "";
}

const feverSeen = ({ do: what, tube, number, stranger, ...said }) =>
  event({ kind: "fever", table: table.standing.device.table, ...said, ...(tube ? { tube } : {}), ...(number ? { number } : {}), ...(stranger ? { stranger } : {}) });

const event = (said) => ({ id: store.timeId(), state: "ready", ...said });

// Marks scans or events otherwise, on the disk and in memory, together with more changes.
export async function mark(kind, ids, state, more = []) {
  const place = kind === "scans" ? "scans" : "events"; // fevers lie beside the events and go by a door of their own
  const put = ids.map((id) => table[place].get(id)).filter(Boolean).map((one) => ({ ...one, state }));
  await store.write([...more, ...put.map((value) => ({ store: place, key: value.id, value }))]);
  for (const one of put) {
    table[place].set(one.id, one);
    if (byKey.get(one.key)?.id === one.id) byKey.set(one.key, one);
  }
}

// Of what was captured here only what has to be sent is left, without the names of those whom their numbers name.
// In its turn: a swab that is being written is on the disk first.
export const forgetNames = (more) => after(async () => {
  const unsent = [...table.scans.values()].filter(({ state }) => state !== "sent").map((one) => ({ ...one, name: one.number ? "" : one.name, place: "", state: one.state === "held" ? "ready" : one.state }));
  const conflicts = table.conflicts.map(({ name, ...one }) => one);
  const scans = unsent.map((value) => ({ store: "scans", key: value.id, value }));
  await store.write([...more, { store: "scans", clear: true }, ...scans, { store: "meta", key: "table", value: START }, { store: "meta", key: "conflicts", value: conflicts }]);
  [...table.scans.keys()].forEach(forgetScan);
  unsent.forEach(learnScan);
  Object.assign(table, { state: START, question: null, conflicts });
});

// ---- bags, and what is agreed with an enterprise

async function actBag(given) {
  if (table.ended) return say("isOver", "red");
  const { state, events, say: words } = bagStep(table.bags, given, { sealed: unbagged(), filling: table.state.tube?.code ?? "", bagOf: (code) => bagOf.get(code), courier: (text) => courierMeant(text, table.standing?.couriers?.rows), called: (code) => courierCalled(code, table.standing?.couriers?.rows), filled: (code) => sealedTubes.has(code) || table.told.tubes.has(code) });
  await keepEvents(events.map(event), [{ store: "meta", key: "bags", value: state }]);
  table.bags = state;
  if (events.length) tell("sealed");
  say(words.key, words.tone, words.values);
  changed();
}

async function keepEvents(events, more = []) {
  await store.write([...more, ...events.map((value) => ({ store: "events", key: value.id, value }))]);
  events.forEach(learnEvent);
  table.blocked = "";
}

export const pressBag = (type, more = {}) => after(() => actBag({ type, at: now(), ...more }));

export const agree = ({ organisation, name, count, officer, signature }) => after(async () => {
  await keepEvents([event({ kind: "count_agreed", organisation, count, officer, signature, table: table.standing.device.table, at: now() })]);
  tell("sealed");
  say("agreed", "green", { name, n: count, officer });
  changed();
});

// How many of an enterprise were tested at this point: on this phone, and as far as the other tables told.
export function testedOf(organisation) {
  const isOf = (number) => number && roster.byNumber(number)?.organisation === organisation;
  const here = new Set([...table.scans.values()].map(({ number }) => number).filter(isOf));
  const there = [...table.told.numbers.keys()].filter((number) => isOf(number) && !here.has(number));
  return { here: here.size, there: there.length, all: here.size + there.length };
}

// ---- what comes in

const now = () => new Date().toISOString();

export const scanned = (text) => after(() => (table.mode === "bags" ? takeIntoBag(text) : take(text)));
export const press = (type, more = {}) => after(() => act({ type, at: now(), ...more }));

async function takeIntoBag(text) {
  const found = read(text), code = tidyCode(text);
  if (found.kind === "courier") return actBag({ type: "hand", to: found.code, at: now() });
  if (["card", "person", "id", "misread"].includes(found.kind)) return say("bagNoPerson", "red");
  if (found.kind === "laboratory") return say("bagWhat", "amber");
  if (found.kind === "nothing" || !/^[!-~]{1,40}$/.test(code)) return say("bagWhat", "amber");
  return isDocument(code) && await roster.findDocument(code) ? say("bagNoPerson", "red") : actBag({ type: "scan", code, at: now() });
}

async function take(text) {
  const found = read(text);
  if (found.kind === "nothing") return undefined;
  if (table.question) return say("whichFirst", "red", { code: table.question.code });
  if (found.kind === "enrol") return say("enrolHere", "amber");
  if (found.kind === "courier") return say("courierHere", "amber", { code: found.code });
  if (found.kind === "laboratory") return say("laboratoryHere", "amber");
  if (found.kind === "misread") return say("misread", "red");
  if (found.kind === "card") return card(found);
  if (found.kind === "person") return someone(await roster.findPerson(found.id), "cardUnknown");
  if (found.kind === "id") return someone(await roster.findDocument(found.number), "notListed", found.number);
  return tubeOrPerson(found.text);
}

// A code is taken for a tube where it looks as the tubes here do and nobody is meant by it; for a person where the roster
// knows it. Else it is asked: a passport must not become a tube, nor a tube a person.
async function tubeOrPerson(text) {
  if (isName(text)) return meant(await lookFor(text));
  const code = tidyCode(text), row = code.length >= 6 ? await roster.findDocument(code) : undefined;
  if (row) return person(row);
  const rows = isSearch(text) ? await lookFor(text) : [], isKnown = looksLikeTube(code);
  if (isKnown && !rows.length) return act({ type: "tube", code, at: now() });
  if (!isKnown && rows.length) return meant(rows);
  if (!isKnown && !shapes().size && !isSearch(text) && !isDocument(code)) return act({ type: "tube", code, at: now() });
  return ask(code, text);
}

const lookFor = (text) => roster.search(text, ({ number }) => tested(`n:${number}`));

function shapes() {
  const codes = [...byTube.keys(), ...sealedTubes, ...table.told.tubes.keys(), ...(table.state.tube ? [table.state.tube.code] : [])];
  return new Set([...table.shapes, ...codes.map(shapeOf)]);
}

const looksLikeTube = (code) => shapes().has(shapeOf(code));

function ask(code, text) {
  table.question = { code, text };
  say("which", "red", { code });
  changed();
}

// What was asked is answered: a tube teaches what tubes look like here; a person is looked for, or is on no list.
export const answer = (kind) => after(async () => {
  const asked = table.question;
  table.question = null;
  changed();
  if (!asked) return undefined;
  if (kind === "tube") {
    const learned = new Set([...table.shapes, shapeOf(asked.code)]);
    await store.write([{ store: "meta", key: "shapes", value: [...learned] }]);
    table.shapes = learned;
    return act({ type: "tube", code: asked.code, at: now() });
  }
  if (kind !== "person") return say("forgotten", "amber");
  const rows = isSearch(asked.text) ? await lookFor(asked.text) : [];
  return rows.length || isSearch(asked.text) ? meant(rows) : someone(undefined, "notListed", asked.code);
});

// Nobody is taken for a name alone, also where only one is called so: who it is is shown, and pressed.
async function meant(rows) {
  tell("found", rows, rows.length === 1 ? await roster.reveal(rows[0]) : "");
  if (!rows.length) return say("noSuchPerson", "amber");
  return rows.length === 1 ? say("isItThem", "amber", { name: await roster.reveal(rows[0]) }) : say("chooseOne", "amber");
}

function card({ round, number }) {
  if (round !== table.standing.round.id.replaceAll("-", "")) return say("wrongRound", "red");
  const row = roster.byNumber(number), { entries } = table.standing.round;
  if (row) return person(row);
  // A card has a number of the roster, or it is no card of ours: said while they stand there, not when it is sent.
  if (number < 1 || number > entries) return say("noSuchNumber", "red", { number, entries });
  return act({ type: "person", id: store.timeId(), at: now(), who: { key: `n:${number}`, number, name: `№ ${number}` }, odd: "notOfPoint" });
}

// Whoever is on no list is tested too: who they are is asked, and never refused.
function someone(row, otherwise, document = "") {
  if (row) return person(row);
  say(otherwise, "amber");
  document && listeners.stranger?.(document);
  return undefined;
}

async function person(row) {
  const name = await roster.reveal(row);
  await act({ type: "person", id: store.timeId(), at: now(), who: { key: `n:${row.number}`, number: row.number, name, place: roster.organisation(row) } });
  if (row.household && table.state.tube?.scans.some((one) => one.number === row.number)) offer(row);
}

// In a household tube: who of the family is not tested yet, to be pressed.
function offer(row) {
  tell("found", roster.othersAtHome(row).filter(({ number }) => !tested(`n:${number}`)), "");
}

export const pick = (number) => after(() => person(roster.byNumber(number)));

export const stranger = ({ name, document, phone, organisation }) => after(async () => {
  const row = document && await roster.findDocument(document);
  if (row) return person(row);
  const key = document ? `d:${await roster.documentMark(document)}` : `s:${store.newId()}`;
  const who = { key, number: null, name: name || document || "?", stranger: { name, document, phone, organisation } };
  return act({ type: "person", id: store.timeId(), at: now(), who, odd: "strangerCounted" });
});

export const onStranger = (action) => (listeners.stranger = action);
