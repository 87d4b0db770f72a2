// Arrow keys in a grid. [data-grid] holds cells [data-cell]; the grid is one tab stop for links and buttons (roving tabindex).
// In grids of inputs (data-grid="inputs") Enter and ↓ go down a row, ↑ up; ← → move only from the ends of the text.
const cellsOf = (grid) => [...grid.querySelectorAll("[data-cell]")].filter((cell) => cell.getClientRects().length);
const middle = (cell) => {
  const box = cell.getBoundingClientRect();
  return { x: box.left + box.width / 2, top: box.top, bottom: box.bottom };
};

// The nearest cell in the next row up or down, by position on screen: works for floors of unequal length and on a phone.
function vertical(cells, cell, down) {
  const here = middle(cell);
  const rows = cells.filter((other) => (down ? middle(other).top >= here.bottom - 2 : middle(other).bottom <= here.top + 2));
  if (!rows.length) return null;
  const edge = down ? Math.min(...rows.map((other) => middle(other).top)) : Math.max(...rows.map((other) => middle(other).top));
  const row = rows.filter((other) => Math.abs(middle(other).top - edge) < 4);
  return row.reduce((best, other) => (Math.abs(middle(other).x - here.x) < Math.abs(middle(best).x - here.x) ? other : best));
}

function target(cells, cell, key) {
  const place = cells.indexOf(cell);
  const flat = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: cells.length - 1 };
  if (key in flat) return cells[flat[key]] ?? null;
  return vertical(cells, cell, key === "ArrowDown" || key === "Enter");
}

function leavesText(cell, key) {
  if (key === "Home" || key === "End") return false;
  if (key !== "ArrowLeft" && key !== "ArrowRight") return true;
  if (cell.tagName === "SELECT" || cell.selectionStart == null) return true;
  return key === "ArrowLeft" ? cell.selectionEnd === 0 : cell.selectionStart === cell.value.length;
}

export function rove(grid) {
  if (grid.dataset.grid === "inputs") return;
  const cells = cellsOf(grid);
  const current = cells.find((cell) => cell.getAttribute("aria-current") === "true") ?? cells[0];
  for (const cell of grid.querySelectorAll("[data-cell]")) cell.tabIndex = cell === current ? 0 : -1;
}

function onKey(event) {
  const cell = event.target.closest?.("[data-cell]");
  const grid = cell?.closest("[data-grid]");
  if (!grid || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const inputs = grid.dataset.grid === "inputs";
  const keys = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", ...(inputs ? ["Enter"] : [])];
  if (!keys.includes(event.key) || (inputs && !leavesText(cell, event.key))) return;
  event.preventDefault();
  const next = target(cellsOf(grid), cell, event.key);
  if (!next) return;
  if (!inputs) {
    cell.tabIndex = -1;
    next.tabIndex = 0;
  }
  next.focus();
  if (inputs) next.select?.();
}

export function start() {
  document.addEventListener("keydown", onKey);
  document.querySelectorAll("[data-grid]").forEach(rove);
  document.body.addEventListener("htmx:afterSettle", (event) => {
    event.detail.elt.querySelectorAll?.("[data-grid]").forEach(rove);
    const around = event.detail.elt.closest?.("[data-grid]");
    if (around) rove(around);
  });
}
