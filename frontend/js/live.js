// What colleagues do appears here. One window of the browser holds the stream (a lock chooses it)
// and tells the others; each element that shows a record says which in data-live and fetches itself
// anew. It never takes away what one holds: a field in use, a half-filled form, a selection.

import htmx from "htmx.org";
import { isDirty, make } from "./dom.js";
import { land } from "./focus.js";
import { word } from "./words.js";

const TOGETHER = 150; // events that come together are one
const IN_USE = "a, button, input, select, textarea, summary, [contenteditable], [data-edit]";
const REFUSED = 30_000;
const url = document.body.dataset.liveUrl;
const channel = `kesher-live-${document.body.dataset.member}`;
const due = new Set();
let timer = 0;

function isHeld(element) {
  const focused = document.activeElement;
  if (element.contains(focused) && focused.matches(IN_USE)) return true;
  if (element.querySelector("[data-pick]:checked, [popover]:popover-open, .cell-form")) return true;
  const selected = getSelection();
  if (selected?.toString() && element.contains(selected.anchorNode)) return true;
  return [...element.querySelectorAll("form")].some((form) => isDirty(form));
}

function refresh(element) {
  element.querySelector(":scope > .live-changed")?.remove();
  const known = new Set([...element.querySelectorAll("[id]")].map((node) => node.id));
  element.addEventListener("htmx:beforeSwap", () => { pending.set(element.id || element, known); }, { once: true });
  htmx.trigger(element, "live");
}

// New lines get a tint that fades; the rest stays still.
const pending = new Map();
document.addEventListener("htmx:afterSettle", ({ target, detail }) => {
  if (detail.requestConfig?.triggeringEvent?.type !== "live") return;
  const name = target.id || detail.requestConfig.elt;
  const known = pending.get(name);
  pending.delete(name);
  if (!known) return;
  for (const node of target.querySelectorAll(".ev[id], tr[id], .lines > [id]")) {
    if (!known.has(node.id)) node.classList.add("fresh");
  }
});

function offer(element) {
  if (element.querySelector(":scope > .live-changed")) return;
  const show = make("button", { type: "button", class: "btn sm" }, word("show"));
  show.addEventListener("click", () => {
    document.addEventListener("htmx:afterSettle", ({ target }) => land(target.querySelector("h1, h2, h3") ?? target), { once: true });
    refresh(element);
  });
  const banner = make("div", { class: "banner live-changed", role: "status" }, make("span", {}, word("changed")), show);
  element.prepend(banner);
}

function flush() {
  const waiting = [...due];
  due.clear();
  for (const element of waiting) {
    if (!element.isConnected) continue;
    // An answer to what stands in it is on its way and would find nothing to come back to.
    if (element.querySelector(".htmx-request")) plan([element]);
    else if (isHeld(element)) offer(element);
    else refresh(element);
  }
}

function plan(elements) {
  for (const element of elements) due.add(element);
  clearTimeout(timer);
  timer = setTimeout(flush, TOGETHER);
}

export function happened({ kind, id, version }) {
  const name = `${kind}:${id}`;
  const concerned = [...document.querySelectorAll("[data-live]")].filter((element) => {
    const watched = element.dataset.live.split(/\s+/);
    if (!watched.includes(name) && !watched.includes(kind)) return false;
    return !(watched.includes(name) && version && Number(element.dataset.version) >= version);
  });
  if (concerned.length) plan(concerned);
  document.dispatchEvent(new CustomEvent("k-happened", { detail: { kind, id, version } }));
}

// ---- the stream

let source = null;
let isBroken = false;
let last = ""; // the last fact heard by any window: from there on a new stream goes on
function listen(tell) {
  source = new EventSource(last ? `${url}?since=${last}` : url);
  source.addEventListener("message", ({ data, lastEventId }) => tell({ ...JSON.parse(data), last: lastEventId }));
  source.addEventListener("missed", () => tell({ caughtUp: true }));
  // Whoever left or was signed out elsewhere keeps nothing on the screen.
  source.addEventListener("signed-out", () => location.reload());
  source.addEventListener("error", () => {
    isBroken = true;
    // A refusal, unlike a lost connection, is not tried again by the browser itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(tell), REFUSED);
  });
  source.addEventListener("open", () => {
    if (isBroken && !last) tell({ caughtUp: true });
    isBroken = false;
  });
}

function receive(message) {
  last = message.last || last;
  if (message.caughtUp) plan(document.querySelectorAll("[data-live]"));
  else happened(message);
}

// Browsers allow few connections to a host, so only one window holds one.
function share() {
  const others = new BroadcastChannel(channel);
  others.addEventListener("message", ({ data }) => receive(data));
  navigator.locks.request(channel, () => {
    listen((message) => {
      receive(message);
      others.postMessage(message);
    });
    return new Promise(() => {});
  });
}

// Without locks (plain HTTP from another machine) each window listens while it is looked at.
function alone() {
  let wasAway = false;
  const follow = () => {
    if (document.hidden) source?.close();
    else if (!source || source.readyState === EventSource.CLOSED) {
      listen(receive);
      if (wasAway && !last) receive({ caughtUp: true });
    }
    wasAway = document.hidden;
  };
  document.addEventListener("visibilitychange", follow);
  follow();
}

if (url && "EventSource" in window) {
  if (navigator.locks && "BroadcastChannel" in window) share();
  else alone();
  document.addEventListener("submit", ({ target }) => target.matches("[data-sign-out]") && source?.close());
}
