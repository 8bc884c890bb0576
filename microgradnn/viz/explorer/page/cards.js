// Cards: one group of SVG elements per node, changed only where its state has changed.

const LINE = 14.6;

function outline(kind, x, y, w, h, extra = "") {
  const style = `shape ${kind === "p" ? "p" : kind === "c" ? "c" : ""} ${extra}`;
  if (kind === "p") {
    const m = y + h / 2, r = x + w, b = y + h;
    return svg("polygon", { class: style, points: `${x + 10},${y} ${r - 10},${y} ${r},${m} ${r - 10},${b} ${x + 10},${b} ${x},${m}` });
  }
  const rx = kind === "i" || kind === "c" ? Math.min(20, h / 2) : 6;
  return svg("rect", { class: style, x, y, width: w, height: h, rx });
}

function isArray(k) {
  const known = values[k] ?? gradients[k];
  return known !== null && typeof known === "object";
}

function textAt(kind, x, y, text = "") { return svg("text", { class: kind, x, y }, text); }

// A card for node k in the box [x, y, w, h]; its methods are `update` and `detail`.
function nodeCard(k, [x, y, w, h]) {
  const kind = KIND[k], root = k === ROOT, inset = root ? 4 : 0;
  const hasSymbol = NODES.op[k] >= 0, badge = hasSymbol ? operation(k).b : 0;
  const g = svg("g", { class: "card", role: "button", tabindex: "-1", "data-node": k });
  g.append(outline(kind, x, y, w, h, root ? "face p0" : "face"));
  if (root) g.append(outline(kind, x + 4, y + 4, w - 8, h - 8));
  const flaw = svg("rect", { class: "flaw", x: x + 3, y: y + 3, width: w - 6, height: h - 6, rx: 6, visibility: "hidden" });
  const left = x + inset + (hasSymbol ? 19 : 14), right = x + w - inset - 11;
  const name = textAt("name", left, y + inset + LINE, shortened(SYMBOL[k], 10));
  g.append(flaw, name);
  const card = { g, k, box: [x, y, w, h], state: "", level: 2, scale: 1 };
  const body = isArray(k) ? arrayBody(k, g, x, y, w) : numberBody(g, left, right, x, y + inset, w, h - 2 * inset, inset);
  let symbol = null;
  if (hasSymbol) {
    const far = x + 14 - badge, middle = y + h / 2;
    g.append(svg("rect", { class: "shape", x: far, y: middle - 14, width: badge, height: 28, rx: 14 }));
    symbol = textAt("symbol", far + badge / 2, middle + 4.5, operation(k).s);
    g.append(symbol);
  }
  g.append(svg("rect", { class: "halo", x: x - 5, y: y - 5, width: w + 10, height: h + 10, rx: 9 }), svg("title"));

  card.update = (marks, s) => {
    const known = isKnown(k, s), grad = gradientAt(k, s);
    const state = `${marks}|${known}|${grad ? grad.terms.length : ""}|${VERSION}`;
    if (state === card.state) return;
    card.state = state;
    const trouble = (known && hasFlaw(values[k])) || (grad && hasFlaw(grad.value)) || "";
    g.setAttribute("class", `card ${marks}${known ? "" : " unknown"}`);
    flaw.setAttribute("visibility", trouble ? "visible" : "hidden");
    body(known ? values[k] : null, grad, k);
    const said = sentence(k, s);
    g.setAttribute("aria-label", said);
    g.lastChild.textContent = said;
  };
  card.detail = (level, scale) => {
    if (level === card.level && (level === 2 || scale === card.scale)) return;
    card.level = level;
    card.scale = scale;
    const size = level === 1 ? Math.round(11.3 / scale * 10) / 10 : 12;
    const columns = level === 1 ? Math.floor((w - 12 - (hasSymbol ? 12 : 0)) / (0.62 * size)) : 10;
    name.textContent = level ? shortened(SYMBOL[k], Math.min(columns, 12)) : "";
    name.style.fontSize = level === 1 ? `${size}px` : "";
    name.setAttribute("x", level === 1 ? x + (hasSymbol ? 16 : 8) : left);
    name.setAttribute("y", level === 1 ? y + h / 2 + size / 3 : y + inset + LINE);
    for (const text of g.querySelectorAll(".value,.gradient,.muted")) text.style.display = level === 2 ? "" : "none";
    if (symbol) {
      symbol.style.display = level === 2 || (scale > 0.56 && operation(k).s.length === 1) ? "" : "none";
      symbol.style.fontSize = level === 1 ? `${Math.max(13, size)}px` : "";
    }
  };
  return card;
}

