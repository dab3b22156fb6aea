// audit_page.mjs -- drives one page in Debian's Chromium and prints what was seen as one JSON line.
//
//   node audit_page.mjs '{"url": ..., "width": 1000, "script": true, "fill": {...}, ...}'
//
// fill: what goes into which field; files: which file is opened where; press: what is clicked then;
// cases: several fills, one after the other; download: what is clicked to be saved as `copy`;
// axe: judged by axe-core.
// The browser is new for each run: an empty folder of its own, no first-run pages, no updates. What
// it asks of anybody but the page's own origin is counted as foreign.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import { chromium } from "playwright-core";

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

async function look(page) {
  return page.evaluate(() => {
    const text = (id) => document.getElementById(id)?.textContent ?? null;
    return {
      title: document.title, h1: document.querySelector("h1")?.textContent,
      rows: [...document.querySelectorAll("#records tbody tr")].map((row) => row.innerText),
      links: [...document.querySelectorAll("nav a")].map((a) => [a.textContent, a.href]),
      caption: document.querySelector("caption")?.textContent ?? null,
      state: document.querySelector("#state-title + p")?.textContent ?? null,
      form: !!document.getElementById("check")?.checkVisibility(),
      shown: !!document.getElementById("result")?.checkVisibility(),
      kind: document.getElementById("result")?.className, verdict: text("verdict"),
      because: text("because"), focused: document.activeElement?.id,
      steps: [...document.querySelectorAll("#steps li")].map((li) => [li.className, li.innerText]),
      sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      main: document.querySelector("main")?.innerText,
      unlabelled: [...document.querySelectorAll("input, textarea")]
        .filter((one) => !one.labels || one.labels.length === 0).map((one) => one.id),
    };
  });
}

async function act(page, plan) {
  for (const [id, value] of Object.entries(plan.fill ?? {})) await page.fill(`#${id}`, value);
  for (const [id, path] of Object.entries(plan.files ?? {}))
    await page.setInputFiles(`#${id}`, path);
  if (plan.files) await page.waitForFunction(() => document.getElementById("record").value !== "");
  if (plan.press) await page.click(plan.press);
  if (plan.press) await page.waitForSelector("#result:not([hidden])", { timeout: 10000 });
}

const plan = JSON.parse(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), "gsp"));
const heard = [], foreign = [];
const context = await chromium.launchPersistentContext(folder, {
  executablePath: "/usr/bin/chromium", args: FLAGS, javaScriptEnabled: plan.script !== false,
  viewport: { width: plan.width ?? 1000, height: 900 }, ignoreDefaultArgs: ["--enable-automation"],
});
try {
  const page = await context.newPage();
  page.on("console", (said) => heard.push(`${said.type()}: ${said.text()}`));
  page.on("pageerror", (error) => heard.push(`error: ${error.message}`));
  const origin = new URL(plan.url).origin;
  page.on("request", (asked) => {
    const url = new URL(asked.url());
    if (url.protocol !== "data:" && url.origin !== origin) foreign.push(asked.url());
  });
  if (plan.before) await page.addInitScript(plan.before);
  await page.goto(plan.url, { waitUntil: "load", timeout: 20000 });
  const cases = [];
  for (const fill of plan.cases ?? []) {
    await page.evaluate(() => { document.getElementById("result").hidden = true; });
    await act(page, { fill, press: plan.press });
    cases.push(await look(page));
  }
  if (!plan.cases) await act(page, plan);
  if (plan.picture) await page.screenshot({ path: plan.picture, fullPage: true });
  let axed = null;
  if (plan.axe) {
    await page.evaluate(axe.source);
    axed = await page.evaluate(async () => (await window.axe.run()).violations
      .map((one) => [one.id, one.help, one.nodes.map((node) => node.html.slice(0, 200))]));
  }
  let copy = null;
  if (plan.download) {
    const [download] = await Promise.all([page.waitForEvent("download"),
      page.click(plan.download)]);
    await download.saveAs(plan.copy);
    copy = readFileSync(plan.copy, "utf8").length;
  }
  const seen = plan.script === false ? { body: await page.locator("body").innerText(),
    rows: await page.locator("#records tbody tr").allInnerTexts(),
    form: await page.locator("#check").isVisible(),
    links: await page.locator("nav a").allTextContents() } : await look(page);
  console.log(JSON.stringify({ ...seen, heard, foreign, copy, cases, axed }));
} finally {
  await context.close();
  rmSync(folder, { recursive: true, force: true });
}
