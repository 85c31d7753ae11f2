// What pages do better with a script: times in the reader's zone, keys, renewal. No page needs it.
"use strict";

const inZone = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function showLocalTimes(root) {
  for (const time of root.querySelectorAll("time[datetime*='T']")) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    time.title = time.dateTime.replace("T", " ").replace("Z", " UTC");
    time.textContent = inZone.format(moment);
  }
}

// An option has no elements, so the time in it is text.
function showLocalTimesOfChoices() {
  for (const option of document.querySelectorAll("option[data-at]")) {
    option.textContent = `${inZone.format(new Date(option.dataset.at))} · ${option.value}`;
  }
}

function moveInList(step) {
  const links = [...document.querySelectorAll("[data-list] > li h3 a, [data-list] tbody tr th a")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const next = links[Math.min(Math.max(at + step, 0), links.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

const KEYS = [
  ["/", "search", () => document.querySelector("[data-key='/']")?.focus()],
  ["j", "next in the list", () => moveInList(1)],
  ["k", "previous in the list", () => moveInList(-1)],
  ["n", "next page of the list", () => document.querySelector("a[rel~='next']")?.click()],
  ["h", "overview", () => location.assign("/")],
  ["e", "entities", () => location.assign("/entities")],
  ["o", "outlets", () => location.assign("/outlets")],
  ["?", "this list of keys", () => showKeys()],
];

function showKeys() {
  let dialog = document.getElementById("keys");
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.id = "keys";
    dialog.setAttribute("aria-label", "Keys");
    const list = document.createElement("dl");
    for (const [key, meaning] of KEYS) {
      const term = list.appendChild(document.createElement("dt"));
      term.appendChild(document.createElement("kbd")).textContent = key;
      list.appendChild(document.createElement("dd")).textContent = meaning;
    }
    const close = document.createElement("button");
    close.textContent = "Close";
    close.addEventListener("click", () => dialog.close());
    dialog.append(list, close);
    document.body.append(dialog);
  }
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const found = KEYS.find(([key]) => key === event.key);
  if (!found || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  found[2]();
});

/** Load a page again that asks for it, unless the reader is busy in it: WCAG 2.2.2 wants no page to move under a reader. */
function loadAgain(seconds) {
  setInterval(() => {
    const isBusy = document.hidden || document.activeElement !== document.body || getSelection().toString();
    if (!isBusy && !document.querySelector("dialog[open]")) location.reload();
  }, seconds * 1000);
}

if (document.body.dataset.againAfter) loadAgain(Number(document.body.dataset.againAfter));
showLocalTimes(document);
showLocalTimesOfChoices();
for (const hint of document.querySelectorAll(".keys")) hint.hidden = false;
