// paint.mjs -- what a first visit to a page weighs, and when something of it is painted on a slow
// phone, as Chromium simulates it: a processor four times as slow, and "slow 4G" as Lighthouse has
// it (150 ms there and back, 1.6 Mbit/s down, 750 kbit/s up).
//
//   node paint.mjs < PLAN    {"base", "cookies", "visits": [{"id", "address", "who"}], "times": 3}
//
// Prints a JSON line for each visit: bytes as they came over the wire, and the median of the first
// contentful paint in ms. Every visit is in a window of its own, with nothing kept.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const LINE = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8,
  uploadThroughput: 750e3 / 8 };
const SLOWER = 4;
const SORTS = [["css", /\.css$/], ["js", /\.js$/], ["icon", /\.(svg|ico)$/]];

const plan = JSON.parse(readFileSync(0, "utf8"));

const sort_of = (url) => SORTS.find(([, pattern]) => pattern.test(new URL(url).pathname))?.[0]
  ?? "page";

async function visit(browser, one) {
  const context = await browser.newContext({ viewport: { width: 375, height: 812 } });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  const bytes = { page: 0, css: 0, js: 0, icon: 0 }, urls = new Map();
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", LINE);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  const value = plan.cookies[one.who];
  if (value) await cdp.send("Network.setCookie", { name: "__Host-groundswell", value, path: "/",
    url: plan.base, secure: true, httpOnly: true, sameSite: "Lax" });
  cdp.on("Network.responseReceived", ({ requestId, response }) =>
    urls.set(requestId, response.url));
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (urls.has(requestId)) bytes[sort_of(urls.get(requestId))] += encodedDataLength;
  });
  await page.goto(plan.base + one.address, { waitUntil: "load", timeout: 60000 });
  const paint = await page.evaluate(() => new Promise((done) => {
    const look = () => performance.getEntriesByName("first-contentful-paint")[0];
    if (look()) done(look().startTime);
    else new PerformanceObserver((list, self) => {
      if (!look()) return;
      self.disconnect();
      done(look().startTime);
    }).observe({ type: "paint", buffered: true });
  }));
  await context.close();
  return { bytes, paint };
}

const folder = mkdtempSync(join(tmpdir(), "gsp"));
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic"],
  env: { ...process.env, HOME: folder } });
try {
  for (const one of plan.visits) {
    const seen = [];
    for (let i = 0; i < (plan.times ?? 3); i++) seen.push(await visit(browser, one));
    const paints = seen.map(({ paint }) => paint).sort((a, b) => a - b);
    console.log(JSON.stringify({ id: one.id, bytes: seen[0].bytes,
      paint: paints[Math.floor(paints.length / 2)] }));
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
