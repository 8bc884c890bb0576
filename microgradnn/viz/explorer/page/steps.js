// The steps: 0 is the start; then one per operation forward, the seed, one per operation backward.

const FORWARD = ORDER.length, SEED = FORWARD + 1, LAST = 2 * FORWARD + 1;

function stepAt(s) {
  if (s <= 0) return { phase: "start", node: -1 };
  if (s <= FORWARD) return { phase: "forward", node: ORDER[s - 1] };
  if (s === SEED) return { phase: "seed", node: ROOT };
  return { phase: "backward", node: ORDER[LAST - s] };
}

function backwardStep(k) { return LAST - POSITION.get(k); }

function isKnown(k, s) {
  if (NODES.op[k] >= 0) return s > POSITION.get(k);
  return !ARGS[k].length || isKnown(ARGS[k][0], s);
}

// The gradient of node k as far as step s: what has arrived, how much, and of how much. Null as
// long as nothing has: "not yet" is not zero.
function gradientAt(k, s) {
  if (k === ROOT) return s >= SEED ? { value: gradients[k] ?? 1, terms: [1], total: 1 } : null;
  if (QUIET.has(k) || s <= SEED) return null;
  const terms = [];
  let total = 0, sum = null;
  for (const [j, slot] of ARRIVALS[k]) {
    const c = contributions[j] ? contributions[j][slot] : null;
    if (c === null || c === undefined) continue;
    total++;
    if (backwardStep(j) > s) continue;
    terms.push(c);
    sum = sum === null || typeof c !== "number" ? c : sum + c;
  }
  if (!terms.length) return null;
  if (terms.length === total) return { value: gradients[k], terms, total };
  if (typeof sum !== "number") sum = NODES.sums && NODES.sums[k] ? NODES.sums[k][terms.length - 1] : sum;
  return { value: sum, terms, total };
}

function titleOf(s) {
  const { phase, node } = stepAt(s);
  if (phase === "start") return "start";
  if (phase === "forward") return SYMBOL[node];
  if (phase === "seed") return `seed: ∂${SYMBOL[ROOT]}/∂${SYMBOL[ROOT]} = 1`;
  return `through ${SYMBOL[node]}`;
}

function phaseText(s) {
  const { phase } = stepAt(s);
  if (phase === "start") return "Start";
  if (phase === "forward") return `Forward ${s} of ${FORWARD}`;
  if (phase === "seed") return "Backward begins";
  return `Backward ${s - SEED} of ${FORWARD}`;
}

const KINDS = { p: "parameter", i: "input", c: "constant", o: "operation", r: "result" };

function ruleName(k) { return NODES.op[k] >= 0 ? operation(k).n : KINDS[KIND[k]]; }

function fullName(k) { return (NODES.name && NODES.name[k]) || SYMBOL[k]; }

function sentence(k, s) {
  const g = gradientAt(k, s);
  const value = isKnown(k, s) && values[k] !== null ? `, value ${described(values[k])}` : "";
  const about = NODES.about && NODES.about[k] ? ` — ${NODES.about[k]}` : "";
  const partial = g && g.terms.length < g.total ? ` so far (${g.terms.length} of ${g.total} contributions)` : "";
  const gradient = g ? `, gradient ${described(g.value)}${partial}` : "";
  return `${fullName(k)}: ${ruleName(k)}${value}${gradient}${about}`;
}
