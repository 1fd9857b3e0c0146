// <k-presence data-url="…">: tells the server that one is here, and whether one writes; the answer
// names the colleagues who are here too. Silent while the window is in the background.

import htmx from "htmx.org";
import { isDirty, isField } from "./dom.js";

const EVERY = 15_000;
const SOON = 400;

class Presence extends HTMLElement {
  connectedCallback() {
    this.dataset.quiet = "";
    this.timer = setInterval(() => this.tell(), EVERY);
    this.watch = ({ target, type }) => {
      if (type === "visibilitychange" || isField(target)) this.soon();
    };
    for (const name of ["focusin", "focusout", "visibilitychange"]) document.addEventListener(name, this.watch);
    this.soon();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    clearTimeout(this.next);
    for (const name of ["focusin", "focusout", "visibilitychange"]) document.removeEventListener(name, this.watch);
  }

  soon() {
    clearTimeout(this.next);
    this.next = setTimeout(() => this.tell(), SOON);
  }

  get place() {
    return this.closest("[data-presence]") ?? document.querySelector("main");
  }

  get isEditing() {
    const focused = document.activeElement;
    if (isField(focused) && this.place?.contains(focused)) return true;
    return [...(this.place?.querySelectorAll("form") ?? [])].some((form) => isDirty(form));
  }

  tell() {
    if (document.hidden || !this.dataset.url || !navigator.onLine) return;
    const values = { editing: this.isEditing ? "1" : "" };
    htmx.ajax("POST", this.dataset.url, { source: this, target: this, swap: "innerHTML", values });
  }
}

customElements.define("k-presence", Presence);
