// A form with data-draft="key" is kept on this phone until it is sent: words and photographs survive
// a reload, a closed tab, a validation error and a lost connection. The page that answers a sent form
// carries data-draft-done="key" and clears it.

const words = document.getElementById("words")?.dataset ?? {};
const OLD = 14 * 24 * 60 * 60 * 1000;

// --- the store: one record per form and person, in IndexedDB because photographs are large

const { createStore, get, set, del } = window.idbKeyval ?? {};
const kept = createStore?.("banyan", "drafts");

// A private window may refuse storage; the form then simply works without a draft.
const store = {
  read: (key) => (key && kept ? get(key, kept).catch(() => undefined) : Promise.resolve(undefined)),
  write: (key, value) => (key && kept ? set(key, value, kept).then(() => true, () => false) : Promise.resolve(false)),
  remove: (key) => (key && kept ? del(key, kept).catch(() => undefined) : Promise.resolve()),
};

const LEFT_OUT = /^(csrfmiddlewaretoken|walked_at|visited_at|label|next|photos(_\d+)?_(kept|dropped))$/;

function fieldsOf(form) {
  return [...form.elements].filter(
    (field) => field.name && !LEFT_OUT.test(field.name) && !["file", "submit", "button", "password"].includes(field.type),
  );
}

function read(form) {
  return fieldsOf(form).map((field) => {
    const picked = ["checkbox", "radio"].includes(field.type);
    return picked ? [field.name, field.value, field.checked] : [field.name, field.value];
  });
}

function write(form, saved) {
  for (const [name, value, checked] of saved) {
    for (const field of fieldsOf(form).filter((one) => one.name === name)) {
      if (checked === undefined) field.value = value;
      else if (field.value === value) field.checked = checked;
    }
  }
}

// What the server says of a deed it says once, and the page that fetch was led to has it: the sentence
// goes along to where that page is opened.
const SAID = "banyan-said";

function parsed(text) {
  return new DOMParser().parseFromString(text, "text/html");
}

function carry(page) {
  const said = page.getElementById("messages")?.innerHTML;
  try {
    if (said) sessionStorage.setItem(SAID, said);
  } catch {
    // no storage: what was done shows on the page itself
  }
}

function sayCarried() {
  const place = document.getElementById("messages");
  try {
    const said = place && sessionStorage.getItem(SAID);
    if (!said) return;
    sessionStorage.removeItem(SAID);
    place.append(...parsed(said).body.childNodes);
  } catch {
    // as above
  }
}

function photosOf(form) {
  return [...form.querySelectorAll("[data-photos]")].map((box) => box.photos).filter(Boolean);
}

class Draft {
  constructor(form) {
    this.form = form;
    this.key = form.dataset.draft;
    this.since = Date.now();
    this.bar = document.createElement("div");
    this.bar.setAttribute("role", "status");
    this.bar.hidden = true;
    form.prepend(this.bar);
    form.addEventListener("input", () => this.later());
    form.addEventListener("change", () => this.later());
    form.addEventListener("photos:changed", () => this.keep());
    form.addEventListener("submit", (event) => this.send(event));
    addEventListener("online", () => this.failed && this.say(words.saved, "info", true));
  }

