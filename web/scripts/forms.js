// Forms: the summary of errors takes the focus, characters are counted, "all that is left" is filled
// in, and a form is sent once.
const ONCE_MS = 8000;

function focusOn(target) {
  const block = target.closest("fieldset");
  const words = (block && block.querySelector("legend")) ||
    document.querySelector(`label[for="${CSS.escape(target.id)}"]`) || target;
  words.scrollIntoView();
  target.focus({ preventScroll: true });
}

function summary(page) {
  const box = page.querySelector(".govuk-error-summary");
  if (!box) return;
  box.tabIndex = -1;
  box.focus();
  box.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    focusOn(target);
  });
}

// <textarea data-count="500" aria-describedby="...">, and after it an element with
// data-count-of="ID" data-left="Characters left:" data-over="Characters too many:".
function counter(says) {
  const field = document.getElementById(says.dataset.countOf);
  if (!field) return;
  const most = Number(field.dataset.count);
  const aloud = document.createElement("span");
  aloud.className = "govuk-visually-hidden";
  aloud.setAttribute("role", "status");
  says.after(aloud);
  let later;
  const show = () => {
    const left = most - [...field.value].length;
    const number = Math.abs(left).toLocaleString(document.documentElement.lang);
    const text = `${left < 0 ? says.dataset.over : says.dataset.left} ${number}`;
    says.textContent = text;
    says.classList.toggle("govuk-error-message", left < 0);
    clearTimeout(later);
    later = setTimeout(() => { aloud.textContent = left < most / 10 ? text : ""; }, 1000);
  };
  says.setAttribute("aria-hidden", "true");
  says.hidden = false;
  field.addEventListener("input", show);
  show();
}

// <button type="button" data-fill="amount" data-value="15.00" hidden>
function filler(button) {
  const field = document.getElementById(button.dataset.fill);
  if (!field) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    field.value = button.dataset.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}

// Pressed twice, sent once. Whoever comes back to the page may send again.
function once(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, ONCE_MS);
}

export function forms(page) {
  summary(page);
  page.querySelectorAll("[data-count-of]").forEach(counter);
  page.querySelectorAll("[data-fill]").forEach(filler);
  page.addEventListener("submit", once);
  window.addEventListener("pageshow", () => {
    page.querySelectorAll("form").forEach((form) => delete form.dataset.sent);
  });
}
