// The panel: the rule, the numbers, the result of one step.

function line(...parts) { return html("div", { class: "line" }, ...parts); }
function note(text) { return html("p", { class: "note" }, text); }
function heading(text, ...more) { return html("h2", {}, text, ...more); }
function dot() { return sign("⋅"); }

function opening() {
  const leaves = LEAVES.filter(k => !QUIET.has(k)).length, L = SYMBOL[ROOT];
  return [
    heading(`${L} is made in ${FORWARD} operations; which way does each of ${leaves} leaves move it?`),
    html("p", {}, "Press ", html("kbd", {}, "→"), " to go step by step, Space to play, ", html("kbd", {}, "b"),
      " for the start of the backward pass. Click a card to see its chain of derivatives."),
    html("p", {}, span("v", "Forward"), ", each operation computes its value from its operands. ", span("g", "Backward"),
      ", each passes its gradient on to its operands:"),
    line(span("n", "contribution"), "=", span("n g", "upstream gradient"), "×", span("n v", "local derivative"),
      span("note", "and where several paths meet, contributions add up.")),
  ];
}

function ruleOf(k) {
  const op = operation(k), own = NODES.f && NODES.f[k];
  return own || op.f;
}

function forwardPanel(k, s) {
  const op = operation(k), tree = ruleOf(k), parts = [heading(`Forward through ${SYMBOL[k]}`)];
  const left = nameNode(SYMBOL[k]), args = ARGS[k];
  const called = op.c || op.s.length === 1 && !/\p{L}/u.test(op.s) ? [] : [word(op.n), fenced(ml("mrow", ...args.flatMap((a, i) => [...(i ? [sign(",")] : []), nameNode(SYMBOL[a])]))), sign("=")];
  parts.push(line(formula(left, sign("="), ...(tree ? [...(called.length && args.length < 4 ? called : []), printed(tree, withNames(k))] : called.slice(0, -1)))));
  if (typeof values[k] === "number") {
    if (tree && args.every(a => typeof values[a] === "number")) {
      parts.push(line(formula(sign("="), printed(tree, withNumbers(k)))));
    }
    parts.push(line(formula(sign("=")), html("span", { class: "n v total", title: exactly(values[k]) }, format(values[k], 6))));
  } else {
    const row = line();
    args.forEach((a, i) => row.append(...(i ? [span("note", ",")] : []), formula(nameNode(SYMBOL[a])), shown(values[a], "v", 4)));
    row.append(span("note", "→"), formula(left), shown(values[k], "v", 4));
    parts.push(row);
  }
  return parts;
}

function seedPanel() {
  const L = SYMBOL[ROOT];
  return [
    heading("The backward pass begins"),
    line(formula(partial(ROOT, ROOT), sign("=")), span("n g total", "1")),
    html("p", {}, `${L} changes exactly as much as ${L} does. From here each step goes back through one operation, from its result to its operands.`),
  ];
}

