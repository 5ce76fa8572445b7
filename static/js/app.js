// What every page gains when scripts run. All of it works without.

const words = document.getElementById("words")?.dataset ?? {};

// --- short messages: over the page, and gone by themselves

export function say(sentence, kind = "info") {
  let place = document.querySelector(".messages.floating");
  if (!place) {
    place = document.createElement("div");
    place.className = "messages floating";
    place.setAttribute("role", "status");
    document.body.append(place);
  }
  const notice = document.createElement("div");
  notice.className = `notice ${kind}`;
  notice.textContent = sentence;
  place.append(notice);
  setTimeout(() => notice.remove(), 8000);
}

// --- a second tap sends nothing twice

function busy(form, submitter, on) {
  for (const button of form.querySelectorAll("button:not([type=button]), input[type=submit]")) {
    button.disabled = on;
  }
  submitter?.classList.toggle("is-busy", on);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  // These say themselves when they are under way.
  if (["data-draft", "data-outbox", "data-roll"].some((one) => form.hasAttribute(one))) return;
  // After this turn, so that the pressed button's own name and value are still sent.
  setTimeout(() => busy(form, event.submitter, true));
});

// Coming back by the back button finds the buttons ready again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form")) {
    busy(form, form.querySelector(".is-busy"), false);
  }
});

// --- what a page that was kept on the phone cannot know stands in its address

function fromAddress() {
  const asked = new URLSearchParams(location.search);
  for (const field of document.querySelectorAll("input[data-from-address]")) field.value ||= asked.get(field.name) ?? "";
}
fromAddress();
document.addEventListener("page:replaced", fromAddress);

// --- asking before what cannot be undone: data-confirm="sentence" on a form or its button

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const sentence = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    const dialog = document.getElementById("confirm");
    if (!sentence || !dialog || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    dialog.querySelector("p").textContent = sentence;
    dialog.returnValue = "";
    dialog.onclose = () => {
      if (dialog.returnValue !== "yes") return;
      form.dataset.confirmed = "yes";
      form.requestSubmit(event.submitter);
      delete form.dataset.confirmed;
    };
    dialog.showModal();
  },
  true,
);

// --- menus close when one taps elsewhere or presses Escape

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelector("details.menu[open] > summary")?.focus();
  closeMenus(null);
});

// --- small habits

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

document.addEventListener("change", (event) => {
  // <select data-autosubmit> and its like: a filter acts at once
  if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
  // <input type="checkbox" data-pick-all="pick"> chooses every row
  const all = event.target.dataset.pickAll;
  if (all) {
    for (const box of document.querySelectorAll(`input[name="${all}"]`)) {
      box.checked = event.target.checked;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  if (event.target.type === "checkbox") tickAround(event.target);
});

// <input type="checkbox" data-all> ticks the boxes around it, and is no longer ticked once one is not
const AROUND = "fieldset, details";

function tickAround(box) {
  const around = box.closest(AROUND);
  if ("all" in box.dataset) {
    for (const one of around?.querySelectorAll("input[type=checkbox]") ?? []) one.checked = box.checked;
  }
  for (let outer = around; outer && !box.checked; outer = outer.parentElement.closest(AROUND)) {
    const all = outer.querySelector("[data-all]");
    if (all) all.checked = false;
  }
}

// --- htmx: a refusal or a lost connection is said, and the page stays as it is

document.addEventListener("banyan:refused", (event) => say(event.detail.sentence, "error"));
document.addEventListener("banyan:said", (event) => {
  for (const { sentence, kind } of event.detail.said) say(sentence, kind);
});
document.addEventListener("banyan:counted", (event) => {
  const { url, number } = event.detail;
  for (const place of document.querySelectorAll(`nav a[href="${CSS.escape(url)}"] .n`)) {
    place.textContent = number || "";
  }
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form");
  if (form) busy(form, form.querySelector(".is-busy"), false);
});
// Somebody else was first: the row shows what they did.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 409 && xhr.getResponseHeader("HX-Reswap") === "outerHTML") {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
// A row that changed in its place keeps the cursor of the keyboard.
let cursor = null;
document.addEventListener("htmx:beforeSwap", () => {
  const row = document.querySelector("[data-row].cursor");
  cursor = row && { id: row.id, focused: row.contains(document.activeElement) };
});
document.addEventListener("htmx:afterSettle", () => {
  const row = cursor && document.getElementById(cursor.id);
  if (!row) return;
  row.classList.add("cursor");
  if (cursor.focused && !row.contains(document.activeElement)) {
    row.querySelector("a[href]")?.focus({ preventScroll: true });
  }
});
document.addEventListener("htmx:sendError", () => say(words.offline, "wait"));
document.addEventListener("htmx:responseError", (event) => {
  const trigger = event.detail.xhr.getResponseHeader("HX-Trigger") ?? "";
  if (!/banyan:(refused|said)/.test(trigger)) say(words.failed, "error");
});
