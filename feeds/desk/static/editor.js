// The editor's page: keeps what is typed, and shows at once what it comes to. Saving, previewing and
// moving citations work without it.

import { post, show } from "./desk.js";

const AFTER = 3_000;
const PAUSE = 700;
const form = document.getElementById("brief");
const live = document.getElementById("live");
const status = document.getElementById("status");
const { brief, autosave, preview } = form.dataset;
const keyOf = (version) => `brief:${brief}:${version}`;

let saved = text();
let busy = false;
let stopped = false;
let failing = false;
let leaving = false;
let waiting;
let saving;
let looking;

function data() {
  const fields = new URLSearchParams(new FormData(form));
  fields.delete("file");
  return fields;
}

/** What would be saved, to be compared. */
function text() {
  const fields = data();
  for (const name of ["csrf", "version", "add", "note", "reason", "publish_at", "sure"]) fields.delete(name);
  return fields.toString();
}

/** A text without what the server leaves out of it. */
const bare = (fields) => fields.replace(/\+|%2C|%0D/g, "");

const isUnsaved = () => "unsaved" in form.dataset || text() !== saved;

function tell(words, wrong = false) {
  status.textContent = words;
  status.classList.toggle("wrong", wrong);
}

function keep() {
  // A last resort for a browser that dies, or a server that does not answer; it may be full or shut.
  try {
    localStorage.setItem(keyOf(form.version.value), JSON.stringify({ at: Date.now(), text: text() }));
  } catch { /* what is typed is still on the page */ }
}

function forget() {
  try {
    const own = Object.keys(localStorage).filter((key) => key.startsWith(`brief:${brief}:`));
    own.forEach((key) => localStorage.removeItem(key));
  } catch { /* nothing was kept */ }
}

function update(html) {
  show(live, html);
  arm();
  document.getElementById("closing").textContent = live.querySelector(".closing")?.textContent ?? "";
}

function arm() {
  for (const place of live.querySelectorAll("q[data-field]")) {
    place.tabIndex = 0;
    place.setAttribute("role", "button");
  }
}

async function save() {
  clearTimeout(saving);
  if (!autosave || stopped || busy || !isUnsaved()) return;
  busy = true;
  const sent = text();
  const response = await post(autosave, data()).catch(() => null);
  busy = false;
  failing = !response?.ok;
  if (response?.ok) {
    const answer = await response.json();
    form.version.value = answer.version;
    saved = sent;
    delete form.dataset.unsaved;
    tell(`Saved ${answer.saved_at}`);
    if (text() === sent) {
      forget();
      update(answer.live);
    } else changed();
  } else await refused(response);
  if (waiting) form.requestSubmit(waiting);
}

async function refused(response) {
  if (response?.status === 409) {
    stopped = true;
    tell("Somebody else saved this meanwhile. Press Save to see both.", true);
  } else if (response?.status === 422) {
    const { reasons } = await response.json();
    tell(`Not saved: ${Object.values(reasons).join("; ")}`, true);
  } else if (response?.status === 401 || response?.status === 403) {
    tell("Not saved: you are not logged in any more. Log in in another tab, then go on here.", true);
    saving = setTimeout(async () => { await renew(); save(); }, 2 * AFTER);
  } else {
    tell("Not saved: the server does not answer. Trying again.", true);
    saving = setTimeout(save, 2 * AFTER);
  }
}

/** Take the token of the session that was opened in another tab, if one was. */
async function renew() {
  const page = await fetch(location.pathname).then((answer) => answer.text()).catch(() => "");
  const token = page.match(/name="csrf" content="([^"]+)"/)?.[1];
  if (!token) return;
  document.querySelector('meta[name="csrf"]').content = token;
  form.csrf.value = token;
}

async function look() {
  const sent = text();
  const response = await post(preview, data()).catch(() => null);
  if (response?.ok && text() === sent) update(await response.text());
}

function changed() {
  if (!isUnsaved()) return;
  keep();
  if (!stopped && !failing) tell(autosave ? "Not saved yet" : "Changed; readers see it once you correct");
  if (autosave) {
    clearTimeout(saving);
    saving = setTimeout(save, AFTER);
  }
  clearTimeout(looking);
  if (preview) looking = setTimeout(look, PAUSE);
}

/** Move or remove a citation here; the server does the same with a form. */
function arrange(button) {
  const item = button.closest("li");
  const [what] = button.value.split(":");
  if (what === "up") item.previousElementSibling?.before(item);
  if (what === "down") item.nextElementSibling?.after(item);
  const next = what === "remove" ? item.nextElementSibling ?? item.previousElementSibling : item;
  const focus = next?.querySelector(`[value^="${what}:"]`) ?? form.querySelector("#add");
  if (what === "remove") item.remove();
  focus.focus();
  changed();
}

/** Mark in the text what a check speaks of. Places are counted in characters, not in UTF-16. */
function point({ dataset }) {
  const field = form.elements[dataset.field];
  const characters = [...field.value];
  const before = (end) => characters.slice(0, Number(end)).join("").length;
  field.focus();
  field.setSelectionRange(before(dataset.start), before(dataset.end));
}

/** Offer what this browser kept and the server never got. */
function offer() {
  if (!preview) return;
  let found = [];
  try {
    found = Object.keys(localStorage)
      .filter((key) => key.startsWith(`brief:${brief}:`))
      .map((key) => JSON.parse(localStorage.getItem(key)));
  } catch { return; }
  const [last] = found.sort((a, b) => b.at - a.at);
  if (!last || bare(last.text) === bare(saved)) return forget();
  const box = document.getElementById("kept");
  box.querySelector("p").textContent =
    `This browser kept a text of ${new Date(last.at).toLocaleString()} that was not saved.`;
  box.hidden = false;
  box.addEventListener("click", ({ target }) => {
    if (!target.dataset.do) return;
    if (target.dataset.do === "away") forget();
    else putBack(new URLSearchParams(last.text));
    box.hidden = true;
  });
}

function putBack(fields) {
  for (const [name, value] of fields) {
    if (name !== "item") form.elements[name].value = value;
  }
  const wanted = fields.getAll("item");
  const list = form.querySelector(".cited");
  const rows = new Map([...list.children].map((row) => [row.querySelector("input").value, row]));
  wanted.forEach((item) => rows.has(item) && list.append(rows.get(item)));
  rows.forEach((row, item) => wanted.includes(item) || row.remove());
  changed();
}

form.addEventListener("input", changed);
form.addEventListener("change", changed);
form.addEventListener("submit", (event) => {
  clearTimeout(saving);
  // What is being saved moves the version on: two at once would be a conflict with oneself.
  waiting = busy ? event.submitter : undefined;
  leaving = !busy;
  if (busy) event.preventDefault();
});
form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (preview && button?.value === "preview") {
    event.preventDefault();
    look();
    live.scrollIntoView();
  }
  if (!/^(up|down|remove):/.test(button?.value ?? "")) return;
  event.preventDefault();
  arrange(button);
});
live.addEventListener("click", ({ target }) => target.closest("q[data-field]") && point(target.closest("q[data-field]")));
live.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("q[data-field]")) point(event.target);
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key !== "s") return;
  event.preventDefault();
  if (stopped) form.requestSubmit(form.querySelector('[value="save"]'));
  else save();
});
window.addEventListener("beforeunload", (event) => {
  if (!leaving && isUnsaved()) event.preventDefault();
});
// Coming back by the browser's history must not show a version that is no more.
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

document.getElementById("refused")?.focus();
arm();
offer();
