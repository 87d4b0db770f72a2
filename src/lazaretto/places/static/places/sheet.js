// The room table: moves, marks, types, pastes and saves like a spreadsheet.
import { element, post } from "../ui/js/dom.js";
import { toast } from "../ui/js/toasts.js";
import { Cells } from "./cells.js";
import { parse, write } from "./tsv.js";

const root = document.querySelector("[data-sheet]");
const table = root.querySelector("table");
const cells = new Cells(table);
const editable = root.hasAttribute("data-editable");
const status = root.querySelector("[data-sheet-status]");
const faults = root.querySelector("[data-sheet-faults]");
const saveButton = root.querySelector("[data-sheet-save]");
let anchor = null;
let editor = null;

const active = () => (cells.isCell(document.activeElement) ? document.activeElement : anchor);
const chosen = () => [...table.querySelectorAll("td[aria-selected=true]")];

function say() {
  const rows = cells.changedRows().length;
  status.textContent = rows ? `${rows} ${status.dataset.changed}` : status.dataset.clean;
  status.classList.toggle("lz-unsaved", rows > 0);
  if (saveButton) saveButton.disabled = rows === 0;
}

function select(from, to) {
  for (const cell of chosen()) cell.removeAttribute("aria-selected");
  const [a, b] = [cells.placeOf(from), cells.placeOf(to)];
  for (let row = Math.min(a.row, b.row); row <= Math.max(a.row, b.row); row += 1)
    for (let column = Math.min(a.column, b.column); column <= Math.max(a.column, b.column); column += 1)
      cells.at(row, column).setAttribute("aria-selected", "true");
}

function go(cell, extend = false) {
  if (!cell) return;
  for (const other of table.querySelectorAll("td[tabindex='0']")) other.tabIndex = -1;
  cell.tabIndex = 0;
  if (!extend || !anchor) anchor = cell;
  select(anchor, cell);
  cell.focus();
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function move(cell, down, right, extend) {
  const { row, column } = cells.placeOf(cell);
  go(cells.at(Math.min(Math.max(row + down, 0), cells.height - 1), Math.min(Math.max(column + right, 0), cells.width - 1)), extend);
}

function change(pairs) {
  if (editable && cells.change(pairs)) say();
}

function edit(cell, text) {
  if (!editable) return;
  const before = cell.textContent;
  const label = `${cells.columns[cells.placeOf(cell).column].textContent} ${cell.parentNode.cells[0].textContent}`;
  editor = element("input", { class: "lz-sheet-input", "aria-label": label });
  editor.value = text ?? before;
  cell.textContent = "";
  cell.append(editor);
  editor.focus();
  if (text === undefined) editor.select();
  const input = editor;
  const close = (keep) => {
    if (editor !== input) return;
    editor = null;
    const value = input.value.trim();
    cell.textContent = before;
    if (keep) change([[cell, value]]);
  };
  input.addEventListener("blur", () => close(true));
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    event.stopPropagation();
    const steps = { Enter: [event.shiftKey ? -1 : 1, 0], Tab: [0, event.shiftKey ? -1 : 1], Escape: [0, 0] };
    if (text !== undefined) Object.assign(steps, { ArrowDown: [1, 0], ArrowUp: [-1, 0] });
    if (!(event.key in steps)) return;
    event.preventDefault();
    close(event.key !== "Escape");
    move(cell, ...steps[event.key], false);
  });
}

function toggle(cell) {
  const { column } = cells.placeOf(cell);
  const choices = cells.choices(column);
  if (!choices) return false;
  const next = cell.textContent === choices[0] ? choices[1] : choices[0];
  change(chosen().filter((one) => cells.placeOf(one).column === column).map((one) => [one, next]));
  return true;
}

function fillDown() {
  const top = new Map();
  const pairs = [];
  for (const cell of chosen()) {
    const { column } = cells.placeOf(cell);
    if (top.has(column)) pairs.push([cell, top.get(column)]);
    else top.set(column, cell.textContent);
  }
  change(pairs);
}

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function withControl(event, cell) {
  const actions = {
    s: save, z: () => { cells.undo(); say(); }, d: fillDown,
    a: () => select(cells.at(0, 0), cells.at(cells.height - 1, cells.width - 1)),
    Home: () => go(cells.at(0, 0), event.shiftKey), End: () => go(cells.at(cells.height - 1, cells.width - 1), event.shiftKey),
  };
  if (event.key in ARROWS) {
    event.preventDefault();
    move(cell, ...ARROWS[event.key].map((step) => step * cells.height), event.shiftKey);
  } else if (event.key in actions) {
    event.preventDefault();
    actions[event.key]();
  }
}

