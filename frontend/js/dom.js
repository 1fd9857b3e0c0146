// What several parts ask of the page.

export const isRtl = () => document.documentElement.dir === "rtl";

export const isField = (node) =>
  !!node?.matches?.("input:not([type=checkbox],[type=radio],[type=button],[type=submit]),textarea,select,[contenteditable]");

export const isShown = (node) => !!node && node.checkVisibility?.() !== false;

const SPRITE = document.querySelector("use")?.getAttribute("href")?.split("#")[0] ?? "";

export function icon(name, classes = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `icon ${classes}`);
  svg.setAttribute("aria-hidden", "true");
  const use = svg.appendChild(document.createElementNS(svg.namespaceURI, "use"));
  use.setAttribute("href", `${SPRITE}#${name}`);
  return svg;
}

// make("button", {type: "button", class: "btn"}, "Save")
export function make(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// A form differs from what the server sent.
export const isDirty = (form) =>
  [...form.elements].some((field) => {
    if (field.type === "hidden" || field.disabled || field.closest("[data-no-guard]")) return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") {
      const chosen = [...field.options];
      const initial = chosen.some((option) => option.defaultSelected);
      return chosen.some((option, at) => option.selected !== (initial ? option.defaultSelected : at === 0));
    }
    return "defaultValue" in field && field.value !== field.defaultValue;
  });

// Say it to those who listen to the page; a pause makes the same words heard twice.
export function say(text) {
  const region = document.getElementById("say");
  if (!region || !text) return;
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 60);
}
