// A page that shows what moves says which feed tells of it: <main data-feed="/v1/.../feed">. When
// something has happened there, the same page is fetched again and what is marked data-live is
// replaced by what now has the same id: no other rendering than the server's.
import { countdowns } from "./small.js";

const GATHER_MS = 700;    // several events are one fetch
const REST_MS = 3000;     // between two fetches
const AGAIN_MIN_MS = 2000, AGAIN_MAX_MS = 60000;

let stop, following, timer, fetching, fetched = 0, missed = false, seen = "", again = AGAIN_MIN_MS;

function replace(now, next) {
  if (now.isEqualNode(next) || now.contains(document.activeElement) && !document.activeElement.id)
    return;
  const focus = now.contains(document.activeElement) ? document.activeElement.id : "";
  const open = [...now.querySelectorAll("details[open][id]")].map((details) => details.id);
  const fresh = document.adoptNode(next);
  now.replaceWith(fresh);
  for (const id of open) {
    const details = document.getElementById(id);
    if (details) details.open = true;
  }
  const target = focus && document.getElementById(focus);
  if (target) target.focus({ preventScroll: true });
}

async function refresh() {
  if (document.hidden) {
    missed = true;
    return;
  }
  if (fetching) return later();
  fetching = true;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelectorAll("[data-live][id]").forEach((now) => {
      const next = page.getElementById(now.id);
      if (next) replace(now, next);
    });
    countdowns();
  } catch (error) {
    missed = true; // no network; the feed comes back, and with it a refresh
  } finally {
    fetching = false;
    fetched = Date.now();
  }
}

function later() {
  if (timer) return;
  timer = setTimeout(() => {
    timer = undefined;
    refresh();
  }, Math.max(GATHER_MS, fetched + REST_MS - Date.now()));
}

// The feed names each event by its kind, and EventSource hears only kinds that it was told of: so
// the stream is read as it comes, and whatever has an id is news.
async function listen(address) {
  stop = new AbortController();
  const headers = { Accept: "text/event-stream" };
  if (seen !== "") headers["Last-Event-ID"] = seen;
  const answer = await fetch(address, { headers, signal: stop.signal, cache: "no-store" });
  if (!answer.ok) return;
  again = AGAIN_MIN_MS;
  if (missed) later();
  missed = false;
  const reader = answer.body.getReader(), decoder = new TextDecoder();
  for (let rest = "";;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith("id:")) continue;
      seen = line.slice(3).trim();
      later();
    }
  }
}

async function follow(address) {
  if (following) return;
  following = true;
  while (!document.hidden) {
    await listen(address).catch(() => { missed = true; });
    if (document.hidden) break;
    await new Promise((wake) => setTimeout(wake, again));
    again = Math.min(again * 2, AGAIN_MAX_MS);
  }
  following = false;
}

export function live() {
  const feed = document.querySelector("[data-feed]");
  if (!feed || !window.ReadableStream || !window.AbortController) return;
  follow(feed.dataset.feed);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      missed = true;
      if (stop) stop.abort();
    } else {
      follow(feed.dataset.feed);
    }
  });
}
