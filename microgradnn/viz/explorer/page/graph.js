// The graph and its arithmetic. ARITHMETIC holds, for each operation, a forward function of the
// operands and a backward function of the gradient, the result and the operands: both are printed
// from the library's table of primitives. Nothing here knows any operation.

const PAGE = document.documentElement;
const DATA = JSON.parse(document.getElementById("data").textContent);
const NODES = DATA.nodes, OPS = DATA.ops, ROOT = DATA.root, COUNT = NODES.args.length;
const KIND = NODES.kind, ARGS = NODES.args, SYMBOL = NODES.sym;

// Numbers that JSON has no form for arrive as strings; arrays as objects with a heat map.
function read(x) { return typeof x === "string" ? Number(x) : x; }

const ENGINE_VALUES = NODES.v.map(read), ENGINE_GRADIENTS = NODES.g.map(read);
let values = ENGINE_VALUES.slice(), gradients = ENGINE_GRADIENTS.slice(), contributions = [];

const QUIET = new Set(NODES.quiet || []);
const ORDER = [], POSITION = new Map(), LEAVES = [], CONSUMERS = ARGS.map(() => []);
ARGS.forEach((args, k) => {
  if (NODES.op[k] >= 0) { POSITION.set(k, ORDER.length); ORDER.push(k); }
  if (!args.length && NODES.op[k] < 0) LEAVES.push(k);
  args.forEach((a, slot) => CONSUMERS[a].push([k, slot]));
});
// Contributions arrive from the newest operation first, in the order of its operands.
const ARRIVALS = CONSUMERS.map(list => list.slice().sort((p, q) => q[0] - p[0] || p[1] - q[1]));

function operation(k) { return OPS[NODES.op[k]]; }
function functions(k) { return NODES.op[k] < 0 ? null : ARITHMETIC[NODES.op[k]]; }
const CAN_COMPUTE = DATA.scalar && ORDER.every(functions);

function forwardOne(k, at) {
  const f = functions(k)[0], xs = ARGS[k].map(a => at[a]);
  return operation(k).c ? xs.reduce((x, y) => f(x, y)) : f(...xs);
}

// What the operands of node k receive when g arrives at it. A card that stands for several
// applications in a row goes through them from the last to the first.
function pull(k, g, at) {
  const [f, b] = functions(k), xs = ARGS[k].map(a => at[a]);
  if (!operation(k).c) return b(g, at[k], ...xs);
  const sums = [xs[0]], out = [];
  for (let i = 1; i < xs.length; i++) sums.push(f(sums[i - 1], xs[i]));
  for (let i = xs.length - 1; i > 0; i--) [g, out[i]] = b(g, sums[i], sums[i - 1], xs[i]);
  out[0] = g;
  return out;
}

// The engine's contributions where it gave them, else from its own numbers by the page's rules.
function given(k, g, at) {
  const told = NODES.given && NODES.given[k];
  if (told) return told.map((c, slot) => (c === "=" ? gradients[ARGS[k][slot]] : read(c)));
  return g === null || !functions(k) ? ARGS[k].map(() => null) : pull(k, g, at);
}

function forwardAll(at) { for (const k of ORDER) at[k] = forwardOne(k, at); }

function backwardAll(at) {
  const g = ARGS.map(() => null), parts = [];
  g[ROOT] = 1;
  for (let i = ORDER.length - 1; i >= 0; i--) {
    const k = ORDER[i];
    if (g[k] === null) continue;
    parts[k] = pull(k, g[k], at);
    ARGS[k].forEach((a, slot) => {
      if (!QUIET.has(a)) g[a] = g[a] === null ? parts[k][slot] : g[a] + parts[k][slot];
    });
  }
  return [g, parts];
}

function recompute() {
  forwardAll(values);
  [gradients, contributions] = backwardAll(values);
}

function restore() {
  values = ENGINE_VALUES.slice();
  gradients = ENGINE_GRADIENTS.slice();
  contributions = ARGS.map((_, k) => NODES.op[k] < 0 ? null : given(k, gradients[k], values));
}

function apart(x, y) {
  if (x === y || (Number.isNaN(x) && Number.isNaN(y)) || y === null) return 0;
  return Math.abs(x - y) / Math.max(Math.abs(x), Math.abs(y), 1e-290);
}

// Everything once by the page's arithmetic, compared with the engine's numbers. Where a small
// difference was magnified on its way (1 - y for y close to 1), the node's own step decides.
function verify() {
  if (!CAN_COMPUTE) return { agrees: false, worst: null };
  const at = ENGINE_VALUES.slice();
  forwardAll(at);
  const [g] = backwardAll(at);
  let worst = 0, node = -1;
  const alone = k => functions(k) ? apart(forwardOne(k, ENGINE_VALUES), ENGINE_VALUES[k]) : 0;
  const pulled = k => {
    if (k === ROOT) return 0;
    let sum = null;
    for (const [j, slot] of ARRIVALS[k]) {
      if (ENGINE_GRADIENTS[j] === null) continue;
      const c = pull(j, ENGINE_GRADIENTS[j], ENGINE_VALUES)[slot];
      sum = sum === null ? c : sum + c;
    }
    return apart(sum, ENGINE_GRADIENTS[k]);
  };
  for (let k = 0; k < COUNT; k++) {
    let d = apart(at[k], ENGINE_VALUES[k]);
    if (!(d <= 1e-12)) d = alone(k);
    let e = QUIET.has(k) ? 0 : apart(g[k], ENGINE_GRADIENTS[k]);
    if (!(e <= 1e-12)) e = pulled(k);
    d = Math.max(d, e);
    if (!(d <= worst)) { worst = d; node = k; }
  }
  return { agrees: worst <= 1e-12, worst, node };
}
