// <k-progress data-url="…">: a long job that draws itself anew until it is done. The server leaves
// out data-url at the end. It rests in the background and slows down when the job is long.

import htmx from "htmx.org";
import { say } from "./dom.js";

const FIRST = 700;
const SLOWEST = 5_000;

class Progress extends HTMLElement {
  connectedCallback() {
    this.dataset.quiet = "";
    const { state } = this.dataset;
    if (Progress.spoken.get(this.id) === "running" && state !== "running") say(this.textContent.trim().replace(/\s+/g, " "));
    if (this.id) Progress.spoken.set(this.id, state);
    if (!this.dataset.url) return;
    const pause = Math.min(SLOWEST, (Progress.pauses.get(this.id) ?? FIRST) * 1.15);
    Progress.pauses.set(this.id, pause);
    this.timer = setTimeout(() => this.ask(), pause);
    this.wake = () => !document.hidden && this.ask();
    document.addEventListener("visibilitychange", this.wake);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.wake);
  }

  ask() {
    clearTimeout(this.timer);
    if (document.hidden || !this.isConnected) return;
    this.timer = setTimeout(() => this.ask(), SLOWEST);
    htmx.ajax("GET", this.dataset.url, { source: this, target: this, swap: "outerHTML" });
  }
}
Progress.spoken = new Map();
Progress.pauses = new Map();

customElements.define("k-progress", Progress);
