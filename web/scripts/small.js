// Small things: what is left until a moment, copying, printing, and conditional fields.
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];

// <time datetime="2026-12-24T17:00:00Z" data-countdown>3 days</time>: the largest unit, or the two
// largest in the last two days, in the language of the page.
function left(seconds, lang) {
  const parts = [];
  let rest = Math.max(0, seconds);
  for (const [unit, size] of UNITS) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n === 0 && (parts.length === 0 && unit !== "minute")) continue;
    if (n > 0 || parts.length === 0)
      parts.push(new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "long" }).format(n));
    if (unit === "day" && n > 1) break;
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

export function countdowns() {
  const lang = document.documentElement.lang;
  document.querySelectorAll("time[data-countdown]").forEach((time) => {
    const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
    if (!Number.isNaN(seconds)) time.textContent = left(seconds, lang);
  });
}

// <button type="button" data-copy="ID" data-copied="Copied" hidden>
function copier(button) {
  const target = document.getElementById(button.dataset.copy);
  if (!target || !navigator.clipboard) return;
  const says = button.textContent;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(target.value || target.textContent.trim()).then(() => {
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = says; }, 4000);
    });
  });
}

// <button type="button" data-print hidden>
function printer(button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A radio or checkbox with data-shows="ID" shows that block while it is chosen.
function conditionals(page) {
  const inputs = page.querySelectorAll("input[data-shows]");
  const settle = () => inputs.forEach((input) => {
    const block = document.getElementById(input.dataset.shows);
    if (block) block.hidden = !input.checked;
  });
  if (inputs.length > 0) page.addEventListener("change", settle);
  settle();
}

export function small(page) {
  page.querySelectorAll("[data-copy]").forEach(copier);
  page.querySelectorAll("[data-print]").forEach(printer);
  conditionals(page);
  countdowns();
  setInterval(countdowns, 20000);
}
