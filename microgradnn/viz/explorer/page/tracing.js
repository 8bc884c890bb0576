// Tracing: the chain of derivatives from one node to the result, one path per line.

const MOST_PATHS = 4;

// The nodes between k and the result, and how many paths lead from each to the result.
function chainOf(k) {
  const reached = new Set([k]);
  for (let j = k; j < COUNT; j++) if (ARGS[j].some(a => reached.has(a))) reached.add(j);
  const ways = new Map([[ROOT, 1]]);
  for (let j = COUNT - 1; j >= k; j--) {
    if (!reached.has(j) || j === ROOT) continue;
    let sum = 0;
    for (const [t] of CONSUMERS[j]) sum += ways.get(t) || 0;
    if (sum) ways.set(j, sum);
  }
  return { nodes: new Set(ways.keys()), ways, count: ways.get(k) || 0 };
}

function pathsBetween(a, b) {
  const ways = new Map([[a, 1]]);
  for (let j = a + 1; j <= b; j++) {
    let sum = 0;
    for (const x of ARGS[j]) sum += ways.get(x) || 0;
    if (sum) ways.set(j, sum);
  }
  return ways.get(b) || 0;
}

// Lists of edges [from, to, slot], from k up to the result.
function pathsFrom(k, ways) {
  const found = [], walk = (j, path) => {
    if (found.length >= MOST_PATHS) return;
    if (j === ROOT) return void found.push(path);
    for (const [t, slot] of CONSUMERS[j]) if (ways.has(t)) walk(t, [...path, [j, t, slot]]);
  };
  walk(k, []);
  return found;
}

// One factor of a product: the edges between two cuts.
function factor(edges) {
  const bottom = edges[0][0], top = edges[edges.length - 1][1];
  const value = edges.reduceRight((product, [, t, slot]) => product * pull(t, 1, values)[slot], 1);
  const twice = edges.length === 1 && ARGS[top].filter(a => a === bottom).length > 1;
  return { bottom, top, value, edges, id: edges.map(e => `${e[1]}:${e[2]}`).join(), mark: twice ? edges[0][2] + 1 : 0 };
}

// A path cut at nodes that the user named, if nothing branches between two of them; factors from
// the result down, as they are written.
function factorsOf(path) {
  const named = j => (NODES.named || "").charAt(j) === "1" || j === path[0][0] || j === ROOT, out = [];
  let run = [];
  for (const edge of path) {
    run.push(edge);
    if (!named(edge[1])) continue;
    if (pathsBetween(run[0][0], edge[1]) === 1) out.unshift(factor(run));
    else for (const one of run) out.unshift(factor([one]));
    run = [];
  }
  return out;
}

function factorNode(f) { return f.mark ? ml("msub", fenced(partial(f.top, f.bottom)), word(`operand ${f.mark}`)) : partial(f.top, f.bottom); }
function product(list, print) { return list.flatMap((f, i) => [...(i ? [dot()] : []), print(f)]); }
function numberNode(x) { return x < 0 ? fenced(figure(x, 6)) : figure(x, 6); }

function tracePanel(k) {
  const { ways, count } = chainOf(k), title = heading(`The chain from ${SYMBOL[k]} to ${SYMBOL[ROOT]}`);
  if (k === ROOT) return [title, line(formula(partial(ROOT, ROOT), sign("=")), span("n g total", "1"))];
  if (QUIET.has(k)) return [title, note(`${SYMBOL[k]} does not change: no gradient is wanted for it.`)];
  if (!DATA.scalar || ![...ways.keys()].every(j => j === k || functions(j))) return [title, ...adjointLines(k, ways)];
  const total = html("span", { class: "n g total", title: exactly(gradients[k]) }, format(gradients[k], 6));
  if (count > MOST_PATHS) {
    const g = gradientAt(k, LAST);
    return [title, html("p", {}, `${count.toLocaleString("en")} paths, added at the nodes marked.`),
      g && g.total > 1 ? meetingLine(k, LAST) : "", line(formula(partial(ROOT, k), sign("=")), total)];
  }
  const lists = pathsFrom(k, ways).map(factorsOf), out = [title];
  let shared = 0;
  while (lists.length > 1 && lists.every(list => shared < list.length - 1 && list[shared].id === lists[0][shared].id)) shared++;
  const prefix = lists[0].slice(0, shared);
  if (lists.length === 1) {
    out.push(line(formula(partial(ROOT, k), sign("="), ...product(lists[0], factorNode))));
    out.push(line(formula(sign("="), ...product(lists[0], f => numberNode(f.value)), sign("=")), total));
  } else {
    out.push(line(formula(partial(ROOT, k), sign("="), ...product(prefix, factorNode), ...(shared ? [dot(), sign("(")] : [])), span("note", `${lists.length} paths, one per line, added:`)));
    lists.forEach((list, i) => {
      const rest = list.slice(shared), value = rest.reduce((x, f) => x * f.value, 1);
      out.push(line(formula(sign(i ? "+" : "\u2003"), ...product(rest, factorNode), sign("="), ...product(rest, f => numberNode(f.value)), sign("=")), html("span", { class: "n g" }, format(value, 6))));
    });
    const sums = lists.map(list => list.slice(shared).reduce((x, f) => x * f.value, 1));
    const added = sums.flatMap((x, i) => [...(i ? [sign("+")] : []), numberNode(x)]);
    out.push(line(formula(...(shared ? [sign(")"), sign("=")] : [sign("=")]), ...product(prefix, f => numberNode(f.value)), ...(shared ? [dot(), fenced(ml("mrow", ...added))] : added), sign("=")), total));
  }
  const seen = new Set();
  for (const f of lists.flat()) {
    if (seen.has(f.id) || seen.size >= 12) continue;
    seen.add(f.id);
    out.push(factorLine(f));
  }
  return out;
}

