// The roll of a drill: a tap is seen at once and sent behind it; without signal it waits in the outbox
// with its moment, and the page goes on counting. Others who count are heard of every few seconds.

const EVERY = 5_000;
const NAME = "pages-";
const words = document.getElementById("words")?.dataset ?? {};
const me = document.body.dataset.person;
const roll = document.getElementById("roll");
const said = document.getElementById("said");
let sending = 0;

// --- the clock, by the phone's own time

function tick() {
  const time = document.querySelector("#muster time");
  if (!time?.dataset.since) return;
  const until = time.dataset.until ? Date.parse(time.dataset.until) : Date.now();
  const span = Math.max(0, (until - Date.parse(time.dataset.since)) / 1000);
  // At rest it says what stands beside it in words, which is rounded.
  const seconds = time.dataset.until ? Math.round(span) : Math.floor(span);
  const shown = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  if (time.textContent !== shown) time.textContent = shown;
}

// --- what stands on this page, counted from its buttons

function press(button, waits) {
  const taps = button.closest(".taps");
  delete taps.dataset.rest;
  for (const one of taps.querySelectorAll("button")) {
    one.setAttribute("aria-pressed", String(one === button));
    one.classList.toggle("waits", waits && one === button);
  }
}

function rest(floor, waits) {
  for (const taps of document.querySelectorAll(`[data-floor="${CSS.escape(floor)}"] .taps`)) {
    if (taps.querySelector('[aria-pressed="true"]') && !("rest" in taps.dataset)) continue;
    press(taps.querySelector('[value$=":out"]'), waits);
    taps.dataset.rest = "";
  }
}

function recount() {
  const homes = [...document.querySelectorAll(".taps")];
  const tally = { out: 0, assisted: 0, away: 0, missing: 0 };
  for (const taps of homes) {
    const pressed = taps.querySelector('[aria-pressed="true"]');
    if (pressed) tally[pressed.value.split(":")[1]] += 1;
    const blank = taps.closest(".roll").querySelector("[data-blank]");
    if (blank) blank.hidden = Boolean(pressed);
  }
  document.querySelectorAll("[data-floor]").forEach(recountFloor);
  const counted = Object.values(tally).reduce((sum, one) => sum + one, 0);
  tally.left = homes.length - counted;
  for (const place of document.querySelectorAll("[data-count]")) {
    place.textContent = tally[place.dataset.count];
    place.parentElement.classList.toggle("some", tally[place.dataset.count] > 0);
  }
  const meter = document.querySelector("#muster meter");
  if (meter) meter.value = counted;
  for (const place of document.querySelectorAll("[data-counted]")) place.textContent = counted;
}

// What the portal said of a floor is not said any more once this phone knows better.
function recountFloor(floor) {
  const left = floor.querySelectorAll(".taps:not(:has([aria-pressed=true]))").length;
  const told = floor.querySelectorAll("[data-blank]").length;
  document.getElementById(`sum-${floor.dataset.floor}`).hidden = left !== told;
  const rest = floor.querySelector('[name="floor"]');
  if (!rest) return;
  rest.hidden = left < 2;
  rest.lastChild.textContent = rest.lastChild.textContent.replace(/\d+/, left);
}

// What waits on this phone is counted here already.
async function applyWaiting() {
  for (const [, one] of await window.outbox.mine()) {
    const { pathname } = new URL(one.url, location);
    if (one.state !== "waiting" || !pathname.startsWith(roll.dataset.base)) continue;
    const sent = Object.fromEntries(one.fields);
    if (sent.said) {
      const button = document.querySelector(`.taps [value="${CSS.escape(sent.said)}"]`);
      if (button) press(button, true);
    } else if (sent.floor) rest(sent.floor, true);
  }
  if (document.querySelector(".taps")) recount();
}

// --- the portal's own page, put in the place of what is shown; the copy on the phone is fresh as well

async function show(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  if (page.body.dataset.person !== me || !page.getElementById("roll")) return false;
  const held = document.activeElement?.closest(".taps, .floor") && document.activeElement;
  for (const fresh of page.querySelectorAll("[data-live]")) {
    const old = document.getElementById(fresh.id);
    if (!old || old.innerHTML === fresh.innerHTML) continue;
    old.replaceChildren(...document.importNode(fresh, true).childNodes);
  }
  const again = held?.value && document.querySelector(`#roll button[value="${CSS.escape(held.value)}"]`);
  if (again && document.activeElement !== again) again.focus({ preventScroll: true });
  const runs = "runs" in page.getElementById("roll").dataset;
  roll.toggleAttribute("data-runs", runs);
  await applyWaiting();
  tick();
  await keep(text, runs);
  return page;
}

