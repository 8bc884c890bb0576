// Scenes: what the stage shows. The whole graph where it is small; else the folded groups, the
// neighbourhood of one node, or the inside of one group.

const FOLDED = Boolean(DATA.group);
const MEMBERS = FOLDED ? DATA.groups.map(() => []) : [];
if (FOLDED) DATA.group.forEach((j, k) => MEMBERS[j].push(k));

const EDGES = ARGS.flatMap((args, k) => args.map((a, slot) => [a, k, slot]));

function curve(points) {
  let d = `M${points[0]},${points[1]}`;
  for (let i = 2; i + 5 < points.length; i += 6) d += `C${points.slice(i, i + 6).join(" ")}`;
  return d;
}
function bend(x0, y0, x1, y1) {
  const reach = Math.max(24, Math.abs(x1 - x0) / 2);
  return `M${x0},${y0}C${x0 + reach},${y0} ${x1 - reach},${y1} ${x1},${y1}`;
}

function wholeScene() {
  return {
    key: "whole", bb: DATA.bb, cards: NODES.box.map((box, k) => nodeCard(k, box)),
    wires: EDGES.map(([s, t, slot], i) => ({ s, t, slot, d: curve(DATA.paths[i]) })),
  };
}

function overviewScene() {
  return {
    key: "overview", bb: DATA.bb, cards: DATA.gbox.map((box, j) => groupCard(j, MEMBERS[j], box)),
    wires: DATA.wires.map(([s, t], i) => ({ s: -1 - s, t: -1 - t, slot: 0, d: curve(DATA.paths[i]) })),
  };
}

function cardHeight(k) { return isArray(k) ? 104 : k === ROOT ? 62 : 54; }

// Columns of cards with what connects them; `columns` holds lists of nodes.
function columnScene(key, columns, hidden, narrow) {
  const width = narrow ? 106 : 136, gap = narrow ? 62 : 96, space = 14, cards = [], at = new Map();
  const heights = columns.map(list => list.reduce((sum, k) => sum + cardHeight(k) + space, -space));
  const more = hidden.map(n => (n > 0 ? 26 : 0)), tall = Math.max(...heights.map((h, i) => h + more[i]));
  const notes = [];
  let x = 20;
  columns.forEach((list, c) => {
    let y = (tall - heights[c] - more[c]) / 2;
    for (const k of list) {
      const box = [x, y, width, cardHeight(k)];
      at.set(k, box);
      cards.push(nodeCard(k, box));
      y += cardHeight(k) + space;
    }
    if (hidden[c] > 0) notes.push(textAt("more", x + width / 2, y + 8, `and ${hidden[c]} more`));
    x += width + gap;
  });
  const wires = EDGES_OF(at).map(([s, t, slot]) => {
    const [sx, sy, sw, sh] = at.get(s), [tx, ty, , th] = at.get(t);
    return { s, t, slot, d: bend(sx + sw, sy + sh / 2, tx - Math.max(0, operation(t).b - 14), ty + th / 2) };
  });
  return { key, bb: [x - gap + 8, tall], cards, wires, notes };
}

function EDGES_OF(at) {
  const found = [];
  for (const t of at.keys()) ARGS[t].forEach((s, slot) => { if (at.has(s) && NODES.op[t] >= 0) found.push([s, t, slot]); });
  return found;
}

// The active node, its arguments left, its consumers right: as many as fit, at most seven each.
function neighbourhoodScene(k, rows, narrow) {
  const left = [...new Set(ARGS[k])], right = [...new Set(CONSUMERS[k].map(([j]) => j))];
  const most = Math.max(2, Math.min(7, rows)), columns = [], hidden = [];
  for (const list of [left, [k], right]) {
    if (!list.length) continue;
    columns.push(list.slice(0, most));
    hidden.push(list.length - most);
  }
  return columnScene(`near:${k}:${most}:${narrow}`, columns, hidden, narrow);
}

// The inside of a group, by depth: as many members from the one numbered `from` on as fit.
function insideScene(j, from, narrow) {
  const depth = new Map(), here = new Set(MEMBERS[j]), height = cardHeight(MEMBERS[j][0]) + 14;
  for (const k of MEMBERS[j]) depth.set(k, Math.max(-1, ...ARGS[k].filter(a => here.has(a)).map(a => depth.get(a))) + 1);
  const sorted = MEMBERS[j].slice().sort((p, q) => depth.get(p) - depth.get(q) || p - q);
  const rows = Math.max(2, Math.floor((CAMERA.height - 70) / height)), most = Math.max(1, Math.floor((CAMERA.width - 40) / (narrow ? 180 : 232)));
  const columns = [];
  let next = from;
  for (; next < sorted.length; next++) {
    const last = columns[columns.length - 1];
    if (last && last.length < rows && depth.get(last[0]) === depth.get(sorted[next])) last.push(sorted[next]);
    else if (columns.length < most) columns.push([sorted[next]]);
    else break;
  }
  const scene = columnScene(`inside:${j}:${from}:${narrow}`, columns, columns.map(() => 0), narrow);
  return Object.assign(scene, { from, next });
}
