// <k-rows>: a list worked by keyboard. Rows are walked by their main link (a[data-open]), so that
// Enter opens as everywhere; Space peeks, x selects, F2 or Enter on a cell edits it.

import htmx from "htmx.org";
import { isField, isRtl, isShown, say } from "./dom.js";
import { Cells } from "./cells.js";
import { word } from "./words.js";

const PEEK_PAUSE = 160;
const SINGLE = { KeyJ: 1, KeyK: -1, ArrowDown: 1, ArrowUp: -1 };

class Rows extends HTMLElement {
  connectedCallback() {
    this.cells = new Cells(this);
    this.peekAt = document.getElementById(this.dataset.peekAt ?? "peek");
    this.addEventListener("change", (event) => this.changed(event));
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("keydown", (event) => this.key(event));
    this.closePeek = (event) => this.peekKey(event);
    this.peekAt?.addEventListener("keydown", this.closePeek);
    this.peekAt?.addEventListener("click", this.closePeek);
    this.addEventListener("htmx:afterSettle", () => this.count());
    this.first = (event) => this.enterList(event);
    document.addEventListener("keydown", this.first);
    this.count();
    this.watchWidth();
  }

  // A table that fits needs no scroller of its own, and then its head sticks to the window.
  watchWidth() {
    const table = this.querySelector(".scroll-x > table");
    if (!table) return;
    const fit = () => this.toggleAttribute("data-fits", table.scrollWidth <= table.parentNode.clientWidth);
    this.sizes = new ResizeObserver(fit);
    this.sizes.observe(table.parentNode);
    this.sizes.observe(table);
  }

  disconnectedCallback() {
    this.sizes?.disconnect();
    this.peekAt?.removeEventListener("keydown", this.closePeek);
    this.peekAt?.removeEventListener("click", this.closePeek);
    document.removeEventListener("keydown", this.first);
  }

  get rows() {
    return [...this.querySelectorAll("[data-row]")].filter(isShown);
  }

  link(row) {
    return row?.querySelector("[data-open]");
  }

  // ---- selection

  get picks() {
    return [...this.querySelectorAll("[data-pick]")];
  }

  changed({ target }) {
    if (target.matches("[data-pick-all]")) {
      for (const pick of this.picks) pick.checked = target.checked;
    } else if (!target.matches("[data-pick]")) {
      return;
    }
    this.anchor = target.closest("[data-row]") ?? this.anchor;
    this.all(false);
    this.count();
  }

  pick(row, { upTo = false, to = null } = {}) {
    const box = row?.querySelector("[data-pick]");
    if (!box) return;
    const checked = to ?? !box.checked;
    const { rows } = this;
    const from = upTo && this.anchor ? rows.indexOf(this.anchor) : -1;
    const [low, high] = [from, rows.indexOf(row)].sort((one, other) => one - other);
    const chosen = from < 0 ? [row] : rows.slice(low, high + 1);
    for (const each of chosen) each.querySelector("[data-pick]").checked = from < 0 ? checked : true;
    this.anchor = row;
    this.all(false);
    this.count();
  }

  // All that match, beyond this page: the form then sends all=1 beside the numbers.
  all(isAll) {
    const field = this.querySelector("input[name=all]");
    if (field) field.value = isAll ? "1" : "";
    this.toggleAttribute("data-all", isAll);
  }

  count() {
    const { picks } = this;
    const chosen = picks.filter((pick) => pick.checked);
    for (const pick of picks) pick.closest("[data-row]")?.classList.toggle("sel", pick.checked);
    const every = this.querySelector("[data-pick-all]");
    if (every) {
      every.checked = !!chosen.length && chosen.length === picks.length;
      every.indeterminate = !!chosen.length && chosen.length < picks.length;
    }
    const total = this.querySelector("[data-total-n]")?.textContent || this.dataset.total;
    const number = this.hasAttribute("data-all") ? total : String(chosen.length);
    for (const bar of this.querySelectorAll("[data-bulk]")) bar.hidden = !chosen.length;
    for (const node of this.querySelectorAll("[data-count]")) node.textContent = number;
    const before = this.chosen ?? 0;
    this.chosen = chosen.length;
    this.toggleAttribute("data-chosen", !!chosen.length);
    if (this.chosen !== before) say(word("selected", { count: number }));
  }

