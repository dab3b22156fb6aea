// pages.mjs -- looks at pages in Debian's Chromium, one browser for all of them, and prints what is
// wrong with each visit as a JSON line.
//
//   node pages.mjs < PLAN
//
// PLAN: {"base": "http://localhost:1234", "cookies": {"clerk": "..."}, "visits": [{
//   "id", "address", "who", "lang", "script", "width", "height", "status",
//   "axe": true, "media": {"forcedColors": "active", "reducedMotion": "reduce"},
//   "do": [["fill", "#amount", "lots"], ["press", "main form button"]],
//   "keys": true, "html": true, "shot": "/tmp/x.png"}]}
//
// What is looked for is in pages_look.mjs. A visit fails by its findings alone: what goes wrong with
// the browser is a finding, too.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { judge } from "./pages_look.mjs";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const PATIENCE = 30000;
const AT_ONCE = 2;
const COOKIE = "__Host-groundswell";

const plan = JSON.parse(readFileSync(0, "utf8"));

const does = {
  async fill(page, where, value) { await page.fill(where, value, { timeout: PATIENCE }); },
  async check(page, where) { await page.check(where, { timeout: PATIENCE }); },
  async open(page, where) { await page.click(where, { timeout: PATIENCE }); },
  /* Sends a form: the page is another afterwards. */
  async press(page, where) {
    await Promise.all([page.waitForNavigation({ waitUntil: "load", timeout: PATIENCE }),
      page.click(where, { timeout: PATIENCE })]);
  },
};

/* What the page and its console say while somebody looks at it. */
function listen(page, seen) {
  page.on("console", (said) => {
    const refused = said.location().url === page.url() && /status of 4\d\d|status of 5\d\d/
      .test(said.text());
    if (!refused) seen.heard.push(`${said.type()}: ${said.text()}`);
  });
  page.on("pageerror", (error) => seen.heard.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => dialog.accept());
  page.on("request", (request) => {
    if (request.isNavigationRequest()) seen.loaded = [];
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.origin !== plan.base) seen.heard.push(`asks ${url}`);
  });
  page.on("response", (response) => {
    if (response.request().isNavigationRequest()) seen.answer = response;
    seen.loaded.push(response);
  });
}

async function visit(page, seen, one) {
  Object.assign(seen, { heard: [], loaded: [], answer: null });
  await page.setViewportSize({ width: one.width, height: one.height ?? 900 });
  await page.emulateMedia({ forcedColors: "none", reducedMotion: "no-preference" });
  const root = { en: "/en", cy: "/cy" }[one.lang] ?? "";
  const address = root + one.address.replace(/^\/(?=$|\?)/, root ? "" : "/");
  await page.goto(plan.base + address, { waitUntil: "load", timeout: PATIENCE });
  for (const [name, ...words] of one.do ?? []) await does[name](page, ...words);
  const found = await judge(page, seen, one);
  if (one.shot) await page.screenshot({ path: one.shot, fullPage: true });
  return found;
}

/* All visits of one person in one language, with or without a script: one window. */
async function sitting(browser, visits) {
  const [first] = visits;
  const context = await browser.newContext({ javaScriptEnabled: first.script });
  const page = await context.newPage();
  const value = plan.cookies[first.who];
  if (value) {
    const cdp = await context.newCDPSession(page);
    await cdp.send("Network.setCookie", { name: COOKIE, value, url: plan.base, path: "/",
      secure: true, httpOnly: true, sameSite: "Lax" });
  }
  const seen = {};
  listen(page, seen);
  for (const one of visits) {
    let found;
    try {
      found = await visit(page, seen, one);
    } catch (error) {
      found = [`could not be looked at: ${error.message.slice(0, 600)}`];
    }
    console.log(JSON.stringify({ id: one.id, found }));
  }
  await context.close();
}

function sittings() {
  const by = new Map();
  for (const one of plan.visits) {
    const key = `${one.who} ${one.lang} ${one.script}`;
    by.set(key, [...by.get(key) ?? [], one]);
  }
  return [...by.values()].sort((a, b) => b.length - a.length);
}

const folder = mkdtempSync(join(tmpdir(), "gsp"));
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true,
  args: FLAGS, env: { ...process.env, HOME: folder } });
try {
  const todo = sittings();
  const worker = async () => {
    while (todo.length) await sitting(browser, todo.shift());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
