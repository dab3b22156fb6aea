/* audit.js -- checks a receipt in the browser: that a record is in the log that the checkpoint names.
 *
 * The receipt is C2SP tlog-proof, the hashes are those of RFC 6962, the path is climbed as RFC 9162
 * section 2.1.3.2 says, the checkpoint is a C2SP signed note. SHA-256 and Ed25519 are the browser's
 * own (WebCrypto); a browser without Ed25519 checks the hashes and is told so. A plain script, no
 * module, so that it runs from a saved copy too. Nothing is sent anywhere; the button in the list
 * fetches a record and its receipt from where the page came from. What is shown enters the page as
 * text, never as markup. */
(function () {
  "use strict";

  var bytes = function (text) { return new TextEncoder().encode(text); };
  var HEAD = "c2sp.org/tlog-proof@v1";
  var LOG_KEY = 1, WITNESS_KEY = 4;

  function Refusal(why) { this.why = why; }

  /* ---- bytes and texts ---- */

  /* One value has one spelling: what does not come back the same is refused. */
  function fromBase64(text, what) {
    var plain;
    try { plain = atob(text); } catch (no) { plain = null; }
    if (plain === null || btoa(plain) !== text) throw new Refusal(what + " is not base64.");
    return Uint8Array.from(plain, function (c) { return c.charCodeAt(0); });
  }

  function toBase64(data) {
    return btoa(String.fromCharCode.apply(null, data));
  }

  function toHex(data) {
    return Array.from(data, function (b) { return b.toString(16).padStart(2, "0"); }).join("");
  }

  function joined() {
    var parts = Array.prototype.slice.call(arguments), n = 0, at = 0;
    parts.forEach(function (part) { n += part.length; });
    var all = new Uint8Array(n);
    parts.forEach(function (part) { all.set(part, at); at += part.length; });
    return all;
  }

  function isSame(a, b) {
    return toHex(a) === toHex(b);
  }

  async function sha256(data) {
    return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  }

  function node(left, right) {
    return sha256(joined([1], left, right));
  }

  function number(text, what) {
    if (!/^(0|[1-9][0-9]{0,18})$/.test(text)) throw new Refusal(what + " is not a plain number.");
    return BigInt(text);
  }

  function hash(text, what) {
    var data = fromBase64(text, what);
    if (data.length !== 32) throw new Refusal(what + " has " + data.length + " bytes, not 32.");
    return data;
  }

  /* ---- the receipt ---- */

  function readReceipt(text) {
    var lines = text.split("\n"), at = 0, hashes = [];
    if (lines[at++] !== HEAD)
      throw new Refusal("The first line is not " + HEAD + ", so this is no receipt.");
    if ((lines[at] || "").startsWith("extra ")) {
      fromBase64(lines[at].slice(6), "The line “extra”");
      at++;
    }
    if (!(lines[at] || "").startsWith("index "))
      throw new Refusal("There is no line “index” with the number of the record.");
    var index = number(lines[at++].slice(6), "The number of the record");
    for (; at < lines.length && lines[at] !== ""; at++) {
      hashes.push(hash(lines[at], "Hash " + (hashes.length + 1) + " of the path"));
      if (hashes.length > 63) throw new Refusal("The path has more than 63 hashes.");
    }
    if (at >= lines.length) throw new Refusal("The checkpoint is missing.");
    var checkpoint = readCheckpoint(lines.slice(at + 1).join("\n"));
    return { index: index, hashes: hashes, checkpoint: checkpoint };
  }

  function readSignature(line) {
    var parts = line.split(" ");
    if (parts.length !== 3 || parts[0] !== "—" || parts[1] === "")
      throw new Refusal("A line below the checkpoint is not a signature.");
    var data = fromBase64(parts[2], "A signature");
    if (data.length < 5) throw new Refusal("A signature is too short.");
    return { name: parts[1], id: toHex(data.slice(0, 4)), data: data.slice(4) };
  }

  function readCheckpoint(text) {
    var end = text.lastIndexOf("\n\n");
    if (end < 0 || !text.endsWith("\n") || text.length === end + 2)
      throw new Refusal("The checkpoint has no signatures.");
    var signed = text.slice(0, end + 1), lines = signed.split("\n");
    if (lines.length < 4 || lines[0] === "" || lines.slice(0, -1).indexOf("") >= 0)
      throw new Refusal("The checkpoint is not name, size and hash.");
    return { signed: signed, origin: lines[0], size: number(lines[1], "The size of the log"),
      root: hash(lines[2], "The hash of the log"),
      signatures: text.slice(end + 2, -1).split("\n").map(readSignature) };
  }

  /* ---- keys ---- */

  async function readKey(line, kind) {
    var found = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(line);
    if (!found) throw new Refusal("A line of the keys is not a key: name+number+base64.");
    var data = fromBase64(found[3], "A key");
    var id = (await sha256(joined(bytes(found[1] + "\n"), data))).slice(0, 4);
    if (data.length !== 33 || data[0] !== kind)
      throw new Refusal("The key of " + found[1] + " is not of the kind that is needed here.");
    if (toHex(id) !== found[2])
      throw new Refusal("The key of " + found[1] + " does not match its own number " + found[2] +
        ": a character of it is wrong.");
    return { name: found[1], id: found[2], raw: data.slice(1) };
  }

  async function readKeys(text, kind) {
    var keys = [], lines = text.split("\n");
    for (var i = 0; i < lines.length; i++) {
      var line = lines[i].trim();
      if (line !== "" && line[0] !== "#") keys.push(await readKey(line, kind));
    }
    return keys;
  }

  /* A key that is one (RFC 8032, test 1): whether this browser knows Ed25519 at all. */
  async function knowsEd25519() {
    var one = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    var raw = Uint8Array.from(one.match(/../g), function (h) { return parseInt(h, 16); });
    try {
      await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
      return true;
    } catch (no) {
      return false;
    }
  }

  async function isSigned(key, signature, message) {
    try {
      var known = await crypto.subtle.importKey("raw", key.raw, { name: "Ed25519" }, false,
        ["verify"]);
      return await crypto.subtle.verify({ name: "Ed25519" }, known, signature, message);
    } catch (no) {
      return false;
    }
  }

  /* ---- the steps; each says what it did, or throws what is wrong; kind "open": did nothing ---- */

  async function stepRecord(work) {
    var record;
    try { record = JSON.parse(work.record); } catch (no) { record = null; }
    if (record === null || typeof record !== "object")
      throw new Refusal("The record is not one line of JSON.");
    if (String(record.seq) !== String(work.receipt.index))
      throw new Refusal("The receipt is for record " + work.receipt.index +
        ", but this record calls itself number " + record.seq + ".");
    work.leaf = await sha256(joined([0], bytes(work.record)));
    return ["The record calls itself number " + record.seq + ", as the receipt does. Its hash is",
      toBase64(work.leaf)];
  }

  async function stepPath(work) {
    var fn = work.receipt.index, sn = work.receipt.checkpoint.size - 1n, r = work.leaf;
    var said = ["Each line is the hash of the one before together with its neighbour in the tree."];
    if (fn > sn) throw new Refusal("The log of this checkpoint has only " + (sn + 1n) +
      " records, so number " + fn + " cannot be in it.");
    for (var i = 0; i < work.receipt.hashes.length; i++) {
      var v = work.receipt.hashes[i];
      if (sn === 0n) throw new Refusal("The path has more hashes than the tree is high.");
      if ((fn & 1n) === 1n || fn === sn) {
        r = await node(v, r);
        said.push("left " + toBase64(v) + " gives " + toBase64(r));
        while ((fn & 1n) === 0n && fn !== 0n) { fn >>= 1n; sn >>= 1n; }
      } else {
        r = await node(r, v);
        said.push("right " + toBase64(v) + " gives " + toBase64(r));
      }
      fn >>= 1n;
      sn >>= 1n;
    }
    if (sn !== 0n) throw new Refusal("The path has fewer hashes than the tree is high.");
    work.top = r;
    if (said.length === 1) said = ["The record is alone in the tree: its hash is the whole."];
    return said;
  }

  async function stepRoot(work) {
    var root = work.receipt.checkpoint.root;
    if (!isSame(work.top, root))
      throw new Refusal("The path ends at " + toBase64(work.top) + ", but the checkpoint says " +
        toBase64(root) + ". The record, the path or the checkpoint was changed.");
    return ["The path ends exactly at the hash that the checkpoint of " +
      work.receipt.checkpoint.size + " records names.", toBase64(root)];
  }

  async function stepSignature(work) {
    var checkpoint = work.receipt.checkpoint, said = [];
    var keys = await readKeys(work.keys, LOG_KEY);
    if (keys.length === 0) throw new Refusal("No key of the log was given.");
    for (var i = 0; i < checkpoint.signatures.length; i++) {
      var one = checkpoint.signatures[i];
      var key = keys.find(function (k) { return k.name === one.name && k.id === one.id; });
      if (!key || key.name !== checkpoint.origin) continue;
      if (work.ed25519 && !await isSigned(key, one.data, bytes(checkpoint.signed)))
        throw new Refusal("The signature by key " + key.id + " of " + key.name + " is wrong.");
      said.push("Signed by " + key.name + " with key " + key.id + ".");
    }
    if (said.length === 0)
      throw new Refusal("None of the given keys has signed this checkpoint of " +
        checkpoint.origin + ".");
    if (work.ed25519) return said;
    work.unsure = true;
    said = ["This browser does not know Ed25519 signatures, so the signature could not be " +
      "checked; only the hashes were. Use a newer browser, or check offline."];
    said.kind = "open";
    return said;
  }

  function cosigned(one, signed) {
    var seconds = 0n;
    one.data.slice(0, 8).forEach(function (b) { seconds = seconds * 256n + BigInt(b); });
    return { at: seconds, message: bytes("cosignature/v1\ntime " + seconds + "\n" + signed) };
  }

  async function stepWitnesses(work) {
    var keys = await readKeys(work.witnesses, WITNESS_KEY), said = [];
    var checkpoint = work.receipt.checkpoint;
    for (var i = 0; i < checkpoint.signatures.length && work.ed25519; i++) {
      var one = checkpoint.signatures[i];
      var key = keys.find(function (k) { return k.name === one.name && k.id === one.id; });
      if (!key) continue;
      var co = cosigned(one, checkpoint.signed);
      if (one.data.length !== 72 || !await isSigned(key, one.data.slice(8), co.message))
        throw new Refusal("The signature of the witness " + key.name + " is wrong.");
      said.push("Seen by " + key.name + " at " +
        new Date(Number(co.at) * 1000).toISOString() + ".");
    }
    if (keys.length > 0 && said.length === 0 && work.ed25519)
      throw new Refusal("None of the given witnesses has signed this checkpoint.");
    if (said.length > 0) return said;
    said = [keys.length > 0 ? "This browser does not know Ed25519 signatures."
      : "No witness was asked about."];
    said.kind = "open";
    return said;
  }

  async function stepReceipt(work) {
    work.receipt = readReceipt(work.receiptText);
    return ["It is for record " + work.receipt.index + " in the log " +
      work.receipt.checkpoint.origin + ", when that had " + work.receipt.checkpoint.size +
      " records. The path has " + work.receipt.hashes.length + " hashes."];
  }

  var STEPS = [
    ["Read the receipt", stepReceipt],
    ["Hash the record", stepRecord],
    ["Climb from the record to the top of the tree", stepPath],
    ["Compare with the checkpoint", stepRoot],
    ["Check the signature of the log", stepSignature],
    ["Check the witnesses", stepWitnesses]
  ];

  /* ---- the page ---- */

  var $ = function (id) { return document.getElementById(id); };

  function element(name, text, kind) {
    var made = document.createElement(name);
    made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }

  function showStep(title, outcome, kind) {
    var words = { good: "passed", bad: "FAILED", open: "not checked" };
    var item = element("li", "", kind);
    item.appendChild(element("b", title + ": " + words[kind]));
    outcome.forEach(function (line, i) {
      item.appendChild(element(i === 0 ? "span" : "code", line));
    });
    $("steps").appendChild(item);
  }

  function showVerdict(kind, verdict, because) {
    $("result").className = kind;
    $("verdict").textContent = verdict;
    $("because").textContent = because;
    $("result").hidden = false;
    $("verdict").focus();
  }

  /* Pasting often loses or adds a line's end: a receipt ends with exactly one, a record with none. */
  function tidy(text) {
    return text.replace(/\s+$/, "").replace(/^\s+/, "");
  }

  async function check(receipt, record) {
    $("steps").textContent = "";
    if (!window.crypto || !crypto.subtle) {
      showVerdict("open", "Not checked", "This browser lets pages use its cryptography only over " +
        "https, on this computer, or from a saved copy. Download a copy of this page, open it, " +
        "and check there.");
      return;
    }
    var work = { receiptText: tidy(receipt) + "\n", record: tidy(record), keys: $("keys").value,
      witnesses: $("witnesses").value, ed25519: await knowsEd25519(), unsure: false };
    for (var i = 0; i < STEPS.length; i++) {
      var outcome;
      try {
        outcome = await STEPS[i][1](work);
      } catch (no) {
        var why = no instanceof Refusal ? no.why : "The check itself failed: " + no.message;
        showStep(STEPS[i][0], [why], "bad");
        showVerdict("bad", "Refused at step " + (i + 1), why);
        return;
      }
      showStep(STEPS[i][0], outcome, outcome.kind || "good");
    }
    if (work.unsure) showVerdict("open", "The hashes hold; the signature was not checked",
      "Record " + work.receipt.index + " belongs to this checkpoint, but whether the log signed " +
      "it, this browser cannot tell.");
    else showVerdict("good", "Verified", "Record " + work.receipt.index + " is in the log " +
      work.receipt.checkpoint.origin + " as its key has signed it.");
  }

  function openInto(input, area) {
    input.addEventListener("change", async function () {
      if (input.files.length > 0 && input.files[0].size < 262144)
        area.value = await input.files[0].text();
    });
  }

  async function fetchAndCheck(seq) {
    var list = $("records"), at = list.dataset.api;
    try {
      var answers = await Promise.all([fetch(at + "/receipts/" + seq), fetch(at + "/records/" + seq)]);
      if (!answers[0].ok || !answers[1].ok) throw new Error("the server did not give them");
      $("receipt").value = await answers[0].text();
      $("record").value = await answers[1].text();
    } catch (no) {
      $("steps").textContent = "";
      showVerdict("open", "Not checked", "Record " + seq + " and its receipt could not be fetched: " +
        no.message + ".");
      return;
    }
    await check($("receipt").value, $("record").value);
  }

  /* From a saved copy there is nobody to fetch from; it may have been saved with the buttons in it. */
  function buttonsAdd() {
    var list = $("records");
    document.querySelectorAll(".take button").forEach(function (button) { button.remove(); });
    if (!list || location.protocol === "file:") return;
    list.querySelectorAll(".take").forEach(function (place) {
      var button = element("button", "Check record " + place.dataset.seq);
      button.type = "button";
      button.addEventListener("click", function () { fetchAndCheck(place.dataset.seq); });
      place.appendChild(document.createTextNode(" "));
      place.appendChild(button);
    });
  }

  $("check").hidden = false;
  $("check").addEventListener("submit", function (event) {
    event.preventDefault();
    check($("receipt").value, $("record").value);
  });
  openInto($("receipt-file"), $("receipt"));
  openInto($("record-file"), $("record"));
  buttonsAdd();
}());