  clicked(event) {
    const { target } = event;
    const row = target.closest("[data-row]");
    if (target.matches("[data-pick]") && event.shiftKey) return this.pick(row, { upTo: true });
    if (target.closest("[data-choose-all]")) {
      this.all(true);
      return this.count();
    }
    if (target.closest("[data-choose-none]")) {
      for (const pick of this.picks) pick.checked = false;
      this.all(false);
      return this.count();
    }
    if (!row || target.closest("a, button, input, select, textarea, label, .cell-form, k-menu")) return;
    if (getSelection()?.toString()) return;
    const cell = target.closest("[data-edit]");
    if (cell) this.cells.edit(cell);
    else if (row.dataset.peek && this.peekAt) this.peek(row, { now: true });
  }

  // ---- walking

  enterList(event) {
    const isIdle = document.activeElement === document.body || document.activeElement?.id === "main";
    if (!isIdle || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const isLetter = event.code === "KeyJ" || event.code === "KeyK";
    if (!isLetter || document.body.dataset.letters === "off" || document.querySelector("dialog:modal")) return;
    event.preventDefault();
    this.focusRow(this.rows[0]);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (this.cells.key(event) || isField(event.target) || event.target.closest("[popover], form.cell-form")) return;
    const row = event.target.closest("[data-row]");
    if (!row) return;
    const isLetter = event.code.startsWith("Key");
    if (isLetter && document.body.dataset.letters === "off") return;
    const step = SINGLE[event.code];
    const onCell = event.target.matches("[data-edit]");
    if (step) this.walk(event, row, step);
    else if (event.code === "KeyX") this.pick(row, { upTo: event.shiftKey });
    else if (event.code === "Space" && event.target.matches("[data-open], [data-edit]")) this.peek(row, { now: true });
    else if (event.key === "Escape") this.escape(onCell ? row : null);
    else if (this.isSideways(event)) this.sideways(event, row);
    else return;
    event.preventDefault();
  }

  walk(event, row, step) {
    const { rows } = this;
    const next = rows[rows.indexOf(row) + step];
    if (!next) return;
    if (event.shiftKey) this.pick(row, { to: true });
    if (event.target.matches("[data-cell]")) {
      const cell = next.querySelector(`[data-cell="${CSS.escape(event.target.dataset.cell)}"]`);
      if (cell) return this.cells.focus(cell);
    }
    this.focusRow(next);
    if (event.shiftKey) this.pick(next, { to: true });
    if (this.isPeeking) this.peek(next);
  }

  isSideways({ key }) {
    return key === "ArrowRight" || key === "ArrowLeft";
  }

  sideways({ key, target }, row) {
    const forward = (key === "ArrowLeft") === isRtl();
    const stops = [this.link(row), ...row.querySelectorAll("[data-edit]")].filter(isShown);
    const next = stops[stops.indexOf(target) + (forward ? 1 : -1)];
    if (next?.matches("[data-edit]")) this.cells.focus(next);
    else next?.focus();
  }

  focusRow(row) {
    const stop = this.link(row) ?? row?.querySelector("a, button, input");
    stop?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }

  // ---- the look without leaving

  get isPeeking() {
    return !!this.peekAt?.childElementCount;
  }

  peek(row, { now = false } = {}) {
    clearTimeout(this.peekTimer);
    if (!row.dataset.peek || !this.peekAt) return;
    if (now && this.isPeeking && row.classList.contains("peek")) return this.unpeek();
    this.peekTimer = setTimeout(() => {
      for (const old of this.querySelectorAll("[data-row].peek")) old.classList.remove("peek");
      row.classList.add("peek");
      htmx.ajax("GET", row.dataset.peek, { target: this.peekAt, swap: "innerHTML", source: this.peekAt });
    }, now ? 0 : PEEK_PAUSE);
  }

  unpeek() {
    const row = this.querySelector("[data-row].peek");
    row?.classList.remove("peek");
    this.peekAt?.replaceChildren();
    if (row) this.focusRow(row);
  }

  peekKey(event) {
    const wantsOut = event.type === "keydown" ? event.key === "Escape" : event.target.closest("[data-unpeek]");
    if (!wantsOut) return;
    event.preventDefault();
    this.unpeek();
  }

  escape(row) {
    if (row) return this.focusRow(row);
    if (this.isPeeking) return this.unpeek();
    if (this.chosen) {
      for (const pick of this.picks) pick.checked = false;
      this.all(false);
      this.count();
    }
  }
}

customElements.define("k-rows", Rows);
