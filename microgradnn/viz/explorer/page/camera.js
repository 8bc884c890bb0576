// The camera: a transform of the world. It follows the active node until the user moves it.

const CAMERA = { x: 0, y: 0, scale: 1, width: 0, height: 0, follows: true, bb: [1, 1] };
const LEAST = 11.05 / 12, MARGIN = 16;

function aim(x, y, scale, eased) {
  Object.assign(CAMERA, { x, y, scale });
  const world = document.getElementById("world");
  world.classList.toggle("eased", Boolean(eased));
  world.style.transform = `translate(${x.toFixed(1)}px,${y.toFixed(1)}px) scale(${scale.toFixed(4)})`;
}

function fittingScale([w, h] = CAMERA.bb) {
  const top = FOLDED ? 52 : 10;
  return Math.min((CAMERA.width - 2 * MARGIN) / w, (CAMERA.height - top - MARGIN) / h, 1.5);
}

function fitAll(eased) {
  const scale = fittingScale(), [w, h] = CAMERA.bb, top = FOLDED ? 48 : 0;
  aim((CAMERA.width - w * scale) / 2, top + (CAMERA.height - top - h * scale) / 2, scale, eased);
}

// The whole if it can be read so; else around the boxes given, at a scale at which text is text.
function follow(boxes, eased) {
  if (!CAMERA.follows) return;
  const scale = fittingScale();
  if (scale >= LEAST || !boxes.length) return fitAll(eased);
  const left = Math.min(...boxes.map(b => b[0])) - 14, top = Math.min(...boxes.map(b => b[1]));
  const right = Math.max(...boxes.map(b => b[0] + b[2])), bottom = Math.max(...boxes.map(b => b[1] + b[3]));
  const [w, h] = CAMERA.bb, s = Math.max(LEAST, Math.min(1, fittingScale([right - left, bottom - top])));
  const first = boxes[0];
  const centre = (from, to, own, size, view) => {
    const room = view / s, middle = to - from <= room ? (from + to) / 2 : own;
    const start = size <= room ? (size - room) / 2 : Math.max(-MARGIN, Math.min(size + MARGIN - room, middle - room / 2));
    return -start * s;
  };
  aim(centre(left, right, first[0] + first[2] / 2, w, CAMERA.width), centre(top, bottom, first[1] + first[3] / 2, h, CAMERA.height), s, eased);
}

function zoomBy(factor, px = CAMERA.width / 2, py = CAMERA.height / 2) {
  const low = Math.min(fittingScale() * 0.8, 0.5), scale = Math.max(low, Math.min(4, CAMERA.scale * factor)), f = scale / CAMERA.scale;
  CAMERA.follows = false;
  aim(px - (px - CAMERA.x) * f, py - (py - CAMERA.y) * f, scale, false);
}

function panBy(dx, dy) {
  CAMERA.follows = false;
  aim(CAMERA.x + dx, CAMERA.y + dy, CAMERA.scale, false);
}

function detailLevel() { return CAMERA.scale >= LEAST - 0.001 ? 2 : CAMERA.scale >= 0.42 ? 1 : 0; }

// Dragging, pinching, the wheel. A press that moves less than a few pixels is a click.
function listenToPointers(stage, onMoved, onClick) {
  const down = new Map();
  let moved = 0, spread = 0;
  const at = e => { const r = stage.getBoundingClientRect(); return [e.clientX - r.left, e.clientY - r.top]; };
  stage.addEventListener("pointerdown", e => {
    if (e.button) return;
    down.set(e.pointerId, at(e));
    moved = down.size > 1 ? 99 : 0;
    spread = 0;
  });
  stage.addEventListener("pointermove", e => {
    if (!down.has(e.pointerId)) return;
    const [x, y] = at(e), [x0, y0] = down.get(e.pointerId);
    down.set(e.pointerId, [x, y]);
    moved += Math.abs(x - x0) + Math.abs(y - y0);
    if (moved < 5) return;
    if (!stage.hasPointerCapture(e.pointerId)) stage.setPointerCapture(e.pointerId);
    stage.classList.add("dragged");
    if (down.size === 2) {
      const [p, q] = [...down.values()], now = Math.hypot(p[0] - q[0], p[1] - q[1]);
      if (spread) zoomBy(now / spread, (p[0] + q[0]) / 2, (p[1] + q[1]) / 2);
      spread = now;
    } else panBy(x - x0, y - y0);
    onMoved();
  });
  const up = e => {
    if (down.delete(e.pointerId) && moved < 5 && e.type === "pointerup") onClick(e);
    if (!down.size) stage.classList.remove("dragged");
  };
  stage.addEventListener("pointerup", up);
  stage.addEventListener("pointercancel", up);
  stage.addEventListener("wheel", e => {
    e.preventDefault();
    zoomBy(Math.exp(-e.deltaY * (e.deltaMode ? 0.05 : 0.0015)), ...at(e));
    onMoved();
  }, { passive: false });
}
