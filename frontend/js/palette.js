// <k-palette>: one box over records, pages and actions. The server finds and writes the lines; here
// they are asked for while one types, walked with arrows and opened with Enter. Enter before the
// answer waits for it: digits and Enter open the one customer with that number.

import htmx from "htmx.org";
import { make, say } from "./dom.js";
import { press } from "./keys.js";
import { word } from "./words.js";

const PAUSE = 120;

class Palette extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.input = this.querySelector("input");
    this.list = this.querySelector("[role=listbox]");
    this.dialog.addEventListener("k-open", () => this.start());
    this.dialog.addEventListener("close", () => this.stop());
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("click", (event) => this.clicked(event));
    this.list.addEventListener("pointermove", ({ target }) => this.point(target.closest("[role=option]")));
  }

  start() {
    this.input.value = "";
    this.input.focus();
    this.ask();
  }

  stop() {
    this.abort?.abort();
    clearTimeout(this.timer);
    this.list.replaceChildren();
    this.point(null);
  }

  typed() {
    this.openWhenFound = false;
    this.isStale = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  // The record of this page, or what is selected in its list, comes first in the answer.
  get context() {
    const chosen = document.querySelector("k-rows[data-chosen]");
    if (chosen) return `${chosen.dataset.kind ?? "rows"}:selected`;
    return document.querySelector("[data-context]:not([data-context=''])")?.dataset.context ?? "";
  }

  async ask() {
    clearTimeout(this.timer);
    this.isStale = true;
    this.abort?.abort();
    this.abort = new AbortController();
    const { signal } = this.abort;
    const typed = this.input.value;
    const query = new URLSearchParams({ q: typed, context: this.context });
    try {
      const headers = { "HX-Request": "true", "X-Requested-With": "palette" };
      const answer = await fetch(`${this.getAttribute("src")}?${query}`, { headers, signal });
      if (answer.headers.has("HX-Redirect")) return location.assign(answer.headers.get("HX-Redirect"));
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const text = await answer.text();
      if (!signal.aborted) this.show(text, typed);
    } catch (fault) {
      if (fault.name !== "AbortError") this.fail();
    }
  }

  fail() {
    this.isStale = false;
    this.openWhenFound = false;
    this.list.replaceChildren(make("p", { class: "empty small" }, word("unreachable")));
    say(word("unreachable"));
  }

  // An answer to what was typed a moment ago is shown, but Enter still waits for the newest.
  show(html, typed) {
    this.isStale = typed !== this.input.value;
    this.answered = typed;
    this.list.innerHTML = html;
    htmx.process(this.list);
    this.list.scrollTop = 0;
    const { options } = this;
    options.forEach((option, at) => { option.id ||= `found-${at}`; });
    this.point(options[0] ?? null);
    if (this.input.value) say(word("found", { count: options.length }));
    if (this.openWhenFound && !this.isStale) this.openExact();
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  get active() {
    return this.list.querySelector("[aria-selected=true]");
  }

  point(option) {
    if (option === this.active) return;
    this.active?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    this.input.setAttribute("aria-activedescendant", option?.id ?? "");
  }

  key(event) {
    if (event.isComposing) return;
    const { options } = this;
    const now = options.indexOf(this.active);
    const to = { ArrowDown: now + 1, ArrowUp: now - 1, PageDown: Math.min(now + 8, options.length - 1), PageUp: Math.max(now - 8, 0) }[event.key];
    if (to !== undefined && options.length) {
      event.preventDefault();
      const option = options.at(to % options.length);
      this.point(option);
      option.scrollIntoView({ block: "nearest" });
    }
    if (event.key === "Enter") this.enter(event);
    if (event.key === "Tab") event.preventDefault();
  }

  enter(event) {
    event.preventDefault();
    if (!this.isStale) return this.go(this.active, event);
    this.openWhenFound = true;
    this.meant = this.answered && this.input.value.startsWith(this.answered) && this.active?.href;
    if (this.timer) this.ask();
  }

  openExact() {
    this.openWhenFound = false;
    const { options } = this;
    const exact = options.filter((option) => "exact" in option.dataset);
    if (exact.length === 1) this.go(exact[0]);
    // What stood first when Enter was pressed still does: the newest letters only confirm it.
    else if (options.length === 1 || (this.meant && options[0]?.href === this.meant)) this.go(options[0]);
  }

  clicked(event) {
    const option = event.target.closest("[role=option]");
    if (!option || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (option.dataset.press) {
      event.preventDefault();
      this.dialog.close();
      press(option.dataset.press);
    } else if (option.hasAttribute("hx-post")) {
      event.preventDefault();
      option.addEventListener("htmx:afterRequest", () => this.dialog.close(), { once: true });
    }
  }

  go(option, event) {
    if (!option) return;
    if (event?.ctrlKey || event?.metaKey) window.open(option.href, "_blank", "noopener");
    else option.click();
  }
}

customElements.define("k-palette", Palette);
