// What a courier carries, and what a scan of a bag means. Pure: known is what the server told last, queue what this phone
// has seen since. A scan is written whatever it says, unless nobody could tell which round it is of.
const key = (round, code) => `${round} ${code}`;

// Every bag by round and code, as it is by all that this phone knows.
export function bagsNow(known, queue) {
  const bags = new Map(known.bags.map((one) => [key(one.round, one.code), one]));
  const own = known.courier.code;
  for (const { kind, round, bag, at, courier = own } of queue) {
    const name = key(round, bag), before = bags.get(name) ?? { round, code: bag, tubes: null, point: "", state: "", holder: "" };
    if (kind === "taken") bags.set(name, { ...before, state: "under_way", holder: courier, mine: courier === own, left_at: before.left_at ?? at });
    else bags.set(name, { ...before, state: "arrived", mine: false, in: true });
  }
  return bags;
}

export const mine = (known, queue) => [...bagsNow(known, queue).values()].filter((one) => one.mine).sort((one, two) => (one.left_at < two.left_at ? -1 : 1));

// What goes together: of one courier whose key is here, and of one round. `passed` had trouble just now ("courier round").
export function batchOf(queue, { keys, passed, most }) {
  const free = queue.filter(({ courier, round }) => keys[courier] && !passed.has(key(courier, round)));
  return free.filter(({ courier, round }) => courier === free[0].courier && round === free[0].round).slice(0, most);
}

// Which round a code is of: the one whose bag is on its way or waits, else the one that was chosen, else the only one.
function homeOf(code, given) {
  const all = [...bagsNow(given.known, given.queue).values()].filter((one) => one.code === code);
  const near = given.mode === "handing" ? all.filter((one) => one.mine) : all.filter((one) => !one.in);
  const chosen = (near.length ? near : all).filter((one) => one.round === given.round);
  const found = near.length === 1 ? near : chosen.length ? chosen : all.length === 1 ? all : [];
  if (found.length) return { bag: found[0], round: found[0].round };
  const open = given.known.rounds.filter((one) => one.open);
  const round = given.round || (all.length === 0 && open.length === 1 ? open[0].id : "");
  return { bag: null, round, none: !open.length };
}

const said = (key, tone, values = {}, event = null) => ({ say: { key, tone, values }, event });

// given: {known, queue, mode: "taking" | "handing", round, lab, taker}
export function scan(code, given) {
  const { bag, round, none } = homeOf(code, given);
  if (!round) return said(none ? "noRound" : "roundFirst", "red", { code });
  return given.mode === "handing" ? arrived(code, bag, round, given) : taken(code, bag, round, given);
}

function taken(code, bag, round, { known }) {
  const event = { kind: "taken", bag: code, round };
  if (!bag || (!bag.state && !bag.mine)) return said("takenUnknown", "amber", { code }, event);
  if (bag.mine) return said("takenBefore", "amber", { code });
  const values = { code, point: bag.point, tubes: bag.tubes, holder: bag.holder };
  if (bag.state === "under_way" && bag.holder && bag.holder !== known.courier.code) return said("takenOther", "red", values, event);
  return bag.state === "open" ? said("takenOpen", "amber", values, event) : said("taken", "green", values, event);
}

function arrived(code, bag, round, { lab, taker }) {
  if (!lab) return said("labFirst", "red");
  if (!taker) return said("takerFirst", "red");
  if (bag?.in) return said("arrivedBefore", "amber", { code });
  const event = { kind: "arrived", bag: code, round, to: lab, officer: taker };
  return bag?.mine ? said("arrived", "green", { code, lab, taker, tubes: bag.tubes }, event) : said("arrivedStrange", "amber", { code, lab }, event);
}
