// The field of the search says while one types whether the query is valid. The search works without it.
"use strict";

const form = document.querySelector("form[data-check]");
const field = form?.querySelector("input[name='q']");
const note = form?.querySelector(".checked");
let waiting = 0;
let asked = null;

async function check() {
  const query = field.value;
  asked?.abort();
  asked = new AbortController();
  try {
    const answer = await fetch(`${form.dataset.check}?q=${encodeURIComponent(query)}`, { signal: asked.signal });
    if (answer.ok && field.value === query) show(query, await answer.json());
  } catch {
    note.hidden = true; // offline or overtaken: the page itself says what is wrong
  }
}

function show(query, found) {
  note.replaceChildren();
  note.hidden = !query.trim();
  note.classList.toggle("wrong", !found.valid);
  field.toggleAttribute("aria-invalid", !found.valid);
  if (!found.valid) {
    note.append(found.message + (found.hint ? `; ${found.hint}` : ""));
    const place = note.appendChild(document.createElement("pre"));
    place.textContent = found.pointed;
    return;
  }
  const meaning = note.appendChild(document.createElement("code"));
  meaning.textContent = found.canonical;
  note.append(found.may_match === null ? " may match many articles" : ` may match ${found.may_match.toLocaleString()} texts`);
  for (const remark of found.remarks) note.append(document.createElement("br"), remark);
}

field?.addEventListener("input", () => {
  form.querySelector(".fault")?.remove();
  clearTimeout(waiting);
  waiting = setTimeout(check, 300);
});

// The address says what the page shows, and nothing that is usual anyway.
form?.addEventListener("submit", () => {
  for (const one of form.querySelectorAll("input, select")) {
    if (!one.value.trim() || (one.name === "sort" && one.value === "newest")) one.disabled = true;
  }
  setTimeout(() => form.querySelectorAll(":disabled").forEach((one) => (one.disabled = false)));
});
