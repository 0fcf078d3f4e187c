// The wire's keys, and news of new stories. The page does everything without it but these.

const EVERY = 20_000;
const stories = [...document.querySelectorAll(".stories > li")];
const search = document.querySelector('.search input[type="search"]');
const keys = document.getElementById("keys");
const news = document.querySelector("[data-news]");

/** The story that has the focus, or the one that had it last. */
let current = -1;
stories.forEach((story, n) => story.addEventListener("focusin", () => { current = n; }));

function go(to) {
  const story = stories[Math.max(0, Math.min(to, stories.length - 1))];
  story?.querySelector(".open").focus();
  story?.scrollIntoView({ block: "nearest" });
}

function press(selector, act) {
  const element = stories[current]?.querySelector(selector);
  if (element) act(element);
}

const actions = {
  j: () => go(current + 1),
  k: () => go(current - 1),
  o: () => press(".original", (link) => link.click()),
  c: () => press(".claim", (form) => form.requestSubmit()),
  w: () => press(".claim [formaction]", (button) => button.click()),
  "/": () => search.focus(),
  "?": () => keys.showModal(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !actions[event.key]) return;
  event.preventDefault();
  actions[event.key]();
});

const help = document.querySelector(".keys-button");
help.hidden = false;
help.addEventListener("click", () => keys.showModal());

/** Say that there are new stories; nothing that is being read moves. */
async function ask() {
  if (document.hidden) return;
  const response = await fetch(news.dataset.news).catch(() => null);
  if (response?.status === 401) {
    clearInterval(timer);
    tell("You are not logged in any more: log in");
  } else if (response?.ok) {
    const { stories: count, text } = await response.json();
    if (count) tell(`${text}: show`);
  }
}

function tell(text) {
  if (news.textContent !== text) news.textContent = text;
  news.hidden = false;
}

const timer = setInterval(ask, EVERY);
document.addEventListener("visibilitychange", ask);
