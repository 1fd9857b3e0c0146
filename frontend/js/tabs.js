// <k-tabs>: links to parts of the page become tabs. Without scripts they stay links and all parts
// are shown one under the other.

import { isRtl } from "./dom.js";

class Tabs extends HTMLElement {
  connectedCallback() {
    const list = this.querySelector(".tabs");
    this.tabs = [...(list?.querySelectorAll('a[href^="#"]') ?? [])];
    if (!this.tabs.length) return;
    list.setAttribute("role", "tablist");
    for (const tab of this.tabs) this.prepare(tab);
    this.addEventListener("click", (event) => {
      const tab = event.target.closest("[role=tab]");
      if (!tab) return;
      event.preventDefault();
      this.choose(tab, { focusField: tab.hasAttribute("data-key") });
    });
    list.addEventListener("keydown", (event) => this.walk(event));
    const started = this.tabs.find((tab) => this.panel(tab)?.querySelector("[aria-invalid=true], [data-focus]"));
    this.choose(started ?? this.tabs.find((tab) => tab.classList.contains("on")) ?? this.tabs[0]);
  }

  panel(tab) {
    return this.querySelector(tab.hash);
  }

  prepare(tab) {
    const panel = this.panel(tab);
    tab.setAttribute("role", "tab");
    tab.id ||= `${tab.hash.slice(1)}-tab`;
    tab.setAttribute("aria-controls", tab.hash.slice(1));
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
  }

  choose(chosen, { focusField = false } = {}) {
    for (const tab of this.tabs) {
      const isChosen = tab === chosen;
      tab.classList.toggle("on", isChosen);
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      this.panel(tab).hidden = !isChosen;
    }
    const panel = this.panel(chosen);
    panel.dispatchEvent(new CustomEvent("k-shown", { bubbles: true }));
    if (focusField) panel.querySelector("[data-focus], textarea, input:not([type=hidden]), select")?.focus();
  }

  walk(event) {
    const forward = isRtl() ? "ArrowLeft" : "ArrowRight";
    const back = isRtl() ? "ArrowRight" : "ArrowLeft";
    const now = this.tabs.indexOf(event.target.closest("[role=tab]"));
    const to = { [forward]: now + 1, [back]: now - 1, Home: 0, End: -1 }[event.key];
    if (now < 0 || to === undefined) return;
    event.preventDefault();
    const tab = this.tabs.at(to % this.tabs.length);
    this.choose(tab);
    tab.focus();
  }
}

customElements.define("k-tabs", Tabs);
