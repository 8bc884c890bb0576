// Arrays as pictures: blue is positive, orange negative, the middle is zero.

const PICTURES = new Map();

function channels(colour) {
  const hex = colour.trim().replace("#", "");
  const full = hex.length === 3 ? [...hex].map(c => c + c).join("") : hex;
  return [0, 2, 4].map(i => parseInt(full.slice(i, i + 2), 16));
}

// A data URL with one pixel per cell; the browser scales it without smoothing.
function picture(summary) {
  const style = getComputedStyle(PAGE);
  const [low, middle, high, ink] = ["--gradient", "--page", "--value", "--ink"].map(name => channels(style.getPropertyValue(name)));
  const [rows, columns, , cells] = summary.thumb, key = `${middle}:${rows}:${cells}`;
  if (PICTURES.has(key)) return PICTURES.get(key);
  const canvas = document.createElement("canvas");
  canvas.width = columns;
  canvas.height = rows;
  const brush = canvas.getContext("2d"), image = brush.createImageData(columns, rows), bytes = atob(cells);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.charCodeAt(i), share = Math.abs(byte - 127) / 127, end = byte < 127 ? low : high;
    for (let c = 0; c < 3; c++) {
      image.data[4 * i + c] = byte === 255 ? ink[c] : Math.round(middle[c] + (end[c] - middle[c]) * share);
    }
    image.data[4 * i + 3] = 255;
  }
  brush.putImageData(image, 0, 0);
  PICTURES.set(key, canvas.toDataURL());
  return PICTURES.get(key);
}

// Width and height within a box, with square cells where they fit.
function pictureSize(summary, width, height) {
  const [rows, columns] = summary.thumb, cell = Math.min(width / columns, height / rows, 12);
  return [Math.max(cell * columns, Math.min(width, 6)), Math.max(cell * rows, Math.min(height, 6))];
}

function scaleText(summary, room = 5) { return `±${fitting(summary.thumb[2], room)}`; }

// A number, or an array's picture with its scale, inside the panel.
function shown(x, kind, digits) {
  if (x === null || x === undefined) return span("n note", "–");
  if (typeof x === "number") return html("span", { class: `n ${kind}`, title: exactly(x) }, format(x, digits));
  const [width, height] = pictureSize(x, 96, 48);
  const image = html("img", { src: picture(x), width: Math.round(width), height: Math.round(height), alt: described(x) });
  return html("figure", { title: described(x) }, image, html("figcaption", {}, `${shapeText(x.shape)} ${scaleText(x)}`));
}
