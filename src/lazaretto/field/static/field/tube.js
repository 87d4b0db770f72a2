// The tube in hand: who is in which place, what a scan does, what is said. Pure: step(state, event, facts) gives the next
// state, what is to be written before the screen may say so, and what is said. Nothing here knows a browser.
export const START = { tube: null, waiting: null, next: null, aside: null, doubt: null, single: null };

// facts: places (of a tube by the rule of the round), fever (°C), used(code) → null | {table?, where?},
// tested(key) → null | {tube, table?, at?}, home(key) → household, null where none is known or tubes are not for one,
// singly(key) → whether they are called back, to be swabbed into a tube of their own
export function step(state, event, facts) {
  return (EVENTS[event.type] ?? unknown)(state, event, facts);
}

const said = (state, key, tone, values = {}, write = []) => ({ state, write, say: { key, tone, values } });
const full = (tube) => tube.scans.length >= tube.places;
const calm = (state) => ({ ...state, next: null, doubt: null });
const unknown = (state) => said(state, "nothing", "amber");

function freeSlot(tube) {
  const taken = new Set(tube.scans.map(({ slot }) => slot));
  for (let slot = 1; slot <= tube.places; slot += 1) if (!taken.has(slot)) return slot;
  return 0;
}

// ---- tubes

function tube(state, event, facts) {
  const { code } = event, held = state.tube;
  const before = facts.used(code);
  if (before) return said(calm(state), before.where ? "tubeUsedElsewhere" : before.table ? "tubeUsedThere" : "tubeUsed", "red", { code, ...before });
  if (held?.code === code) return said(calm(state), "tubeInHand", "amber", { code });
  if (state.aside) return ownTube(state, event);
  if (state.single) return singleTube(state, event);
  if (!held || !held.scans.length) return opened(state, event, facts, []);
  if (held.spoilt) return moved(state, event, facts);
  if (!full(held) && state.next !== code) return said({ ...calm(state), next: code }, "sealFirst", "amber", { code, old: held.code, n: held.scans.length, of: held.places });
  return opened(state, event, facts, [{ do: "seal", tube: held.code }]);
}

function opened(state, event, facts, write) {
  const fresh = { ...START, tube: { code: event.code, places: facts.places, scans: [] } };
  if (!state.waiting) return said(fresh, "tubeOpen", "blue", { code: event.code, of: facts.places }, write);
  const put = person(fresh, { ...state.waiting, type: "person", at: event.at }, facts);
  return { ...put, write: [...write, ...put.write] };
}

// The server knew of a tube that this phone could not know: another round or point used it. Nobody in it yet: it is put away.
// Somebody in it: the next tube takes them all. Sealed meanwhile: it is said, and stays as it was captured.
function spoilt(state, event) {
  const { code, where } = event, held = state.tube;
  if (held?.code !== code) return said(state, "tubeUsedSealed", "red", { code, where });
  if (!held.scans.length && !state.aside) return said({ ...calm(state), tube: null }, "tubeUsedElsewhere", "red", { code, where });
  return said({ ...calm(state), tube: { ...held, spoilt: where } }, "tubeSwap", "red", { code, where, n: held.scans.length });
}

function moved(state, event, facts) {
  const { code } = event, { spoilt: none, ...held } = state.tube, scans = held.scans.map((scan) => ({ ...scan, tube: code }));
  const told = scans.filter((scan) => isHot(scan.temperature, facts)).map((scan) => seen("inside", scan, event, scan.temperature, code));
  return said({ ...calm(state), tube: { ...held, code, scans } }, "tubeSwapped", "amber", { code, old: held.code, n: scans.length }, [...scans.map((scan) => ({ do: "put", scan })), ...told]);
}

// Whoever has a fever gets a tube of their own; the shared one stays in hand.
function ownTube(state, event) {
  const { who, temperature, id } = state.aside;
  const scan = { id, tube: event.code, slot: 1, at: event.at, temperature, ...who };
  return said({ ...calm(state), aside: null }, "ownTube", "green", { name: who.name, code: event.code }, [{ do: "put", scan }, { do: "seal", tube: event.code }, seen("swabbed", scan, event, temperature, event.code)]);
}

