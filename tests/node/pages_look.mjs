// pages_look.mjs -- what may be wrong with a page, as sentences.
import { gzipSync } from "node:zlib";
import axe from "axe-core";
import { HtmlValidate } from "html-validate";

const PAGE_BYTES = 20480; // of everything but the shared style, script and icon, compressed
const SHARED = /\/assets\/|\.(css|js|svg|ico)$/;

/* What the HTML standard demands, and no taste in blanks, quotes or the length of a title. */
const html = new HtmlValidate({
  extends: ["html-validate:standard"],
  rules: { "no-trailing-whitespace": "off" },
});

/* ---- in the page ---------------------------------------------------------------------------- */

/* What reaches beyond the window, where the window would scroll sideways. */
function sideways() {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const beyond = [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1);
  return [`scrolls sideways: ${root.scrollWidth} of ${root.clientWidth} pixels: ` +
    beyond.slice(-3).map((one) => one.outerHTML.slice(0, 120)).join(" | ")];
}

function shape(lang) {
  const wrong = [], h1 = document.querySelectorAll("h1").length;
  if (h1 !== 1) wrong.push(`has ${h1} headings h1`);
  if (!document.title.trim()) wrong.push("has no title");
  if (document.documentElement.lang !== lang)
    wrong.push(`is in "${document.documentElement.lang}", not "${lang}"`);
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
  if (twice.length) wrong.push(`has ids twice: ${[...new Set(twice)].join(", ")}`);
  for (const link of document.querySelectorAll("a[href^='#']"))
    if (link.hash.length > 1 && !document.getElementById(decodeURIComponent(link.hash.slice(1))))
      wrong.push(`leads to ${link.hash}, which is not there`);
  return wrong;
}

/* Whatever the keyboard should reach, marked; and what has the focus, noted with its ring. */
function watch() {
  const all = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled);
  const group = (one) => one.type === "radio" && one.name
    ? [...document.querySelectorAll("input[type=radio]")]
      .filter((other) => other.name === one.name && other.form === one.form) : [one];
  const rings = (one, part) => {
    const style = getComputedStyle(one, part);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  };
  const around = (one) => [[one, null], [one, "::before"], [one, "::after"],
    [one.nextElementSibling, "::before"], [one.firstElementChild, null], [one.parentElement, null]];
  window.focusSeen = { all, group, reached: new Set(), bare: new Set() };
  document.addEventListener("focusin", ({ target }) => {
    for (const one of group(target)) window.focusSeen.reached.add(one);
    if (!around(target).some(([one, part]) => one && rings(one, part)))
      window.focusSeen.bare.add(target);
  });
  document.activeElement?.blur();
  return all.length;
}

function missed() {
  const { all, reached, bare } = window.focusSeen;
  const show = (one) => one.outerHTML.slice(0, 140);
  return [
    ...all.filter((one) => !reached.has(one)).map((one) => `no key reaches ${show(one)}`),
    ...[...bare].map((one) => `focus is not to be seen at ${show(one)}`)];
}

function moving() {
  return document.getAnimations().filter((one) => one.playState === "running")
    .map((one) => `moves, which nobody wants: ${one.effect?.target?.outerHTML.slice(0, 140)}`);
}

/* ---- from outside --------------------------------------------------------------------------- */

async function keys(page) {
  const n = await page.evaluate(watch);
  for (let i = 0; i < n + 4; i++) await page.keyboard.press("Tab");
  return page.evaluate(missed);
}

async function read_by_everybody(page) {
  await page.evaluate(axe.source);
  const broken = await page.evaluate(async () => (await window.axe.run()).violations
    .map((one) => [one.id, one.help, one.nodes.map((node) => node.html.slice(0, 160))]));
  return broken.map(([id, help, nodes]) =>
    `axe: ${id}: ${help}: ${nodes.slice(0, 3).join(" | ")} (${nodes.length})`);
}

async function valid(source) {
  const { results } = await html.validateString(source);
  return results.flatMap((one) => one.messages)
    .map((one) => `html: ${one.ruleId}: ${one.message} (line ${one.line})`);
}

/* What a first visit loads beyond what all pages share. */
async function weight(seen) {
  let bytes = 0;
  for (const response of seen.loaded) {
    const type = response.headers()["content-type"] ?? "";
    if (SHARED.test(new URL(response.url()).pathname) || type.startsWith("text/event-stream") ||
        response.status() >= 300 && response.status() < 400) continue;
    bytes += gzipSync(await response.body()).length;
  }
  return bytes > PAGE_BYTES ? [`weighs ${bytes} bytes, compressed`] : [];
}

/* With forced colours and without movement; a ring that is only a shadow is none there. */
async function wished(page, one) {
  await page.emulateMedia(one.media);
  const found = [...await page.evaluate(sideways), ...await page.evaluate(moving)];
  if (one.script && one.keys) found.push(...await keys(page));
  return found;
}

export async function judge(page, seen, one) {
  const found = [], status = seen.answer?.status();
  if (status !== (one.status ?? 200)) found.push(`answers ${status}, not ${one.status ?? 200}`);
  found.push(...await page.evaluate(shape, one.lang), ...await page.evaluate(sideways));
  if (one.html) found.push(...await valid(await seen.answer.text()));
  if (one.html) found.push(...await weight(seen));
  if (one.axe && one.script) found.push(...await read_by_everybody(page));
  if (one.media) found.push(...await wished(page, one));
  return [...found, ...seen.heard.map((words) => `console: ${words}`)];
}