function onKey(event) {
  const cell = active();
  if (editor || !cell || event.isComposing) return;
  if (event.ctrlKey || event.metaKey) return withControl(event, cell);
  if (event.altKey) return;
  const { row } = cells.placeOf(cell);
  const actions = {
    Tab: () => move(cell, 0, event.shiftKey ? -1 : 1, false),
    Enter: () => edit(cell), F2: () => edit(cell),
    Home: () => go(cells.at(row, 0), event.shiftKey), End: () => go(cells.at(row, cells.width - 1), event.shiftKey),
    PageDown: () => move(cell, 20, 0, event.shiftKey), PageUp: () => move(cell, -20, 0, event.shiftKey),
    Delete: () => change(chosen().map((one) => [one, ""])), Backspace: () => change(chosen().map((one) => [one, ""])),
    " ": () => toggle(cell) || edit(cell, ""),
  };
  // Tab leaves the table at its corners, so that nobody is caught in it.
  const { column } = cells.placeOf(cell);
  if (event.key === "Tab" && (event.shiftKey ? column === 0 : column === cells.width - 1)) return;
  if (event.key in ARROWS) actions[event.key] = () => move(cell, ...ARROWS[event.key], event.shiftKey);
  else if (!(event.key in actions) && event.key.length === 1) actions[event.key] = () => edit(cell, event.key);
  if (!(event.key in actions)) return;
  event.preventDefault();
  event.stopPropagation();
  actions[event.key]();
}

function paste(text) {
  const block = parse(text);
  const marked = chosen();
  if (block.length === 1 && block[0].length === 1 && marked.length > 1) return change(marked.map((cell) => [cell, block[0][0].trim()]));
  const start = cells.placeOf(marked[0] ?? active());
  const pairs = [];
  block.forEach((line, down) => {
    while (start.row + down >= cells.height) cells.addRow();
    line.forEach((value, right) => {
      const cell = cells.at(start.row + down, start.column + right);
      if (cell && start.column + right < cells.width) pairs.push([cell, value.trim()]);
    });
  });
  change(pairs);
  const last = pairs.at(-1);
  if (last) select(pairs[0][0], last[0]);
}

function copy() {
  const rows = new Map();
  for (const cell of chosen()) rows.set(cell.parentNode, [...(rows.get(cell.parentNode) ?? []), cell.textContent]);
  return write([...rows.values()]);
}

function showFaults(answer, rows) {
  faults.replaceChildren(...answer.cells.map((fault) => {
    const cell = cells.refuse(rows[fault.row], fault.column, fault.text);
    const place = cells.placeOf(cell);
    const where = `${place.row + 1} · ${cells.columns[place.column].textContent}`;
    const button = element("button", { type: "button", class: "btn btn-sm" }, where);
    button.addEventListener("click", () => go(cell));
    return element("li", {}, button, ` ${fault.text}`);
  }));
  faults.hidden = false;
  go(table.querySelector("td[aria-invalid=true]"));
}

async function save() {
  const rows = cells.changedRows();
  if (!rows.length || saveButton.dataset.busy) return;
  saveButton.dataset.busy = "1";
  const body = JSON.stringify({ rows: rows.map((row) => cells.values(row)) });
  const answer = await post(root.dataset.saveUrl, body).catch(() => null);
  delete saveButton.dataset.busy;
  const told = await answer?.json().catch(() => null);
  if (!told) return toast({ text: root.dataset.notSent, tone: "red" });
  faults.hidden = true;
  if (answer.ok) {
    cells.saved(rows);
    say();
    if (told.created) return location.reload();
    toast({ text: told.text, tone: "green" });
  } else if (told.cells) showFaults(told, rows);
  else toast({ text: told.title ?? root.dataset.notSent, tone: "red" });
}

table.addEventListener("keydown", onKey);
table.addEventListener("mousedown", (event) => {
  const cell = event.target.closest("td");
  if (!cells.isCell(cell) || editor?.parentNode === cell) return;
  event.preventDefault();
  editor?.blur();
  go(cell, event.shiftKey);
  const drag = (moved) => cells.isCell(moved.target) && select(anchor, moved.target);
  table.addEventListener("mouseover", drag);
  document.addEventListener("mouseup", () => table.removeEventListener("mouseover", drag), { once: true });
});
table.addEventListener("dblclick", (event) => cells.isCell(event.target) && edit(event.target));
document.addEventListener("paste", (event) => {
  if (editor || !editable || !cells.isCell(document.activeElement)) return;
  event.preventDefault();
  paste(event.clipboardData.getData("text/plain"));
});
document.addEventListener("copy", (event) => {
  if (editor || !cells.isCell(document.activeElement)) return;
  event.preventDefault();
  event.clipboardData.setData("text/plain", copy());
});
saveButton?.addEventListener("click", save);
root.querySelector("[data-sheet-add]")?.addEventListener("click", () => {
  go(cells.at(cells.addRow(), cells.names.indexOf("number")));
  say();
});
addEventListener("beforeunload", (event) => cells.changedRows().length && event.preventDefault());
if (cells.height) cells.at(0, 0).tabIndex = 0;
say();