// So does whoever is to be swabbed singly: their tube is sealed with them alone, and told as such.
function singleTube(state, event) {
  const { who, id } = state.single, { code } = event;
  const scan = { id, tube: code, slot: 1, at: event.at, temperature: null, single: true, ...who };
  return said({ ...calm(state), single: null }, "singleTube", "green", { name: who.name, code }, [{ do: "put", scan }, { do: "seal", tube: code }, { do: "single", tube: code, number: who.number, at: event.at }]);
}

// ---- people

function person(state, event, facts) {
  const { key, name } = event.who;
  if (state.aside) return said(state, "asideFirst", "red", { name: state.aside.who.name });
  if (state.single && state.single.who.key !== key) return said(state, "singleFirst", "red", { name: state.single.who.name });
  if (facts.singly?.(key)) return said({ ...calm(state), waiting: null, single: { who: event.who, id: event.id } }, "singly", "red", { name });
  const before = state.tube?.scans.find((one) => one.key === key) ? { tube: state.tube.code } : facts.tested(key);
  if (before && !event.insist) return said({ ...calm(state), waiting: null, doubt: event }, before.table ? "testedThere" : "testedBefore", "red", { name, ...before });
  if (!state.tube) return said({ ...calm(state), waiting: event }, "tubeFirst", "amber", { name });
  if (full(state.tube)) return said({ ...calm(state), waiting: event }, "tubeFull", "red", { name, code: state.tube.code, of: state.tube.places });
  if (!event.apart && !(state.doubt?.apart && state.doubt.who.key === key) && apart(state.tube, key, facts)) return said({ ...calm(state), waiting: null, doubt: { ...event, apart: true } }, "otherHousehold", "red", { name, code: state.tube.code });
  return put(state, event);
}

// A household tube is for one: whoever is known to be of another is put in only by a second scan, or a press.
function apart(tube, key, facts) {
  const own = facts.home?.(key);
  return Boolean(own) && tube.scans.some((one) => (facts.home(one.key) ?? own) !== own);
}

function put(state, event) {
  const scan = { id: event.id, tube: state.tube.code, slot: freeSlot(state.tube), at: event.at, temperature: null, ...event.who };
  const held = { ...state.tube, scans: [...state.tube.scans, scan] };
  const values = { name: scan.name, n: held.scans.length, of: held.places, code: held.code };
  const write = [{ do: "put", scan }];
  return said({ ...START, tube: held }, event.odd ?? (full(held) ? "countedFull" : "counted"), full(held) ? "amber" : event.odd ? "blue" : "green", values, write);
}

// Somebody who was tested before was swabbed again all the same: a fact, which the server keeps with its reason.
const insist = (state, event, facts) => (state.doubt ? person({ ...state, doubt: null }, { ...state.doubt, insist: true }, facts) : said(state, "nothing", "amber"));

// ---- the temperature of whoever came last, or is aside

const isHot = (value, facts) => value !== null && value >= facts.fever;
const degrees = (value) => value.toFixed(1);
// What is seen of a fever is a fact of its own, also where no swab follows: it is told to somebody who looks after them.
const seen = (step, scan, event, temperature, tube = "") => ({ do: "fever", fever: scan.id, step, at: event.at, temperature, tube, number: scan.number ?? null, stranger: scan.stranger });

function temperature(state, event, facts) {
  if (state.aside) return temperatureAside(state, event, facts);
  if (state.single) return said(state, "singleFirst", "red", { name: state.single.who.name });
  const last = state.tube?.scans.at(-1);
  if (!last) return said(state, "nobodyToMeasure", "amber");
  const measured = { ...last, temperature: event.value }, values = { name: last.name, value: degrees(event.value), code: state.tube.code };
  if (!isHot(event.value, facts)) {
    const again = isHot(last.temperature, facts) ? [seen("again", last, event, event.value)] : [];
    return said(replaced(state, measured), "measured", "green", values, [{ do: "put", scan: measured }, ...again]);
  }
  const told = seen("measured", last, event, event.value);
  if (state.tube.places === 1 || isHot(last.temperature, facts)) return said(replaced(state, measured), state.tube.places === 1 ? "feverAlone" : "feverInside", "red", values, [{ do: "put", scan: measured }, told]);
  const rest = { ...state.tube, scans: state.tube.scans.slice(0, -1) };
  const { id, slot, at, tube: code, temperature: none, ...who } = last;
  return said({ ...calm(state), tube: rest, aside: { who, id, slot, at, temperature: event.value } }, "fever", "red", values, [{ do: "drop", id }, told]);
}

