// After a swap the focus is never lost: it goes to what the answer marks, to the first field with
// an error, or to the heading of what came. Answers that nobody asked for leave it alone.

import { isShown, say } from "./dom.js";

const MARKED = "[data-focus], [aria-invalid=true], [autofocus]";
const ASKED = new Set(["click", "submit", "keydown", "open"]);

const first = (places, wanted) =>
  places
    .flatMap((place) => [...(place.matches(wanted) ? [place] : []), ...place.querySelectorAll(wanted)])
    .find(isShown);

export function land(node) {
  if (!node.matches("a[href], button, input, select, textarea, [tabindex]")) node.tabIndex = -1;
  node.focus({ preventScroll: true });
  if (node.matches("textarea")) node.selectionStart = node.value.length; // to write on
  node.scrollIntoView({ block: "nearest" });
}

const came = new WeakMap();

document.addEventListener("htmx:afterSettle", ({ target, detail }) => {
  if (target.closest("#toasts")) return;
  const places = came.get(detail.xhr);
  if (places) return places.push(target);
  came.set(detail.xhr, [target]);
  queueMicrotask(() => settle(came.get(detail.xhr), detail));
});

function settle(places, detail) {
  const there = places.filter((place) => place.isConnected);
  for (const node of there) say(first([node], "[data-say]")?.dataset.say);
  if (!there.length || !ASKED.has(detail.requestConfig?.triggeringEvent?.type)) return;
  if (detail.requestConfig.elt?.closest?.("[data-quiet]")) return;
  const marked = first(there, MARKED);
  if (marked) land(marked);
  else if (document.activeElement === document.body) land(first(there, "h1, h2, h3") ?? there[0]);
}

// A page that comes back with errors starts at the first of them.
const fault = document.querySelector("main [data-focus], main [aria-invalid=true]");
if (fault && isShown(fault) && !fault.closest("[data-sample]")) land(fault);
