// What somebody gets who joins at the line.

// Returns the states that are on, and what else a viewer who joins then gets, by the rundown's rules.
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
  part("join-notes").textContent = next?.cells[NOTES] ?? "";
  live.setAttribute("aria-valuenow", Math.round(ms));
  live.setAttribute("aria-valuetext", `${clock(ms, true)}, ${counted(states, "state")} active`);
}
function choose(ms, bring) {
  chosen = Math.round(Math.min(extent, Math.max(begin, ms)));
  pointed = null;
  if (bring && (chosen < view.from || chosen > view.to)) {
    const half = (view.to - view.from) / 2;
    show(chosen - half, chosen + half);
  }
  movePin();
  tellJoin();
}
