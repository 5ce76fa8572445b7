// What is sent without signal waits on this phone, and leaves by itself, in order and once, when there
// is signal again, also after the tab was closed: the portal knows each thing by its key, and takes it
// once. It belongs to whoever wrote it: nobody else who signs in here sees it or sends it.

const { createStore, entries, keys, set, del } = window.idbKeyval ?? {};
const words = document.getElementById("words")?.dataset ?? {};
// Empty where nobody is signed in, missing on pages that do not say.
const me = document.body.dataset.person;
const EVERY = 10_000;
// With one bar of signal an answer may never come; what was taken meanwhile is known by its key.
const LONGEST = 60_000;
const TRIES = 5;
const SECRET = "csrfmiddlewaretoken";

// A private window may refuse storage; what is typed then stays in its form.
const store = createStore?.("banyan-outbox", "waiting");
const drafts = createStore?.("banyan", "drafts");

async function mine() {
  const all = store && me ? await entries(store).catch(() => []) : [];
  return all.filter(([, one]) => one.person === me).sort(([a], [b]) => (a < b ? -1 : 1));
}

function cookie(name) {
  return document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
}

function hex(bytes) {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Bound to all that is sent: the same again is the same, other words are another thing.
async function keyOf(url, fields, since) {
  if (!crypto.subtle) return hex(crypto.getRandomValues(new Uint8Array(32)));
  const parts = [me, url, String(since), ...fields.flatMap(([name, value]) => [name, value])];
  return hex(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer()));
}

function post(url, fields, key) {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  const headers = { Accept: "text/html", "X-CSRFToken": cookie("csrftoken"), "X-Outbox-Key": key, "X-Outbox-Person": me };
  return fetch(url, { method: "POST", body, headers, signal: AbortSignal.timeout?.(LONGEST) });
}

function fieldsOf(form, submitter) {
  // The time at the phone, where the form asks for it: it may arrive much later.
  for (const moment of form.querySelectorAll("[data-moment]")) moment.value ||= new Date().toISOString();
  return [...new FormData(form, submitter)].filter(([name, value]) => name !== SECRET && value?.size !== 0);
}

async function keep({ url, title, page, fields, typed, key }) {
  if (!store || !me) return false;
  if ((await mine()).some(([, one]) => one.key === key)) return true;
  const at = Date.now();
  const one = { person: me, at, url, title, page, fields, typed, key, state: "waiting", said: "" };
  const kept = await set(`${String(at).padStart(15, "0")}-${key}`, one, store).then(() => true, () => false);
  if (kept) show();
  return kept;
}

// --- sending

function refusal(page) {
  const told = page.querySelector("#main [role=alert], #main .errorlist, #main .notice.late, #main h1");
  // Its sentences, without the heading above them and the way on below.
  const sentences = [...(told?.querySelectorAll("p") ?? [])].map((one) => one.textContent).join(" ");
  return (sentences || told?.textContent || "").trim().replace(/\s+/g, " ");
}

// Whoever wrote it is not signed in any more: asked again when a page is opened.
let paused = false;

// What became of it: "sent", "refused" with the sentence, "tried" where the portal failed, or "later".
async function send(one) {
  try {
    const answer = await post(one.url, one.fields, one.key);
    // Signed out meanwhile: it waits until its person is back.
    paused = answer.status === 401 || (answer.redirected && new URL(answer.url).pathname.startsWith(words.signIn));
    if (paused) return ["later"];
    if (answer.redirected) {
      // Taken, even if the connection ends before the page is here; but what it came to may be a no.
      const page = new DOMParser().parseFromString(await answer.text().catch(() => ""), "text/html");
      const no = page.querySelector("#main [data-refused]");
      return no ? ["refused", no.dataset.refused] : ["sent"];
    }
    if (answer.status >= 500 && (one.tries ?? 0) < TRIES) return ["tried"];
    if (answer.status === 429) return ["later"];
    return ["refused", refusal(new DOMParser().parseFromString(await answer.text(), "text/html"))];
  } catch {
    return ["later"];
  }
}

async function flush() {
  if (!navigator.onLine || !me || paused) return;
  const work = async () => {
    let sent = 0;
    for (const [id, one] of await mine()) {
      if (one.state !== "waiting") continue;
      const [became, said] = await send(one);
      if (became === "tried") await set(id, { ...one, tries: (one.tries ?? 0) + 1 }, store);
      if (became === "later" || became === "tried") break;
      if (became === "sent") await del(id, store);
      else await set(id, { ...one, state: "refused", said }, store);
      sent += 1;
    }
    if (sent) {
      await show();
      document.dispatchEvent(new CustomEvent("outbox:sent"));
    }
  };
  // One tab at a time; the key holds it to once where a browser knows no locks.
  if (navigator.locks) await navigator.locks.request("banyan-outbox", { ifAvailable: true }, (lock) => lock && work());
  else await work();
}

