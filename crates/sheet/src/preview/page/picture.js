// Draws the picture between the two ends of the view.

// Titles are made when the mouse is over a piece: most never are.
const titles = new WeakMap();
live.addEventListener("pointerover", (event) => {
  const piece = event.target.closest("g");
  if (!titles.has(piece)) return;
  draw(piece, "title", {}, titles.get(piece)());
  titles.delete(piece);
});

let at; // the geometry of the last drawing
function picture() {
  const g = geometry();
  const k = g.width / (view.to - view.from);
  const x = (ms) => g.left + (ms - view.from) * k;
  const round = (n) => Math.round(n * 10) / 10;
  at = { g, k };
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ class: "picture", viewBox: `0 0 ${g.full} ${g.height}`, height: g.height, "aria-hidden": "true", focusable: "false" })) svg.setAttribute(key, value);
  const clip = draw(draw(svg, "defs", {}), "clipPath", { id: "window-clip" });
  draw(clip, "rect", { x: g.left - 8, y: 0, width: g.width + 16, height: g.height });

  // Ticks.
  const step = STEPS.find((ms) => ms * k >= 92) ?? STEPS[STEPS.length - 1];
  for (let ms = Math.ceil(view.from / step) * step; ms <= view.to; ms += step) {
    draw(svg, "path", { class: "grid", d: `M${round(x(ms))} 74V${g.bottom}` });
    if (x(ms) < 32 || x(ms) > g.full - 32) continue;
    draw(svg, "text", { class: "tick", x: round(x(ms)), y: 68 }, clock(ms, true));
    draw(svg, "text", { class: "tick", x: round(x(ms)), y: g.bottom + 17 }, clock(ms, true));
  }

  // All cues, per stretch.
  const bin = STEPS.find((ms) => ms * k >= 6) ?? STEPS[STEPS.length - 1];
  const inPeak = (from, length) => busiest !== null && busiest < from + length && from < busiest + 60000;
  const counts = new Map();
  for (const cue of cues) {
    if (cue.time < view.from || cue.time > view.to) continue;
    const nth = Math.floor(cue.time / bin);
    counts.set(nth, (counts.get(nth) ?? 0) + 1);
  }
  const most = Math.max(1, ...counts.values());
  const crowd = draw(svg, "g", { "clip-path": "url(#window-clip)" });
  for (const [nth, count] of counts) {
    const height = Math.max(1.5, 28 * count / most);
    const bar = draw(crowd, "rect", { class: inPeak(nth * bin, bin) ? "peak" : "crowd", x: round(x(nth * bin)), y: round(48 - height), width: round(Math.max(1.5, bin * k - 0.5)), height: round(height) });
    draw(bar, "title", {}, `${clock(nth * bin, true)}: ${counted(count, "cue")}`);
  }
  draw(svg, "path", { class: "rule", d: `M${g.left} 48H${g.left + g.width}` });
  if (!g.narrow) {
    draw(svg, "text", { class: "name", x: 0, y: 32 }, "All cues");
    draw(svg, "text", { class: "small", x: 0, y: 48 }, `per ${span(bin)}, at most ${most}`);
  }

  lanes.forEach((lane, number) => {
    const { top, height, middle: line } = g.places[number];
    draw(svg, "path", { class: "rule", d: `M0 ${top}H${g.full}` });
    const middle = g.narrow ? top + 14 : top + height / 2;
    const names = draw(svg, "g", {});
    draw(names, "title", {}, `${lane.name}: ${lane.note}`);
    if (g.narrow) {
      draw(names, "rect", { class: "k" + lane.colour, x: 0, y: top + 6, width: 4, height: 14, rx: 2 });
      const name = draw(names, "text", { class: "name", x: 20, y: middle + 4 }, fit(lane.name, g.full * 0.55));
      draw(name, "tspan", { class: "small", dx: 8 }, lane.note);
    } else {
      const half = Math.min(16, height / 2 - 3);
      draw(names, "rect", { class: "k" + lane.colour, x: 0, y: middle - half, width: 4, height: 2 * half, rx: 2 });
      draw(names, "text", { class: "name", x: 14, y: middle + (dense ? 5 : -3) }, fit(lane.name, 140));
      if (!dense) draw(names, "text", { class: "small", x: 14, y: middle + 14 }, fit(lane.note, 156));
    }
    const group = draw(svg, "g", { "clip-path": "url(#window-clip)" });
    drawLane(group, lane, number, line, x, k, g, round);
  });
  draw(svg, "path", { class: "rule", d: `M0 ${g.bottom}H${g.full}` });
  if (duration !== null && duration >= view.from && duration <= view.to) {
    draw(svg, "path", { class: "finish", d: `M${round(x(duration))} 74V${g.bottom}` });
  }
  const pin = draw(svg, "g", { id: "pin" });
  draw(pin, "path", { class: "pin" });
  draw(pin, "rect", { class: "pin-flag", y: 0, width: 78, height: 18, rx: 4 });
  draw(pin, "text", { class: "pin-time", y: 13 });
  live.replaceChildren(svg);
  movePin();
  const fine = view.to - view.from < 60000;
  part("window").textContent = `${clock(view.from, fine)} – ${clock(view.to, fine)}`;
  const whole = view.from <= begin && view.to >= extent;
  part("out").disabled = part("all").disabled = whole;
  part("in").disabled = view.to - view.from <= WINDOW_MIN;
  part("earlier").disabled = view.from <= begin;
  part("later").disabled = view.to >= extent;
}

