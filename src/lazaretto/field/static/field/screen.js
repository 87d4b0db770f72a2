// What is seen. Everything is drawn anew from what table and line say; text reaches the page as text only.
import { element, icon } from "../ui/js/dom.js";
import * as roster from "./roster.js";
import { line, OVER } from "./outbox.js";
import { clock, sound, word } from "./signs.js";
import { mine, refused, scansWaiting, table, tested, unbagged, waiting } from "./table.js";

export const root = document.querySelector("[data-field]");
export const part = (name) => root.querySelector(`[data-${name}]`);
const ICONS = { green: "circle-check", amber: "alert-triangle", red: "alert-circle", blue: "info-circle" };
const CLOCK_TOLERATED = 120;
let lastSaid = null;

export function say(key, tone, values = {}) {
  lastSaid = { key, tone, values };
  showSaid();
  sound(tone);
}

export function showSaid() {
  if (!lastSaid) return;
  const { key, tone, values } = lastSaid, place = part("say");
  const spoken = values.why ? { ...values, why: word(values.why) } : values;
  place.dataset.tone = tone;
  place.replaceChildren(icon(ICONS[tone], "lz-fa-mark"), element("span", {}, word(key, spoken)));
}

export function show(view) {
  root.dataset.view = view;
  for (const node of root.querySelectorAll("[data-when]")) node.hidden = !node.dataset.when.split(" ").includes(view);
}

export function draw() {
  if (table.standing) drawFrame();
  drawSync();
  drawTube();
  drawBag();
  drawChoices();
  drawWarning();
}

function drawFrame() {
  const { point, device, round } = table.standing;
  part("point").textContent = `${point.code} · ${word("tableN", { n: device.table })}`;
  part("round").textContent = `${round.name} · ${point.name}`;
}

function drawSync() {
  const n = waiting();
  part("queue").textContent = n;
  part("sync").toggleAttribute("data-waiting", n > 0);
  part("synced").textContent = line.offline ? word("offline") : line.synced ? clock(line.synced) : word("never");
  part("sync").setAttribute("aria-label", `${n} ${word("toSend")}, ${word("lastSync")} ${part("synced").textContent}`);
}

function drawTube() {
  const held = table.state.tube, card = part("tube");
  card.toggleAttribute("data-full", Boolean(held && held.scans.length >= held.places));
  part("tube-code").textContent = held ? held.code : word("noTube");
  part("tube-count").textContent = held ? word("tubeOf", { n: held.scans.length, of: held.places }) : word("noTubeHint");
  const here = new Map((held?.scans ?? []).map((scan) => [scan.slot, scan]));
  const last = held?.scans.at(-1)?.id;
  const slots = Array.from({ length: held?.places ?? 0 }, (_none, at) => {
    const scan = here.get(at + 1);
    return element("li", { ...(scan ? { "data-taken": "" } : {}), ...(scan && scan.id === last ? { "data-last": "" } : {}) }, element("b", {}, String(at + 1)), element("span", {}, scan ? short(scan) : ""));
  });
  part("slots").replaceChildren(...slots);
  part("seal").disabled = !held?.scans.length;
}

function drawBag() {
  const { bag, closed } = table.bags, bags = table.mode === "bags";
  root.dataset.mode = table.mode;
  for (const node of root.querySelectorAll("[data-in]")) node.hidden = node.dataset.in !== table.mode;
  part("input").placeholder = word(bags ? "bagInput" : "input");
  part("bag-code").textContent = bag ? bag.code : word("noBag");
  part("bag-count").textContent = bag ? word("nTubes", { n: bag.tubes.length }) : word("noBagHint");
  part("bag-rest").textContent = word("bagRest", { n: unbagged().length });
  part("bag-tubes").replaceChildren(...(bag?.tubes ?? []).slice().reverse().map((code) => element("li", {}, code)));
  part("closed-box").hidden = !closed.length;
  part("closed").replaceChildren(...closed.slice().reverse().map(({ code, n, to }) =>
    element("li", {}, element("b", {}, code), ` ${word("nTubes", { n })} · ${to ? word("withCourier", { to }) : word("waitsForCourier")}`)));
  part("hand").hidden = !closed.some(({ to }) => !to);
}

