// A passkey that was refused or cancelled says so beside its button.
document.addEventListener("allauth.error", (event) => {
  const said = document.querySelector("[data-passkey-error]");
  if (!said) return;
  event.preventDefault();
  said.hidden = false;
});
document.addEventListener("click", (event) => {
  if (event.target.closest("#passkey_login, #mfa_webauthn_authenticate, #mfa_webauthn_reauthenticate, #mfa_webauthn_add"))
    for (const said of document.querySelectorAll("[data-passkey-error]")) said.hidden = true;
});
