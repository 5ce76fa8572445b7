// Pages that are walked with stay on this phone, to be opened without signal: today's rounds and jobs,
// whatever links of theirs say data-keep, and the photographs on them. They are their person's alone.

const person = document.body.dataset.person;
const NAME = "pages-";
const OF = "kept-of:";
const OFTEN = 5 * 60 * 1000;
const DEEPEST = 2;
const MOST = 400;
const STATIC = "static";

async function wipe(but = "") {
  if (!window.caches) return;
  for (const name of await caches.keys()) {
    if (name.startsWith(NAME) && name !== but) await caches.delete(name);
  }
  for (const name of Object.keys(localStorage)) {
    const [, whose] = name.match(/^kept(?:-of)?:(\d+):/) ?? [];
    if (whose && NAME + whose !== but) localStorage.removeItem(name);
  }
}

// Each page that a list names, and the pages that those name; what is gone from the lists goes too.
async function keep(from) {
  const cache = await caches.open(NAME + person);
  const wanted = new Map([[from, 0]]);
  const labels = new Set();
  for (const [path, depth] of wanted) {
    const answer = await fetch(path);
    if (!answer.ok || answer.redirected) continue;
    if (!answer.headers.get("Content-Type")?.startsWith("text/html")) {
      await cache.put(path, answer);
      continue;
    }
    const whole = answer.clone();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // Somebody else has signed in since, in another tab.
    if (page.body.dataset.person !== person) return;
    await cache.put(path, whole);
    await dress(page);
    for (const image of page.querySelectorAll('#main img[src^="/attachments/"]')) {
      if (wanted.size < MOST) wanted.set(image.getAttribute("src"), DEEPEST);
    }
    for (const link of page.querySelectorAll("a[data-keep]")) {
      const next = new URL(link.getAttribute("href"), location).pathname;
      if (link.dataset.label) {
        labels.add(`/kept/label/${link.dataset.label}`);
        await cache.put(`/kept/label/${link.dataset.label}`, new Response(next));
      }
      if (depth < DEEPEST && wanted.size < MOST && !wanted.has(next)) wanted.set(next, depth + 1);
    }
  }
  // What has gone from this list goes from the phone; other lists keep theirs.
  const last = `${OF}${person}:${from}`;
  const now = [...wanted.keys(), ...labels];
  const before = JSON.parse(localStorage.getItem(last) ?? "[]");
  for (const path of before.filter((one) => !now.includes(one))) await cache.delete(path);
  localStorage.setItem(last, JSON.stringify(now));
}

// The styles and scripts of a page that was never opened here.
async function dress(page) {
  const cache = await caches.open(STATIC);
  const needs = [
    ...[...page.querySelectorAll("link[rel=stylesheet]")].map((one) => one.getAttribute("href")),
    ...[...page.querySelectorAll("script[src]")].map((one) => one.getAttribute("src")),
    ...[...page.querySelectorAll("[data-scan]")].map((one) => one.dataset.scan),
  ];
  for (const one of new Set(needs)) if (!(await cache.match(one))) await cache.add(one).catch(() => undefined);
}

// What is wanted at once may have come since its list was kept: the page itself, and those that it names.
async function lacks(place) {
  if (!("keepNow" in place.dataset)) return false;
  const cache = await caches.open(NAME + person);
  const links = [...document.querySelectorAll("a[data-keep]")].map((link) => new URL(link.href).pathname);
  for (const path of [location.pathname, ...links]) {
    if (!(await cache.match(path, { ignoreSearch: true }))) return true;
  }
  return false;
}

// A roll says where somebody needs help. It is fresh while it is called, and goes when it is not.
const BRIEF = /^\/safety\/drills\/.+\/roll\//;
const STALE = 3 * 60 * 60 * 1000;

async function forgetStale() {
  const cache = await caches.open(NAME + person);
  for (const request of await cache.keys()) {
    if (!BRIEF.test(new URL(request.url).pathname)) continue;
    const at = Date.parse((await cache.match(request)).headers.get("Date") ?? "");
    if (!(Date.now() - at < STALE)) await cache.delete(request);
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
  await forgetStale();
  const place = document.querySelector("[data-keep-from]");
  const list = place?.dataset.keepFrom;
  if (!list || !navigator.onLine) return;
  const last = `kept:${person}:${list}`;
  if (Date.now() - Number(localStorage.getItem(last) ?? 0) < OFTEN && !(await lacks(place))) return;
  await keep(list);
  localStorage.setItem(last, String(Date.now()));
  document.body.dataset.kept = "yes";
}

// What was sent meanwhile changes the pages: they are fetched afresh next time.
document.addEventListener("outbox:sent", () => {
  for (const name of Object.keys(localStorage)) if (name.startsWith("kept:")) localStorage.removeItem(name);
  start().catch(() => undefined);
});

window.kept = { wipe };
start().catch(() => undefined);
