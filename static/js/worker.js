// The service worker: without signal it opens the pages that kept.js has put by, and nothing else.

const STATIC = "static";
const PAGES = "pages-";
const LABEL = /^\/(?:safety\/p|volunteers\/in)\/([\w-]+)\/$/;
const LATE = 8_000;
const OFFLINE = "/offline/";
const HASHED = /\.[0-9a-f]{12}\./;

addEventListener("install", (event) => {
  event.waitUntil(caches.open(STATIC).then((cache) => cache.add(OFFLINE)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => event.waitUntil(clients.claim()));

// Hashed names never change what they hold; others are asked for first.
async function unchanging(request) {
  const cache = await caches.open(STATIC);
  const found = await cache.match(request);
  if (found && HASHED.test(request.url)) return found;
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch {
    return found || Response.error();
  }
}

// The very page, such as that of one door of several; else the same path.
async function put_by(path) {
  const names = (await caches.keys()).filter((name) => name.startsWith(PAGES));
  for (const how of [{}, { ignoreSearch: true }]) {
    for (const name of names) {
      const found = await (await caches.open(name)).match(path, how);
      if (found) return found;
    }
  }
  return undefined;
}

async function digest(text) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((one) => one.toString(16).padStart(2, "0")).join("");
}

// A label is read by any phone's camera: without signal too it leads to its point.
async function of_label(code) {
  const found = await put_by(`/kept/label/${await digest(code)}`);
  return found && Response.redirect(`${await found.text()}?label=${encodeURIComponent(code)}`);
}

// With one bar of signal a page may never come: what is kept is opened after a while.
async function in_time(request, path) {
  const asked = fetch(request);
  if (!(await put_by(path))) return asked;
  return Promise.race([asked, new Promise((_, late) => setTimeout(() => late(new Error("late")), LATE))]);
}

async function page(request) {
  const { pathname, search } = new URL(request.url);
  try {
    return await in_time(request, pathname);
  } catch {
    const label = pathname.match(LABEL);
    const found = (label && (await of_label(label[1]))) || (await put_by(pathname + search));
    return found || (await caches.match(OFFLINE)) || Response.error();
  }
}

async function picture(request) {
  try {
    return await fetch(request);
  } catch {
    return (await put_by(new URL(request.url).pathname)) || Response.error();
  }
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(unchanging(request));
  else if (request.mode === "navigate") event.respondWith(page(request));
  else if (url.pathname.startsWith("/attachments/")) event.respondWith(picture(request));
});
