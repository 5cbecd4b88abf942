// The remarks, and the table in which cues are found.

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