function drawLane(group, lane, number, line, x, k, g, round) {
  const colour = "k" + lane.colour;
  const ends = [], short = [], bars = [];
  for (const index of byLane[number]) {
    const cue = cues[index], end = cue.drawnEnd;
    if (cue.time > view.to) break;
    let row = (end - cue.time) * k < BAR_MIN ? -1 : ends.findIndex((until) => until <= cue.time);
    if (row < 0 && (end - cue.time) * k >= BAR_MIN && ends.length < ROWS_MAX) row = ends.length;
    if (row < 0) { if (cue.time >= view.from) short.push(index); continue; }
    ends[row] = end;
    if (end >= view.from) bars.push([index, row, end]);
  }
  // What is there stands in the middle of the lane.
  const rows = Math.max(-1, ...bars.map(([, row]) => row)) + 1;
  const first = dense ? line : line - ((rows + (short.length > 0 ? 1 : 0) - 1) * (ROW + GAP)) / 2;
  const inTheWay = (from, to) => dense && short.some((index) => x(cues[index].time) > from - 9 && x(cues[index].time) < to + 9);
  const nextOf = new Map(), nextOnRow = [];
  for (let nth = bars.length - 1; nth >= 0; nth--) {
    nextOf.set(nth, nextOnRow[bars[nth][1]]);
    nextOnRow[bars[nth][1]] = bars[nth][0];
  }
  const taken = [];
  bars.forEach(([index, row, end], nth) => {
    const cue = cues[index];
    const left = Math.max(x(cue.time), -50), right = Math.min(x(end) - 1, g.full + 50);
    const y = first + row * (ROW + GAP);
    const bar = draw(group, "g", {});
    titles.set(bar, () => title(index));
    if (cue.end === undefined && right - left > 16) {
      draw(bar, "path", { class: "bar " + colour, d: `M${round(left)} ${y - 11}H${round(right - 8)}L${round(right)} ${y}L${round(right - 8)} ${y + 11}H${round(left)}Z` });
    } else {
      draw(bar, "rect", { class: "bar " + colour, x: round(left), y: y - 11, width: round(right - left), height: ROW, rx: Math.min(3, (right - left) / 2) });
    }
    draw(bar, "rect", { class: colour, x: round(left), y: y - 11, width: round(Math.min(3, right - left)), height: ROW, rx: 1 });
    // What began before the window keeps its name in sight.
    const seen = Math.max(left, g.left);
    let from = seen + 8;
    const limit = Math.min(right, g.left + g.width) - 6;
    if (cue.level) {
      const inside = limit - seen >= 2 * MARK;
      sign(bar, cue.level, round(inside ? seen + 6 + MARK : seen + (right - seen) / 2), y);
      from += 2 * MARK + 4;
    }
    const text = fit(cue.name, limit - from);
    if (dense) taken.push([left, right]);
    if (text === cue.name || limit - from > 60 || dense) {
      if (text && !inTheWay(from, from + width(text))) draw(bar, "text", { class: "label", x: round(from), y: y + 4.7 }, text);
      return;
    }
    const next = nextOf.get(nth);
    const room = Math.min(next !== undefined ? x(cues[next].time) : g.full, g.left + g.width) - right - 10;
    const beside = width(cue.name) <= room ? cue.name : text;
    if (beside) draw(bar, "text", { class: "label", x: round(beside === text ? from : right + 5), y: y + 4.7 }, beside);
  });
  drawStrip(group, colour, short, first + (dense ? 0 : rows * (ROW + GAP)), taken, x, g, round);
}

