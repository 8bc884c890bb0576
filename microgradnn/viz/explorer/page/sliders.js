// Sliders on the leaves: the page computes everything again with its own arithmetic.

const ROWS = 80, SLIDERS = new Map();

function span0(v) { return Number.isFinite(v) ? Math.max(2, Math.abs(v) * 2) : 2; }

function buildSliders(onChange) {
  const holder = document.getElementById("sliders"), details = document.getElementById("values");
  const check = verify(), trouble = document.getElementById("trouble");
  const leaves = LEAVES.filter(k => KIND[k] !== "c" || (NODES.named || "").charAt(k) === "1");
  if (!DATA.scalar) { details.remove(); PAGE.classList.add("nosliders"); return check; }
  if (!CAN_COMPUTE) {
    const missing = [...new Set(ORDER.filter(k => !functions(k)).map(k => operation(k).n))];
    trouble.textContent = `This page cannot compute ${missing.join(", ")}: the numbers are the engine's, and cannot be changed here.`;
  } else if (!check.agrees) {
    trouble.textContent = `Computed again in this page, ${SYMBOL[check.node]} differs from the engine by ${format(check.worst)} (relative): the numbers shown are the engine's, and cannot be changed here.`;
  }
  const usable = CAN_COMPUTE && check.agrees;
  const reset = html("button", { type: "button", id: "reset", disabled: "" }, "reset");
  details.querySelector("summary").append(reset);
  reset.addEventListener("click", e => { e.preventDefault(); resetLeaves(); onChange(); });
  for (const k of leaves.slice(0, ROWS)) {
    const v = ENGINE_VALUES[k], reach = span0(v), name = fullName(k);
    const range = html("input", { type: "range", min: v - reach, max: v + reach, step: "any", "aria-label": `${name}, slider`, value: v });
    const box = html("input", { type: "number", step: "any", "aria-label": `${name}, value`, value: v });
    const row = html("div", { class: "row" }, html("label", { title: name }, shortened(SYMBOL[k], 10)), range, box);
    range.disabled = box.disabled = !usable;
    const set = (x, from) => {
      if (!Number.isFinite(x)) return;
      values[k] = x;
      if (from !== box) box.value = tidy(x);
      if (from !== range) range.value = x;
      row.classList.toggle("moved", x !== v);
      reset.disabled = false;
      recompute();
      onChange();
    };
    range.addEventListener("input", () => set(Number(Number(range.value).toPrecision(4)), range));
    range.addEventListener("keydown", e => {
      const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[e.key];
      if (!way) return;
      e.preventDefault();
      set(Number((values[k] + way * reach / 40).toPrecision(6)), null);
    });
    box.addEventListener("input", () => { if (box.value.trim() !== "") set(Number(box.value), box); });
    SLIDERS.set(k, { range, box, row });
    box.value = tidy(v);
    holder.append(row);
  }
  if (leaves.length > ROWS) holder.append(note(`and ${leaves.length - ROWS} more leaves`));
  return check;
}

function tidy(x) { return String(Number(x.toPrecision(4))); }

function resetLeaves() {
  restore();
  for (const [k, { range, box, row }] of SLIDERS) {
    range.value = ENGINE_VALUES[k];
    box.value = tidy(ENGINE_VALUES[k]);
    row.classList.remove("moved");
  }
  const reset = document.getElementById("reset");
  if (reset) reset.disabled = true;
}
