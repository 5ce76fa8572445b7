// Pages that are walked with stay on this phone, to be opened without signal: today's rounds and jobs,
// whatever links of theirs say data-keep, and the photographs on them. They are their person's alone.

const person = document.body.dataset.person;
const NAME = "pages-";
const OFTEN = 5 * 60 * 1000;
const DEEPEST = 2;
const MOST = 150;

async function wipe(but = "") {
  if (!window.caches) return;
  for (const name of await caches.keys()) {
    if (name.startsWith(NAME) && name !== but) await caches.delete(name);
  }
}

async function digest(text) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((one) => one.toString(16).padStart(2, "0")).join("");
}

// Each page that a list names, and the pages that those name; what is gone from the lists goes too.
async function keep(from) {
  const cache = await caches.open(NAME + person);
  const wanted = new Map([[from, 0]]);
  for (const [path, depth] of wanted) {
    if (wanted.size > MOST) break;
    const answer = await fetch(path, { headers: { "X-Kept": "1" } });
    if (!answer.ok || answer.redirected) continue;
    await cache.put(path, answer.clone());
    if (!answer.headers.get("Content-Type")?.startsWith("text/html")) continue;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const image of page.querySelectorAll('#main img[src^="/attachments/"]')) {
      wanted.set(image.getAttribute("src"), DEEPEST);
    }
    for (const link of page.querySelectorAll("a[data-keep]")) {
      const next = new URL(link.getAttribute("href"), location).pathname;
      if (link.dataset.label) await cache.put(`/kept/label/${link.dataset.label}`, new Response(next));
      if (depth < DEEPEST && !wanted.has(next)) wanted.set(next, depth + 1);
    }
  }
}

// Without HTTPS, and in the browsers of some apps, there is none, or it may not be.
function registered() {
  if (!navigator.serviceWorker || !window.caches) return false;
  return navigator.serviceWorker.register("/worker.js", { scope: "/" }).then(Boolean, () => false);
}

async function start() {
  if (person === undefined) return;
  await wipe(person ? NAME + person : "");
  if (!person) return;
  if (!(await registered())) {
    for (const place of document.querySelectorAll("[data-no-worker]")) place.hidden = false;
    return;
  }
  const list = document.querySelector("[data-keep-from]")?.dataset.keepFrom;
  if (!list || !navigator.onLine) return;
  const last = `kept:${person}:${list}`;
  if (Date.now() - Number(localStorage.getItem(last) ?? 0) < OFTEN) return;
  await keep(list);
  localStorage.setItem(last, String(Date.now()));
  document.body.dataset.kept = "yes";
}

// What was sent meanwhile changes the pages: they are fetched afresh next time.
document.addEventListener("outbox:sent", () => {
  for (const name of Object.keys(localStorage)) if (name.startsWith("kept:")) localStorage.removeItem(name);
  start().catch(() => undefined);
});

window.kept = { wipe, digest };
start().catch(() => undefined);
