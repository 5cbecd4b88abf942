// Sizes and texts: how wide a name is, how many rows a lane needs, where the lanes are.

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

// How many rows each lane needs at any zoom, and whether it needs a strip for marks.
const needs = byLane.map((members) => {
  let rows = 0;
  const ends = [];
  let strip = members.length === 0;
  for (const index of members) {
    const cue = cues[index], end = cue.drawnEnd;
    if (end <= cue.time) { strip = true; continue; }
    if ((end - cue.time) / (extent - begin) * 300 < 3) strip = true;
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
  const lines = [cue.cells[ID], cue.cells[WHEN], `${cue.cells[ACTION]} (${cue.cells[KIND]})`, cue.cells[PARAMS], clockNeeded(cue), cue.cells[MESSAGE], cue.cells[NOTES] ?? "", ...said];
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