// The factors of a product; signs become the number -1.
function factorsIn(tree) {
  if (!Array.isArray(tree)) return [tree];
  if (tree[0] === "neg") return [-1, ...factorsIn(tree[1])];
  return tree[0] === "*" ? [...factorsIn(tree[1]), ...factorsIn(tree[2])] : [tree];
}

// Operands that nobody named are shown as what they are made of: (target - y_pred).
function opened(t, print) {
  return tree => {
    const k = operandOf(t, tree), named = (NODES.named || "").charAt(k) === "1";
    if (named || !(NODES.op[k] >= 0) || !Array.isArray(operation(k).f)) return print(t, 6)(tree);
    return [printed(operation(k).f, print(k, 6)), JOINED[operation(k).f[0]] < 3];
  };
}

// A factor's own formula, its numbers, its value.
function factorLine(f) {
  const names = [], numbers = [];
  let constant = 1;
  for (const [, t, slot] of f.edges.slice().reverse()) {
    for (const part of factorsIn(operation(t).l[slot])) {
      if (typeof part === "number") { constant *= part; continue; }
      names.push(printed(part, opened(t, withNames), 2));
      numbers.push(printed(part, opened(t, withNumbers), 2));
    }
  }
  if (constant !== 1 || !names.length) {
    names.unshift(figure(constant, 6));
    if (names.length > 1) numbers.unshift(figure(constant, 6));
  }
  const joint = list => list.flatMap((e, i) => [...(i ? [dot()] : []), e]);
  const middle = numbers.length ? [sign("="), ...joint(numbers)] : [];
  const rules = [...new Set(f.edges.map(([, t]) => operation(t).n))].reverse().join(", ");
  return line(formula(factorNode(f), sign("="), ...joint(names), ...middle), ...(numbers.length ? [formula(sign("=")), html("span", { class: "n" }, format(f.value, 6))] : []), span("note", rules));
}

// For arrays: what each operation on the way makes of the gradient, from the result down.
function adjointLines(k, ways) {
  const out = [note("Each line has the shape of the array on its left.")], way = [...ways.keys()].filter(j => NODES.op[j] >= 0).sort((a, b) => b - a);
  for (const j of way.slice(0, 40)) {
    ARGS[j].forEach((a, slot) => {
      if (!ways.has(a) || QUIET.has(a)) return;
      const local = NODES.l && NODES.l[j] ? NODES.l[j][slot] : operation(j).l[slot], several = CONSUMERS[a].length > 1;
      const sent = contributions[j] && contributions[j][slot];
      let right = local === null || local === undefined ? word(`by the rule of ${operation(j).n}`) : printed(local, withNames(j));
      if (DATA.scalar && local !== null && local !== undefined) right = ml("mrow", partial(ROOT, j), dot(), printed(local, withNames(j), 2));
      out.push(line(formula(partial(ROOT, a), sign(several ? "+=" : "="), right), span("note", operation(j).n), shown(sent, "g")));
    });
  }
  if (way.length > 40) out.push(note(`and ${way.length - 40} more operations`));
  out.push(line(formula(partial(ROOT, k), sign("=")), shown(gradients[k], "g total")));
  return out;
}