function backwardPanel(k, s) {
  const op = operation(k), upstream = gradients[k], sent = contributions[k] || [];
  const title = heading(`Backward through ${SYMBOL[k]}`), tree = ruleOf(k);
  if (tree && JSON.stringify(tree).length < 160) title.append(" ", formula(sign("="), printed(tree, withNames(k))));
  if (upstream === null && !sent.some(c => c !== null && c !== undefined)) {
    return [title, note("No gradient arrives here: the result does not depend on it.")];
  }
  const numeric = sent.every(c => c === null || c === undefined || typeof c === "number") && typeof upstream === "number";
  const slopes = numeric && functions(k) ? pull(k, 1, values) : null;
  const rows = [], quiet = [], meetings = [];
  ARGS[k].forEach((a, slot) => {
    if (QUIET.has(a) || sent[slot] === null || sent[slot] === undefined) return quiet.push(SYMBOL[a]);
    const twice = ARGS[k].filter(other => other === a).length > 1;
    const which = twice ? span("note", ` operand ${slot + 1}`) : "";
    const local = NODES.l && NODES.l[k] ? NODES.l[k][slot] : op.l[slot];
    const g = gradientAt(a, s), here = arrivedWith(a, k, slot);
    const chain = html("td", { class: "whole" }, formula(partial(ROOT, k), dot(), partial(k, a)), which);
    if (numeric) {
      const slope = slopes ? slopes[slot] : sent[slot] / upstream;
      const derived = local === null || local === undefined || typeof local === "number" ? "" : formula(printed(local, withNames(k)));
      rows.push(html("tr", {}, chain,
        html("td", {}, shown(upstream, "g")), html("td", { class: "op" }, "×"),
        html("td", {}, derived, derived ? span("op note", " = ") : "", shown(slope, "v")), html("td", { class: "op" }, "="),
        html("td", {}, shown(sent[slot], "g")),
        html("td", {}, formula(sign("→"), partial(ROOT, a)), " ", sumText(g, here, sent[slot]))));
    } else {
      rows.push(html("tr", {}, chain,
        html("td", {}, local === null || local === undefined ? note(`rule of ${op.n}`) : formula(printed(local, withNames(k)))),
        html("td", {}, shown(upstream, "g")), html("td", { class: "op" }, "→"),
        html("td", {}, shown(sent[slot], "g")),
        html("td", {}, formula(sign("→"), partial(ROOT, a)), " ", shown(g && g.value, "g total"))));
    }
    if (g && g.total > 1 && !meetings.includes(a)) meetings.push(a);
  });
  const heads = numeric ? ["chain rule", "upstream", "", "local derivative", "", "contribution", "gradient so far"]
    : ["chain rule", "contribution is", "upstream", "", "contribution", "gradient so far"];
  const table = html("table", { class: "rules" }, html("thead", {}, html("tr", {}, ...heads.map(text => html("th", {}, text)))), html("tbody", {}, ...rows));
  const out = [title, table];
  for (const a of meetings) out.push(meetingLine(a, s));
  if (quiet.length) out.push(note(`No gradient is wanted for ${quiet.join(", ")}.`));
  if (numeric && rows.length && sent.every(c => c === 0 || c === null || c === undefined)) {
    out.push(note(upstream === 0 ? "The upstream gradient is exactly 0, so nothing passes." : "The local derivative is exactly 0, so nothing passes."));
  }
  return out;
}

// How many contributions had arrived at node a once this one was in.
function arrivedWith(a, k, slot) {
  let n = 0;
  for (const [j, other] of ARRIVALS[a]) {
    if (contributions[j] && contributions[j][other] !== null && contributions[j][other] !== undefined) n++;
    if (j === k && other === slot) break;
  }
  return n;
}

function sumText(g, here, c) {
  if (!g || g.total === 1) return shown(g ? g.value : c, "g total");
  const sum = g.terms.slice(0, here).reduce((x, y) => x + y);
  return html("span", {}, shown(sum, "g total"), span("note", ` ${here} of ${g.total}`));
}

function meetingLine(a, s) {
  const g = gradientAt(a, s), uses = new Set(CONSUMERS[a].map(([j]) => j)).size;
  const feeds = uses === 1 ? `${SYMBOL[a]} is ${g.total} operands of one operation:` : `${SYMBOL[a]} feeds ${uses} operations:`;
  if (typeof g.value !== "number") return note(`${feeds} ${g.terms.length} of ${g.total} contributions have been added.`);
  const more = g.terms.length > 8 ? ` + … (${g.terms.length} terms)` : "";
  const terms = g.terms.slice(0, 8).map(t => bracketed(t)).join(" + ") + more;
  const open = g.terms.length < g.total;
  return line(feeds, html("span", { class: "n g" }, `${terms}${open ? " + …" : ""}`),
    open ? span("note", `(${g.total - g.terms.length} still to come)`) : html("span", { class: "n g total" }, `= ${format(g.value)}`));
}

function stepPanel(s) {
  const { phase, node } = stepAt(s);
  if (phase === "start") return opening();
  if (phase === "forward") return forwardPanel(node, s);
  if (phase === "seed") return seedPanel();
  return backwardPanel(node, s);
}