function drawStrip(group, colour, short, y, taken, x, g, round) {
  const wanted = [], cells = new Map();
  let signed = -Infinity; // where the last sign on a column ends
  short.forEach((index, nth) => {
    const here = x(cues[index].time);
    const clear = (other) => other === undefined || Math.abs(x(cues[other].time) - here) >= APART;
    if (clear(short[nth - 1]) && clear(short[nth + 1])) {
      const cue = cues[index];
      const mark = draw(group, "g", { "data-time": cue.time });
      titles.set(mark, () => title(index));
      if (cue.level) sign(mark, cue.level, round(here), y);
      else if (cue.isState) draw(mark, "rect", { class: colour, x: round(here - 1.5), y: y - 11, width: 3, height: ROW, rx: 1 });
      else draw(mark, "path", { class: colour, d: `M${round(here)} ${y - MARK}l6 6l-6 6l-6 -6z` });
      taken.push([here - MARK, here + MARK]);
      wanted.push([cue.level ? 0 : 1, here - MARK, here + MARK, shorten(cue.name, 24)]);
    } else {
      const cell = Math.floor((here - x(0)) / APART);
      if (!cells.has(cell)) cells.set(cell, []);
      cells.get(cell).push(index);
    }
  });
  let most = 1;
  for (const members of cells.values()) most = Math.max(most, members.length);
  for (const [cell, members] of cells) {
    const left = x(0) + cell * APART;
    const first = cues[members[0]].time, last = cues[members[members.length - 1]].time;
    const from = Math.max(left + 0.5, x(first) - 3);
    const to = Math.max(from + 2, Math.min(left + APART - 0.5, x(last) + 3));
    const height = ROW * (0.25 + 0.75 * Math.sqrt(members.length / most));
    const column = draw(group, "g", { "data-time": first });
    titles.set(column, () => members.length === 1 ? title(members[0]) : several(members));
    draw(column, "rect", { class: colour, x: round(from), y: round(y + 11 - height), width: round(to - from), height: round(height), rx: 1 });
    const levels = members.map((index) => cues[index].level);
    const level = levels.includes("error") ? "error" : levels.find((level) => level);
    const middle = (from + to) / 2;
    const spot = [from, to];
    if (level && !dense && middle - 9 >= signed) {
      sign(column, level, round(middle), y + 3);
      signed = Math.max(to, middle + 8);
      spot[0] = Math.min(from, middle - 8);
      spot[1] = signed;
    } else if (level) {
      draw(column, "rect", { class: level + "-cap", x: round(from - 0.5), y: y + 6.5, width: round(to - from + 1), height: 5 });
    }
    taken.push(spot);
    const more = members.length - 1;
    const name = shorten(cues[members[0]].name, 24) + (more > 0 ? ` +${more}` : "");
    const few = members.length <= NAMED_MAX;
    wanted.push([few ? 2 : members.length === most ? 3 : 4, ...spot, few ? name : `×${members.length.toLocaleString("en")}`]);
  }
  taken.sort((a, b) => a[0] - b[0]);
  wanted.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  for (const [, from, to, text] of wanted) {
    const room = width(text);
    for (const left of [to + 4, from - 4 - room]) {
      if (left < g.left || left + room > g.left + g.width) continue;
      // The first that begins after the label would; the one before must end before it.
      let low = 0, high = taken.length;
      while (low < high) { const middle = (low + high) >> 1; if (taken[middle][0] < left + room + 3) low = middle + 1; else high = middle; }
      if (low > 0 && taken[low - 1][1] > left - 3) continue;
      taken.splice(low, 0, [left, left + room]);
      draw(group, "text", { class: "label", x: round(left), y: y + 4.7 }, text);
      break;
    }
  }
}

function movePin() {
  const pin = part("pin");
  if (!pin) return;
  const ms = pointed ?? chosen;
  const { g, k } = at;
  const x = g.left + (ms - view.from) * k;
  const seen = x >= g.left - 1 && x <= g.left + g.width + 1;
  pin.setAttribute("visibility", seen ? "visible" : "hidden");
  pin.children[0].setAttribute("d", `M${x} 16V${g.bottom}`);
  const flag = Math.min(Math.max(x, 41), g.full - 41);
  pin.children[1].setAttribute("x", flag - 39);
  pin.children[2].setAttribute("x", flag);
  pin.children[2].textContent = clock(ms, view.to - view.from < 60000);
}

function redraw() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; picture(); });
}
function show(from, to) {
  const length = Math.min(extent - begin, Math.max(WINDOW_MIN, to - from));
  const start = Math.min(Math.max(begin, from), extent - length);
  view = { from: start, to: start + length };
  redraw();
}
function zoom(factor, around) {
  const length = Math.min(extent - begin, Math.max(WINDOW_MIN, (view.to - view.from) * factor));
  const share = (around - view.from) / (view.to - view.from);
  show(around - share * length, around - share * length + length);
}
const pan = (share) => { const by = (view.to - view.from) * share; show(view.from + by, view.to + by); };
