// The state of the page, and what it looks like in that state.

const S = { step: 0, traced: -1, inside: -1, from: 0, focus: null, timer: 0, printing: false, hash: "" };
let SCENE = { key: "" };

function go(step, playing) {
  S.step = Math.max(0, Math.min(LAST, step));
  S.traced = S.inside = -1;
  if (!playing) pause();
  render(playing);
}

function wantedScene() {
  if (!FOLDED) return ["whole", wholeScene];
  const narrow = CAMERA.width < 620, rows = Math.floor((CAMERA.height - 70) / (DATA.scalar ? 74 : 122));
  const { node } = stepAt(S.step), k = S.traced >= 0 ? S.traced : node;
  if (S.printing) return ["overview", overviewScene];
  if (S.inside >= 0 && S.traced < 0) return [`inside:${S.inside}:${S.from}:${narrow}`, () => insideScene(S.inside, S.from, narrow)];
  if (k < 0) return ["overview", overviewScene];
  return [`near:${k}:${Math.max(2, Math.min(7, rows))}:${narrow}`, () => neighbourhoodScene(k, rows, narrow)];
}

function stage() {
  const [key, build] = wantedScene();
  if (key === SCENE.key) return;
  const had = S.focus && S.focus === document.activeElement;
  SCENE = build();
  CAMERA.bb = SCENE.bb;
  byId("wires").replaceChildren(...SCENE.wires.map(wire => (wire.path = svg("path", { class: "wire", d: wire.d }))));
  byId("cards").replaceChildren(...SCENE.cards.map(card => card.g), ...(SCENE.notes || []));
  S.focus = null;
  const first = SCENE.cards.find(card => card.k === stepAt(S.step).node) || SCENE.cards[0];
  setFocus(first);
  if (had) first.g.focus({ preventScroll: true });
  if (key !== "whole") CAMERA.follows = true;
}

// What is special about each card and wire now, as names of classes.
function marks() {
  const { phase, node } = S.printing ? stepAt(0) : stepAt(S.step), card = new Map(), wire = () => "";
  if (S.traced >= 0 && !S.printing) {
    const { nodes } = chainOf(S.traced), on = QUIET.has(S.traced) ? new Set([S.traced]) : nodes;
    const meets = k => CONSUMERS[k].filter(([t]) => on.has(t)).length > 1;
    for (const k of on) card.set(k, meets(k) ? "chain meet" : "chain");
    card.set(S.traced, "chain origin");
    return { card, rest: "dim", wire: w => (on.has(w.s) && on.has(w.t) ? "chain" : "dim") };
  }
  if (node < 0) return { card, rest: "", wire };
  if (phase === "forward") {
    for (const a of ARGS[node]) card.set(a, "feeds");
    card.set(node, "now");
    return { card, rest: "", wire: w => (w.t === node ? "feeding" : "") };
  }
  if (phase === "backward") for (const a of ARGS[node]) if (!QUIET.has(a)) card.set(a, "receives");
  card.set(node, "wave");
  const passed = w => w.t >= 0 && POSITION.has(w.t) && backwardStep(w.t) < S.step && !QUIET.has(w.s);
  return { card, rest: "", wire: w => (phase === "backward" && w.t === node && !QUIET.has(w.s) ? "wave" : passed(w) ? "passed" : "") };
}

function render(playing) {
  stage();
  const { card: mark, rest, wire } = marks(), groups = new Map();
  if (FOLDED) for (const [k, name] of mark) groups.set(DATA.group[k], name);
  for (const card of SCENE.cards) {
    if (card.group !== undefined) card.update(groups.get(card.group) || rest);
    else card.update(mark.get(card.k) || rest, S.printing || (S.traced >= 0 && mark.has(card.k)) ? LAST : S.step);
  }
  for (const w of SCENE.wires) {
    const name = `wire ${wire(w)}`;
    if (w.name !== name) w.path.setAttribute("class", w.name = name);
  }
  if (S.printing) return;
  look();
  byId("step").replaceChildren(...(S.traced >= 0 ? tracePanel(S.traced) : stepPanel(S.step)));
  const { phase } = stepAt(S.step);
  PAGE.classList.toggle("forward", phase === "forward");
  PAGE.classList.toggle("backward", phase === "backward" || phase === "seed");
  byId("phase").textContent = S.traced >= 0 ? `Chain of ${SYMBOL[S.traced]}` : phaseText(S.step);
  byId("scrub").value = S.step;
  byId("scrub").setAttribute("aria-valuetext", `${phaseText(S.step)}: ${titleOf(S.step)}`);
  byId("count").textContent = `step ${S.step} of ${LAST}`;
  byId("first").disabled = byId("back").disabled = S.step === 0;
  byId("last").disabled = byId("next").disabled = S.step === LAST;
  markList();
  whereabouts();
  inspect(-1);
  writeHash();
  if (!playing) say();
}

function look() {
  const { node } = stepAt(S.step), k = S.traced >= 0 ? S.traced : node;
  const near = k < 0 ? [] : S.traced >= 0 ? [k] : [k, ...ARGS[k]];
  const boxes = near.map(j => SCENE.cards.find(card => card.k === j)).filter(Boolean).map(card => card.box);
  follow(boxes, SCENE.key === "whole");
  refreshDetail();
}

function refreshDetail() {
  const level = detailLevel(), scale = CAMERA.scale;
  for (const card of SCENE.cards) card.detail(level, scale);
}

