// Nothing written is lost by leaving, and nothing of a customer stays after signing out.

import { isDirty, say } from "./dom.js";
import { word } from "./words.js";

const STAYS_AFTER = 8_000;

// ---- leaving with something unsaved: forms marked data-guard, and drafts not yet kept

let isLeavingOnPurpose = false;
// An answer may be a file to keep: then the page stays, and so does its guard.
function leaves() {
  isLeavingOnPurpose = true;
  setTimeout(() => { isLeavingOnPurpose = false; }, STAYS_AFTER);
}
const isUnsaved = () =>
  [...document.querySelectorAll("form[data-guard]")].some((form) => isDirty(form)) ||
  [...document.querySelectorAll("k-draft")].some((draft) => draft.isWaiting);

window.addEventListener("beforeunload", (event) => {
  if (!isLeavingOnPurpose && isUnsaved()) event.preventDefault();
});
document.addEventListener("submit", ({ target, defaultPrevented }) => {
  if (!defaultPrevented && !target.matches("[hx-post], [hx-put], [hx-patch], [hx-delete], [hx-get]")) leaves();
});
// After a save the server sends the browser on; that is no leaving.
document.addEventListener("htmx:beforeOnLoad", ({ detail, defaultPrevented }) => {
  if (!defaultPrevented && detail.xhr.getResponseHeader("HX-Redirect") && detail.requestConfig?.verb !== "get") leaves();
});

// ---- a press too many: one form, one submission at a time

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[hx-post], [data-plain]") || form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  else setTimeout(() => { form.dataset.sent = "1"; });
  setTimeout(() => { delete form.dataset.sent; }, STAYS_AFTER);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
  if (!event.target.closest("[data-back]") || history.length < 2) return;
  event.preventDefault();
  history.back();
});

// ---- Ctrl or ⌘ with Enter sends what one writes

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const form = event.target.closest?.("form");
  if (!form || event.defaultPrevented) return;
  event.preventDefault();
  const button = form.querySelector("[type=submit].btn-primary, .btn-primary:not([type=button])");
  form.requestSubmit(button ?? undefined);
});

// ---- no network

const line = document.getElementById("offline");
function network() {
  if (!line || line.hidden === navigator.onLine) return;
  line.hidden = navigator.onLine;
  line.querySelector("[data-say]").textContent = word("offline");
  if (navigator.onLine) say(word("online"));
}
window.addEventListener("offline", network);
window.addEventListener("online", network);
network();

// ---- signing out, here or in another window

const others = "BroadcastChannel" in window ? new BroadcastChannel("kesher-session") : null;
function forget() {
  isLeavingOnPurpose = true;
  for (const store of [window.sessionStorage, window.localStorage]) {
    try { store.clear(); } catch { /* storage is closed to us: then nothing is in it */ }
  }
}
document.addEventListener("submit", ({ target }) => {
  if (!target.matches("[data-sign-out]")) return;
  forget();
  others?.postMessage("signed-out");
});
others?.addEventListener("message", ({ data }) => {
  if (data !== "signed-out" || !document.body.dataset.member) return;
  forget();
  document.querySelector("main")?.replaceChildren();
  setTimeout(() => location.reload(), 600);
});

// A page shown again from the browser's memory may be of a session that has ended.
window.addEventListener("pageshow", ({ persisted }) => {
  if (persisted && document.body.dataset.member) location.reload();
});

