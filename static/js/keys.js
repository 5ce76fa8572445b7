// The keyboard of the desk. Rows carry data-row and a link; any control may carry data-key="n".

function typing(target) {
  return target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
}

function rows() {
  return [...document.querySelectorAll("[data-row]")];
}

function current() {
  return document.querySelector("[data-row].cursor");
}

function step(by) {
  const all = rows();
  if (!all.length) return;
  const from = all.indexOf(current());
  const to = all[Math.min(all.length - 1, Math.max(0, from + by))];
  current()?.classList.remove("cursor");
  to.classList.add("cursor");
  to.scrollIntoView({ block: "nearest" });
  to.querySelector("a[href]")?.focus({ preventScroll: true });
}

function pick() {
  const box = current()?.querySelector("input[type=checkbox]");
  box?.click();
}

const fixed = {
  j: () => step(1),
  k: () => step(-1),
  x: pick,
  "?": () => document.getElementById("keys")?.showModal(),
  "/": () => document.querySelector("input[type=search]")?.focus(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const control = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!control && !fixed[event.key]) return;
  event.preventDefault();
  if (fixed[event.key]) fixed[event.key]();
  else control.click();
});
