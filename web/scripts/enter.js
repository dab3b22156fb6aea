// Ways in that need a script: the code of a letter and the secret of a mailed link, which stand
// behind the # of an address so that no server sees them, and passkeys. Loaded only where one of
// them is; what needs it comes `hidden`.

// <input data-from-hash>: takes what stands behind the # and out of the address.
function fromHash(field) {
  const take = () => {
    const word = decodeURIComponent(location.hash.slice(1));
    if (word === "" || document.getElementById(word)) return;
    field.value = word;
    history.replaceState(null, "", location.pathname + location.search);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    document.querySelectorAll("[data-hash-here]").forEach((says) => { says.hidden = false; });
    document.querySelectorAll("[data-hash-not]").forEach((says) => { says.hidden = true; });
  };
  window.addEventListener("hashchange", take);
  take();
}

function bytesOf(words) {
  const plain = atob(words.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0));
}

function wordsOf(bytes) {
  const plain = String.fromCharCode.apply(null, new Uint8Array(bytes));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

// The token of who is signed in, as programs send it.
async function token() {
  const answer = await fetch("/v1/me", { credentials: "same-origin" });
  return answer.ok ? (await answer.json()).session.csrf : "";
}

async function ask(button, path, body) {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
  if (button.dataset.signedIn) headers["Groundswell-Csrf"] = await token();
  const answer = await fetch(path, { method: "POST", headers, credentials: "same-origin",
    body: body && JSON.stringify(body) });
  const said = await answer.json();
  if (answer.ok) return said;
  const problem = new Error(said.errors ? said.errors[0].detail : said.detail);
  problem.code = said.code;
  throw problem;
}

async function enter(button) {
  const asked = await ask(button, "/v1/sign-in/passkey/challenge");
  const used = await navigator.credentials.get({ publicKey: { challenge: bytesOf(asked.challenge),
    timeout: asked.timeout_ms, rpId: asked.rp_id, userVerification: asked.user_verification } });
  const body = { challenge: asked.challenge, credential: used.id,
    client_data: wordsOf(used.response.clientDataJSON),
    authenticator_data: wordsOf(used.response.authenticatorData),
    signature: wordsOf(used.response.signature) };
  const user = used.response.userHandle;
  if (user && user.byteLength > 0) body.user_handle = wordsOf(user);
  await ask(button, "/v1/sign-in/passkey", body);
}

async function add(button) {
  const asked = await ask(button, "/v1/me/passkeys/challenge");
  const name = button.dataset.name || button.dataset.site;
  const made = await navigator.credentials.create({ publicKey: {
    challenge: bytesOf(asked.challenge), timeout: asked.timeout_ms,
    rp: { id: asked.rp_id, name: button.dataset.site },
    user: { id: bytesOf(asked.user), name, displayName: name },
    pubKeyCredParams: asked.algorithms.map((alg) => ({ type: "public-key", alg })),
    excludeCredentials: asked.exclude.map((id) => ({ type: "public-key", id: bytesOf(id) })),
    authenticatorSelection: { residentKey: "required", requireResidentKey: true,
      userVerification: asked.user_verification },
    attestation: "none" } });
  await ask(button, "/v1/me/passkeys", { challenge: asked.challenge,
    label: document.getElementById("label").value.trim(),
    client_data: wordsOf(made.response.clientDataJSON),
    attestation: wordsOf(made.response.attestationObject) });
}

// What a browser throws tells nothing that helps; the button knows what to say instead.
function saying(button, error) {
  if (typeof error.code === "string") return error.message; // of ours; a DOMException has a number
  if (error.name === "InvalidStateError") return button.dataset.held;
  if (error.name === "SecurityError") return button.dataset.elsewhere;
  return button.dataset.failed;
}

// <button type="button" data-passkey="enter|add" data-to="/me" data-failed="..." ... hidden> and
// <p id="passkey-problem" role="alert" hidden>.
function passkeys(button) {
  const block = button.closest("[data-passkeys]"), says = document.getElementById("passkey-problem");
  if (!window.PublicKeyCredential) return;
  document.querySelectorAll("[data-no-passkeys]").forEach((none) => { none.hidden = true; });
  block.hidden = false;
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    says.hidden = true;
    try {
      await (button.dataset.passkey === "add" ? add : enter)(button);
      location.assign(button.dataset.to);
    } catch (error) {
      says.textContent = saying(button, error);
      says.hidden = false;
      if (error.code === "sign_in_again") location.assign(button.dataset.again);
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
}

document.querySelectorAll("[data-from-hash]").forEach(fromHash);
document.querySelectorAll("[data-passkey]").forEach(passkeys);
