/* A passkey in the list that the browser itself shows under the sign-in field: chosen there, it signs in without another
   press. Where a browser cannot, or nothing is chosen, nothing changes. */
(async () => {
  "use strict";
  const form = document.getElementById("mfa_login");
  const field = document.querySelector("[autocomplete~=webauthn]");
  const able = window.PublicKeyCredential?.isConditionalMediationAvailable;
  if (!form || !field || !window.webauthnJSON || !able || !(await able.call(PublicKeyCredential))) return;
  /* A browser asks one question at a time: the button asks its own. */
  const asking = new AbortController();
  document.getElementById("passkey_login")?.addEventListener("click", () => asking.abort(), { capture: true });
  try {
    const answer = await fetch(form.action, { headers: { Accept: "application/json" }, signal: asking.signal });
    if (!answer.ok) return;
    const { request_options: options } = await answer.json();
    const chosen = await window.webauthnJSON.get({ ...options, mediation: "conditional", signal: asking.signal });
    document.getElementById("mfa_credential").value = JSON.stringify(chosen);
    form.submit();
  } catch (problem) {
    if (!["AbortError", "NotAllowedError"].includes(problem.name)) throw problem;
  }
})();
