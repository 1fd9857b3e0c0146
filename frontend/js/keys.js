// The keyboard. An element says its key in data-key: "n", "g c", "[", "/", "mod+k", "shift+e";
// pressing it clicks the element, or focuses it when it is a field. data-key-label names it on the
// "?" map. Letters are told by their place on the keyboard, so that they work in Hebrew and Greek
// layouts; signs by what is typed. Inside fields single keys type.

import { tinykeys } from "tinykeys";
import { open } from "./dialog.js";
import { isField, isShown, make } from "./dom.js";
import { word } from "./words.js";

const lettersOff = () => document.body.dataset.letters === "off";
const isSingle = (key) => !/^(mod|ctrl|alt)\+/.test(key);
const NAMES = { enter: "Enter", esc: "Escape", space: "Space", up: "ArrowUp", down: "ArrowDown" };

// "g c" → "KeyG KeyC", "mod+k" → "$mod+KeyK", "?" → "[Shift]+?"
function binding(key) {
  return key.split(" ").map((press) => {
    const parts = press === "+" ? ["+"] : press.split("+");
    const last = parts.pop();
    const mods = parts.map((mod) => ({ mod: "$mod", ctrl: "Control", alt: "Alt", shift: "Shift" })[mod]);
    if (/^[a-z]$/.test(last)) return [...mods, `Key${last.toUpperCase()}`].join("+");
    if (/^\d$/.test(last)) return [...mods, `Digit${last}`].join("+");
    return [...mods, ...(last.length === 1 ? ["[Shift]"] : []), NAMES[last] ?? last].join("+");
  }).join(" ");
}

// A key may belong to a line of a closed menu or to a tab that is not the chosen one.
const isReachable = (node) => isShown(node) || node.role === "tab" || !!node.closest("[popover]");

const scope = () => document.querySelector("dialog:modal") ?? document;
const bearers = (key) =>
  [...scope().querySelectorAll("[data-key]")].filter((node) => node.dataset.key === key && !node.disabled);

export function press(key) {
  const node = bearers(key).find(isReachable);
  if (!node) return false;
  if (isField(node)) {
    node.focus();
    node.select?.();
  } else {
    node.click();
  }
  return true;
}

function ignore(event) {
  if (event.repeat || event.isComposing || event.defaultPrevented) return true;
  const isTyping = isField(event.target) || event.target.isContentEditable;
  const withCommand = event.ctrlKey || event.metaKey || event.altKey;
  return !withCommand && (isTyping || lettersOff());
}

// A key stays bound once it was: bound anew, "c" would no longer know of the "g" before it.
const bound = {};
function bind() {
  const nodes = [...document.querySelectorAll("[data-key]")];
  // Sequences first: after "g", "c" must not also do what "c" alone does.
  const keys = nodes.map((node) => node.dataset.key).sort((one, other) => other.split(" ").length - one.split(" ").length);
  for (const key of keys) {
    bound[key] ??= tinykeys(window, { [binding(key)]: (event) => press(key) && event.preventDefault() }, { ignore });
  }
  for (const node of nodes) {
    const { key } = node.dataset;
    if (!key.includes(" ") && !(lettersOff() && isSingle(key))) node.setAttribute("aria-keyshortcuts", key.replace(/^\+$/, "plus").replace("mod", "Control"));
  }
}
tinykeys(window, {
  "$mod+KeyK": (event) => show(event, "palette"),
  // Hebrew keyboards type "." on the key that elsewhere types "/".
  Slash: (event) => event.key === "." && show(event, "palette"),
  "[Shift]+?": (event) => show(event, "keys"),
}, { ignore });

function show(event, id) {
  const dialog = document.getElementById(id);
  if (!dialog) return;
  event.preventDefault();
  open(dialog);
}

// ---- the map on "?"

const cap = (press) => press === "+" ? press : press.split("+").map((part) => ({ mod: "Ctrl", shift: "⇧", enter: "⏎" })[part] ?? part.toUpperCase()).join(" ");

function line(label, key) {
  const caps = key.split(" ").map((press) => make("kbd", {}, cap(press)));
  const spaced = caps.flatMap((node, at) => (at ? [` ${word("then")} `, node] : [node]));
  return make("li", {}, make("span", {}, label), make("span", {}, ...spaced));
}

function fill(dialog) {
  const labelled = [...document.querySelectorAll("[data-key][data-key-label]")].filter(isReachable);
  const known = new Map(labelled.map((node) => [node.dataset.key, node.dataset.keyLabel]));
  for (const section of dialog.querySelectorAll("[data-keys]")) {
    const wanted = [...known].filter(([key]) => key !== "/" && key.startsWith("g ") === (section.dataset.keys === "go"));
    section.hidden = !wanted.length;
    section.querySelector("ul").replaceChildren(...wanted.map(([key, label]) => line(label, key)));
  }
  for (const section of dialog.querySelectorAll("[data-when]")) {
    section.hidden = !document.querySelector(section.dataset.when);
  }
}

const map = document.getElementById("keys");
map?.addEventListener("k-open", () => fill(map));

if (/Mac|iP(hone|ad|od)/.test(navigator.platform)) {
  for (const hint of document.querySelectorAll("[data-mod]")) hint.textContent = "⌘";
}

let waiting = 0;
document.addEventListener("htmx:afterSettle", () => {
  clearTimeout(waiting);
  waiting = setTimeout(bind, 50);
});
bind();