  async restore() {
    const saved = await store.read(this.key);
    if (!saved || Date.now() - saved.at > OLD) return;
    // After a validation error the server has drawn the words itself and kept the photographs.
    if (this.form.hasAttribute("data-bound")) return;
    write(this.form, saved.fields);
    for (const [n, photos] of photosOf(this.form).entries()) {
      if (saved.files[n]?.length) await photos.add(saved.files[n], true);
    }
    this.form.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
    this.say(words.restored, "info");
    this.offerFresh();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), 400);
  }

  async keep() {
    clearTimeout(this.timer);
    if (!this.key) return;
    const files = photosOf(this.form).map((photos) => photos.files);
    const kept = await store.write(this.key, { at: Date.now(), fields: read(this.form), files });
    const hint = this.form.querySelector("[data-draft-hint]");
    if (hint && kept) hint.textContent = words.saved;
  }

  // Sent by fetch, so that a dead connection leaves this page, and all in it, standing.
  async send(event) {
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (this.sending) return;
    this.sending = true;
    const submitter = event.submitter;
    this.busy(submitter, true);
    const fields = window.outbox.fieldsOf(this.form, submitter);
    let key = "";
    try {
      key = await window.outbox.keyOf(this.form.action, fields, this.since);
      await this.keep();
      if (!navigator.onLine) throw new TypeError("offline");
      // What waits goes first: work begins before it is finished.
      if ("outbox" in this.form.dataset && (await this.othersWait())) throw new TypeError("in order");
      const answer = await window.outbox.post(this.form.action, fields, key);
      if (answer.status >= 500 || answer.status === 401) throw new Error(String(answer.status));
      await this.arrive(answer);
    } catch (error) {
      const dead = error instanceof TypeError || error.name === "TimeoutError";
      const waits = dead && key && (await this.leave(fields, key));
      const again = waits && "again" in this.form.dataset;
      if (!waits) this.say(dead ? words.offline : words.failed, "wait", true);
      this.failed = !waits;
      // What waits is sent: a second tap is none, but where the next one comes through the same form.
      this.sending = Boolean(waits) && !again;
      this.busy(submitter, false);
      if (again) this.empty();
      else for (const button of waits ? this.buttons : []) button.disabled = true;
    }
  }

  async othersWait() {
    const wait = async () => (await window.outbox.mine()).some(([, one]) => one.state === "waiting");
    if (!(await wait())) return false;
    await window.outbox.flush();
    return wait();
  }

  // It waits in the outbox, and whoever walks goes on.
  async leave(fields, key) {
    if (!("outbox" in this.form.dataset)) return false;
    const title = this.form.dataset.outbox || document.title;
    const page = location.pathname;
    const lines = this.form.querySelectorAll("textarea, input[type=text], input[type=number], input:not([type])");
    const typed = [...lines].map((field) => field.value.trim()).filter(Boolean);
    const waits = await window.outbox.keep({ url: this.form.action, title, page, fields, typed, key });
    if (!waits) return false;
    await store.remove(this.key);
    this.say(words.waitsHere, "wait");
    // Where one was already, as a page that was kept cannot know, is not the way on.
    const been = (await window.outbox.mine()).some(([, one]) => new URL(one.url).pathname === this.form.dataset.onward);
    const onward = been ? this.form.dataset.home : this.form.dataset.onward;
    if (onward && navigator.serviceWorker?.controller) location.assign(onward);
    return true;
  }

  async arrive(answer) {
    if (answer.redirected) {
      const url = new URL(answer.url);
      // Signed out meanwhile: nothing was taken, so the draft waits for the way back.
      if (url.pathname.startsWith(words.signIn)) {
        location.assign(`${url.pathname}?next=${encodeURIComponent(location.pathname + location.search)}`);
        return;
      }
      if (url.pathname !== location.pathname) await store.remove(this.key);
      // It was taken, even if the connection ends before the page is here.
      carry(parsed(await answer.text().catch(() => "")));
      // In the form's place, so that the back button does not open what was sent already.
      location.replace(answer.url);
      return;
    }
    // Refused or with errors: show the server's page here, where going back is still possible.
    const page = parsed(await answer.text());
    const main = page.getElementById("main");
    if (!main) throw new Error("no page");
    document.getElementById("main").replaceWith(document.adoptNode(main));
    document.title = page.title;
    window.htmx?.process(main);
    document.dispatchEvent(new CustomEvent("page:replaced"));
    const wrong = main.querySelector("[aria-invalid=true], [role=alert]") ?? main;
    wrong.focus({ preventScroll: true });
    wrong.scrollIntoView({ block: wrong === main ? "start" : "center" });
  }

  // Nothing of the last one is left in it.
  empty() {
    this.since = Date.now();
    this.form.reset();
    for (const moment of this.form.querySelectorAll("[data-moment]")) moment.value = "";
  }

  get buttons() {
    return this.form.querySelectorAll("button:not([type=button])");
  }

  busy(submitter, on) {
    for (const button of this.buttons) button.disabled = on;
    submitter?.classList.toggle("is-busy", on);
  }

  say(sentence, kind, retry = false) {
    this.bar.className = `notice ${kind}`;
    this.bar.hidden = false;
    this.bar.replaceChildren(Object.assign(document.createElement("p"), { textContent: sentence }));
    if (retry) this.button(words.retry, () => this.form.requestSubmit());
    this.bar.scrollIntoView({ block: "nearest" });
  }

  offerFresh() {
    this.button(words.discard, async () => {
      await store.remove(this.key);
      location.reload();
    });
  }

  button(label, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-quiet btn-s ms-auto";
    button.textContent = label;
    button.addEventListener("click", act);
    this.bar.append(button);
  }
}

function start() {
  for (const done of document.querySelectorAll("[data-draft-done]")) store.remove(done.dataset.draftDone);
  for (const form of document.querySelectorAll("form[data-draft], form[data-outbox]")) {
    if (form.draft) continue;
    form.draft = new Draft(form);
    form.draft.restore();
  }
}

sayCarried();
start();
document.addEventListener("page:replaced", start);
