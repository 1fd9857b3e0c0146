// <k-toast>: says what was done, for ten seconds, and offers the way back. It waits while it is
// pointed to, focused, or the window is in the background. Faults stay until they are closed.

import htmx from "htmx.org";
import { icon, make } from "./dom.js";
import { csrfToken, word } from "./words.js";

const STAYS = 10_000;
const AT_LEAST = 1_500;
const MOST = 3;

class Toast extends HTMLElement {
  connectedCallback() {
    if (this.closest(".static")) return;
    this.left ??= STAYS;
    this.classList.toggle("timed", !this.isFault);
    if (!this.querySelector(".close")) this.append(this.closeButton());
    for (const name of ["pointerenter", "focusin"]) this.addEventListener(name, this);
    for (const name of ["pointerleave", "focusout", "submit"]) this.addEventListener(name, this);
    document.addEventListener("visibilitychange", this);
    this.run();
  }

  disconnectedCallback() {
    this.hold();
    document.removeEventListener("visibilitychange", this);
  }

  get isFault() {
    return this.classList.contains("bad");
  }

  closeButton() {
    const close = make("button", { type: "button", class: "close", "aria-label": word("close") }, icon("x", "s"));
    close.addEventListener("click", () => this.remove());
    return close;
  }

  handleEvent({ type }) {
    if (type === "submit") this.hidden = true; // the answer still comes to the form in it
    else if (type === "pointerenter" || type === "focusin" || document.hidden) this.hold();
    else setTimeout(() => this.run());
  }

  hold() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = 0;
    this.left -= Date.now() - this.since;
    this.classList.toggle("held", document.hidden);
  }

  run() {
    if (this.timer || this.isFault || document.hidden || this.matches(":hover, :focus-within")) return;
    this.classList.remove("held");
    this.since = Date.now();
    this.timer = setTimeout(() => this.remove(), Math.max(this.left, AT_LEAST));
  }
}

// A modal dialog makes the rest of the page inert, so its toasts stand inside it.
export function place() {
  const region = document.getElementById("toasts");
  const host = document.querySelector("dialog:modal") ?? document.body;
  if (region && region.parentNode !== host) host.append(region);
  return region;
}

function undoForm(address) {
  const token = make("input", { type: "hidden", name: "csrfmiddlewaretoken", value: csrfToken() });
  const form = make("form", { method: "post", action: address, "hx-post": address, "hx-swap": "none" }, token);
  form.append(make("button", {}, word("undo")));
  return form;
}

function button(label, act, node) {
  const made = make("button", { type: "button" }, label);
  made.addEventListener("click", () => {
    node.remove();
    act();
  });
  return made;
}

// tone "bad" for a fault; undo: an address; link with label; again: a function.
export function toast(text, { tone = "", undo = "", link = "", label = "", again = null } = {}) {
  const region = place();
  if (!region || !text) return;
  for (const old of [...region.querySelectorAll("k-toast")]) {
    if (old.querySelector("span")?.textContent === text) old.remove();
  }
  const node = make("k-toast", { class: `toast-k ${tone}`, ...(tone === "bad" && { role: "alert" }) });
  node.append(icon(tone === "bad" ? "alert-circle" : "check"), make("span", {}, text));
  if (undo) node.append(undoForm(undo));
  if (link) node.append(make("a", { href: link, target: "_blank", rel: "noopener" }, label));
  if (again) node.append(button(word("again"), again, node));
  const shown = [...region.querySelectorAll("k-toast")];
  shown.slice(0, Math.max(0, shown.length - MOST + 1)).forEach((old) => old.remove());
  region.append(node);
  htmx.process(node);
}

// The server's way: HX-Trigger: {"k-toast": {"text": "Saved", "undo": "/undo/12/"}}
document.addEventListener("k-toast", ({ detail }) => toast(detail.text ?? detail.value, detail));

customElements.define("k-toast", Toast);
