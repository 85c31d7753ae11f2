// What pages do better with a script: times in the reader's zone, keys, renewal. No page needs it.
"use strict";

// In the reader's zone, in the language of the page.
const inZone = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

function showLocalTimes(root) {
  for (const time of root.querySelectorAll("time[datetime*='T']")) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    time.title = time.dateTime.replace("T", " ").replace("Z", " UTC");
    time.textContent = inZone.format(moment);
  }
}

function sayZone() {
  const zone = inZone.resolvedOptions().timeZone;
  for (const one of document.querySelectorAll(".zone")) one.textContent = `times are those of ${zone}; UTC is their tooltip`;
}

// An option has no elements, so the time in it is text.
function showLocalTimesOfChoices() {
  for (const option of document.querySelectorAll("option[data-at]")) {
    option.textContent = `${inZone.format(new Date(option.dataset.at))} · ${option.value}`;
  }
}

const listed = () => [...document.querySelectorAll("[data-list] > li h3 a, [data-list] tbody tr th a")];

function moveInList(step) {
  const links = listed();
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const next = links[Math.min(Math.max(at + step, 0), links.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

// Who comes back to a list stands where they left it.
const PLACE = `place of ${location.pathname}${location.search}`;

function keepPlace() {
  try {
    sessionStorage.setItem(PLACE, listed().indexOf(document.activeElement));
  } catch {
    // no place is kept where a browser stores nothing
  }
}

function returnToPlace() {
  if (performance.getEntriesByType("navigation")[0]?.type !== "back_forward") return;
  try {
    listed()[Number(sessionStorage.getItem(PLACE) ?? -1)]?.focus();
  } catch {
    // as above
  }
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

/** Return the key as on a Latin keyboard: under j stands о in Russian and Kazakh, ت in Persian, and / is a point. */
function latinKey({ key, code }) {
  if (code === "Slash" && (key === "." || key === ",")) return key === "." ? "/" : "?";
  const isOther = key.length === 1 && key > "\u007f" && /^Key[A-Z]$/.test(code);
  return isOther ? code.slice(3).toLowerCase() : key;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const found = KEYS.find(([key]) => key === latinKey(event));
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
addEventListener("pagehide", keepPlace);
returnToPlace();
showLocalTimesOfChoices();
sayZone();
for (const hint of document.querySelectorAll(".keys")) hint.hidden = false;
