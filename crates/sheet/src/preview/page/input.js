// Zooms, pans and moves the line, by mouse, fingers and keys.

const timeAt = (event) => {
  const box = live.getBoundingClientRect();
  const ms = view.from + (event.clientX - box.left - at.g.left) / at.k;
  // No finer than a hand points.
  const grain = [1000, 100, 10].find((grain) => grain * at.k <= 4) ?? 1;
  return Math.min(extent, Math.max(begin, Math.round(ms / grain) * grain));
};
live.addEventListener("wheel", (event) => {
  const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
  const by = (sideways ? event.deltaX || event.deltaY : event.deltaY) * (event.deltaMode === 1 ? 30 : 1);
  const whole = view.from <= begin && view.to >= extent;
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
  Home: () => choose(begin, true),
  End: () => choose(extent, true),
  PageUp: () => { pan(-0.8); choose(chosen - (view.to - view.from) * 0.8, true); },
  PageDown: () => { pan(0.8); choose(chosen + (view.to - view.from) * 0.8, true); },
  "+": () => zoom(1 / 1.5, chosen),
  "=": () => zoom(1 / 1.5, chosen),
  "-": () => zoom(1.5, chosen),
  0: () => show(begin, extent),
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
part("all").addEventListener("click", () => show(begin, extent));
