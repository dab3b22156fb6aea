/* me.js -- one's own account: signing in, one's keys, what one has, and how one leaves.
 *
 * It talks to the JSON API of the place that it came from, with the session's cookie, which no
 * script can read. Every write carries an Idempotency-Key of its own, and, once somebody is signed in, the
 * token that GET /v1/me gave: a page of another site has neither. What is shown enters the page as
 * text, never as markup. Nothing is kept in the browser. */
(function () {
  "use strict";

  var el = function (id) { return document.getElementById(id); };
  var slug = document.body.dataset.join;
  var me = null; /* as GET /v1/me answers; null: nobody is signed in */
  var began = document.title;
  var link = null; /* {kind, secret} of a mail, until it is used */

  /* ---- the code of a letter or a mail, first of all: out of the address, and so out of the
   * history. It waits for a press, so that nobody is signed in by merely following a link. ---- */

  var LINKS = {
    "sign-in": { button: "Sign in", path: "/v1/sign-in/link/use", done: "You are signed in." },
    "mail-confirm": { button: "Confirm this e-mail address", path: "/v1/me/mail/confirm",
      done: "Your e-mail address is confirmed." },
    invitation: { button: "Accept the invitation", path: "/v1/invitations/accept",
      done: "You have accepted the invitation." },
  };

  function takeFragment() {
    var found = "", of_mail;
    if (location.hash.length < 2) return;
    try { found = decodeURIComponent(location.hash.slice(1)); } catch (no) { found = ""; }
    history.replaceState(null, "", location.pathname + location.search);
    of_mail = /^(sign-in|mail-confirm|invitation)=([\w-]{16,64})$/.exec(found);
    if (of_mail) {
      link = { kind: of_mail[1], secret: of_mail[2] };
      el("link-use").textContent = LINKS[link.kind].button;
      el("link").hidden = false;
    } else if (slug && /^[0-9A-Za-z -]{1,64}$/.test(found)) el("code-text").value = found;
  }

  /* ---- what is said ---- */

  function make(name, text, more) {
    var one = document.createElement(name);
    if (text !== undefined) one.textContent = text;
    Object.assign(one, more || {});
    return one;
  }

  /* A problem document (RFC 9457), or what stands for it. */
  function Problem(status, document_) {
    this.status = status;
    this.code = document_.code || "";
    this.detail = document_.detail || "Something went wrong here. Try again in a moment.";
    this.errors = document_.errors || [];
  }

  var FIELDS = {
    "code-form": { "/code": "code-text" },
    "password-form": { "/name": "name", "/password": "password" },
    "link-form": { "/mail": "mail" },
    "mail-form": { "/mail": "new-mail" },
    "passkey-form": { "/label": "label" },
    "new-password-form": { "/name": "word", "/password": "new-password" },
  };

  function quiet() {
    el("problem").hidden = true;
    el("done").textContent = "";
    document.querySelectorAll("[aria-invalid]").forEach(function (field) {
      field.removeAttribute("aria-invalid");
    });
  }

  function sayField(fields, error) {
    var field = el(fields[error.pointer] || ""), item = make("li"), link;
    if (field) {
      field.setAttribute("aria-invalid", "true");
      link = make("a", field.labels[0].textContent + ": " + error.detail, { href: "#" + field.id });
      link.addEventListener("click", function (event) { event.preventDefault(); field.focus(); });
      item.append(link);
    } else item.textContent = error.detail;
    el("problem-fields").append(item);
  }

  function sayProblem(problem, form) {
    var fields = FIELDS[form] || {};
    el("problem-says").textContent = problem.errors.length === 0 ? problem.detail
      : "Something that you typed needs another look.";
    el("problem-fields").replaceChildren();
    problem.errors.forEach(function (error) { sayField(fields, error); });
    el("problem").hidden = false;
    el("problem").focus();
    el("problem").scrollIntoView();
  }

  function sayDone(words) {
    el("done").textContent = words;
    el("title").focus();
    el("title").scrollIntoView();
  }

  /* ---- asking ---- */

  async function send(method, path, body, key) {
    var headers = { Accept: "application/json" };
    if (method !== "GET") headers["Idempotency-Key"] = key;
    if (method !== "GET" && me) headers["Groundswell-Csrf"] = me.session.csrf;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    try {
      return await fetch(path, { method: method, headers: headers, cache: "no-store",
        credentials: "same-origin", redirect: "error",
        body: body === undefined ? undefined : JSON.stringify(body) });
    } catch (no) {
      throw new Problem(0, { detail: "The server cannot be reached. Look whether you are online, " +
        "then try again: nothing is done twice." });
    }
  }

  async function ask(method, path, body) {
    var key = crypto.randomUUID(), answer = await send(method, path, body, key), said = {};
    try { said = await answer.json(); } catch (no) { if (answer.ok) return {}; }
    if (said.code === "csrf_wrong") { /* signed in anew in another window meanwhile */
      me = await ask("GET", "/v1/me");
      answer = await send(method, path, body, key);
      said = await answer.json();
    }
    if (answer.ok) return said;
    throw new Problem(answer.status, said);
  }

  /* Codes of refusals after which nobody is signed in any more. */
  var OVER = ["signed_out", "session_expired", "session_invalid", "sign_in_needed"];

  /* Runs what a button or form stands for, once at a time, and says what comes of it. */
  async function run(button, form, what) {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    quiet();
    try {
      await what();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (OVER.includes(problem.code)) leave();
      if (problem.code === "sign_in_again") el("enter").hidden = false;
      sayProblem(problem, form);
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  function onSubmit(id, what) {
    el(id).addEventListener("submit", function (event) {
      event.preventDefault();
      run(event.target.querySelector("button"), id, what);
    });
  }

  function onClick(id, what) {
    el(id).addEventListener("click", function () { run(el(id), id, what); });
  }

  /* What a field is wrong with before anybody need be asked. */
  function need(fields) {
    var errors = fields.filter(function (one) { return el(one[1]).value.trim() === ""; })
      .map(function (one) { return { pointer: one[0], detail: "this is empty" }; });
    if (errors.length > 0)
      throw new Problem(0, { errors: errors });
  }

  /* ---- passkeys ---- */

  function toBytes(words) {
    var plain = atob(words.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (c) { return c.charCodeAt(0); });
  }

  function toWords(bytes) {
    var plain = String.fromCharCode.apply(null, new Uint8Array(bytes));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  /* What a browser throws tells nothing that helps; that it was not done does. */
  async function device(asked) {
    var done = null;
    try { done = await asked; } catch (no) {
      if (no.name === "InvalidStateError")
        throw new Problem(0, { detail: "This device holds a passkey for your account already." });
      if (no.name === "SecurityError")
        throw new Problem(0, { detail: "Passkeys work only at this service’s own address." });
    }
    if (done) return done;
    throw new Problem(0, { detail: "The passkey was not used: the device stopped, or did not " +
      "find one for this place. Try again, or use your name and password." });
  }

  async function passkeyNew() {
    var asked, made;
    need([["/label", "label"]]);
    asked = await ask("POST", "/v1/me/passkeys/challenge");
    made = await device(navigator.credentials.create({ publicKey: {
      challenge: toBytes(asked.challenge), timeout: asked.timeout_ms,
      rp: { id: asked.rp_id, name: "Groundswell" },
      user: { id: toBytes(asked.user), name: me.name || "Groundswell",
        displayName: me.name || "Groundswell" },
      pubKeyCredParams: asked.algorithms.map(function (alg) {
        return { type: "public-key", alg: alg };
      }),
      excludeCredentials: asked.exclude.map(function (id) {
        return { type: "public-key", id: toBytes(id) };
      }),
      authenticatorSelection: { residentKey: "required", requireResidentKey: true,
        userVerification: asked.user_verification },
      attestation: "none" } }));
    await ask("POST", "/v1/me/passkeys", { challenge: asked.challenge,
      label: el("label").value.trim(),
      client_data: toWords(made.response.clientDataJSON),
      attestation: toWords(made.response.attestationObject) });
    await showMine();
    sayDone("The passkey is set up. Next time, sign in with it.");
  }

  async function passkeyIn() {
    var asked = await ask("POST", "/v1/sign-in/passkey/challenge"), used, body;
    used = await device(navigator.credentials.get({ publicKey: {
      challenge: toBytes(asked.challenge), timeout: asked.timeout_ms, rpId: asked.rp_id,
      userVerification: asked.user_verification } }));
    body = { challenge: asked.challenge, credential: used.id,
      client_data: toWords(used.response.clientDataJSON),
      authenticator_data: toWords(used.response.authenticatorData),
      signature: toWords(used.response.signature) };
    if (used.response.userHandle && used.response.userHandle.byteLength > 0)
      body.user_handle = toWords(used.response.userHandle);
    await ask("POST", "/v1/sign-in/passkey", body);
    await showMine();
    sayDone("You are signed in.");
  }

  /* ---- code, link and password ---- */

  var ELSEWHERE = " If somebody else may have used the old one, sign out everywhere, below.";

  async function codeIn() {
    var said;
    need([["/code", "code-text"]]);
    said = await ask("POST", "/v1/communities/" + slug + "/sign-in/code",
      { code: el("code-text").value.trim() });
    el("code-text").value = "";
    await showMine();
    sayDone(said.joined && said.joined.recovered ? "Welcome back. What was yours is yours again."
      : "Welcome. You are signed in.");
  }

  async function linkUse() {
    var used = link;
    if (!me && used.kind !== "sign-in")
      throw new Problem(0, { detail: "Sign in first, below; then press this button again." });
    link = null;
    el("link").hidden = true;
    await ask("POST", LINKS[used.kind].path, { link: used.secret });
    await showMine();
    sayDone(LINKS[used.kind].done);
  }

  async function linkAsk() {
    var said;
    need([["/mail", "mail"]]);
    said = await ask("POST", "/v1/sign-in/link", { mail: el("mail").value.trim() });
    sayDone(said.detail);
  }

  async function mailSet() {
    var said;
    need([["/mail", "new-mail"]]);
    said = await ask("PUT", "/v1/me/mail", { mail: el("new-mail").value.trim() });
    sayDone(said.detail);
  }

  async function passwordIn() {
    need([["/name", "name"], ["/password", "password"]]);
    await ask("POST", "/v1/sign-in/password",
      { name: el("name").value.trim(), password: el("password").value });
    el("password").value = "";
    await showMine();
    sayDone("You are signed in.");
  }

  /* The browser's own keeper of passwords is told the whole name, with the digits that the server
   * has added: what stood in the form would not do. */
  function offerToKeep(name, password) {
    if (!window.PasswordCredential || !navigator.credentials.store) return;
    navigator.credentials.store(new PasswordCredential({ id: name, password: password }))
      .catch(function () { /* then the person remembers it */ });
  }

  async function passwordNew() {
    var body = { password: el("new-password").value }, said, had = me.has_password;
    need([["/password", "new-password"]].concat(me.name ? [] : [["/name", "word"]]));
    if (el("word").value.trim() !== "") body.name = el("word").value.trim();
    said = await ask("PUT", "/v1/me/password", body);
    offerToKeep(said.name, body.password);
    el("new-password").value = "";
    el("word").value = "";
    await showMine();
    sayDone("The password is set. Your sign-in name is " + said.name + "." +
      (had ? ELSEWHERE : ""));
  }

  /* ---- what one has ---- */

  function day(stamp) {
    return new Date(stamp).toLocaleDateString("en-GB",
      { day: "numeric", month: "long", year: "numeric" });
  }

  function row(name, value) {
    var line = make("tr");
    line.append(make("th", name, { scope: "row" }), make("td", value));
    return line;
  }

  function money(currency) {
    var form = new Intl.NumberFormat("en-GB", { style: "currency", currency: currency });
    var digits = form.resolvedOptions().maximumFractionDigits;
    return function (amount) { return form.format(amount / Math.pow(10, digits)); };
  }

  async function wallet(hat) {
    var place = await ask("GET", "/v1/communities/" + hat.community), say = money(place.currency);
    var name = (place.text && place.text.name) || place.name || hat.community;
    var held, table = make("table"), body = make("tbody");
    try {
      held = await ask("GET", "/v1/communities/" + hat.community + "/wallet");
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      return make("p", name + ": " + problem.detail);
    }
    if (!held.round) return make("p", name + ": no round is open now.");
    table.append(make("caption", name), body);
    body.append(row("Granted", say(held.allotment)), row("Held by pledges", say(held.held)),
      row("Spent", say(held.spent)), row("Free", say(held.free)));
    return table;
  }

  async function showHave() {
    var residents = me.hats.filter(function (hat) { return hat.role === "resident"; });
    var others = me.hats.filter(function (hat) { return hat.role !== "resident"; });
    var parts = await Promise.all(residents.map(wallet));
    if (others.length > 0) parts.push(make("p", "You also act as: " + others.map(function (hat) {
      return hat.role + " " + hat.subject + " (" + hat.community + ")";
    }).join(", ") + "."));
    if (parts.length === 0) parts.push(make("p", "You are a resident nowhere yet."));
    el("have").replaceChildren.apply(el("have"), parts);
  }

  function passkeyItem(one) {
    var item = make("li"), form = make("form"), field = make("p"), keys = make("p");
    var id = "label-" + one.n;
    var used = one.used ? ", last used on " + day(one.used) : "";
    var rename = make("button", "Rename", { type: "submit", className: "quiet" });
    var remove = make("button", "Remove", { type: "button", className: "quiet" });
    form.id = "form-" + one.n;
    form.noValidate = true;
    FIELDS[form.id] = { "/label": id };
    rename.setAttribute("aria-label", "Rename " + one.label);
    remove.setAttribute("aria-label", "Remove " + one.label);
    field.append(make("label", "Name of this passkey", { htmlFor: id }),
      make("input", undefined, { id: id, value: one.label, maxLength: 60, autocomplete: "off" }));
    keys.append(rename, " ", remove);
    form.append(field, keys);
    item.append(make("p", "Set up on " + day(one.created) + used + "."), form);
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      run(rename, form.id, async function () {
        need([["/label", id]]);
        await ask("PATCH", "/v1/me/passkeys/" + one.n, { label: el(id).value.trim() });
        await showMine();
        sayDone("The passkey has another name now.");
      });
    });
    remove.addEventListener("click", function () {
      run(remove, form.id, async function () {
        await ask("DELETE", "/v1/me/passkeys/" + one.n);
        await showMine();
        sayDone("The passkey is removed: nobody comes in with it any more." + ELSEWHERE);
      });
    });
    return item;
  }

  function showKeys() {
    var passkeys = me.passkey_list || [];
    el("passkeys").replaceChildren.apply(el("passkeys"), passkeys.map(passkeyItem));
    el("key-none").hidden = passkeys.length > 0 || me.has_password;
    el("name-shown").hidden = !me.name;
    el("name-is").textContent = me.name || "";
    el("mail-is").hidden = !me.mail;
    el("mail-is").textContent = me.mail ? "Yours is " + me.mail + (me.mail_ok ? "." :
      ": follow the link that was sent to it.") : "";
    el("word-title").textContent = me.has_password ? "Another password" : "Password";
    el("word-hint").textContent = me.name ? "Leave it empty to stay " + me.name + "; else four " +
      "new digits are added to the word" : "Four digits are added to it; it need not be your real name";
  }

  function entitle(words) {
    document.title = words;
    el("title").textContent = words;
  }

  /* Somebody who is signed in may use the letter of another place too. */
  function isResidentHere() {
    return me.hats.some(function (hat) {
      return hat.role === "resident" && hat.community === slug;
    });
  }

  async function showMine() {
    me = await ask("GET", "/v1/me");
    showKeys();
    await showHave();
    entitle("Your account");
    el("code").hidden = !slug || (isResidentHere() && el("code-text").value === "");
    el("enter").hidden = true;
    el("mine").hidden = false;
  }

  function leave() {
    me = null;
    entitle(began);
    el("mine").hidden = true;
    el("have").replaceChildren();
    el("passkeys").replaceChildren();
    el("code").hidden = !slug;
    el("enter").hidden = false;
  }

  /* ---- leaving ---- */

  async function signOut() {
    await ask("DELETE", "/v1/me/session");
    leave();
    sayDone("You are signed out here.");
  }

  async function signOutEverywhere() {
    await ask("POST", "/v1/me/sign-out");
    leave();
    sayDone("You are signed out on every device.");
  }

  async function exportAll() {
    var said = await ask("GET", "/v1/me/export"), link, file;
    file = new Blob([JSON.stringify(said, null, 2) + "\n"], { type: "application/json" });
    link = make("a", "", { href: URL.createObjectURL(file), download: "my-groundswell-data.json" });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
    sayDone("Your data is in your downloads.");
  }

  async function eraseAll() {
    if (!el("erase-sure").checked)
      throw new Problem(0, { detail: "Tick the box above the button first, if you are sure." });
    await ask("DELETE", "/v1/me", { pledges: el("erase-keep").checked ? "keep" : "withdraw" });
    leave();
    el("erase-sure").checked = false;
    sayDone("Your account is erased.");
  }

  /* ---- the start ---- */

  async function start() {
    takeFragment();
    addEventListener("hashchange", takeFragment);
    el("code").hidden = !slug;
    el("enter-passkey").hidden = el("new-passkey").hidden = !window.PublicKeyCredential;
    onSubmit("code-form", codeIn);
    onSubmit("password-form", passwordIn);
    onSubmit("passkey-form", passkeyNew);
    onSubmit("new-password-form", passwordNew);
    onSubmit("link-form", linkAsk);
    onSubmit("mail-form", mailSet);
    onSubmit("erase-form", eraseAll);
    onClick("link-use", linkUse);
    onClick("passkey-in", passkeyIn);
    onClick("sign-out", signOut);
    onClick("sign-out-everywhere", signOutEverywhere);
    onClick("export", exportAll);
    if (document.body.dataset.cookie !== "yes") {
      el("enter").hidden = false;
      return;
    }
    try {
      await showMine();
    } catch (problem) {
      leave();
      if (!(problem instanceof Problem)) throw problem;
      if (!OVER.includes(problem.code)) sayProblem(problem, "");
    }
  }

  start();
})();
