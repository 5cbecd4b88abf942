// The data of the picture, and what all parts of the script use. Nothing of a sheet becomes markup: elements are made by
// name, and texts are set as text.

const shown = JSON.parse(document.getElementById("shown").textContent);
const { cues, lanes, begin, extent, duration, remarks, busiest } = shown;
const part = (id) => document.getElementById(id);
const live = part("live");

// The table's columns, in the order of each cue's cells. The last is missing if the sheet has no notes.
const [WHEN, ID, TRACK, ACTION, KIND, LATE, NEEDS, PARAMS, MESSAGE, NOTES] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
for (const cue of cues) {
  cue.isState = cue.cells[KIND] === "state";
  cue.drawnEnd = cue.end ?? (cue.isState ? extent : cue.time);
}

// Sizes in CSS pixels, and the shortest view in ms.
const ROW = 22, GAP = 4, PADDING = 8, MARK = 6, TOP = 88;
// With many lanes each is one line, marks and bars together.
const dense = lanes.length > 16;
const ROWS_MAX = dense ? 1 : 3, APART = dense ? 20 : 13, BAR_MIN = dense ? 6 : 3;
const NAMED_MAX = 3; // the most cues of a column that is named after its first
const WINDOW_MIN = 1000;
const PAGE = 200;

let view = { from: begin, to: extent };
let chosen = 0; // the position of the line
let pointed = null; // the position of the mouse, if it is over the picture
let waiting = false;

function clock(ms, fine) {
  if (ms < 0) return "-" + clock(-ms, fine);
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
