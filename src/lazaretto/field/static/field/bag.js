// Sealed tubes into a bag, the bag to the courier. Pure, as tube.js is: step(state, event, facts) gives the next state, what
// is to be written and what is said. A tube that no phone of ours sealed may lie in the bag too: what is seen is written.
export const START = { bag: null, closed: [] };

// facts: sealed (codes sealed here and in no bag), filling (the code of the tube in hand, or ""), bagOf(tube) → the bag it is in,
// filled(tube) → whether a table that we know of filled it, courier(text) → the code that is meant, null for nobody whom we
// know, called(code) → with their name
export function step({ doubt, ...state }, event, facts) {
  return (EVENTS[event.type] ?? nothing)(state, event.type === "anyway" ? { ...event, to: doubt } : event, facts);
}

const said = (state, key, tone, values = {}, events = []) => ({ state, events, say: { key, tone, values } });
const nothing = (state) => said(state, "nothing", "amber");
const bagged = (tube, bag, at) => ({ kind: "bagged", tube, bag, at });

// The first code opens the bag; every further one is a tube that goes into it.
function scan(state, event, facts) {
  const { code, at } = event;
  if (!state.bag) return open(state, code);
  if (code === state.bag.code) return said(state, "bagInHand", "amber", { code });
  if (code === facts.filling) return said(state, "bagOpenTube", "red", { code });
  if (state.bag.tubes.includes(code)) return said(state, "bagTwice", "amber", { code, bag: state.bag.code });
  const before = facts.bagOf(code), bag = { ...state.bag, tubes: [...state.bag.tubes, code] };
  // A tube that nobody was scanned into, here or at another table that has sent: written, and said at once.
  const [key, tone] = before ? ["bagMoved", "red"] : facts.filled(code) ? ["bagged", "green"] : ["bagNobody", "amber"];
  return said({ ...state, bag }, key, tone, { code, bag: bag.code, before, n: bag.tubes.length }, [bagged(code, bag.code, at)]);
}

function open(state, code) {
  const before = state.closed.find((one) => one.code === code);
  if (before) return said(state, "bagClosedBefore", "red", { code });
  return said({ ...state, bag: { code, tubes: [] } }, "bagOpen", "blue", { code });
}

function all(state, event, facts) {
  if (!state.bag) return said(state, "bagFirst", "amber");
  const fresh = facts.sealed.filter((code) => !state.bag.tubes.includes(code));
  if (!fresh.length) return said(state, "bagNoTubes", "amber");
  const bag = { ...state.bag, tubes: [...state.bag.tubes, ...fresh] };
  return said({ ...state, bag }, "baggedAll", "green", { bag: bag.code, n: bag.tubes.length }, fresh.map((code) => bagged(code, bag.code, event.at)));
}

function out(state, event) {
  const last = state.bag?.tubes.at(-1);
  if (!last) return state.bag ? said({ ...state, bag: null }, "bagAway", "amber", { code: state.bag.code }) : nothing(state);
  const bag = { ...state.bag, tubes: state.bag.tubes.slice(0, -1) };
  return said({ ...state, bag }, "unbagged", "amber", { code: last }, [{ kind: "unbagged", tube: last, bag: bag.code, at: event.at }]);
}

function close(state, event) {
  if (!state.bag?.tubes.length) return said(state, "bagEmpty", "amber");
  const { code, tubes } = state.bag;
  const closed = [...state.closed, { code, n: tubes.length, to: "" }];
  return said({ bag: null, closed }, "bagClosed", "green", { code, n: tubes.length }, [{ kind: "bag_closed", bag: code, count: tubes.length, at: event.at }]);
}

// The courier's badge, name or number plate, typed or scanned: takes every closed bag that nobody has yet. A bag that is
// still being filled must not stay behind by a slip.
function hand(state, event, facts) {
  const ready = state.closed.filter(({ to }) => !to);
  const open = state.bag?.tubes.length ? state.bag : null;
  if (open) return said(state, "bagCloseFirst", "red", { code: open.code, n: open.tubes.length });
  if (!ready.length) return said(state, "bagNone", "amber");
  if (!event.to) return said(state, "courierWho", "amber");
  // Nobody whom the server named: said while they stand there. A new one may have come, so a press gives them the bags.
  const known = facts.courier(event.to), to = known ?? event.to, called = facts.called(to);
  if (known === null && event.type !== "anyway") return said({ ...state, doubt: to }, "courierUnknown", "red", { to });
  const closed = state.closed.map((one) => (one.to ? one : { ...one, to: called }));
  return said({ ...state, closed }, known === null ? "handedToUnknown" : "handedOver", known === null ? "amber" : "green", { n: ready.length, to: called }, ready.map(({ code }) => ({ kind: "handed_over", bag: code, to, at: event.at })));
}

const EVENTS = { scan, all, out, close, hand, anyway: hand };