// Measured again: no fever any more puts them back into the place they had.
function temperatureAside(state, event, facts) {
  const { who, id, slot, at } = state.aside, values = { name: who.name, value: degrees(event.value), code: state.tube.code };
  if (isHot(event.value, facts)) return said({ ...state, aside: { ...state.aside, temperature: event.value } }, "fever", "red", values, [seen("measured", { ...who, id }, event, event.value)]);
  const scan = { id, tube: state.tube.code, slot, at, temperature: event.value, ...who };
  return said({ ...START, tube: { ...state.tube, scans: [...state.tube.scans, scan] } }, "measuredBack", "green", values, [{ do: "put", scan }, seen("again", scan, event, event.value)]);
}

const replaced = (state, scan) => ({ ...calm(state), tube: { ...state.tube, scans: state.tube.scans.map((one) => (one.id === scan.id ? scan : one)) } });

// Their swab was in the shared tube already: then it is so, and said.
function stays(state, event) {
  if (!state.aside) return said(state, "nothing", "amber");
  const { who, id, slot, at, temperature: value } = state.aside;
  const scan = { id, tube: state.tube.code, slot, at, temperature: value, ...who };
  const held = { ...state.tube, scans: [...state.tube.scans, scan] };
  return said({ ...START, tube: held }, "feverInside", "red", { name: who.name, value: degrees(value) }, [{ do: "put", scan }, seen("inside", scan, event, value, held.code)]);
}

// They went to the fever clinic without a swab here, or the table takes them back: the fever stays written and told.
const leaves = (step, key) => (state, event) => {
  if (!state.aside) return said(state, "nothing", "amber");
  const { who, id, temperature: value } = state.aside;
  return said({ ...state, aside: null }, key, "amber", { name: who.name, value: degrees(value) }, [seen(step, { ...who, id }, event, value)]);
};
const gone = leaves("clinic", "asideClinic"), takenBack = leaves("undone", "asideUndone");

// ---- back, and closed

function undo(state, event, facts) {
  if (state.aside) return takenBack(state, event);
  if (state.waiting || state.doubt || state.next || state.single) return said({ ...calm(state), waiting: null, single: null }, "forgotten", "amber");
  const last = state.tube?.scans.at(-1);
  if (last) {
    const told = isHot(last.temperature, facts) ? [seen("undone", last, event, last.temperature)] : [];
    return said({ ...START, tube: { ...state.tube, scans: state.tube.scans.slice(0, -1) } }, told.length ? "asideUndone" : "undone", "amber", { name: last.name, value: told.length ? degrees(last.temperature) : "" }, [{ do: "drop", id: last.id }, ...told]);
  }
  return state.tube ? said(START, "tubeAway", "amber", { code: state.tube.code }) : said(state, "nothingToUndo", "amber");
}

function seal(state) {
  if (state.aside) return said(state, "asideFirst", "red", { name: state.aside.who.name });
  if (state.single) return said(state, "singleFirst", "red", { name: state.single.who.name });
  const held = state.tube;
  if (!held?.scans.length) return said(state, "nothingToSeal", "amber");
  if (held.spoilt) return said({ ...state, tube: { ...held, spoilt: "" } }, "tubeSwapFirst", "red", { code: held.code, where: held.spoilt });
  return said({ ...START, waiting: state.waiting }, "sealed", "green", { code: held.code, n: held.scans.length }, [{ do: "seal", tube: held.code }]);
}

const EVENTS = { tube, spoilt, person, insist, temperature, stays, gone, undo, seal };