function reveal(card) {
  const [x, y, w, h] = card.box, s = CAMERA.scale, left = CAMERA.x + x * s, top = CAMERA.y + y * s;
  if (left < 0 || top < 0 || left + w * s > CAMERA.width || top + h * s > CAMERA.height) {
    aim(CAMERA.width / 2 - (x + w / 2) * s, CAMERA.height / 2 - (y + h / 2) * s, s, true);
  }
}

function inspect(k) {
  byId("inspect").textContent = k >= 0 ? sentence(k, S.step)
    : S.traced >= 0 ? "Click the card again, or press Esc, to go back to the steps." : "Point at a card for every digit; click it for its chain.";
}

function say() {
  if (S.timer) return;
  const { node } = stepAt(S.step);
  byId("say").textContent = `${phaseText(S.step)}: ${titleOf(S.step)}. ` + (node >= 0 ? sentence(node, S.step) : "");
}

// Where in a folded graph one is: a map of the groups, and their names.
function whereabouts() {
  const nav = byId("where");
  if (!FOLDED) return;
  nav.hidden = SCENE.key === "overview";
  if (nav.hidden) return;
  if (!nav.childNodes.length) {
    const [w, h] = DATA.bb, map = svg("svg", { viewBox: `-8 -8 ${w + 16} ${h + 16}` });
    DATA.gbox.forEach(([x, y, width, height], j) => map.append(svg("rect", { x, y, width, height, "data-group": j }, svg("title", {}, DATA.groups[j]))));
    map.addEventListener("click", e => { if (e.target.dataset.group) choose({ group: Number(e.target.dataset.group) }); });
    const all = html("button", { type: "button", id: "overview" }, "Overview");
    all.addEventListener("click", () => { pause(); S.traced = S.inside = -1; S.step = 0; render(); });
    const more = html("button", { type: "button", id: "more" });
    more.addEventListener("click", () => { S.from = SCENE.next < MEMBERS[S.inside].length ? SCENE.next : 0; render(); });
    nav.append(map, all, more, html("span"));
  }
  const k = S.traced >= 0 ? S.traced : stepAt(S.step).node, j = S.inside >= 0 && S.traced < 0 ? S.inside : DATA.group[k];
  for (const rect of nav.querySelectorAll("rect")) rect.classList.toggle("here", Number(rect.dataset.group) === j);
  const place = MEMBERS[j].indexOf(k);
  const many = MEMBERS[j].length, one = place >= 0 && S.inside < 0;
  nav.lastChild.textContent = DATA.groups[j] + (one ? `, ${place + 1} of ${many}` : ` × ${many}`);
  byId("more").hidden = one || SCENE.next === undefined || SCENE.next - SCENE.from >= many;
  byId("more").textContent = `${SCENE.from + 1} to ${SCENE.next}, more`;
}

function writeHash() {
  const parts = [`step=${S.step}`], theme = PAGE.dataset.theme;
  if (S.traced >= 0) parts.push(`sel=${encodeURIComponent(SYMBOL[S.traced])}`);
  if (theme !== "auto") parts.push(`theme=${theme}`);
  S.hash = `#${parts.join("&")}`;
  try { history.replaceState(null, "", S.hash); } catch { /* a frame without an address */ }
}

function readHash() {
  if (location.hash === S.hash) return;
  const wanted = new URLSearchParams(location.hash.slice(1)), step = Number(wanted.get("step") || 0);
  const theme = wanted.get("theme");
  if (theme === "light" || theme === "dark") { PAGE.dataset.theme = theme; VERSION++; }
  S.step = Number.isInteger(step) ? Math.max(0, Math.min(LAST, step)) : 0;
  S.traced = wanted.has("sel") ? SYMBOL.indexOf(wanted.get("sel")) : -1;
  render();
}

function measure() {
  const stage = byId("graph");
  CAMERA.width = stage.clientWidth;
  CAMERA.height = stage.clientHeight;
  if (CAMERA.width && !S.printing) render(true);
}

function changeNumbers() {
  VERSION++;
  largest = 0;
  render(true);
}

// Paper shows the whole graph with every number, then the table.
function setPrinting(on) {
  if (on === S.printing) return;
  S.printing = on;
  const graph = byId("graph"), [w, h] = DATA.bb;
  if (on) {
    pause();
    fillTable();
    aim(0, 0, 1, false);
    render();
    for (const card of SCENE.cards) card.detail(2, 1);
    graph.setAttribute("viewBox", `-16 -8 ${w + 32} ${h + 16}`);
  } else {
    graph.removeAttribute("viewBox");
    measure();
  }
}

PAGE.classList.add("js");
if (!FOLDED && DATA.bb[1] > 1.2 * DATA.bb[0]) PAGE.classList.add("tall");
byId("scrub").max = LAST;
byId("middle").style.left = `calc(8px + (100% - 16px) * ${SEED / LAST})`;
restore();
const AGREEMENT = buildSliders(changeNumbers);
if (matchMedia("(max-width: 760px)").matches) for (const id of ["legend", "list", "values"]) if (byId(id)) byId(id).open = false;
listen();
CAMERA.width = byId("graph").clientWidth;
CAMERA.height = byId("graph").clientHeight;
readHash();
if (!S.hash) render();
new ResizeObserver(measure).observe(byId("graph"));
// For tests and for lessons: the state, and a way to go to a step.
window.explorer = {
  go, agreement: AGREEMENT, last: LAST,
  get step() { return S.step; }, get values() { return values; }, get gradients() { return gradients; },
};
