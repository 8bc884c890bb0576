// Numbers as they read: few significant digits, a real minus sign, short exponents.

const MINUS = "−";

function trimmed(text) { return text.includes(".") ? text.replace(/\.?0+$/, "") : text; }

function format(x, digits = 4) {
  if (Number.isNaN(x)) return "NaN";
  const sign = x < 0 ? MINUS : "", size = Math.abs(x);
  if (size === Infinity) return sign + "Inf";
  if (size === 0) return "0";
  if (Number.isInteger(size) && size < 1e6) return sign + size;
  const [mantissa, power] = size.toExponential(digits - 1).split("e"), e = Number(power);
  if (e >= -3 && e < Math.max(digits, 4)) {
    return sign + trimmed(size.toFixed(Math.max(digits - 1 - e, 0)));
  }
  return `${sign}${trimmed(mantissa)}e${e < 0 ? MINUS : ""}${Math.abs(e)}`;
}

// At most `columns` wide: fewer digits, rather than text across a card's edge.
function fitting(x, columns = 8) {
  for (let digits = 4; digits > 1; digits--) {
    const text = format(x, digits);
    if (text.length <= columns) return text;
  }
  return format(x, 1);
}

function exactly(x) {
  return Number.isFinite(x) ? String(x).replaceAll("-", MINUS).replace("e+", "e") : format(x);
}

function bracketed(x, digits) {
  const text = format(x, digits);
  return text.startsWith(MINUS) ? `(${text})` : text;
}

function shapeText(shape) { return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`; }

// What is said of a number or an array in one line, in full.
function described(x) {
  if (x === null || x === undefined) return "not known";
  if (typeof x === "number") return exactly(x);
  const [low, high, mean, broken] = x.stats;
  return `${shapeText(x.shape)} from ${format(low)} to ${format(high)}, mean ${format(mean)}` +
    (broken ? `, ${broken} that are no numbers` : "");
}

function hasFlaw(x) {
  if (typeof x === "number") return Number.isFinite(x) ? "" : Number.isNaN(x) ? "NaN" : "Inf";
  return x && x.stats && x.stats[3] ? "NaN" : "";
}

function shortened(text, columns) {
  const letters = [...text];
  if (letters.length <= columns) return text;
  if (columns < 2) return "";
  const head = Math.ceil((columns - 1) / 2);
  return letters.slice(0, head).join("") + "…" + letters.slice(letters.length - (columns - 1 - head)).join("");
}
