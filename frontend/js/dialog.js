// Dialogs. A link with hx-target="#dialog" fills and opens the one that every page has; without
// scripts it leads to the same form as a page. data-opens="ID" opens one that is already there.

import { land } from "./focus.js";
import { place } from "./toast.js";

const shared = () => document.getElementById("dialog");

export function open(dialog) {
  if (!dialog || dialog.open) return;
  dialog.opener = document.activeElement;
  dialog.showModal();
  place();
  dialog.dispatchEvent(new CustomEvent("k-open"));
}

document.addEventListener("htmx:afterSettle", ({ target }) => {
  const dialog = target.closest?.("dialog");
  if (dialog !== shared() || !dialog) return;
  if (!dialog.textContent.trim()) return dialog.close();
  open(dialog);
  const start = dialog.querySelector("[data-focus], [aria-invalid=true], [autofocus]") ?? firstField(dialog);
  if (start) land(start);
});

const firstField = (dialog) =>
  dialog.querySelector(".dlg-b :is(input:not([type=hidden]), select, textarea)") ?? dialog.querySelector("#dialog-title");

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const wanted = opener && document.getElementById(opener.dataset.opens);
  if (wanted && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    open(wanted);
  }
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
});

// A press and a release on the veil close; a text selected past the edge does not.
let pressed = null;
document.addEventListener("pointerdown", ({ target }) => { pressed = target; });
document.addEventListener("click", ({ target }) => {
  if (target.tagName !== "DIALOG" || pressed !== target || target.querySelector("[data-stay]")) return;
  target.close();
});

document.addEventListener("close", ({ target }) => {
  if (target.tagName !== "DIALOG") return;
  place();
  if (target === shared()) target.replaceChildren();
  if (target.opener?.isConnected) target.opener.focus({ preventScroll: true });
}, true);

// The server's way: HX-Trigger: k-close
document.addEventListener("k-close", () => shared()?.close());