// Where somebody needs help is on this phone while the drill runs, and no longer.
async function keep(text, runs) {
  if (!window.caches || !me) return;
  const cache = await caches.open(NAME + me);
  if (!runs) await cache.delete(location.pathname, { ignoreSearch: true });
  else if (await cache.match(location.pathname)) {
    await cache.put(location.pathname, new Response(text, { headers: { "Content-Type": "text/html; charset=utf-8", Date: new Date().toUTCString() } }));
  }
}

function tell(sentence, kind) {
  said.replaceChildren(Object.assign(document.createElement("p"), { className: `notice ${kind} strip`, textContent: sentence }));
}

// --- a tap

// Those of a floor of which this phone knows nothing; they alone are meant by “the rest”.
function blanks(floor) {
  const open = [...document.querySelectorAll(`[data-floor="${CSS.escape(floor)}"] .taps`)].filter(
    (taps) => !taps.querySelector('[aria-pressed="true"]'),
  );
  return open.map((taps) => taps.querySelector("button").value.split(":")[0]).join(",");
}

async function waiting() {
  const all = await window.outbox.mine();
  return all.some(([, one]) => one.state === "waiting" && new URL(one.url, location).pathname.startsWith(roll.dataset.base));
}

async function send(form, button, fields, key) {
  try {
    if (!navigator.onLine) throw new TypeError("offline");
    // What waits was said before.
    if (await waiting()) throw new TypeError("in order");
    const answer = await window.outbox.post(form.action, fields, key);
    if (answer.status >= 500) throw new TypeError(String(answer.status));
    if (answer.redirected && new URL(answer.url).pathname.startsWith(words.signIn)) {
      location.assign(answer.url);
      return;
    }
    const text = await answer.text();
    const notices = new DOMParser().parseFromString(text, "text/html").querySelectorAll("#messages .notice, #main [role=alert]");
    if (answer.redirected) {
      // A tap that came meanwhile is not on this page yet: its own answer shows it.
      if (sending === 1) await show(text);
      said.replaceChildren(...[...notices].map((one) => document.importNode(one, true)));
    } else {
      tell(notices[0]?.textContent.trim() || words.failed, "late");
      sending -= 1;
      await ask();
      sending += 1;
    }
  } catch {
    const title = button.dataset.title ?? document.title;
    const kept = await window.outbox.keep({ url: form.action, title, page: location.pathname, fields, typed: [], key });
    if (kept) await applyWaiting();
    else tell(words.offline, "wait");
    window.outbox.flush();
  }
}

// One after another, in the order of the taps.
let queue = Promise.resolve();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-roll]") || !event.submitter || !window.outbox) return;
  event.preventDefault();
  const button = event.submitter;
  if (form.id === "rest") form.elements.homes.value = blanks(button.value);
  const fields = window.outbox.fieldsOf(form, button);
  for (const moment of form.querySelectorAll("[data-moment]")) moment.value = "";
  const at = performance.timeOrigin + performance.now();
  if (form.id === "rest") rest(button.value, false);
  else press(button, false);
  recount();
  sending += 1;
  queue = queue.then(async () => {
    const key = await window.outbox.keyOf(form.action, fields, at);
    await send(form, button, fields, key);
    sending -= 1;
  });
});

// --- others

async function ask() {
  try {
    const answer = await fetch(location.pathname, { cache: "no-store", signal: AbortSignal.timeout?.(EVERY) });
    const text = await answer.text();
    // What was asked for before a tap does not know it.
    if (answer.ok && !answer.redirected && !sending) await show(text);
  } catch {
    // No signal: what is shown stays, and the taps wait.
  }
}

setInterval(() => {
  if (!sending && "runs" in roll.dataset && navigator.onLine && document.visibilityState === "visible") ask();
}, EVERY);
setInterval(tick, 1000);
tick();
applyWaiting();
if (!("runs" in roll.dataset)) keep("", false);
document.addEventListener("outbox:sent", ask);
