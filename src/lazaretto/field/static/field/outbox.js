// Sends what was captured, in batches that keep their number: a batch that was not answered is sent again as it was.
// Asks how things stand, fetches the roster, and obeys a server that says wait.
import * as roster from "./roster.js";
import * as store from "./store.js";
import { word } from "./signs.js";
import { changed, forgetNames, mark, say, table, usedElsewhere, waiting } from "./table.js";

const EVERY = 15000, MOST = 200, PATIENCE = 20000, LONGEST_WAIT = 120000;
export const line = { synced: null, skew: 0, offline: false, waits: 0, busy: false };
const ticks = () => performance.now(); // somebody may put the clock back meanwhile
let api = "", token = "", due = 0, told = 0, failures = 0, timer = 0, again = false;

export const hasToken = () => Boolean(token);

export async function begin(address) {
  api = address;
  token = await store.get("meta", "token") ?? "";
  line.synced = await store.get("meta", "synced") ?? null;
  addEventListener("online", () => soon(true));
  setInterval(() => soon(false), EVERY);
}

// ---- one request: the time is compared on each contact

class Refused extends Error {
  constructor(status, problem) {
    super(problem.title ?? String(status));
    Object.assign(this, { status, code: problem.code ?? "", words: [problem.title, problem.detail].filter(Boolean).join(" "), context: problem.context ?? {} });
  }
}

async function ask(path, body, bearer = token, isWork = true) {
  const started = performance.now(); // the clock may be set while the answer is on its way
  const headers = { Accept: "application/json", Authorization: `Bearer ${bearer}`, "X-Queue": String(waiting()), "X-Sent-At": new Date().toISOString() };
  const more = body ? { method: "POST", body: JSON.stringify(body), headers: { ...headers, "Content-Type": "application/json" } } : { headers };
  const answer = await fetch(api + path, { ...more, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE) });
  if (isWork && (answer.status === 429 || answer.status === 503)) wait(answer.headers.get("Retry-After"));
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, said);
  line.skew = Math.round((Date.parse(said.now) - Date.now() + (performance.now() - started) / 2) / 1000);
  return said;
}

// As long as the server asks, and a little more, so that not all phones come back at once.
function wait(after) {
  const asked = Number(after) ? Number(after) * 1000 : Date.parse(after ?? "") - Date.now();
  told = ticks() + Math.max(1000, asked || 5000) * (1 + Math.random() / 2);
}

// ---- the first contact

export async function claim(code) {
  const begun = await store.get("meta", "claiming"); // the answer was lost on the way: the same question again
  const made = begun?.code === code ? begun.token : freshToken();
  await store.write([{ store: "meta", key: "claiming", value: { code, token: made } }]);
  const answer = await ask("claim", { code, token: made }, made);
  await store.keepKeys(answer.keys);
  await store.write([{ store: "meta", key: "token", value: made }, ...kept(answer), { store: "meta", key: "claiming", drop: true }]);
  await navigator.storage?.persist?.();
  [token, table.standing] = [made, standingOf(answer)];
  await roster.load(table.standing.roster.organisations);
  await fetchRoster();
}

