// <k-mention data-url="…"> around a text: after an @ it offers the colleagues who may read it.
// Arrows walk, Enter or Tab takes one, Escape goes on writing.

import { make } from "./dom.js";

const TYPED = /(^|\s)@([^@\n]{0,30})$/;
const PAUSE = 120;

class Mention extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("textarea");
    this.list = make("div", { class: "menu mention", role: "listbox", hidden: "" });
    this.append(this.list);
    this.field.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), PAUSE);
    });
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const chosen = event.target.closest("[data-name]");
      if (chosen) this.take(chosen);
    });
  }

  get typed() {
    return TYPED.exec(this.field.value.slice(0, this.field.selectionStart));
  }

  async ask() {
    const words = this.typed?.[2];
    if (words === undefined) return this.close();
    const answer = await fetch(`${this.dataset.url}?q=${encodeURIComponent(words)}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || this.typed?.[2] !== words || !this.field.matches(":focus")) return;
    this.list.innerHTML = await answer.text();
    this.list.hidden = !this.list.firstElementChild;
    this.mark(0);
  }

  close() {
    this.list.hidden = true;
  }

  mark(at) {
    const all = [...this.list.children];
    this.at = (at + all.length) % all.length;
    all.forEach((one, place) => one.setAttribute("aria-selected", String(place === this.at)));
    this.field.setAttribute("aria-activedescendant", all[this.at]?.id ?? "");
  }

  key(event) {
    if (this.list.hidden || event.isComposing || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.mark(this.at + step);
    else if (event.key === "Enter" || event.key === "Tab") this.take(this.list.children[this.at]);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
  }

  take(chosen) {
    const at = this.field.selectionStart;
    const { length } = this.typed[2];
    this.field.setRangeText(`${chosen.dataset.name} `, at - length, at, "end");
    this.close();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

customElements.define("k-mention", Mention);
