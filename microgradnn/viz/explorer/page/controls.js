// Buttons, keys, the list of steps.

const byId = id => document.getElementById(id);
const PACE = 1100, LISTED = 240;

function act(name) {
  const jump = {
    first: () => go(0), last: () => go(LAST), next: () => go(S.step + 1), back: () => go(S.step - 1),
    turn: () => go(SEED), play: togglePlay, theme: toggleTheme, tables: toggleTable,
    in: () => { zoomBy(1.25); refreshDetail(); }, out: () => { zoomBy(0.8); refreshDetail(); },
    fit: () => { CAMERA.follows = true; fitAll(true); refreshDetail(); },
  };
  if (name !== "play") pause();
  jump[name]();
}

function togglePlay() {
  if (S.timer) return pause();
  if (S.step >= LAST) go(0);
  S.timer = setInterval(() => (S.step < LAST ? go(S.step + 1, true) : pause()), PACE);
  byId("play").textContent = "Pause";
}

function pause() {
  if (!S.timer) return;
  clearInterval(S.timer);
  S.timer = 0;
  byId("play").textContent = "Play";
  say();
}

function toggleTheme() {
  const root = PAGE, dark = getComputedStyle(root).colorScheme === "dark";
  root.dataset.theme = dark ? "light" : "dark";
  VERSION++;
  render();
}

function toggleTable() {
  const on = PAGE.classList.toggle("tabled");
  byId("tables").setAttribute("aria-pressed", on);
  byId("tables").textContent = on ? "Graph" : "Table";
  if (on) { fillTable(); byId("tableview").focus(); } else measure();
}

function fillTable() {
  const cell = x => (x === null || x === undefined ? "" : described(x));
  byId("rows").replaceChildren(...ARGS.map((args, k) => html("tr", {}, ...[
    fullName(k), NODES.op[k] < 0 ? ruleName(k) : `${ruleName(k)}(${args.map(a => SYMBOL[a]).join(", ")})`,
    cell(values[k]), cell(gradients[k]),
  ].map(text => html("td", {}, text)))));
}

// Keys: [what the page does, the keys]. Modifiers other than Shift leave a key to the browser.
const KEYS = {
  ArrowRight: "next", l: "next", ArrowLeft: "back", h: "back", " ": "play", Home: "first", End: "last",
  b: "turn", "+": "in", "=": "in", "-": "out", 0: "fit", t: "theme",
};
const PANS = { ArrowRight: [-60, 0], ArrowLeft: [60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };

function onKey(e) {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const target = e.target, tag = target.tagName;
  if (tag === "TEXTAREA" || (tag === "INPUT" && target.type !== "range")) return;
  if (tag === "INPUT" && /^(Arrow|Home|End|Page)/.test(e.key)) return;
  if ((e.key === " " || e.key === "Enter") && /^(BUTTON|SUMMARY)$/.test(tag)) return;
  if (e.shiftKey && PANS[e.key]) { panBy(...PANS[e.key]); refreshDetail(); }
  else if (e.key === "n" || e.key === "p") rove(e.key === "n" ? 1 : -1);
  else if (e.key === "Enter" && target.closest && target.closest(".card")) choose(cardOf(target));
  else if (e.key === "Escape") leave();
  else if (e.key === "r") { resetLeaves(); changeNumbers(); }
  else if (KEYS[e.key] && !e.shiftKey || e.key === "+") act(KEYS[e.key]);
  else return;
  e.preventDefault();
}

function cardOf(element) {
  const g = element && element.closest && element.closest(".card");
  return g ? SCENE.cards.find(card => card.g === g) : null;
}

// The next or previous card gets the focus; one of them is the graph's only tab stop.
function rove(way) {
  const cards = SCENE.cards, now = cards.findIndex(card => card.g === S.focus);
  const next = cards[(now + way + cards.length) % cards.length];
  setFocus(next);
  next.g.focus();
}
function setFocus(card) {
  if (S.focus) S.focus.setAttribute("tabindex", "-1");
  S.focus = card.g;
  card.g.setAttribute("tabindex", "0");
}

// Clicking a card traces it, clicking it again (or the background) leaves; a group unfolds.
function choose(card) {
  pause();
  if (!card) return leave();
  if (card.group !== undefined) { S.inside = card.group; S.traced = -1; S.from = 0; return render(); }
  S.traced = S.traced === card.k ? -1 : card.k;
  render();
}
function leave() {
  if (S.traced < 0 && S.inside < 0) return;
  if (S.traced >= 0) S.traced = -1; else S.inside = -1;
  render();
}

function buildList() {
  const list = byId("steps");
  const item = s => {
    const button = html("button", { type: "button", "data-step": s }, titleOf(s));
    return html("li", {}, button);
  };
  const from = LAST <= LISTED ? 0 : Math.max(0, S.step - 40), to = LAST <= LISTED ? LAST : Math.min(LAST, S.step + 40);
  if (list.dataset.range === `${from}:${to}`) return;
  list.dataset.range = `${from}:${to}`;
  const rows = [];
  if (from > 0) rows.push(html("li", { class: "gap" }, `${from} earlier steps`));
  for (let s = from; s <= to; s++) rows.push(item(s));
  if (to < LAST) rows.push(html("li", { class: "gap" }, `${LAST - to} more steps`));
  list.replaceChildren(...rows);
}

function markList() {
  buildList();
  const list = byId("steps"), old = list.querySelector("[aria-current]"), now = list.querySelector(`[data-step="${S.step}"]`);
  if (old && old !== now) old.removeAttribute("aria-current");
  if (!now || old === now) return;
  now.setAttribute("aria-current", "step");
  const holder = byId("list");
  if (holder.scrollHeight > holder.clientHeight + 2) holder.scrollTop = now.offsetTop - holder.offsetTop - holder.clientHeight / 2;
}

function listen() {
  for (const id of ["first", "back", "play", "next", "turn", "last", "theme", "tables", "in", "out", "fit"]) {
    byId(id).addEventListener("click", () => act(id));
  }
  byId("scrub").addEventListener("input", () => { pause(); go(Number(byId("scrub").value)); });
  byId("steps").addEventListener("click", e => { if (e.target.dataset.step) { pause(); go(Number(e.target.dataset.step)); } });
  document.addEventListener("keydown", onKey);
  const stage = byId("graph");
  listenToPointers(stage, () => { pause(); refreshDetail(); }, e => choose(cardOf(document.elementFromPoint(e.clientX, e.clientY))));
  const look = e => { const card = cardOf(e.target); inspect(card && card.k !== undefined ? card.k : -1); };
  stage.addEventListener("pointerover", look);
  stage.addEventListener("focusin", e => { const card = cardOf(e.target); if (card) { setFocus(card); reveal(card); } look(e); });
  window.addEventListener("hashchange", readHash);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { VERSION++; render(); });
  window.addEventListener("beforeprint", () => setPrinting(true));
  window.addEventListener("afterprint", () => setPrinting(false));
  matchMedia("print").addEventListener("change", e => setPrinting(e.matches));
}
