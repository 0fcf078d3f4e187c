// What the desk's other scripts share. Every page works without any of them.

// The one door by which text becomes markup: only pages of ours, which escape what others wrote.
const ours = window.trustedTypes
  ? window.trustedTypes.createPolicy("desk", { createHTML: (text) => text })
  : { createHTML: (text) => text };

/** Put markup that our own server sent into an element. */
export function show(element, html) {
  element.innerHTML = ours.createHTML(html);
}

/** POST a form's data with the token of this session; resolves to the response. */
export function post(url, data) {
  const token = document.querySelector('meta[name="csrf"]').content;
  return fetch(url, { method: "POST", body: data, headers: { "X-CSRF-Token": token } });
}
