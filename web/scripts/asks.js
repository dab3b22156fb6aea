// Looking before sending: what a form would do, shown as it is typed; and files, sent as they are
// chosen.
const PAUSE_MS = 400;

// <button formaction="..." data-ask="ID">: pressed, it shows the page again with what the form would
// do in the element ID. While somebody types, that is fetched and shown there.
function asker(button) {
  const form = button.form, here = document.getElementById(button.dataset.ask);
  if (!form || !here) return;
  let later, turn = 0;
  const show = async () => {
    const mine = ++turn;
    try {
      const answer = await fetch(button.formAction, { method: "POST", headers: { Accept: "text/html" },
        body: new URLSearchParams(new FormData(form)) });
      if (!answer.ok || mine !== turn) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const there = page.getElementById(here.id);
      if (there) here.replaceChildren(...there.childNodes);
    } catch { /* the button still does it */ }
  };
  form.addEventListener("input", () => {
    clearTimeout(later);
    later = setTimeout(show, PAUSE_MS);
  });
}

async function token() {
  const answer = await fetch("/v1/me");
  return (await answer.json()).session.csrf;
}

// With its progress, which fetch() does not tell.
function send(file, to, csrf, progress) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${to}?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.setRequestHeader("Groundswell-Csrf", csrf);
    request.setRequestHeader("Idempotency-Key", crypto.randomUUID());
    request.upload.onprogress = (event) => { progress.value = event.loaded / event.total; };
    request.onload = () => done(JSON.parse(request.responseText));
    request.onerror = failed;
    request.send(file);
  });
}

// <div data-upload="FIELD" data-to="/v1/..." data-done="..." data-failed="..." hidden> around an
// input of files, a progress and a place for words.
function uploader(block) {
  const input = block.querySelector("input"), progress = block.querySelector("progress");
  const says = block.querySelector("[role=status]"), field = document.getElementById(block.dataset.upload);
  block.hidden = false;
  input.addEventListener("change", async () => {
    if (!input.files[0]) return;
    says.textContent = "";
    progress.hidden = false;
    let said;
    try {
      said = await send(input.files[0], block.dataset.to, await token(), progress);
    } catch {
      said = {};
    }
    progress.hidden = true;
    if (said.file) field.value = said.file;
    says.classList.toggle("govuk-error-message", !said.file);
    says.textContent = said.file ? block.dataset.done : `${block.dataset.failed} ${said.detail || ""}`;
  });
}

export function asks(page) {
  page.querySelectorAll("[data-ask]").forEach(asker);
  page.querySelectorAll("[data-upload]").forEach(uploader);
}
