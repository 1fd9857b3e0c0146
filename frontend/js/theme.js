// Light and dark change at once; the form behind the button does the same without scripts.

const root = document.documentElement;
const YEAR = 31_536_000;

function choose(theme) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${theme}; Path=/; SameSite=Lax; Max-Age=${YEAR}${secure}`;
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const button of document.querySelectorAll(".menu [data-theme-switch] button")) {
    button.classList.toggle("on", button.value === theme);
  }
}

document.addEventListener("submit", (event) => {
  const chosen = event.submitter?.value;
  if (!chosen || !event.target.closest("[data-theme-switch]")) return;
  event.preventDefault();
  choose(chosen);
});
