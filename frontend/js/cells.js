// Editing inside a list. A cell says where its field comes from (data-edit); the answer is a form,
// and what it saves comes back as the whole cell. Enter saves and goes down, Tab saves and goes
// along, Esc puts the cell back as it was; leaving the field saves what was changed.

import htmx from "htmx.org";
import { isDirty } from "./dom.js";

export class Cells {
  constructor(rows) {
    this.rows = rows;
    this.kept = new Map(); // how a cell looked before it was edited, by row and column
    rows.addEventListener("focusout", (event) => this.left(event));
    rows.addEventListener("htmx:afterSettle", (event) => this.settled(event));
  }

  focus(cell) {
    cell.tabIndex = -1;
    cell.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  async edit(cell) {
    if (!cell || cell.querySelector(".cell-form")) return;
    this.kept.set(this.name(cell), cell.innerHTML);
    await htmx.ajax("GET", cell.dataset.edit, { target: cell, swap: "innerHTML", source: cell });
    htmx.process(cell); // at once: an Enter before htmx settles must not send the form by itself
    const field = this.field(cell);
    field?.focus();
    if (field?.matches("input:not([type=date],[type=checkbox])")) field.select();
  }

  name(cell) {
    return `${cell.closest("[data-row]").dataset.row} ${cell.dataset.cell}`;
  }

  field(place) {
    return place?.querySelector(".cell-form :is(input:not([type=hidden]), select, textarea)");
  }

  // True when the key was about a cell and is dealt with.
  key(event) {
    const form = event.target.closest(".cell-form");
    if (form) return this.formKey(event, form);
    const cell = event.target.closest("[data-edit]");
    const starts = event.key === "F2" || (event.key === "Enter" && event.target === cell);
    const wanted = cell ?? (event.key === "F2" && event.target.closest("[data-row]")?.querySelector("[data-edit]"));
    if (!starts || !wanted) return false;
    event.preventDefault();
    this.edit(wanted);
    return true;
  }

  formKey(event, form) {
    const isText = event.target.matches("textarea");
    if (event.key === "Escape") this.cancel(form);
    else if (event.key === "Enter" && !(isText && event.shiftKey)) this.save(form, "down");
    else if (event.key === "Tab") this.save(form, event.shiftKey ? "back" : "along");
    else return true;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  cancel(form, { keepFocus = true } = {}) {
    const cell = form.closest("[data-edit]");
    if (!cell || !this.kept.has(this.name(cell))) return;
    cell.innerHTML = this.kept.get(this.name(cell));
    htmx.process(cell);
    if (keepFocus) this.focus(cell);
  }

  save(form, towards) {
    const cell = form.closest("[data-edit]");
    const row = cell.closest("[data-row]");
    this.next = { row: row.dataset.row, cell: cell.dataset.cell, towards };
    if (isDirty(form)) return form.requestSubmit();
    this.cancel(form, { keepFocus: false });
    this.move();
  }

  left({ target, relatedTarget }) {
    const form = target.closest?.(".cell-form");
    if (!form || form.contains(relatedTarget) || !document.hasFocus()) return;
    setTimeout(() => {
      if (!form.isConnected || form.classList.contains("htmx-request") || form.contains(document.activeElement)) return;
      if (isDirty(form)) form.requestSubmit();
      else this.cancel(form, { keepFocus: false });
    }, 120);
  }

  // A form that has only just opened settles too, maybe after its answer is already under way.
  settled({ target }) {
    const form = target.querySelector?.(".cell-form");
    if (!form) return this.next && this.move();
    if (!form.querySelector(".field-error")) return;
    if (this.next) this.field(target)?.focus();
    this.next = null;
  }

  move() {
    const { row, cell, towards } = this.next ?? {};
    this.next = null;
    const { rows } = this.rows;
    const at = rows.findIndex((each) => each.dataset.row === row);
    if (at < 0) return;
    const find = (place) => place?.querySelector(`[data-cell="${CSS.escape(cell)}"]`);
    if (towards === "down") return this.focus(find(rows[at + 1]) ?? find(rows[at]));
    const stops = [...rows[at].querySelectorAll("[data-edit]")];
    const next = stops[stops.indexOf(find(rows[at])) + (towards === "along" ? 1 : -1)];
    if (next) this.edit(next);
    else this.rows.focusRow(rows[at]);
  }
}
