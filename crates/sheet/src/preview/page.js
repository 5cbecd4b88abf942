// Makes the picture move: closer and on, by wheel, fingers and keys; says what somebody who joins sees; finds cues.
// Nothing of a sheet ever becomes markup here: elements are made by name, and texts are set as text.
"use strict";
(() => {
  const shown = JSON.parse(document.getElementById("shown").textContent);
  const { cues, lanes, extent, duration, remarks, busiest } = shown;
  const part = (id) => document.getElementById(id);
  const live = part("live");

  // The table's columns, as they stand in each cue's cells.
  const [WHEN, ID, TRACK, ACTION, KIND, LATE, NEEDS, PARAMS, MESSAGE] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  for (const cue of cues) {
    cue.isState = cue.cells[KIND] === "state";
    cue.drawnEnd = cue.end ?? (cue.isState ? extent : cue.time);
  }

  // Sizes in CSS pixels, and the least that is shown of the axis.
  const ROW = 22, GAP = 4, PADDING = 8, MARK = 6, TOP = 88;
  // With many lanes each is one line, marks and bars together.
  const dense = lanes.length > 16;
  const ROWS_MAX = dense ? 1 : 3, APART = dense ? 20 : 13, BAR_MIN = dense ? 6 : 3;
  const NAMED_MAX = 3; // how many cues a column has at most to be called by its first
  const WINDOW_MIN = 1000;
  const PAGE = 200;

  let view = { from: 0, to: extent };
  let chosen = 0; // where the line stands
  let pointed = null; // where the mouse is, if it is over the picture
  let waiting = false;

  function clock(ms, fine) {
    const two = (n) => String(n).padStart(2, "0");
    const s = Math.floor(ms / 1000), rest = Math.floor(ms % 1000);
    const fraction = fine && rest > 0 ? "." + String(rest).padStart(3, "0") : "";
    return `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}${fraction}`;
  }
  function span(ms) {
    const parts = [[Math.floor(ms / 86400000), "d"], [Math.floor(ms / 3600000) % 24, "h"], [Math.floor(ms / 60000) % 60, "min"], [(ms % 60000) / 1000, "s"]];
    return parts.filter(([n]) => n > 0).slice(0, 3).map(([n, unit]) => `${n} ${unit}`).join(" ") || "0 s";
  }
  const counted = (n, noun) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;

  const SVG = "http://www.w3.org/2000/svg";
  function draw(parent, name, attributes, text) {
    const element = document.createElementNS(SVG, name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    if (text !== undefined) element.textContent = text;
    return parent.appendChild(element);
  }
  function add(parent, name, text, attributes) {
    const element = document.createElement(name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    if (text !== undefined) element.textContent = text;
    return parent.appendChild(element);
  }

  // ── The picture ────────────────────────────────────────────────────────────────────────────────────────────────

  const byLane = lanes.map(() => []);
  cues.forEach((cue, index) => byLane[cue.lane].push(index));
  const remarksOf = new Map();
  remarks.forEach((remark) => remark.cues.forEach((cue) => {
    if (!remarksOf.has(cue)) remarksOf.set(cue, []);
    remarksOf.get(cue).push(remark.text);
  }));

  const measure = document.createElement("canvas").getContext("2d");
  const widths = new Map();
  function width(text) {
    if (!widths.has(text)) {
      measure.font = "13px " + getComputedStyle(document.body).fontFamily;
      if (widths.size > 5000) widths.clear();
      widths.set(text, measure.measureText(text).width);
    }
    return widths.get(text);
  }
  function fit(text, room) {
    if (width(text) <= room) return text;
    let kept = text.slice(0, Math.max(0, Math.floor(room / 4)));
    while (kept.length >= 4 && width(kept + "…") > room) kept = kept.slice(0, -1);
    return kept.length >= 4 ? kept + "…" : "";
  }
  function shorten(text, length) {
    return text.length > length ? text.slice(0, length) + "…" : text;
  }

  // How many rows each lane needs at any closeness, and whether it needs a strip for marks.
  const needs = byLane.map((members) => {
    let rows = 0;
    const ends = [];
    let strip = members.length === 0;
    for (const index of members) {
      const cue = cues[index], end = cue.drawnEnd;
      if (end <= cue.time) { strip = true; continue; }
      if ((end - cue.time) / extent * 300 < 3) strip = true;
      let row = ends.findIndex((until) => until <= cue.time);
      if (row < 0) row = ends.length < ROWS_MAX ? ends.length : -1;
      if (row < 0) { strip = true; continue; }
      ends[row] = end;
      rows = Math.max(rows, row + 1);
    }
    return { rows, strip };
  });

  function geometry() {
    const full = Math.max(280, live.clientWidth || 280);
    const narrow = full < 700;
    const left = narrow ? 12 : 180, right = narrow ? 12 : 34;
    let y = TOP;
    const places = lanes.map((lane, number) => {
      const lines = dense ? 1 : needs[number].rows + (needs[number].strip ? 1 : 0);
      const name = narrow ? 22 : 0;
      const height = Math.max(narrow || dense ? 0 : 48, lines * (ROW + GAP) - GAP + 2 * (dense ? 3 : PADDING)) + name;
      const place = { top: y, height, middle: y + name + (height - name) / 2 };
      y += height;
      return place;
    });
    return { full, narrow, left, width: full - left - right, places, bottom: y, height: y + 24 };
  }

  const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2678400].map((s) => s * 1000);

  function sign(parent, level, x, y) {
    if (level === "warning") {
      draw(parent, "path", { class: "warning", d: `M${x} ${y - 8}l8 14h-16z` });
      draw(parent, "path", { class: "inset", d: `M${x} ${y - 3}v4.6m0 1.6v1.6` });
    } else {
      draw(parent, "circle", { class: "error", cx: x, cy: y, r: 7.5 });
      draw(parent, "path", { class: "inset", d: `M${x - 3} ${y - 3}l6 6m0 -6l-6 6` });
    }
  }
  function title(index) {
    const cue = cues[index];
    const said = (remarksOf.get(index) ?? []).slice(0, 3);
    const lines = [cue.cells[ID], cue.cells[WHEN], `${cue.cells[ACTION]} (${cue.cells[KIND]})`, cue.cells[PARAMS], clockNeeded(cue), cue.cells[MESSAGE], ...said];
    return lines.filter((line) => line !== "").map((line) => shorten(line, 400)).join("\n");
  }

  function clockNeeded(cue) { return cue.cells[NEEDS] && `needs a clock right within ${cue.cells[NEEDS]}`; }

  function several(members) {
    const actions = new Map();
    for (const index of members) {
      const action = cues[index].cells[ACTION];
      actions.set(action, (actions.get(action) ?? 0) + 1);
    }
    const most = [...actions].sort((a, b) => b[1] - a[1]).slice(0, 4).map(([action, n]) => `${shorten(action, 40)} ×${n}`);
    const [first, last] = [cues[members[0]].time, cues[members[members.length - 1]].time];
    return [`${counted(members.length, "cue")}, ${clock(first, true)} – ${clock(last, true)}`, ...most].join("\n");
  }

  // What a piece is, said when the mouse is over it: most are never asked.
  const titles = new WeakMap();
  live.addEventListener("pointerover", (event) => {
    const piece = event.target.closest("g");
    if (!titles.has(piece)) return;
    draw(piece, "title", {}, titles.get(piece)());
    titles.delete(piece);
  });

  let at; // what the last drawing had where
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
    const whole = view.from <= 0 && view.to >= extent;
    part("out").disabled = part("all").disabled = whole;
    part("in").disabled = view.to - view.from <= WINDOW_MIN;
    part("earlier").disabled = view.from <= 0;
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
    const length = Math.min(extent, Math.max(WINDOW_MIN, to - from));
    const start = Math.min(Math.max(0, from), extent - length);
    view = { from: start, to: start + length };
    redraw();
  }
  function zoom(factor, around) {
    const length = Math.min(extent, Math.max(WINDOW_MIN, (view.to - view.from) * factor));
    const share = (around - view.from) / (view.to - view.from);
    show(around - share * length, around - share * length + length);
  }
  const pan = (share) => { const by = (view.to - view.from) * share; show(view.from + by, view.to + by); };

  // ── Who joins ──────────────────────────────────────────────────────────────────────────────────────────────────

  // The states that are on, and what else a viewer who joins then would get, as the rundown decides it.
  function join(ms) {
    const latest = new Map(), begun = [];
    const key = (cue) => cue.cells[TRACK] !== "" ? "t" + cue.cells[TRACK] : "a" + cue.cells[ACTION];
    for (const cue of cues) {
      if (cue.time > ms) break;
      begun.push(cue);
      latest.set(key(cue), cue);
    }
    const sees = [];
    for (const cue of begun) {
      const late = ms - cue.time, rule = cue.cells[LATE];
      const on = cue.end !== undefined ? cue.end > ms : cue.isState;
      if (late === 0) sees.push([cue, "fires now"]);
      else if (cue.end !== undefined && cue.end <= ms) continue;
      else if (rule === "resume" && on) sees.push([cue, `goes on from ${clock(late)}${cue.end === undefined ? ", never ends" : `, until ${clock(cue.end, true)}`}`]);
      else if (cue.within !== undefined && late <= cue.within) sees.push([cue, `fires, ${span(late)} late`]);
      else if (rule === "latest" && latest.get(key(cue)) === cue) sees.push([cue, "fires, the latest of its track"]);
    }
    const next = cues[begun.length];
    const states = begun.filter((cue) => cue.isState && (cue.end === undefined || cue.end > ms)).length;
    return { sees, next, states };
  }
  function tellJoin() {
    const ms = pointed ?? chosen;
    const { sees, next, states } = join(ms);
    part("join-title").textContent = `Who joins at ${clock(ms, true)}`;
    part("join-count").textContent = sees.length === 0 ? "sees nothing yet" : `sees ${counted(sees.length, "cue")}${sees.length > 60 ? ", of which 60 are listed" : ""}; ${counted(states, "state")} active`;
    const list = part("join-sees");
    list.replaceChildren();
    for (const [cue, what] of sees.slice(0, 60)) {
      const item = add(list, "li");
      const swatch = draw(item, "svg", { viewBox: "0 0 10 10", "aria-hidden": "true" });
      draw(swatch, "rect", { class: "k" + lanes[cue.lane].colour, width: 10, height: 10, rx: 2 });
      add(item, "b", shorten(cue.name, 60));
      const needed = clockNeeded(cue);
      const told = needed ? `${what}; ${needed}` : what;
      add(item, "span", [cue.cells[TRACK], told].filter((text) => text).join(": "));
    }
    part("join-next").textContent = next ? `Next: ${shorten(next.name, 60)} at ${clock(next.time, true)}, in ${span(Math.round(next.time - ms))}` : "Nothing comes after that";
    live.setAttribute("aria-valuenow", Math.round(ms));
    live.setAttribute("aria-valuetext", `${clock(ms, true)}, ${counted(states, "state")} active`);
  }
  function choose(ms, bring) {
    chosen = Math.round(Math.min(extent, Math.max(0, ms)));
    pointed = null;
    if (bring && (chosen < view.from || chosen > view.to)) {
      const half = (view.to - view.from) / 2;
      show(chosen - half, chosen + half);
    }
    movePin();
    tellJoin();
  }

  // ── Mouse, fingers, keys ───────────────────────────────────────────────────────────────────────────────────────

  const timeAt = (event) => {
    const box = live.getBoundingClientRect();
    const ms = view.from + (event.clientX - box.left - at.g.left) / at.k;
    // No finer than a hand points.
    const grain = [1000, 100, 10].find((grain) => grain * at.k <= 4) ?? 1;
    return Math.min(extent, Math.max(0, Math.round(ms / grain) * grain));
  };
  live.addEventListener("wheel", (event) => {
    const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    const by = (sideways ? event.deltaX || event.deltaY : event.deltaY) * (event.deltaMode === 1 ? 30 : 1);
    const whole = view.from <= 0 && view.to >= extent;
    // When all is shown already, turning back goes on through the page.
    if (whole && (sideways || by > 0)) return;
    event.preventDefault();
    if (sideways) pan(by / at.g.width);
    else zoom(Math.exp(Math.max(-1, Math.min(1, by / 300))), timeAt(event));
  }, { passive: false });

  const down = new Map();
  let moved = 0;
  live.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    down.set(event.pointerId, event.clientX);
    if (down.size === 1) moved = 0;
    live.setPointerCapture(event.pointerId);
  });
  live.addEventListener("pointermove", (event) => {
    if (!down.has(event.pointerId)) {
      if (event.pointerType !== "mouse") return;
      const mark = event.target.closest("[data-time]");
      pointed = Math.round(mark ? Number(mark.dataset.time) : timeAt(event));
      movePin();
      tellJoin();
      return;
    }
    const before = down.get(event.pointerId);
    moved += Math.abs(event.clientX - before);
    if (down.size === 1) {
      if (moved > 4) { live.classList.add("held"); pan(-(event.clientX - before) / at.g.width); }
    } else {
      const other = [...down].find(([id]) => id !== event.pointerId)[1];
      const was = Math.abs(before - other), is = Math.abs(event.clientX - other);
      if (was > 8 && is > 8) zoom(was / is, timeAt({ clientX: (event.clientX + other) / 2 }));
    }
    down.set(event.pointerId, event.clientX);
  });
  const up = (event) => {
    if (!down.delete(event.pointerId)) return;
    live.classList.remove("held");
    if (event.type === "pointerup" && moved <= 4 && down.size === 0) {
      const under = document.elementFromPoint(event.clientX, event.clientY);
      const mark = under && live.contains(under) ? under.closest("[data-time]") : null;
      choose(mark ? Number(mark.dataset.time) : timeAt(event));
    }
  };
  live.addEventListener("pointerup", up);
  live.addEventListener("pointercancel", up);
  live.addEventListener("pointerleave", () => { if (pointed !== null) { pointed = null; movePin(); tellJoin(); } });
  live.addEventListener("dblclick", (event) => zoom(1 / 3, timeAt(event)));

  function besideCue(forward) {
    if (forward) return cues.find((cue) => cue.time > chosen)?.time ?? chosen;
    for (let index = cues.length - 1; index >= 0; index--) if (cues[index].time < chosen) return cues[index].time;
    return chosen;
  }
  const keys = {
    ArrowRight: (event) => choose(event.shiftKey ? besideCue(true) : chosen + (view.to - view.from) / 200, true),
    ArrowLeft: (event) => choose(event.shiftKey ? besideCue(false) : chosen - (view.to - view.from) / 200, true),
    ArrowUp: (event) => keys.ArrowRight(event),
    ArrowDown: (event) => keys.ArrowLeft(event),
    Home: () => choose(0, true),
    End: () => choose(extent, true),
    PageUp: () => { pan(-0.8); choose(chosen - (view.to - view.from) * 0.8, true); },
    PageDown: () => { pan(0.8); choose(chosen + (view.to - view.from) * 0.8, true); },
    "+": () => zoom(1 / 1.5, chosen),
    "=": () => zoom(1 / 1.5, chosen),
    "-": () => zoom(1.5, chosen),
    0: () => show(0, extent),
  };
  live.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key](event);
  });
  const middle = () => chosen >= view.from && chosen <= view.to ? chosen : (view.from + view.to) / 2;
  part("in").addEventListener("click", () => zoom(1 / 2, middle()));
  part("out").addEventListener("click", () => zoom(2, middle()));
  part("earlier").addEventListener("click", () => pan(-0.5));
  part("later").addEventListener("click", () => pan(0.5));
  part("all").addEventListener("click", () => show(0, extent));

  // ── Remarks and the table ──────────────────────────────────────────────────────────────────────────────────────

  function bring(cue) {
    choose(cue.time, true);
    live.scrollIntoView({ block: "nearest" });
    live.focus({ preventScroll: true });
  }
  const items = part("remarks")?.children ?? [];
  remarks.forEach((remark, number) => {
    if (remark.cues.length === 0 || !items[number]) return;
    const cue = cues[remark.cues[0]];
    add(items[number], "button", "Show", { type: "button", "aria-label": `Show ${shorten(cue.name, 60)} in the picture` })
      .addEventListener("click", () => bring(cue));
  });

  const filter = part("filter"), rows = part("rows");
  const words = add(filter, "input", undefined, { type: "search", placeholder: "Find in cues", "aria-label": "Find in cues", autocomplete: "off" });
  const select = (label, all, values) => {
    const field = add(filter, "select", undefined, { "aria-label": label });
    add(field, "option", all, { value: "" });
    values.forEach(([value, text]) => add(field, "option", shorten(text, 40), { value }));
    return field;
  };
  const onLane = select("Track", "All tracks", lanes.map((lane, number) => [number, lane.name]));
  const ofKind = select("Kind", "States and moments", [["state", "States"], ["moment", "Moments"]]);
  const label = add(filter, "label");
  const onlySaid = add(label, "input", undefined, { type: "checkbox" });
  add(label, "span", "Only with errors or warnings");
  label.hidden = !cues.some((cue) => cue.level);
  const more = add(part("rows").closest("section"), "button", "", { type: "button", id: "more" });
  const columns = [...document.querySelectorAll("thead th")].map((cell) => cell.textContent);
  let found = [], listed = 0;

  function row(index) {
    const cue = cues[index];
    const line = add(rows, "tr", undefined, { role: "row", class: cue.level ?? "" });
    cue.cells.forEach((text, column) => {
      const cell = add(line, "td", undefined, { role: "cell", "data-column": columns[column] });
      if (text === "") cell.className = "none";
      if (column === WHEN) {
        add(cell, "button", text, { type: "button", title: "Show in the picture" }).addEventListener("click", () => bring(cue));
      } else {
        cell.textContent = column === ID && cue.level ? `${text} (${cue.level})` : text;
      }
    });
  }
  function list() {
    const until = Math.min(found.length, listed + PAGE);
    for (; listed < until; listed++) row(found[listed]);
    const rest = found.length - listed;
    more.hidden = rest === 0;
    more.textContent = `Show ${Math.min(PAGE, rest)} more`;
    const of = found.length === cues.length ? counted(cues.length, "cue") : `${found.length.toLocaleString("en")} of ${counted(cues.length, "cue")}`;
    part("count").textContent = rest > 0 ? `${of}, the first ${listed.toLocaleString("en")} listed` : of;
  }
  function search() {
    const wanted = words.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
    found = [];
    cues.forEach((cue, index) => {
      if (onLane.value !== "" && cue.lane !== Number(onLane.value)) return;
      if (ofKind.value !== "" && cue.cells[KIND] !== ofKind.value) return;
      if (onlySaid.checked && !cue.level) return;
      if (wanted.length > 0) {
        const text = [...cue.cells, ...(remarksOf.get(index) ?? [])].join("\n").toLowerCase();
        if (!wanted.every((word) => text.includes(word))) return;
      }
      found.push(index);
    });
    listed = 0;
    rows.replaceChildren();
    list();
  }
  let soon = 0;
  words.addEventListener("input", () => { clearTimeout(soon); soon = setTimeout(search, 120); });
  for (const field of [onLane, ofKind, onlySaid]) field.addEventListener("change", search);
  filter.addEventListener("submit", (event) => { event.preventDefault(); search(); });
  more.addEventListener("click", list);

  // ── Begin ──────────────────────────────────────────────────────────────────────────────────────────────────────

  for (const id of ["tools", "live", "legend", "keys", "join", "filter"]) part(id).hidden = false;
  part("still").hidden = true;
  document.querySelector("#picture-title")?.remove();
  live.setAttribute("aria-valuemin", 0);
  live.setAttribute("aria-valuemax", extent);
  chosen = cues[0]?.time ?? 0;
  picture();
  tellJoin();
  search();
  new ResizeObserver(redraw).observe(live);
})();
