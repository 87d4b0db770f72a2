// The cells of the room table: texts, what was saved last, marks, and undo. Knows nothing of keys and clipboards.
export class Cells {
  constructor(table) {
    this.body = table.tBodies[0];
    this.columns = [...table.tHead.rows[0].cells].filter((head) => head.dataset.column);
    this.names = this.columns.map((head) => head.dataset.column);
    this.offset = this.columns[0].cellIndex;
    this.history = [];
    for (const row of this.body.rows) this.adopt(row);
  }

  adopt(row) {
    for (const cell of this.cellsOf(row)) {
      cell.tabIndex = -1;
      cell.dataset.was = row.dataset.id ? cell.textContent : "";
    }
  }

  get height() { return this.body.rows.length; }
  get width() { return this.names.length; }
  cellsOf(row) { return [...row.cells].slice(this.offset, this.offset + this.names.length); }
  at(row, column) { return this.body.rows[row]?.cells[column + this.offset] ?? null; }
  placeOf(cell) { return { row: cell.parentNode.sectionRowIndex, column: cell.cellIndex - this.offset }; }
  isCell(cell) { return cell instanceof HTMLTableCellElement && cell.dataset.was !== undefined; }
  choices(column) { const { yes, no } = this.columns[column].dataset; return yes ? [yes, no] : null; }

  addRow() {
    const last = this.body.rows[this.height - 1];
    const row = document.getElementById("new-room").content.firstElementChild.cloneNode(true);
    row.cells[0].textContent = String(this.height + 1);
    this.body.append(row);
    this.adopt(row);
    if (last) for (const name of ["building", "floor"]) {
      const column = this.names.indexOf(name);
      this.put(this.at(this.height - 1, column), this.at(this.height - 2, column).textContent);
    }
    return this.height - 1;
  }

  put(cell, text) {
    if (!cell || cell.textContent === text) return null;
    const before = cell.textContent;
    cell.textContent = text;
    this.mark(cell);
    return { cell, before };
  }

  // Several cells as one step that undo takes back together.
  change(pairs) {
    const done = pairs.map(([cell, text]) => this.put(cell, text)).filter(Boolean);
    if (done.length) this.history.push(done);
    return done.length;
  }

  undo() {
    for (const { cell, before } of this.history.pop() ?? []) {
      cell.textContent = before;
      this.mark(cell);
    }
  }

  mark(cell) {
    cell.toggleAttribute("data-changed", cell.textContent !== cell.dataset.was);
    cell.removeAttribute("aria-invalid");
    cell.removeAttribute("title");
  }

  changedRows() {
    return [...this.body.rows].filter((row) => this.cellsOf(row).some((cell) => cell.hasAttribute("data-changed")));
  }

  values(row) {
    const texts = this.cellsOf(row).map((cell) => cell.textContent);
    return { id: row.dataset.id || null, ...Object.fromEntries(this.names.map((name, n) => [name, texts[n]])) };
  }

  saved(rows) {
    for (const row of rows) for (const cell of this.cellsOf(row)) {
      cell.dataset.was = cell.textContent;
      this.mark(cell);
    }
    this.history = [];
  }

  refuse(row, column, text) {
    const cell = this.cellsOf(row)[Math.max(0, this.names.indexOf(column))];
    cell.setAttribute("aria-invalid", "true");
    cell.title = text;
    return cell;
  }
}
