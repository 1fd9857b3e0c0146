// Every request of htmx: its token, what to say when it fails, and a sign when it takes long.
// Nothing typed is ever thrown away by a failure: the page stays as it was.

import htmx from "htmx.org";
import { say } from "./dom.js";
import { land } from "./focus.js";
import { toast } from "./toast.js";
import { csrfToken, word } from "./words.js";

const SAYINGS = { 403: "forbidden", 404: "gone", 410: "gone", 429: "slow_down" };
const isQuiet = (node) => !!node?.closest?.("[data-quiet]");

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") detail.headers["X-CSRFToken"] = csrfToken();
});

let running = 0;
function count(by, node) {
  if (isQuiet(node)) return;
  running = Math.max(0, running + by);
  document.getElementById("busy")?.classList.toggle("on", running > 0);
}
document.addEventListener("htmx:beforeSend", ({ detail }) => count(1, detail.elt));
document.addEventListener("htmx:afterRequest", ({ detail }) => count(-1, detail.elt));

function signedOut() {
  toast(word("signed_out"), { tone: "bad", link: location.href, label: word("sign_in") });
  window.addEventListener("focus", renewToken, { once: true });
}

// After signing in again in another window this page goes on with the token of the new session.
async function renewToken() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector('meta[name="csrf-token"]')?.content;
  if (!page.body.dataset.member || !token) return window.addEventListener("focus", renewToken, { once: true });
  document.querySelector('meta[name="csrf-token"]').content = token;
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
}

// The session ended under one's hands: what was written, or not even asked for, does not leave.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr, requestConfig } = event.detail;
  const to = xhr.getResponseHeader("HX-Redirect");
  if (!to || new URL(to, location.href).pathname !== document.body.dataset.signIn) return;
  const isUnasked = isQuiet(requestConfig.elt) || requestConfig.triggeringEvent?.type === "live";
  if (!isUnasked && requestConfig.verb === "get") return;
  event.preventDefault();
  signedOut();
});

// A whole page where a part was asked for is the sign-in page: it must not land in a corner.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target, isError } = event.detail;
  if (isError || target === document.body || !/^\s*<!doctype/i.test(xhr.responseText)) return;
  event.detail.shouldSwap = false;
  signedOut();
});

// A refusal goes into the form that was sent, above its fields, and everything typed stays.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig: { elt } } = event.detail;
  if (xhr.status < 400 || !xhr.responseText.includes("data-refusal")) return;
  event.detail.shouldSwap = false;
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const refusal = document.adoptNode(page.querySelector("[data-refusal]"));
  const form = elt.closest("form:not(.cell-form)");
  if (!form) return toast(refusal.querySelector("[role=alert]").textContent.trim(), { tone: "bad" });
  form.querySelector("[data-refusal]")?.remove();
  (form.querySelector(".dlg-b, .in") ?? form).prepend(refusal);
  land(refusal);
});

document.addEventListener("htmx:responseError", ({ detail }) => {
  if (isQuiet(detail.elt)) return;
  const { status } = detail.xhr;
  if (status === 401) return signedOut();
  const key = SAYINGS[status] ?? (status >= 500 ? "broken" : "gone");
  const again = status >= 500 || status === 429 ? () => retry(detail) : null;
  toast(word(key), { tone: "bad", again });
});

for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ detail }) => {
    if (!isQuiet(detail.elt)) toast(word("unreachable"), { tone: "bad", again: () => retry(detail) });
  });
}

function retry({ elt, requestConfig }) {
  const { verb, path, target, parameters } = requestConfig;
  if (elt.isConnected && elt.matches("form")) elt.requestSubmit();
  else htmx.ajax(verb, path, { source: elt.isConnected ? elt : document.body, target, values: parameters });
}

// The server may have something heard after any answer: HX-Trigger: {"k-say": "214 customers"}
document.addEventListener("k-say", ({ detail }) => say(detail.value ?? detail.text));
