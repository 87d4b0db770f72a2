// The room board: filters by state and mark, search that lights up rooms, the side panel, and looking again when no stream tells.
const POLL = 30000;
const SEARCH_WAIT = 150;
const board = () => document.querySelector("#board-live .lz-board");
const panel = document.getElementById("board-panel");
const chosen = new Set(new URLSearchParams(location.search).getAll("state"));
let found = null, asked = null, timer;

function fits(cell) {
  if (!chosen.size) return true;
  const keys = [cell.dataset.keyOf ?? cell.dataset.room, ...(cell.dataset.marks ?? "").split(" ")];
  return keys.some((key) => chosen.has(key));
}

// Everything that a refresh of the cells would lose: filters, hits, the chosen room.
function dress() {
  const room = panel.querySelector("[data-panel-room]")?.dataset.panelRoom;
  let shown = 0;
  for (const cell of board().querySelectorAll("[data-cell]")) {
    const number = cell.querySelector("b").textContent;
    const fit = fits(cell);
    cell.parentElement.hidden = !fit;
    shown += fit;
    cell.classList.toggle("lz-found", found?.has(number) ?? false);
    cell.toggleAttribute("aria-current", false);
    if (number === room) cell.setAttribute("aria-current", "true");
  }
  for (const floor of board().querySelectorAll(".lz-floor")) floor.hidden = !floor.querySelector("li:not([hidden])");
  board().toggleAttribute("data-searching", Boolean(found?.size));
  document.querySelector(".lz-board-none").hidden = shown > 0 || !chosen.size;
  for (const button of document.querySelectorAll("[data-filter]")) {
    if (button.dataset.filter) button.setAttribute("aria-pressed", String(chosen.has(button.dataset.filter)));
    else button.hidden = !chosen.size;
  }
}

function toggle(key) {
  if (!key) chosen.clear();
  else if (!chosen.delete(key)) chosen.add(key);
  dress();
}

function close() {
  const cell = board().querySelector('[aria-current="true"]');
  panel.hidden = true;
  panel.replaceChildren();
  history.replaceState(null, "", panel.dataset.closeUrl);
  dress();
  cell?.focus();
}

const form = document.querySelector("[data-board-find]");
const output = document.querySelector("[data-board-found]");

async function search(text) {
  asked?.abort();
  asked = new AbortController();
  if (!text) {
    found = null;
    output.textContent = "";
    return dress();
  }
  try {
    const url = new URL(form.dataset.boardFind, location.href);
    url.searchParams.set("q", text);
    const answer = await fetch(url, { signal: asked.signal, headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!answer.ok) return;
    found = new Set((await answer.json()).rooms);
    output.textContent = found.size ? `${output.dataset.some} ${[...found].join(", ")}` : output.dataset.none;
    dress();
  } catch (error) {
    if (error.name !== "AbortError") output.textContent = output.dataset.none;
  }
}

const hits = () => [...board().querySelectorAll(".lz-found")].filter((cell) => cell.getClientRects().length);

form?.addEventListener("input", (event) => {
  clearTimeout(timer);
  timer = setTimeout(() => search(event.target.value.trim()), SEARCH_WAIT);
});
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  clearTimeout(timer);
  await search(form.q.value.trim());
  const all = hits();
  all[0]?.focus();
  if (all.length === 1) all[0].click();
});

document.addEventListener("click", (event) => {
  const filter = event.target.closest("[data-filter]");
  if (filter) toggle(filter.dataset.filter);
  if (event.target.closest("[data-board-close]")) {
    event.preventDefault();
    close();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  if (form?.contains(event.target)) {
    form.reset();
    search("");
    event.target.blur();
  } else if (!panel.hidden) close();
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === panel) panel.hidden = false;
});
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target === panel || event.detail.target.id === "board-live") dress();
});

// Without a stream, or while it is down, the board looks again by itself.
setInterval(() => {
  const live = document.querySelector('[data-live-pill][data-state="live"]');
  if (!live && !document.hidden) window.htmx?.trigger("#board-live", "lz:refresh");
}, POLL);

dress();