// Two numbers, the gradient below the value, and a bar for the gradient's sign and size.
function numberBody(g, left, right, x, y, w, h, inset) {
  const value = textAt("value", right, y + 2 * LINE), gradient = textAt("gradient", right, y + 3 * LINE);
  const bar = svg("rect", { class: "bar", y: y + h - 4.2, height: 3, width: 0 });
  g.append(value, gradient, bar);
  return (v, grad, k) => {
    value.textContent = v === null ? "" : fitting(v);
    gradient.textContent = "";
    bar.setAttribute("width", 0);
    if (!grad || typeof grad.value !== "number") return;
    const more = grad.terms.length < grad.total ? " +…" : "";
    gradient.textContent = `∂ ${fitting(grad.value)}${more}`;
    const size = Math.abs(grad.value);
    if (!(size > 0 && size < Infinity)) return;
    const share = Math.max(0.05, Math.min(1, 1 + Math.log10(size / largestGradient()) / 6));
    const length = share * (w / 2 - inset - (KIND[k] === "i" || KIND[k] === "c" ? 20 : 14));
    bar.setAttribute("x", x + w / 2 - (grad.value < 0 ? length : 0));
    bar.setAttribute("width", length);
  };
}

// Counts what changes every card: new numbers, another theme.
let VERSION = 0, largest = 0;
function largestGradient() {
  if (!largest) {
    for (const g of gradients) if (typeof g === "number" && Math.abs(g) < Infinity) largest = Math.max(largest, Math.abs(g));
    largest ||= 1;
  }
  return largest;
}

// Two heat maps, the value's left and the gradient's right, each with its scale.
function arrayBody(k, g, x, y, w) {
  const known = values[k] ?? gradients[k], side = (w - 42) / 2, tight = w < 120;
  g.append(textAt("muted", x + 19, y + 29, shortened(shapeText(known.shape), Math.floor((w - 24) / 7.44))));
  const places = [x + 19, x + 25 + side].map((px, i) => {
    const frame = svg("rect", { class: "frame", x: px, y: y + 35, width: side, height: 48 });
    const image = svg("image", { preserveAspectRatio: "none" });
    image.style.imageRendering = "pixelated";
    const caption = textAt(i ? "gradient" : "value", i ? x + w - 11 : px + side - 3, y + 97);
    g.append(frame, image, caption);
    return { px, image, caption };
  });
  return (v, grad) => {
    [v, grad ? grad.value : null].forEach((content, i) => {
      const { px, image, caption } = places[i], there = content !== null && typeof content === "object";
      image.setAttribute("visibility", there ? "visible" : "hidden");
      const more = i && !tight && grad && grad.terms.length < grad.total ? "+…" : "";
      caption.textContent = there ? scaleText(content, tight ? 4 : 5) + more : "";
      if (!there) return;
      const [width, height] = pictureSize(content, side - 2, 46);
      image.setAttribute("href", picture(content));
      image.setAttribute("x", px + (side - width) / 2);
      image.setAttribute("y", y + 59 - height / 2);
      image.setAttribute("width", width);
      image.setAttribute("height", height);
    });
  };
}

// A folded group: boxes in a stack, its name, how many it holds.
function groupCard(j, members, [x, y, w, h]) {
  const g = svg("g", { class: "card group", role: "button", tabindex: "-1", "data-group": j });
  for (const d of [6, 3, 0]) g.append(svg("rect", { class: `shape ${d ? "" : "face"}`, x: x + d, y: y + d, width: w - 6, height: h - 6, rx: 6 }));
  const name = textAt("name", x + 12, y + 18, shortened(DATA.groups[j], 16));
  const count = textAt("muted", x + 12, y + 34, members.length > 1 ? `× ${members.length}` : "");
  g.append(name, count, svg("title", {}, `${DATA.groups[j]}: ${members.length} nodes. Click to unfold.`));
  g.setAttribute("aria-label", `group ${DATA.groups[j]}, ${members.length} nodes, unfold`);
  const card = { g, group: j, box: [x, y, w, h], state: "" };
  card.update = marks => {
    if (marks === card.state) return;
    card.state = marks;
    g.setAttribute("class", `card group ${marks}`);
  };
  card.detail = (level, scale) => {
    const size = level === 2 ? 12 : Math.round(11.3 / scale * 10) / 10;
    const two = level === 1 && h * scale > 34;
    const fits = DATA.groups[j].length + 5 <= (w - 20) / (0.62 * size);
    const many = level === 1 && !two && fits && members.length > 1 ? ` ×${members.length}` : "", room = Math.floor((w - 20) / (0.62 * size)) - many.length;
    name.textContent = level ? shortened(DATA.groups[j], Math.min(16, room)) + many : "";
    name.style.fontSize = level === 2 ? "" : `${size}px`;
    name.setAttribute("y", level === 2 ? y + 18 : y + (h - 6) / 2 + (two ? -size / 6 : size / 3));
    count.setAttribute("y", level === 2 ? y + 34 : y + (h - 6) / 2 + size);
    count.style.fontSize = name.style.fontSize;
    count.style.display = level === 2 || two ? "" : "none";
  };
  return card;
}
