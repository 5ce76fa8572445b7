// A tap on a photograph shows it large over the page; without script the link opens the picture.

const words = document.getElementById("words")?.dataset ?? {};
const LINKS = "a[data-lightbox]";
let dialog;
let links = [];
let place = 0;

function button(label, sign, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = sign;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}

function build() {
  dialog = document.createElement("dialog");
  dialog.className = "lightbox";
  const bar = document.createElement("div");
  bar.className = "bar-below";
  bar.append(
    button(words.previous, "‹", () => show(place - 1)),
    button(words.close, "×", () => dialog.close()),
    button(words.next, "›", () => show(place + 1)),
  );
  dialog.append(document.createElement("img"), bar);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") show(place - 1);
    if (event.key === "ArrowRight") show(place + 1);
  });
  document.body.append(dialog);
}

function show(index) {
  place = (index + links.length) % links.length;
  const image = dialog.querySelector("img");
  image.src = links[place].href;
  image.alt = links[place].querySelector("img")?.alt ?? "";
  for (const arrow of [dialog.querySelector("button"), dialog.querySelector("button:last-child")]) {
    arrow.hidden = links.length < 2;
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest(LINKS);
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!dialog) build();
  links = [...(link.closest(".photos") ?? document).querySelectorAll(LINKS)];
  show(links.indexOf(link));
  dialog.showModal();
});