// Masked again as soon as they are in the tube; strangers by their first letter.
const short = (scan) => (scan.number && roster.byNumber(scan.number)?.masked) || `${scan.name.slice(0, 1)}*`;

function drawChoices() {
  const { aside, doubt } = table.state, given = { aside: aside && !table.question, doubt: doubt && !doubt.apart && !table.question, apart: doubt?.apart && !table.question, question: table.question, anyway: table.mode === "bags" && table.bags.doubt };
  part("choices").hidden = !Object.values(given).some(Boolean);
  for (const node of part("choices").querySelectorAll("[data-needs]")) node.hidden = !given[node.dataset.needs];
}

function drawWarning() {
  const minutes = Math.round(Math.abs(line.skew) / 60), said = [];
  if (table.blocked === "full") said.push(word("storageFull"));
  if (Math.abs(line.skew) > CLOCK_TOLERATED) said.push(word(line.skew > 0 ? "clockSlow" : "clockFast", { n: minutes }));
  const round = table.standing?.round;
  if (OVER[round?.state]) said.push(word(OVER[round.state], { reason: round.reason }));
  else if (table.standing?.point.closed) said.push(word("pointClosed"));
  part("warn").hidden = !said.length;
  part("warn").replaceChildren(...(said.length ? [icon("alert-triangle"), element("span", {}, said.join(" "))] : []));
}

// `name` is whole where one person alone is meant.
export function drawFound(rows, name, choose) {
  const list = part("found");
  list.hidden = !rows.length;
  list.replaceChildren(...rows.map((row) => {
    const before = tested(`n:${row.number}`);
    const button = element("button", { type: "button", class: "btn", ...(before ? { "data-tested": "" } : {}) },
      element("b", {}, name || row.masked), element("span", {}, roster.organisation(row)), element("span", { class: "lz-num" }, before ? word("done") : `…${row.tail}`));
    button.addEventListener("click", () => choose(row.number));
    return element("li", {}, button);
  }));
}

// ---- what is on this phone

export function drawLine() {
  part("here").textContent = mine();
  part("expected").textContent = roster.size();
  part("unsent").textContent = scansWaiting();
  part("unsent-tubes").textContent = waiting() - scansWaiting();
  part("conflict-box").hidden = !table.conflicts.length;
  part("conflicts").replaceChildren(...table.conflicts.slice().reverse().map((one) =>
    element("li", {}, element("b", {}, one.name ?? `№ ${one.number ?? "?"}`), ` ${one.tube} / ${one.slot} · ${word(`why_${one.reason}`)}`)));
}

const whose = (one) => one.number ?? [one.stranger?.name, one.stranger?.document, one.stranger?.phone].filter(Boolean).join(" ");
// One line of what could not be sent: everything that somebody has to type anew.
const copied = (one) => (one.kind
  ? [one.kind, one.step, one.tube, one.bag, one.to, one.organisation, one.count, one.officer, one.kind === "fever" ? whose(one) : "", one.at, one.temperature?.toFixed(1)]
  : [one.tube, one.slot, whose(one), one.at, one.temperature?.toFixed(1)]
).filter((value) => value || value === 0).join("\t");

export function drawOver() {
  const n = waiting(), lost = table.ended === "unknown" || refused() === n;
  part("over-why").textContent = word(`over_${table.ended || "shift"}`);
  part("over-unsent").hidden = !n;
  part("over-unsent").textContent = word(lost ? "overCopy" : "overUnsent", { n });
  part("copy-box").hidden = !n;
  part("copied").hidden = !n || !lost;
  part("over-done").hidden = Boolean(n);
  part("copy").value = [...table.scans.values(), ...table.events.values()].filter(({ state }) => state !== "sent").map(copied).join("\n");
}

