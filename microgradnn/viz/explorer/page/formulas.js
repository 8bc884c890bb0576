// Formulas: trees of the data printed as MathML, with names or with numbers in them.

const MATHML = "http://www.w3.org/1998/Math/MathML", SVG = "http://www.w3.org/2000/svg";

function make(space, tag, attributes, children) {
  const e = space ? document.createElementNS(space, tag) : document.createElement(tag);
  for (const name in attributes) e.setAttribute(name, attributes[name]);
  e.append(...children);
  return e;
}
function html(tag, attributes = {}, ...children) { return make("", tag, attributes, children); }
function svg(tag, attributes = {}, ...children) { return make(SVG, tag, attributes, children); }
function ml(tag, ...children) { return make(MATHML, tag, {}, children); }
function span(kind, text) { return html("span", { class: kind }, text); }

function formula(...parts) {
  return make(MATHML, "math", {}, [make(MATHML, "mrow", { displaystyle: "true" }, parts)]);
}
function sign(text) { return ml("mo", text); }
function word(text) { return make(MATHML, "mtext", {}, [text]); }
function figure(x, digits) {
  const text = format(x, digits);
  return text.startsWith(MINUS) ? ml("mrow", ml("mo", MINUS), ml("mn", text.slice(1))) : ml("mn", text);
}
function fenced(e) { return ml("mrow", sign("("), e, sign(")")); }

// w1 gets an index, y_pred an upright one; what is a formula itself stays as it is.
function nameNode(name) {
  const index = /^([\p{L}]+)(\d+)$/u.exec(name), low = /^([\p{L}\d]+)_(.+)$/u.exec(name);
  const upright = text => make(MATHML, "mi", [...text].length > 1 ? { mathvariant: "normal" } : {}, [text]);
  if (index) return ml("msub", upright(index[1]), ml("mn", index[2]));
  if (low) return ml("msub", upright(low[1]), word(low[2]));
  return /^-?[\d.]+$/.test(name) ? ml("mn", name) : upright(name);
}
function isPlain(name) { return /^[\p{L}\p{N}_.\[\]']*$/u.test(name); }

// What stands after a ∂: a name with an operator in it takes brackets.
function subject(k) { return isPlain(SYMBOL[k]) ? nameNode(SYMBOL[k]) : fenced(nameNode(SYMBOL[k])); }
function partial(top, bottom) {
  return ml("mfrac", ml("mrow", sign("∂"), subject(top)), ml("mrow", sign("∂"), subject(bottom)));
}

const JOINED = { "+": 1, "-": 1, "*": 2, "@": 2, "/": 2, neg: 2, "^": 4, T: 4 };
const PRINTED = { "*": "⋅", "-": MINUS, "@": "@", "<=": "≤", ">=": "≥", "==": "=", "!=": "≠" };

// The tree of a formula; `leaf(name)` prints an operand and says whether it needs brackets.
function printed(tree, leaf, around = 0) {
  if (tree === null) return word("…");
  if (typeof tree === "number") return tree < 0 && around > 0 ? fenced(figure(tree, 6)) : figure(tree, 6);
  if (typeof tree === "string") {
    if (tree === "const") return word("constant");
    const [e, loose] = leaf(tree);
    return loose && around > 0 ? fenced(e) : e;
  }
  const [head, ...parts] = tree, strength = JOINED[head];
  const inner = level => parts.map(part => printed(part, leaf, level));
  let e;
  if (head === "/") {
    const [above, below] = inner(0);
    return ml("mfrac", above, below);
  } else if (head === "neg") e = ml("mrow", sign(MINUS), ...inner(2));
  else if (head === "^") {
    return ml("msup", printed(parts[0], leaf, 5), printed(parts[1], leaf, 0));
  } else if (head === "T") return ml("msup", printed(parts[0], leaf, 5), ml("mi", "T"));
  else if (head === "sqrt") return ml("msqrt", ...inner(0));
  else if (head === "exp") return ml("msup", ml("mi", "e"), printed(parts[0], leaf, 0));
  else if (head === "abs") return ml("mrow", sign("|"), ...inner(0), sign("|"));
  else if (head === "where") {
    const [condition, yes, no] = inner(0);
    e = ml("mrow", yes, word("\u2002if\u2002"), condition, word(",\u2002else\u2002"), no);
    return around > 0 ? fenced(e) : e;
  } else if (head === "unbroadcast") {
    return ml("mrow", word("sum over repeats of\u2002"), printed(parts[0], leaf, 2));
  } else if (strength || PRINTED[head] || head.length === 1) {
    const right = head === "-" || head === "@" ? (strength || 0) + 1 : strength || 0;
    e = ml("mrow", printed(parts[0], leaf, strength || 1), sign(PRINTED[head] || head), printed(parts[1], leaf, right));
  } else {
    const list = [];
    for (const part of parts) {
      if (list.length) list.push(sign(","));
      list.push(part !== null && part.p !== undefined ? word(part.p) : printed(part, leaf, 0));
    }
    return ml("mrow", make(MATHML, "mi", { mathvariant: "normal" }, [head]), sign("("), ...list, sign(")"));
  }
  return around > (strength || 0) ? fenced(e) : e;
}

// Leaves of a formula of node k: names, or the numbers that they stand for.
function operandOf(k, tree) {
  return tree === "v" ? k : ARGS[k][slotOf(k, Number(tree.slice(1)))];
}
function slotOf(k, operand) { return NODES.slots && NODES.slots[k] ? NODES.slots[k].indexOf(operand) : operand; }
function withNames(k) {
  return tree => {
    if (tree === "g") return [partial(ROOT, k), false];
    const name = SYMBOL[operandOf(k, tree)] ?? "…";
    return [nameNode(name), !isPlain(name)];
  };
}
function withNumbers(k, digits = 4) {
  return tree => {
    const x = values[operandOf(k, tree)];
    return typeof x === "number" ? [figure(x, digits), x < 0] : [word("array"), false];
  };
}
