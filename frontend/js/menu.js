// <k-menu>: a button and a list that the browser itself opens (popover); here it is put beside the
// button, walked with arrows and closed when the focus leaves. hx-trigger="open" fills it lazily.

import { isRtl, isShown } from "./dom.js";

// A menu opened by a key starts at its first line; one opened by the pointer leaves the focus.
let isPointed = false;
document.addEventListener("pointerdown", () => { isPointed = true; }, true);
document.addEventListener("keydown", () => { isPointed = false; }, true);

const GAP = 4;
const EDGE = 8;

class Menu extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("[popover]");
    this.button = this.querySelector("[popovertarget]");
    if (!this.list || !this.button) return;
    this.button.setAttribute("aria-expanded", "false");
    this.list.addEventListener("beforetoggle", ({ newState }) => this.list.classList.toggle("placed", newState === "open"));
    this.list.addEventListener("toggle", ({ newState }) => this.toggled(newState === "open"));
    this.addEventListener("keydown", (event) => this.walk(event));
    this.addEventListener("focusout", ({ relatedTarget }) => this.left(relatedTarget));
    this.list.addEventListener("click", ({ target }) => {
      if (target.closest("a, button:not([data-keep])")) setTimeout(() => this.list.matches(":popover-open") && this.list.hidePopover());
    });
  }

  disconnectedCallback() {
    window.removeEventListener("scroll", this, { capture: true });
  }

  handleEvent({ target }) {
    if (!this.list.contains(target)) this.place();
  }

  get items() {
    return [...this.list.querySelectorAll("a[href], button:not(:disabled), input:not(:disabled), select")].filter(isShown);
  }

  toggled(isOpen) {
    this.button.setAttribute("aria-expanded", String(isOpen));
    window[isOpen ? "addEventListener" : "removeEventListener"]("scroll", this, { capture: true, passive: true });
    if (!isOpen) return;
    this.place();
    this.list.dispatchEvent(new CustomEvent("open", { bubbles: true }));
    if (!isPointed) this.items[0]?.focus();
  }

  place() {
    const at = this.button.getBoundingClientRect();
    const { offsetWidth: wide, offsetHeight: high } = this.list;
    const atEnd = isRtl() ? at.right - wide < EDGE : at.left + wide > innerWidth - EDGE;
    const fromStart = isRtl() ? at.right - wide : at.left;
    const fromEnd = isRtl() ? at.left : at.right - wide;
    const along = Math.min(Math.max(atEnd ? fromEnd : fromStart, EDGE), innerWidth - wide - EDGE);
    const below = at.bottom + GAP;
    const down = below + high <= innerHeight - EDGE ? below : Math.max(EDGE, at.top - GAP - high);
    this.list.style.translate = `${along}px ${down}px`;
    this.list.style.insetBlockStart = "0";
    this.list.style.setProperty(isRtl() ? "inset-inline-end" : "inset-inline-start", "0");
  }

  walk(event) {
    const isOpen = this.list.matches(":popover-open");
    if (!isOpen && event.target === this.button) {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      this.list.showPopover();
      return;
    }
    if (!isOpen) return;
    const typed = event.target.matches("input:not([type=checkbox])") && event.target;
    // The form of many actions would take the button of its first one.
    if (typed && event.key === "Enter") {
      event.preventDefault();
      return typed.closest("details, [popover]").querySelector(".btn-primary")?.click();
    }
    const { items } = this;
    const now = items.indexOf(document.activeElement);
    const to = { ArrowDown: now + 1, ArrowUp: now < 0 ? -1 : now - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined || (typed && !event.key.startsWith("Arrow"))) return;
    event.preventDefault();
    items.at(to % items.length)?.focus();
  }

  left(to) {
    if (to && !this.contains(to) && this.list.matches(":popover-open")) this.list.hidePopover();
  }
}

customElements.define("k-menu", Menu);
