// The screen of a hall: asks for its own page again every five seconds and shows what is new in it. A
// screen that lost the network says since when, keeps what it knew, and goes on by itself.

const EVERY = 5000;
const LONGEST = 4000;
const TURN = 8000;
const clock = document.getElementById("clock");
const lost = document.getElementById("lost");
const main = document.getElementById("main");

// The portal's own time, carried on by this machine's counter: its clock may be wrong.
let told = clock.dateTime;
let heard = performance.now();

function time() {
  const passed = performance.now() - heard;
  return new Date(Date.parse(`${told}:00Z`) + passed).toISOString().slice(11, 16);
}

function tick() {
  clock.textContent = time();
}

function hear(fresh) {
  const now = fresh.getElementById("clock").dateTime;
  if (now !== told) [told, heard] = [now, performance.now()];
  lost.hidden = true;
}

// Each card by itself: only one whose number is new may blink, and be read out.
function show(fresh) {
  const cards = [...fresh.getElementById("main").children];
  const known = new Map([...main.children].map((card) => [card.id, card]));
  for (const card of cards) {
    const old = known.get(card.id);
    known.delete(card.id);
    if (!old) {
      main.append(card);
      continue;
    }
    if (old.innerHTML === card.innerHTML && old.classList.contains("called") === card.classList.contains("called")) continue;
    const number = (one) => one.querySelector(".big-number").textContent;
    if (number(old) !== number(card)) card.classList.add("fresh");
    old.replaceWith(card);
    if (card.matches(".fresh.called")) card.scrollIntoView({ block: "nearest" });
  }
  for (const gone of known.values()) gone.remove();
  const passed = document.getElementById("passed");
  const now = fresh.getElementById("passed");
  if (passed.innerHTML !== now.innerHTML) passed.replaceChildren(...now.childNodes);
}

async function ask() {
  try {
    const answer = await fetch(location.href, { cache: "no-cache", signal: AbortSignal.timeout?.(LONGEST) });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    show(fresh);
    hear(fresh);
  } catch {
    if (lost.hidden) lost.textContent = document.body.dataset.lost.replace("{time}", time());
    lost.hidden = false;
  }
  setTimeout(ask, EVERY);
}

// More services than fit beside one another: the rows take turns.
function leaf() {
  const page = document.documentElement;
  const below = page.scrollHeight - scrollY - innerHeight > 4;
  if (page.scrollHeight > innerHeight) scrollTo({ top: below ? scrollY + innerHeight * 0.8 : 0 });
}

setInterval(tick, 1000);
setInterval(leaf, TURN);
setTimeout(ask, EVERY);
