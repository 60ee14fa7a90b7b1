// Asks a security key or passkey, on behalf of a button, and sends the form with what it answered.
// Everything else on these pages works without scripts.
"use strict";
(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");
  const named = (list) => (list || []).map((item) => ({ ...item, id: bytes(item.id) }));

  const make = async (asked) => {
    const publicKey = {
      ...asked,
      challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: named(asked.excludeCredentials),
    };
    const made = await navigator.credentials.create({ publicKey });
    return {
      made,
      response: {
        attestationObject: text(made.response.attestationObject),
        transports: made.response.getTransports ? made.response.getTransports() : [],
      },
    };
  };

  const sign = async (asked) => {
    const publicKey = {
      ...asked,
      challenge: bytes(asked.challenge),
      allowCredentials: named(asked.allowCredentials),
    };
    const made = await navigator.credentials.get({ publicKey });
    const { authenticatorData, signature, userHandle } = made.response;
    return {
      made,
      response: {
        authenticatorData: text(authenticatorData),
        signature: text(signature),
        userHandle: userHandle ? text(userHandle) : null,
      },
    };
  };

  for (const button of document.querySelectorAll("button[data-key]")) {
    const form = button.form;
    const failed = form.querySelector("[data-key-failed]");
    if (!window.PublicKeyCredential) {
      failed.hidden = false;
      continue;
    }
    button.hidden = false;
    button.addEventListener("click", async () => {
      failed.hidden = true;
      // A new password that goes along comes first: what a key signed is good once.
      const password = form.querySelector("input[type=password]");
      if (password && !password.reportValidity()) return;
      button.disabled = true;
      try {
        const asked = JSON.parse(button.dataset.options);
        const { made, response } = await (button.dataset.key === "create" ? make(asked) : sign(asked));
        form.elements.credential.value = JSON.stringify({
          id: made.id,
          rawId: text(made.rawId),
          type: made.type,
          response: { clientDataJSON: text(made.response.clientDataJSON), ...response },
          clientExtensionResults: {},
        });
        form.submit();
      } catch {
        failed.hidden = false;
        button.disabled = false;
      }
    });
  }
})();
