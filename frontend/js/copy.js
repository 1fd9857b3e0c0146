// <k-copy>: a text to hand on. The button shows itself only where the browser can copy.

import { say } from "./dom.js";
import { toast } from "./toast.js";
import { word } from "./words.js";

class Copy extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("input");
    const button = this.querySelector("button");
    field?.addEventListener("focus", () => field.select());
    if (!button || !navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(field.value);
      toast(word("copied"));
      say(word("copied"));
    });
  }
}

customElements.define("k-copy", Copy);
