// steps.mjs -- walks through pages in Debian's Chromium, a step after the other, and prints what
// each step saw as one JSON line.
//
//   node steps.mjs '{"width": 1000, "steps": [["goto", URL], ["fill", "#code", "..."], ...]}'
//
// The steps are the functions of `does` below. The browser is new for each run: an empty folder of
// its own, no first-run pages, no updates. What it asks of anybody but the origins that were gone
// to is counted as foreign; `heard` is what its console said, but for the lines with which Chromium
// reports an answer of 4xx, which are `failed`.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import { chromium } from "playwright-core";

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const PATIENCE = 60000;

const plan = JSON.parse(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), "gsp"));
const heard = [], failed = [], foreign = [], asked = [], origins = new Set();
const context = await chromium.launchPersistentContext(folder, {
  executablePath: "/usr/bin/chromium", args: FLAGS, javaScriptEnabled: plan.script !== false,
  viewport: { width: plan.width ?? 1000, height: plan.height ?? 900 }, acceptDownloads: true,
  ignoreDefaultArgs: ["--enable-automation"],
});

function listen(page) {
  page.on("console", (said) => {
    const words = `${said.type()}: ${said.text()}`;
    (/Failed to load resource: .* status of 4\d\d/.test(words) ? failed : heard).push(words);
  });
  page.on("pageerror", (error) => heard.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => dialog.accept());
  page.on("request", (request) => {
    const url = new URL(request.url());
    asked.push(`${request.method()} ${url.pathname}${url.search}`);
    const plain = ["data:", "blob:"].includes(url.protocol);
    if (!plain && !origins.has(url.origin)) foreign.push(request.url());
  });
}

const page = await context.newPage();
listen(page);
const cdp = await context.newCDPSession(page);
let device = null;

const does = {
  async goto(url) {
    origins.add(new URL(url).origin);
    await page.goto(url, { waitUntil: "load", timeout: PATIENCE });
    return page.url();
  },
  async fill(where, value) { await page.fill(where, value, { timeout: PATIENCE }); },
  async select(where, value) { await page.selectOption(where, value, { timeout: PATIENCE }); },
  async check(where) { await page.check(where, { timeout: PATIENCE }); },
  async choose(where, file) { await page.setInputFiles(where, file, { timeout: PATIENCE }); },
  /* A page that is at work does not hear what is pressed; who sees that waits. */
  async click(where) {
    await page.waitForSelector("[aria-busy=true]", { state: "detached", timeout: PATIENCE });
    await page.click(where, { timeout: PATIENCE });
  },
  async press(key) { await page.keyboard.press(key); },
  async wait(where, state = "visible") {
    await page.waitForSelector(where, { state, timeout: PATIENCE });
  },
  async media(wishes) { await page.emulateMedia(wishes); }, // forcedColors, reducedMotion, media
  async resize(width, height) { await page.setViewportSize({ width, height }); },
  /* Once there is one: a page shows what has changed a moment before it says so. */
  async text(where) {
    const filled = page.locator(where).filter({ hasText: /\S/ }).first();
    return filled.innerText({ timeout: PATIENCE });
  },
  async texts(where) { return page.locator(where).allInnerTexts(); },
  async shown(where) { return page.isVisible(where); },
  async value(where) { return page.inputValue(where, { timeout: PATIENCE }); },
  async eval(words) { return page.evaluate(words); },
  async url() { return page.url(); },
  async focus() {
    return page.evaluate(() => document.activeElement?.id || document.activeElement?.tagName);
  },
  async sideways() {
    return page.evaluate(() => document.documentElement.scrollWidth
      - document.documentElement.clientWidth);
  },
  async axe() {
    await page.evaluate(axe.source);
    return page.evaluate(async () => (await window.axe.run()).violations
      .map((one) => [one.id, one.help, one.nodes.map((node) => node.html.slice(0, 200))]));
  },
  async shot(path) { await page.screenshot({ path, fullPage: true }); },
  async pdf(path) { await page.pdf({ path, preferCSSPageSize: true, printBackground: true }); },
  async part(where, path) { await page.locator(where).first().screenshot({ path }); },
  async cookies() { return context.cookies(); },
  async cookie(one) { await context.addCookies([{ secure: true, httpOnly: true, sameSite: "Lax",
    path: "/", ...one }]); },
  async forget() { await context.clearCookies(); },
  async save(where, path) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(where)]);
    await download.saveAs(path);
    return download.suggestedFilename();
  },
  // a device that holds passkeys, and checks who holds it
  async device(options) {
    await cdp.send("WebAuthn.enable");
    if (device) await cdp.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: device });
    device = (await cdp.send("WebAuthn.addVirtualAuthenticator", { options: {
      protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true, ...options } })).authenticatorId;
  },
  async verifies(isUserVerified) {
    await cdp.send("WebAuthn.setUserVerified", { authenticatorId: device, isUserVerified });
  },
  async keys() {
    return (await cdp.send("WebAuthn.getCredentials", { authenticatorId: device })).credentials;
  },
  async lay(credential) {
    await cdp.send("WebAuthn.addCredential", { authenticatorId: device, credential });
  },
  // the first key of the device again, as a copy of it from earlier would be
  async rewind(signCount) {
    const [credential] = await does.keys();
    await cdp.send("WebAuthn.removeCredential",
      { authenticatorId: device, credentialId: credential.credentialId });
    await does.lay({ ...credential, signCount });
  },
};

const saw = [];
try {
  for (const [name, ...words] of plan.steps) {
    try {
      saw.push((await does[name](...words)) ?? null);
    } catch (error) {
      if (plan.wreck) writeFileSync(plan.wreck, await page.content());
      throw new Error(`step ${saw.length} ${JSON.stringify([name, ...words]).slice(0, 300)}: ` +
        `${error.message}\n${(await page.locator("body").innerText()).slice(0, 2000)}\n` +
        heard.concat(failed).join("\n"));
    }
  }
  console.log(JSON.stringify({ saw, heard, failed, foreign, asked }));
} finally {
  await context.close();
  rmSync(folder, { recursive: true, force: true });
}
