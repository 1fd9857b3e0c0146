// The scripts speak the reader's language: the page hands them their words.

const meta = document.querySelector('meta[name="k-words"]');
const words = meta ? JSON.parse(meta.content || "{}") : {};

export function word(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

export const csrfToken = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