// --- the strip: how many wait, and what was refused, with all that was typed

function element(name, text = "", css = "") {
  return Object.assign(document.createElement(name), { textContent: text, className: css });
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${words.icons}#${name}`);
  svg.append(use);
  return svg;
}

function allTyped(one) {
  const box = element("div");
  if (one.typed.length) box.append(element("p", one.typed.join("\n"), "bubble prewrap"));
  const pictures = one.fields.map(([, value]) => value).filter((value) => value instanceof Blob);
  const list = element("ul", "", "photos");
  for (const picture of pictures) {
    const item = element("li", "", "photo");
    item.append(Object.assign(element("img"), { src: URL.createObjectURL(picture), alt: words.photo }));
    list.append(item);
  }
  if (pictures.length) box.append(list);
  return box;
}

function row(id, one) {
  const item = element("li", "", "answered");
  item.append(element("b", one.title));
  const when = new Date(one.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  item.append(element("div", `${when} · ${one.state === "refused" ? words.refused : words.waits}`, "muted small"));
  if (one.state === "refused") item.append(element("p", one.said, "late-text"));
  item.append(allTyped(one));
  const actions = element("div", "", "form-actions");
  actions.append(Object.assign(element("a", words.lookThere, "btn btn-quiet btn-s"), { href: one.page }));
  if (one.state === "refused") {
    const drop = Object.assign(element("button", words.throwAway, "btn btn-plain btn-s"), { type: "button" });
    drop.addEventListener("click", async () => {
      await del(id, store);
      show();
    });
    actions.append(drop);
  }
  item.append(actions);
  return item;
}

let seenRefused = 0;

async function show() {
  const place = document.getElementById("outbox");
  if (!place) return;
  const all = await mine();
  place.hidden = !all.length;
  mark(all);
  if (!all.length) return place.replaceChildren();
  const refused = all.filter(([, one]) => one.state === "refused").length;
  const said = refused ? words.refusedCount.replace("{n}", refused) : words.waitingCount.replace("{n}", all.length);
  const box = element("details", "", `notice strip ${refused ? "late" : "wait"}`);
  // What was refused wants to be seen, once.
  box.open = refused > seenRefused || Boolean(place.querySelector("details")?.open);
  seenRefused = refused;
  const line = element("summary");
  line.append(icon(refused ? "alert-triangle" : "wifi-off"), element("span", said));
  const list = element("ul", "", "stop-list");
  list.append(...all.map(([id, one]) => row(id, one)));
  box.append(line, list);
  place.replaceChildren(box);
  return undefined;
}

// A page that was kept knows nothing of what was done since. A link leads there itself, or says by
// `data-sends` what is sent from behind it.
function mark(all) {
  for (const old of document.querySelectorAll(".waits-here")) old.remove();
  for (const [, one] of all) {
    for (const link of document.querySelectorAll("a[data-keep]")) {
      const sends = (link.dataset.sends ?? new URL(link.href).pathname).split(" ");
      if (!sends.includes(new URL(one.url, location).pathname)) continue;
      link.querySelector(".state")?.remove();
      const pill = element("span", "", `state waits-here ${one.state === "refused" ? "late" : "wait"}`);
      pill.append(icon("wifi-off"), words.waits);
      link.querySelector(".title")?.after(pill);
    }
  }
}

// --- signing out asks first, then leaves nothing behind

async function wipe() {
  for (const [id] of await mine()) await del(id, store).catch(() => undefined);
  for (const key of drafts ? await keys(drafts).catch(() => []) : []) {
    if (String(key).startsWith(`${me}:`)) await del(key, drafts).catch(() => undefined);
  }
  await window.kept?.wipe();
}

document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    if (!me || !form.matches('form[action$="/logout/"]') || form.dataset.wiped) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const waiting = (await mine()).length;
    const leave = async () => {
      // Storage that is refused, or hangs, keeps nobody from leaving.
      await Promise.race([wipe().catch(() => undefined), new Promise((later) => setTimeout(later, 3000))]);
      form.dataset.wiped = "yes";
      form.requestSubmit();
    };
    const dialog = document.getElementById("confirm");
    if (!waiting || !dialog) return void leave();
    dialog.querySelector("p").textContent = words.wouldBeLost.replace("{n}", waiting);
    dialog.returnValue = "";
    dialog.onclose = () => dialog.returnValue === "yes" && leave();
    dialog.showModal();
    return undefined;
  },
  true,
);

window.outbox = { mine, keep, keyOf, post, fieldsOf, flush, show };
show();
flush();
setInterval(flush, EVERY);
addEventListener("online", flush);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && flush());
document.addEventListener("page:replaced", show);