function freshToken() {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return `lzf_${btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

// Names of enterprises come when they changed, and no roster where the point has more people than a phone keeps: what is
// here stays. Names are many and change rarely: they lie by themselves, so that a contact does not write them anew.
function standingOf({ device, point, round, roster: people, others, couriers, singly }) {
  const before = table.standing?.roster ?? {};
  return { device, point, round, roster: { ...before, ...people }, others, singly, couriers: couriers ?? table.standing?.couriers };
}

function kept(answer) {
  const standing = standingOf(answer), { organisations, ...people } = standing.roster;
  const names = answer.roster?.organisations ? [{ store: "meta", key: "names", value: organisations }] : [];
  return [{ store: "meta", key: "standing", value: { ...standing, roster: people } }, ...names];
}

async function fetchRoster() {
  const pages = [];
  let last = 0;
  while (last !== null) {
    const piece = await ask(`roster?after=${last}`);
    if (piece.rows.length) pages.push(piece.rows);
    last = piece.last;
  }
  const rows = pages.map((value, at) => ({ store: "pages", key: at, value }));
  await store.write([{ store: "pages", clear: true }, ...rows, { store: "meta", key: "roster", value: table.standing.roster.version }]);
  await roster.load(table.standing.roster.organisations);
}

// ---- again and again

export function soon(atOnce) {
  if (atOnce && failures) due = Math.min(due, ticks());
  clearTimeout(timer);
  timer = setTimeout(run, 1 + Math.max(0, due - ticks(), told - ticks())); // parts of a millisecond are cut off: too early
}

// Asked beside the work, while the first person is swabbed: no answer, and nothing waits for one.
export async function askTube(code) {
  if (!token || table.ended || !navigator.onLine) return undefined;
  const { used } = await ask(`tube?code=${encodeURIComponent(code)}`, null, token, false).catch(() => ({}));
  if (!used || table.ended || isOurs(used)) return undefined;
  const where = used.round === null || !used.point ? word("whereElse") : word("whereUsed", used);
  return usedElsewhere(code, where);
}

// Of this round and point the phones tell each other themselves; the answer may have come after our own upload.
const isOurs = ({ round, point }) => round === table.standing?.round.number && point === table.standing?.point.code;

async function run() {
  if (line.busy) return void (again = true);
  if (!token || ticks() < Math.max(due, told) || table.ended === "unknown") return undefined;
  line.busy = true;
  try {
    if (expired()) await lapseUnlessKnown();
    const failed = await sendAll();
    if (table.ended && failed) throw failed;
    if (table.ended) return waiting() ? undefined : await wipe();
    await learn(await ask(`state?since=${encodeURIComponent(table.told.since ?? "")}&names=${table.standing?.roster.names ?? ""}&couriers=${table.standing?.couriers?.version ?? ""}`));
    if (failed) throw failed;
    Object.assign(line, { synced: new Date().toISOString(), offline: false });
    failures = 0;
    await store.write([{ store: "meta", key: "synced", value: line.synced }]);
  } catch (error) {
    await stumble(error);
  } finally {
    line.busy = false;
    changed();
    if (again) soon(again = false);
  }
  return undefined;
}

// A server that cannot take something says all the same how things stand: a phone that was revoked must hear of it. And it
// may take the next batch: only without a network, or told to wait, or ended, everything waits.
function unlessFaulty(error) {
  if (error.status && ![401, 429, 503].includes(error.status)) return error;
  throw error;
}

async function stumble(error) {
  if (error.status === 401) return over(error);
  failures += 1;
  const wide = Math.min(LONGEST_WAIT, 2000 * 2 ** Math.min(failures, 6));
  due = Math.max(due, ticks() + wide * (0.5 + Math.random() / 2));
  again = true; // then: not every browser says that the network is back
  line.offline = !error.status;
  if (error.status && error.status < 500 && error.status !== 429) say("refused", "red", { words: error.words });
  return undefined;
}

// Everything that may be sent: batches that were begun first, then what is ready, in the order it was captured; fevers
// before all else, scans before what happened to their tubes. Returns the first fault, which holds up no other batch.
async function sendAll() {
  let fault = null;
  const send = (...one) => sendOne(...one).catch((error) => (fault ??= unlessFaulty(error)));
  for (const [batch, { kind, ids }] of await store.all("batches")) await send(batch, kind, ids);
  for (const kind of ["fevers", "scans", "events"]) {
    for (let ids = ready(kind); ids.length; ids = ready(kind)) {
      const batch = store.timeId();
      await mark(kind, ids, "batched", [{ store: "batches", key: batch, value: { kind, ids } }]);
      await send(batch, kind, ids);
    }
  }
  return fault;
}

// A batch that the server cannot read is halved until the one is found that it cannot read: that one is kept and shown, and
// holds up nobody else. A number that was used for another batch is replaced; the server knows its scans again.
async function sendOne(batch, kind, ids) {
  try {
    await SEND[kind](batch, ids);
  } catch (error) {
    const reused = error.code === "batch_reused" || error.code === "events_reused";
    if (error.status !== 422 && !reused) throw error;
    const drop = { store: "batches", key: batch, drop: true }, middle = Math.ceil(ids.length / 2);
    if (!reused && ids.length === 1) {
      await mark(kind, ids, "refused", [drop]);
      return say("refused", "red", { words: error.words });
    }
    const parts = (reused ? [ids] : [ids.slice(0, middle), ids.slice(middle)]).map((some) => ({ store: "batches", key: store.timeId(), value: { kind, ids: some } }));
    await store.write([drop, ...parts]);
    for (const { key, value } of parts) await sendOne(key, kind, value.ids);
  }
  return undefined;
}

const isOf = { scans: () => true, events: ({ kind }) => kind !== "fever", fevers: ({ kind }) => kind === "fever" };
const held = (kind) => table[kind === "scans" ? "scans" : "events"];
const ready = (kind) => [...held(kind).values()].filter((one) => one.state === "ready" && isOf[kind](one)).sort((one, two) => (one.id < two.id ? -1 : 1)).slice(0, MOST).map(({ id }) => id);
const those = (kind, ids) => ids.map((id) => held(kind).get(id)).filter(Boolean);

const scanSent = ({ id, tube, slot, at, number, stranger, table: place, temperature }) => ({
  id, tube, slot, at, table: place, ...(number ? { number } : {}), ...(stranger ? { stranger } : {}), ...(temperature ? { temperature } : {}),
});

async function sendScans(batch, ids) {
  const { answer } = await ask("uploads", { batch, sent_at: new Date().toISOString(), scans: those("scans", ids).map(scanSent) });
  const isMeant = ({ reason, scan }) => reason === "same_scan" || reason === "tested_before" && table.scans.get(scan)?.single;
  const fresh = answer.duplicates.filter((one) => !isMeant(one)).map((one) => {
    const { tube, slot, name } = table.scans.get(one.scan) ?? {};
    return { ...one, tube, slot, name };
  });
  const conflicts = [...table.conflicts, ...fresh];
  await mark("scans", ids, "sent", [{ store: "batches", key: batch, drop: true }, { store: "meta", key: "conflicts", value: conflicts }]);
  table.conflicts = conflicts;
  sentNow();
  if (fresh.length) say("conflict", "red", { why: `why_${fresh[0].reason}`, name: fresh[0].name ?? "", tube: fresh[0].tube ?? "" });
}

async function sendEvents(batch, ids) {
  const events = those("events", ids).map(({ state, ...said }) => said);
  await ask("events", { batch, sent_at: new Date().toISOString(), events });
  await mark("events", ids, "sent", [{ store: "batches", key: batch, drop: true }]);
  sentNow();
}

async function sendFevers(batch, ids) {
  const fevers = those("fevers", ids).map(({ state, kind, ...said }) => said);
  await ask("fevers", { sent_at: new Date().toISOString(), fevers });
  await mark("fevers", ids, "sent", [{ store: "batches", key: batch, drop: true }]);
  sentNow();
}

function sentNow() {
  line.synced = new Date().toISOString();
  changed();
}

const SEND = { scans: sendScans, events: sendEvents, fevers: sendFevers };

// Said aloud once, when the phone hears of it; from then on it stands above the tube.
export const OVER = { closed: "roundClosed", cancelled: "roundCancelled" };

async function learn(answer) {
  for (const row of answer.told) {
    for (const number of row.numbers) table.told.numbers.set(number, row.table);
    for (const code of row.tubes) table.told.tubes.set(code, row.table);
  }
  if (answer.told_at) table.told.since = answer.told_at;
  const told = { since: table.told.since, numbers: [...table.told.numbers], tubes: [...table.told.tubes] };
  const was = table.standing?.round.state;
  await store.write([{ store: "meta", key: "told", value: told }, ...kept(answer)]);
  table.standing = standingOf(answer);
  if (answer.roster && await store.get("meta", "roster") !== answer.roster.version) await fetchRoster();
  else if (answer.roster?.organisations) await roster.load(table.standing.roster.organisations);
  if (was !== answer.round.state && OVER[answer.round.state]) say(OVER[answer.round.state], "red", { reason: answer.round.reason });
}

// ---- the end: nothing unsent is lost silently

const expired = () => !table.ended && table.standing && Date.now() + line.skew * 1000 > Date.parse(table.standing.device.until);

// A clock may have been put right since the last contact: whoever can be asked is asked before anything is wiped.
async function lapseUnlessKnown() {
  await ask("state?since=").catch((error) => {
    if (error.status === 401) throw error;
  });
  if (expired()) await lapse();
}

// The token is over, and perhaps no network told so: the names go now, what was captured stays until it is sent.
const lapse = () => ended("expired");

// The keys of the names and the names go first, in one piece with the word that it is over; what was captured stays.
async function ended(why) {
  table.ended = why;
  const keys = ["name", "match"].map((key) => ({ store: "keys", key, drop: true }));
  if (table.standing) table.standing = { ...table.standing, couriers: undefined, singly: undefined };
  await forgetNames([...keys, { store: "pages", clear: true }, { store: "meta", key: "standing", value: table.standing }, { store: "meta", key: "ended", value: why }]);
  await roster.load({});
}

async function over(error) {
  await ended(error.code === "field_device_ended" ? error.context.ending || "revoked" : "unknown");
  if (!waiting()) return wipe();
  due = 0;
  setTimeout(run); // what is held is sent now, and again until it is
  return undefined;
}

export async function endShift() {
  await ask("end", {});
  await ended("shift");
  if (!waiting()) return wipe();
  return changed();
}

export async function wipe() {
  token = "";
  table.standing = null;
  table.scans.clear();
  table.events.clear();
  await store.wipe();
  say("wiped", "blue");
  changed();
}
