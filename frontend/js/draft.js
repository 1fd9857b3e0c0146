// <k-draft data-url="…"> around a form's fields: what is written is kept on the server after a
// pause, never in the browser, so that a closed tab or another desk loses nothing.

import { say } from "./dom.js";
import { csrfToken, word } from "./words.js";

const PAUSE = 800;
const RETRY = 15_000;

class Draft extends HTMLElement {
  connectedCallback() {
    this.state = this.querySelector("[data-draft-state]");
    this.addEventListener("input", () => this.later(PAUSE));
    this.addEventListener("submit", () => this.forget());
    this.addEventListener("htmx:beforeRequest", ({ target }) => target.matches("form") && this.forget());
    for (const fault of ["htmx:responseError", "htmx:sendError"]) {
      this.addEventListener(fault, () => this.later(PAUSE));
    }
    this.online = () => this.isWaiting && this.keep();
    window.addEventListener("online", this.online);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    window.removeEventListener("online", this.online);
  }

  // Sent, or on its way: the form itself now holds what was written.
  forget() {
    clearTimeout(this.timer);
    this.isWaiting = false;
  }

  later(pause) {
    clearTimeout(this.timer);
    this.isWaiting = true;
    this.timer = setTimeout(() => this.keep(), pause);
  }

  show(key) {
    if (!this.state) return;
    const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format();
    this.state.textContent = key === "draft_saved" ? `${word(key)} ${time}` : word(key);
    if (key === "draft_waits") say(word(key));
  }

  async keep() {
    const form = this.querySelector("form") ?? this.closest("form");
    if (!form || !this.dataset.url) return;
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    const headers = { "X-CSRFToken": csrfToken(), "HX-Request": "true" };
    try {
      const answer = await fetch(this.dataset.url, { method: "POST", body, headers, keepalive: true });
      if (!answer.ok || answer.headers.has("HX-Redirect")) throw new Error(String(answer.status));
      this.isWaiting = false;
      this.show("draft_saved");
    } catch {
      this.show("draft_waits");
      this.later(RETRY);
    }
  }
}

customElements.define("k-draft", Draft);
