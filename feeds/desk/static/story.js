// The story's page: shows an article's text as soon as it has come. Without it, a link looks again.

import { show } from "./desk.js";

const EVERY = 2_000;
const AT_MOST = 60;

async function wait(place, looks) {
  const waiting = place.querySelector("[data-waiting]");
  if (!waiting || looks === AT_MOST) return;
  const response = await fetch(waiting.dataset.waiting).catch(() => null);
  if (response?.ok) {
    const text = await response.text();
    // In an article's own words a quotation mark is escaped.
    if (!text.includes('data-waiting="')) return show(place, text);
  }
  setTimeout(() => wait(place, looks + 1), EVERY);
}

document.querySelectorAll(".full").forEach((place) => wait(place, 0));
